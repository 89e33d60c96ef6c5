import { generateDeviceIdentity } from '../../../src/central/client/device-key.ts'
import type { CentralClient } from '../../../src/central/client/central-client.ts'
import type { CentralError } from '../../../src/central/client/central-error.ts'
import type { VisitId } from '../../../src/central/contract/fields.ts'
import type { Problem } from '../../../src/central/contract/problem.ts'
import type { Review } from '../../../src/central/contract/review.ts'
import type { RouteName } from '../../../src/central/contract/routes.ts'
import { makeHandlers, type Call, type Handlers } from '../../../src/central/server/http/handlers.ts'
import { DEMO_STATION_CODE, seedDemo } from '../../../src/central/server/seed/demo.ts'
import { DEMO_PEOPLE } from '../../../src/central/server/seed/people.ts'
import { addVehicle } from '../../../src/central/server/seed/vehicle-seed.ts'
import { makeCentre, today, type Centre } from '../../../src/central/server/services/centre.ts'
import { createEnrolmentCode } from '../../../src/central/server/services/enrolment.ts'
import { resolveByFinding } from '../../../src/central/server/services/print-results.ts'
import { SigningKeys } from '../../../src/central/server/services/signing-key.ts'
import { openDatabase } from '../../../src/central/server/store/database.ts'
import type { StoredEndorsement } from '../../../src/central/server/store/endorsements.ts'
import type { Kiosk } from '../../../src/central/server/store/kiosks.ts'
import type { EndorsementNo } from '../../../src/domain/endorsement-no.ts'
import type { VehicleKey } from '../../../src/domain/plate.ts'
import type { Clock } from '../../../src/lib/clock.ts'
import { err, expectOk, ok, type Result } from '../../../src/lib/result.ts'
import { province } from '../../support/central-stage.ts'

/** The real centre without the network in between: its services, its rules, its store. */
export class ModelCentre {
  private readonly centre: Centre
  private readonly handlers: Handlers
  private readonly clock: Clock
  private plates = 0

  constructor(clock: Clock) {
    this.clock = clock
    const profile = province('guangdong')
    const database = openDatabase(':memory:')
    const settings = { clock, province: profile, specimen: true, checkingMs: 1, authorizationTtlMs: 120_000 }
    this.centre = makeCentre(settings, database, new SigningKeys(database, profile.signature, clock.now()))
    seedDemo(database, { today: today(this.centre), province: profile, portrait: undefined })
    this.handlers = makeHandlers(this.centre)
  }

  close(): void {
    this.centre.database.close()
  }

  async enrol(kioskName: string): Promise<Kiosk> {
    const { publicKey, keyId } = generateDeviceIdentity()
    const enrolmentCode = createEnrolmentCode(this.centre)
    const body = { enrolmentCode, stationCode: DEMO_STATION_CODE, kioskName, publicKey }
    expectOk(await this.handlers.enrol({ ...nothing, body } as never), 'enrolled')
    const kiosk = this.centre.kiosks.byKey(keyId, this.clock.now())
    if (kiosk === null) throw new Error('enrolled and unknown')
    return kiosk
  }

  /** A truck whose review waits for its endorsement. */
  truck(): VehicleKey {
    const plate = `粤B${String(10_000 + this.plates++)}`
    const own = { operatorId: 'OP-OWNER', operatorName: DEMO_PEOPLE.owner.name, areaCode: '440300' }
    const { province: profile } = this.centre.settings
    const seed = { ...own, plate, review: { status: 'APPROVED' } } as const
    return addVehicle(this.centre.database, profile, today(this.centre), seed).key
  }

  /** The owner stands at the kiosk, verified, and has chosen the truck. */
  async review(kiosk: Kiosk, visitId: VisitId, vehicle: VehicleKey): Promise<Review> {
    const { idNo, name } = DEMO_PEOPLE.owner
    const who = { idNo, name, visitId, cardKind: 'RESIDENT' } as const
    const { identificationId } = expectOk(await this.handlers.identify(callOf(kiosk, { body: who })), 'identified')
    const face = { result: 'PASS', scoreBand: 'HIGH', algorithmVersion: 'model', at: this.clock.now() } as const
    const params = { identificationId }
    expectOk(await this.handlers.verifyFace(callOf(kiosk, { params, body: face })), 'verified')
    return expectOk(await this.handlers.openReview(callOf(kiosk, { params, body: { vehicle, visitId } })), 'opened')
  }

  /** Every number the truck ever had. */
  numbersOf({ plateNo }: VehicleKey): readonly StoredEndorsement[] {
    return this.centre.database
      .prepare<[string], { no: EndorsementNo }>(
        'SELECT endorsement_no AS no FROM endorsement JOIN review USING (review_id) WHERE plate_no = ?',
      )
      .all(plateNo)
      .flatMap(({ no }) => this.byNo(no) ?? [])
  }

  byNo(no: EndorsementNo): StoredEndorsement | null {
    return this.centre.endorsements.byNo(no, this.clock.now())
  }

  /** Somebody at the counter has looked at the page. */
  finding(no: EndorsementNo, seen: boolean): void {
    resolveByFinding(this.centre, no, seen ? 'SEEN' : 'NOT_SEEN')
  }

  /** What the saga and the courier ask, each question through `wire`. */
  clientOf(kiosk: Kiosk, wire: <T>(ask: () => Promise<Result<T, CentralError>>) => Promise<Result<T, CentralError>>) {
    const { handlers, clock } = this
    const kioskTime = (): number => clock.now()
    const ask =
      <N extends RouteName>(name: N) =>
      (parts: Partial<Call<N>>) =>
        wire(async () => answerOf(await handlers[name](callOf(kiosk, parts))))
    const client: Pick<CentralClient, Spoken> = {
      clockOffset: null,
      centreTime: null,
      keys: () => ask('keys')({}),
      authorize: (reviewId, idempotencyKey, body) =>
        ask('authorize')({ params: { reviewId }, idempotencyKey, body: { ...body, kioskTime: kioskTime() } }),
      reauthorize: (endorsementNo, idempotencyKey, body) =>
        ask('reauthorize')({ params: { endorsementNo }, idempotencyKey, body: { ...body, kioskTime: kioskTime() } }),
      withdraw: (body) => ask('withdraw')({ body }),
      reportPrint: (endorsementNo, body) => ask('reportPrint')({ params: { endorsementNo }, body }),
      endorsement: (endorsementNo) => ask('endorsement')({ params: { endorsementNo } }),
      reportEvent: (body) => ask('reportEvent')({ body }),
    }
    return client as CentralClient
  }
}

type Spoken =
  | ('clockOffset' | 'centreTime' | 'keys' | 'authorize' | 'reauthorize')
  | ('withdraw' | 'reportPrint' | 'endorsement' | 'reportEvent')

const nothing = { params: undefined, query: undefined, body: undefined, idempotencyKey: '' } as const

function callOf<N extends RouteName>(kiosk: Kiosk, parts: Partial<Call<N>>): Call<N> {
  return { ...nothing, ...parts, kiosk } as Call<N>
}

function answerOf<T>(answer: Result<T, Problem>): Result<T, CentralError> {
  return answer.ok ? ok(answer.value) : err({ code: 'REFUSED', problem: answer.error })
}
