import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CentralClient } from '../../../src/central/client/central-client.ts'
import { generateDeviceIdentity } from '../../../src/central/client/device-key.ts'
import { createCentral } from '../../../src/central/server/central.ts'
import { readProvinceFile } from '../../../src/central/server/province-file.ts'
import { DEMO_STATION_CODE } from '../../../src/central/server/seed/demo.ts'
import { DEMO_PEOPLE } from '../../../src/central/server/seed/people.ts'
import { addVehicle } from '../../../src/central/server/seed/vehicle-seed.ts'
import type { VehicleKey } from '../../../src/domain/plate.ts'
import { assetPath } from '../../../src/lib/assets.ts'
import { delay, systemClock } from '../../../src/lib/clock.ts'
import { seededRandom, type Random } from '../../../src/lib/random.ts'
import { expectOk } from '../../../src/lib/result.ts'
import { CentreProcess } from './centre-process.ts'
import { Clerk, type ClerkCounts } from './clerk.ts'
import { judge, type Judgement } from './judge.ts'
import { Memory } from './memory.ts'

export interface CentralTortureOptions {
  /** How often the centre is killed. */
  readonly restarts: number
  readonly seed: number
  readonly tell: (line: string) => void
}

export interface CentralTortureReport extends Judgement {
  readonly seed: number
  readonly restarts: number
  readonly clerks: readonly ClerkCounts[]
  /** Vehicles both kiosks wanted at the same moment. */
  readonly contested: number
  readonly startMs: { readonly median: number; readonly most: number }
}

/** The centre lives at most so long between two kills, milliseconds after it listens. */
const LIFE_MS = 400
const CLERKS = ['一号机', '二号机'] as const

/**
 * The centre with its file is killed again and again in the middle of what two kiosks write, and started again. Then its
 * file is compared with all that it ever acknowledged.
 */
export async function centralTorture(options: CentralTortureOptions): Promise<CentralTortureReport> {
  const { restarts, seed, tell } = options
  const folder = mkdtempSync(join(tmpdir(), 'centre-torture-'))
  const data = join(folder, 'centre.db')
  try {
    const world = await settle(data, restarts)
    const centre = await CentreProcess.on(data)
    const memory = new Memory()
    const clients: CentralClient[] = []
    const clerks = world.kiosks.map(({ identity, kioskId }, n) => {
      const client = new CentralClient({ baseUrl: centre.url, identity, clock: systemClock })
      clients.push(client)
      return new Clerk(client, kioskId, memory, seededRandom(seed * 100 + n))
    })
    await centre.start()
    const round = { contested: 0, over: false }
    const random = seededRandom(seed)
    const work = serve(clerks, world.vehicles, random, round)
    const killer = seededRandom(seed + 1)
    for (let kill = 1; kill <= restarts; kill++) {
      await delay(systemClock, 5 + killer() * LIFE_MS)
      await centre.kill()
      await centre.start()
      if (kill % 20 === 0) tell(`${kill} of ${restarts} restarts, ${memory.grants.size} authorizations`)
    }
    round.over = true
    await work
    await centre.kill()
    for (const client of clients) client.close()
    const starts = centre.startsMs.toSorted((a, b) => a - b)
    return {
      ...{ seed, restarts, clerks: clerks.map(({ counts }) => counts), contested: round.contested },
      startMs: { median: Math.round(starts[starts.length >> 1] ?? NaN), most: Math.round(starts.at(-1) ?? NaN) },
      ...judge(data, memory),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Settled {
  readonly vehicles: readonly VehicleKey[]
  readonly kiosks: readonly {
    readonly identity: ReturnType<typeof generateDeviceIdentity>
    readonly kioskId: Clerk['kioskId']
  }[]
}

/** The station before it opens: vehicles in the file, two kiosks enrolled. */
async function settle(data: string, restarts: number): Promise<Settled> {
  const province = readProvinceFile(assetPath('provinces', 'guangdong.json'))
  const central = createCentral({ clock: systemClock, province, data, seed: {} })
  const baseUrl = await central.listen()
  const kiosks = []
  for (const kioskName of CLERKS) {
    const identity = generateDeviceIdentity()
    const client = new CentralClient({ baseUrl, identity, clock: systemClock })
    const enrolmentCode = central.admin.enrolmentCode()
    const { kioskId } = expectOk(
      await client.enrol({ enrolmentCode, stationCode: DEMO_STATION_CODE, kioskName }),
      'enrolment',
    )
    client.close()
    kiosks.push({ identity, kioskId })
  }
  const vehicles = Array.from({ length: 200 + restarts * 20 }, (_, n) => {
    const plate = `粤B${String.fromCharCode(65 + (n % 8))}${String(1_000 + Math.floor(n / 8))}`
    const own = { operatorId: 'OP-OWNER', operatorName: DEMO_PEOPLE.owner.name, areaCode: '440300' }
    return addVehicle(central.database, province, central.today(), { plate, ...own, review: { status: 'APPROVED' } })
      .key
  })
  await central.close()
  return { vehicles, kiosks }
}

/** Every vehicle is wanted by one kiosk or, one in three, by both at the same moment. */
async function serve(
  clerks: readonly Clerk[],
  vehicles: readonly VehicleKey[],
  random: Random,
  round: { contested: number; over: boolean },
): Promise<void> {
  let next = 0
  while (!round.over) {
    const contested = random() < 1 / 3
    if (contested) round.contested += 1
    const from = next
    next += contested ? 1 : clerks.length
    await Promise.all(
      clerks.map(async (clerk, n) => {
        const vehicle = vehicles[(from + (contested ? 0 : n)) % vehicles.length]
        if (vehicle !== undefined) await clerk.visit(vehicle)
      }),
    )
  }
}
