import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { CentralClient } from '../../src/central/client/central-client.ts'
import { generateDeviceIdentity, type DeviceIdentity } from '../../src/central/client/device-key.ts'
import type {
  AuthorizationClaims,
  AuthorizationGrant,
  PrintResultReport,
} from '../../src/central/contract/endorsement.ts'
import type { KioskId, VisitId } from '../../src/central/contract/fields.ts'
import type { Review } from '../../src/central/contract/review.ts'
import { createCentral, type Central, type CentralOptions } from '../../src/central/server/central.ts'
import { readProvinceFile } from '../../src/central/server/province-file.ts'
import { DEMO_STATION_CODE } from '../../src/central/server/seed/demo.ts'
import { DEMO_PEOPLE, type DemoPerson } from '../../src/central/server/seed/people.ts'
import { addVehicle, type SeededVehicle, type VehicleSeed } from '../../src/central/server/seed/vehicle-seed.ts'
import { localDate, startOfDayInShanghai } from '../../src/domain/local-date.ts'
import type { VehicleKey } from '../../src/domain/plate.ts'
import type { ProvinceProfile } from '../../src/domain/province.ts'
import { SimulatedClock } from '../../src/lib/clock.ts'
import { expectOk } from '../../src/lib/result.ts'

/** The day on which the scenarios of the domain play. */
export const SCENARIO_TODAY = localDate('2026-11-23')

export function province(id: string): ProvinceProfile {
  return readProvinceFile(join(import.meta.dirname, '../../assets/provinces', `${id}.json`))
}

/** An enrolled kiosk that talks to the centre over real HTTP with real signatures. */
export interface StageKiosk {
  readonly client: CentralClient
  readonly kioskId: KioskId
  readonly identity: DeviceIdentity
}

/** A citizen standing at a kiosk, verified. */
export interface StageVisit {
  readonly kiosk: StageKiosk
  readonly visitId: VisitId
  open(vehicle: VehicleKey): Promise<Review>
}

/** A centre on loopback at ten in the morning of the scenario day, with a clock that moves only when told to. */
export class CentralStage {
  readonly clock: SimulatedClock
  readonly central: Central
  readonly url: string
  readonly profile: ProvinceProfile
  private readonly clients: CentralClient[] = []

  private constructor(clock: SimulatedClock, central: Central, url: string, profile: ProvinceProfile) {
    this.clock = clock
    this.central = central
    this.url = url
    this.profile = profile
  }

  static async open(options: Partial<CentralOptions> & { readonly day?: string } = {}): Promise<CentralStage> {
    const clock = new SimulatedClock(startOfDayInShanghai(localDate(options.day ?? SCENARIO_TODAY)) + 10 * 3_600_000)
    const profile = options.province ?? province('guangdong')
    const central = createCentral({ clock, data: ':memory:', seed: {}, ...options, province: profile })
    return new CentralStage(clock, central, await central.listen(), profile)
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.close()
    await this.central.close()
  }

  client(identity: DeviceIdentity, clock = this.clock): CentralClient {
    const client = new CentralClient({ baseUrl: this.url, identity, clock })
    this.clients.push(client)
    return client
  }

  async kiosk(kioskName = '1号机', clock = this.clock): Promise<StageKiosk> {
    const identity = generateDeviceIdentity()
    const client = this.client(identity)
    const request = { enrolmentCode: this.central.admin.enrolmentCode(), stationCode: DEMO_STATION_CODE, kioskName }
    const { kioskId } = expectOk(await client.enrol(request), 'enrolment')
    return { client: clock === this.clock ? client : this.client(identity, clock), kioskId, identity }
  }

  /** The person puts the card on the reader and passes the face check. */
  async visit(kiosk: StageKiosk, person: DemoPerson = DEMO_PEOPLE.owner): Promise<StageVisit> {
    const visitId = `V${randomUUID()}` as VisitId
    const { idNo, name } = person
    const found = expectOk(await kiosk.client.identify({ idNo, name, visitId, cardKind: 'RESIDENT' }), 'identification')
    const face = { result: 'PASS', scoreBand: 'HIGH', algorithmVersion: 'test', at: this.clock.now() } as const
    expectOk(await kiosk.client.verifyFace(found.identificationId, face), 'face')
    return {
      kiosk,
      visitId,
      open: async (vehicle) =>
        expectOk(await kiosk.client.openReview(found.identificationId, { vehicle, visitId }), 'review'),
    }
  }

  /** A truck of the demo's owner, in perfect order except as said. */
  truck(seed: Partial<VehicleSeed> & { readonly plate: string }): SeededVehicle {
    const own = { operatorId: 'OP-OWNER', operatorName: DEMO_PEOPLE.owner.name, areaCode: '440300' }
    return addVehicle(this.central.database, this.profile, this.central.today(), { ...own, ...seed })
  }
}

export function authorize(visit: StageVisit, review: Review, key: string = randomUUID()) {
  const expectedValidUntil = review.newValidUntil ?? localDate('1970-01-01')
  return visit.kiosk.client.authorize(review.reviewId, key, { visitId: visit.visitId, expectedValidUntil })
}

/** The claims inside a grant, unverified: for tests that build reports from them. */
export function claimsOf(grant: Pick<AuthorizationGrant, 'authorization'>): AuthorizationClaims {
  const [, payload = ''] = grant.authorization.split('.')
  return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as AuthorizationClaims
}

export function printed(grant: AuthorizationGrant, startedAt: number): PrintResultReport {
  return {
    authorizationId: claimsOf(grant).jti,
    attempt: grant.attempt,
    result: 'PRINTED',
    startedAt,
    at: startedAt + 20_000,
    proof: { method: 'PRINTER_STATUS', jobId: 'job-1', sha256: 'a'.repeat(64) },
  }
}

export function failed(grant: AuthorizationGrant, startedAt: number): PrintResultReport {
  return { ...printed(grant, startedAt), result: 'FAILED', proof: null }
}
