import { timingSafeEqual, createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Endorsement } from '../contract/endorsement.ts'
import { endorsementNo, kioskId, localDate, reviewId, type KioskId, type ReviewId } from '../contract/fields.ts'
import { EVENT_KINDS } from '../contract/station.ts'
import type { EndorsementNo } from '../../domain/endorsement-no.ts'
import type { LocalDate } from '../../domain/local-date.ts'
import { RULE_IDS } from '../../domain/review/vocabulary.ts'
import type { Result } from '../../lib/result.ts'
import { sendProblem } from './http/app.ts'
import { makeHandlers } from './http/handlers.ts'
import { atomically, now, today, type Centre } from './services/centre.ts'
import { createEnrolmentCode } from './services/enrolment.ts'
import { takeParcel, type ParcelReceipt, type ParcelRefusal } from './services/parcels.ts'
import { recordOf, resolveByFinding } from './services/print-results.ts'
import { SWITCHABLE_SOURCES, type SourceState, type SwitchableSource } from './sources/source-switchboard.ts'

/** A hundred thousand letters. */
const MAX_PARCEL_BYTES = 64 * 1024 * 1024

interface Rating {
  readonly visitId: string
  readonly score: number
}

interface KioskEvent {
  readonly eventId: string
  readonly kind: (typeof EVENT_KINDS)[number]
  readonly detail: string
}

/** What the people behind the counter and the demo's stage hands can do. The rig calls it in process, others over loopback. */
export interface CentralAdmin {
  enrolmentCode(): string
  revokeKiosk(kioskId: KioskId): boolean
  /** A new key signs authorizations from now on, of the province's algorithm. Returns its id. */
  rotateSigningKey(): string
  setSource(system: SwitchableSource, state: SourceState, delayMs?: number): void
  /** The SMS that a real centre would have handed to an operator of phones. */
  sentSms(): readonly { readonly phone: string; readonly code: string; readonly at: number }[]
  /** Every endorsement, oldest first: the centre's ledger. */
  ledger(): readonly Endorsement[]
  ratings(): readonly Rating[]
  events(): readonly KioskEvent[]
  closeCase(caseNo: string): boolean
  /** A reviewer's decision on a review in 人工复核. False when it is not there. */
  decideReview(reviewId: ReviewId, decision: ReviewDecision): boolean
  /** A finding on an endorsement whose print result is unknown: was the printed row seen? False when there is nothing to find. */
  resolveEndorsement(no: EndorsementNo, finding: 'SEEN' | 'NOT_SEEN'): boolean
  /** Takes letters that somebody carried here in a parcel, as if the kiosk had sent them. */
  takeParcel(parcel: unknown): Promise<Result<ParcelReceipt, ParcelRefusal>>
}

const reviewDecision = z.discriminatedUnion('decision', [
  z.strictObject({ decision: z.literal('APPROVED'), settledDoubts: z.array(z.enum(RULE_IDS)) }),
  z.strictObject({ decision: z.literal('RECTIFY'), until: localDate }),
  z.strictObject({ decision: z.literal('REJECTED') }),
])
type ReviewDecision = z.infer<typeof reviewDecision>

export function makeAdmin(centre: Centre): CentralAdmin {
  const { database } = centre
  const handlers = makeHandlers(centre)
  return {
    takeParcel: (parcel) => takeParcel(centre, handlers, parcel),
    enrolmentCode: () => createEnrolmentCode(centre),
    revokeKiosk: (id) => centre.kiosks.revoke(id, now(centre)),
    rotateSigningKey: () => centre.signingKeys.rotate(centre.settings.province.signature, now(centre)).keyId,
    setSource: (system, state, delayMs) => {
      centre.sources.set(system, state, delayMs)
    },
    sentSms: () => centre.identifications.sentSms(),
    ledger: () => centre.endorsements.all(now(centre)).map((stored) => recordOf(centre, stored)),
    ratings: () => database.prepare<[], Rating>('SELECT visit_id AS visitId, score FROM rating ORDER BY at').all(),
    events: () =>
      database.prepare<[], KioskEvent>('SELECT event_id AS eventId, kind, detail FROM event ORDER BY at').all(),
    closeCase: (caseNo) => closeCase(centre, caseNo),
    decideReview: (id, decision) => decideReview(centre, id, decision),
    resolveEndorsement: (no, finding) => resolveByFinding(centre, no, finding),
  }
}

/** Closes the case and releases the locks that refer to it alone; others stay (domain 8). */
function closeCase(centre: Centre, caseNo: string): boolean {
  return atomically(centre, () => {
    const closed = centre.database
      .prepare<[LocalDate, string]>(
        `UPDATE penalty_case SET state = 'CLOSED', closed_on = ? WHERE case_no = ? AND state <> 'CLOSED'`,
      )
      .run(today(centre), caseNo)
    centre.database
      .prepare('UPDATE business_lock SET released_at = ? WHERE case_no = ? AND released_at IS NULL')
      .run(now(centre), caseNo)
    return closed.changes === 1
  })
}

function decideReview(centre: Centre, id: ReviewId, decision: ReviewDecision): boolean {
  return atomically(centre, () => {
    const review = centre.reviews.byId(id)
    if (review?.status !== 'MANUAL_REVIEW') return false
    if (decision.decision === 'APPROVED') centre.reviews.approve(id, today(centre), decision.settledDoubts)
    else centre.reviews.become(review, decision.decision)
    if (decision.decision === 'RECTIFY') {
      centre.database.prepare('UPDATE review SET rectify_until = ? WHERE review_id = ?').run(decision.until, id)
    }
    return true
  })
}

/** The same over HTTP, for the demo and for tests in other processes: loopback only, with a token. */
export function addAdminRoutes(app: FastifyInstance, admin: CentralAdmin, token: string): void {
  app.register((scope, _options, done) => {
    scope.addHook('onRequest', (request, reply, next) => {
      if (isLoopback(request.socket.remoteAddress) && isToken(request.headers.authorization, token)) next()
      else sendProblem(reply, { code: 'NOT_FOUND' })
    })
    const answer = (found: boolean) => ({ done: found })
    scope.get('/admin/sms', () => admin.sentSms())
    scope.get('/admin/ledger', () => ({
      endorsements: admin.ledger(),
      ratings: admin.ratings(),
      events: admin.events(),
    }))
    scope.post('/admin/enrolment-codes', () => ({ enrolmentCode: admin.enrolmentCode() }))
    scope.post('/admin/signing-keys', () => ({ kid: admin.rotateSigningKey() }))
    scope.post('/admin/parcels', { bodyLimit: MAX_PARCEL_BYTES }, async (request, reply) => {
      const taken = await admin.takeParcel(bodyOf(request.body))
      return taken.ok ? taken.value : reply.code(422).send({ code: taken.error.code })
    })
    scope.post('/admin/sources', (request) => {
      const { system, state, delayMs } = sourceSwitch.parse(bodyOf(request.body))
      admin.setSource(system, state, delayMs)
      return answer(true)
    })
    scope.post('/admin/case-closures', (request) =>
      answer(admin.closeCase(z.strictObject({ caseNo: z.string() }).parse(bodyOf(request.body)).caseNo)),
    )
    scope.post('/admin/review-decisions', (request) => {
      const { reviewId: id, decision } = reviewDecisionBody.parse(bodyOf(request.body))
      return answer(admin.decideReview(id, decision))
    })
    scope.post('/admin/findings', (request) => {
      const { endorsementNo: no, finding } = findingBody.parse(bodyOf(request.body))
      return answer(admin.resolveEndorsement(no, finding))
    })
    scope.post('/admin/revocations', (request) =>
      answer(admin.revokeKiosk(z.strictObject({ kioskId }).parse(bodyOf(request.body)).kioskId)),
    )
    scope.setErrorHandler((_error, _request, reply) => sendProblem(reply, { code: 'INVALID_REQUEST', path: 'body' }))
    done()
  })
}

const sourceSwitch = z.strictObject({
  system: z.enum(SWITCHABLE_SOURCES),
  state: z.enum(['UP', 'SLOW', 'DOWN']),
  delayMs: z.int().min(0).max(60_000).optional(),
})
const reviewDecisionBody = z.strictObject({ reviewId, decision: reviewDecision })
const findingBody = z.strictObject({ endorsementNo, finding: z.enum(['SEEN', 'NOT_SEEN']) })

function bodyOf(body: unknown): unknown {
  return body instanceof Uint8Array ? (JSON.parse(Buffer.from(body).toString('utf8')) as unknown) : undefined
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(127\.|::1$|::ffff:127\.)/.test(address)
}

function isToken(header: string | undefined, token: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(header ?? ''), hash(`Bearer ${token}`))
}
