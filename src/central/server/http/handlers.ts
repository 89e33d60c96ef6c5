import type { Problem } from '../../contract/problem.ts'
import type { BodyOf, ParamsOf, QueryOf, ResponseOf, RouteName } from '../../contract/routes.ts'
import { err, ok, type Result } from '../../../lib/result.ts'
import { takeAuditHead } from '../services/audit-heads.ts'
import { authorize, reauthorize } from '../services/authorizing.ts'
import { atomically, now, today, type Centre } from '../services/centre.ts'
import { rotateKey } from '../services/device-keys.ts'
import { enrol, enrolmentOf } from '../services/enrolment.ts'
import {
  checkSmsCode,
  identify,
  liveIdentification,
  recordFace,
  sendSmsCode,
  verifiedPerson,
} from '../services/identification.ts'
import { endorsementRecord, reportPrint, withdraw } from '../services/print-results.ts'
import { checkReview, openReview, submitReview } from '../services/reviewing.ts'
import { listVehicles, publicVehicle } from '../services/vehicles.ts'
import { SWITCHABLE_SOURCES } from '../sources/source-switchboard.ts'
import type { Kiosk } from '../store/kiosks.ts'
import { RateLimit } from './rate-limit.ts'

/** A request after signature and schema: the route's types say what is there. */
export interface Call<N extends RouteName> {
  readonly kiosk: Kiosk
  readonly params: ParamsOf<N>
  readonly query: QueryOf<N>
  readonly body: BodyOf<N>
  /** Empty for routes without one. */
  readonly idempotencyKey: string
}

type Answer<N extends RouteName> = Result<ResponseOf<N>, Problem>
export type Handlers = { readonly [N in RouteName]: (call: Call<N>) => Answer<N> | Promise<Answer<N>> }

/** Questions about any vehicle, per kiosk and minute (scenario 30). */
const PUBLIC_QUERIES_PER_MINUTE = 10

/** What each route of the contract does: one line to the service that does it. */
export function makeHandlers(centre: Centre): Handlers {
  const { clock } = centre.settings
  const publicQueries = new RateLimit(clock, PUBLIC_QUERIES_PER_MINUTE, 60_000)
  return {
    health: () => ok(health(centre)),
    keys: () => ok(centre.signingKeys.published(now(centre))),
    enrol: ({ body }) => enrol(centre, body),
    standing: ({ kiosk }) => ok(enrolmentOf(centre, kiosk)),
    rotateKey: ({ kiosk, body }) => rotateKey(centre, kiosk, body),

    identify: ({ kiosk, body }) => ok(identify(centre, kiosk.kioskId, body)),
    endIdentification: ({ kiosk, params }) =>
      ok({ accepted: true, duplicate: !centre.identifications.end(params.identificationId, kiosk.kioskId) }),
    verifyFace({ kiosk, params, body }) {
      const live = liveIdentification(centre, kiosk.kioskId, params.identificationId)
      return live.ok ? recordFace(centre, live.value, body) : live
    },
    sendSmsCode({ kiosk, params, body }) {
      const live = liveIdentification(centre, kiosk.kioskId, params.identificationId)
      return live.ok ? sendSmsCode(centre, live.value, body) : live
    },
    verifySmsCode({ kiosk, params, body }) {
      const live = liveIdentification(centre, kiosk.kioskId, params.identificationId)
      return live.ok ? checkSmsCode(centre, live.value, params.challengeId, body.code) : live
    },

    vehicles({ kiosk, params }) {
      const person = verifiedPerson(centre, kiosk.kioskId, params.identificationId)
      return person.ok ? listVehicles(centre, person.value.idNo) : person
    },
    publicVehicle({ kiosk, query }) {
      const wait = publicQueries.take(kiosk.kioskId)
      return wait === null ? publicVehicle(centre, query) : err({ code: 'RATE_LIMITED', retryAfterSeconds: wait })
    },

    openReview({ kiosk, params, body }) {
      const person = verifiedPerson(centre, kiosk.kioskId, params.identificationId)
      if (!person.ok) return person
      if (person.value.visitId !== body.visitId) return err({ code: 'INVALID_REQUEST', path: 'visitId' })
      if (person.value.idNo === null) return err({ code: 'VEHICLE_NOT_FOUND' })
      return openReview(centre, person.value.identificationId, person.value.idNo, body.vehicle)
    },
    review: ({ kiosk, params }) => checkReview(centre, kiosk.kioskId, params.reviewId),
    submitReview: ({ kiosk, params }) => submitReview(centre, kiosk.kioskId, params.reviewId),

    authorize: ({ kiosk, params, body, idempotencyKey }) =>
      authorize(centre, { kiosk, idempotencyKey }, params.reviewId, body),
    withdraw: ({ kiosk, body }) => ok({ accepted: true, ...withdraw(centre, kiosk.kioskId, body) }),
    reauthorize: ({ kiosk, params, body, idempotencyKey }) =>
      reauthorize(centre, { kiosk, idempotencyKey }, params.endorsementNo, body),
    reportPrint: ({ kiosk, params, body }) => reportPrint(centre, kiosk.kioskId, params.endorsementNo, body),
    endorsement: ({ kiosk, params }) => endorsementRecord(centre, kiosk.kioskId, params.endorsementNo),

    rate: ({ kiosk, body }) => ok({ accepted: true, duplicate: !addRating(centre, kiosk, body) }),
    reportEvent: ({ kiosk, body }) => ok({ accepted: true, duplicate: !addEvent(centre, kiosk, body) }),
  }
}

function health(centre: Centre): ResponseOf<'health'> {
  const sources = SWITCHABLE_SOURCES.map((system) => ({ system, state: centre.sources.stateOf(system) }))
  const status = sources.every(({ state }) => state === 'UP') ? 'UP' : 'DEGRADED'
  return { status, serverTime: now(centre), today: today(centre), sources }
}

function addRating(centre: Centre, kiosk: Kiosk, { visitId, score, at }: BodyOf<'rate'>): boolean {
  return (
    centre.database.prepare('INSERT OR IGNORE INTO rating VALUES (?, ?, ?, ?)').run(visitId, kiosk.kioskId, score, at)
      .changes === 1
  )
}

function addEvent(centre: Centre, kiosk: Kiosk, event: BodyOf<'reportEvent'>): boolean {
  const { eventId, kind, at, device, detail } = event
  return atomically(centre, () => {
    const statement = centre.database.prepare('INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?, ?, ?)')
    const isNew = statement.run(eventId, kiosk.kioskId, kind, at, device, detail).changes === 1
    if (isNew && kind === 'AUDIT_HEAD') takeAuditHead(centre, kiosk, event)
    return isNew
  })
}
