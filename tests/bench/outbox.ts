import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from '../../scripts/build.ts'
import { root } from '../../scripts/electron/paths.ts'
import { CentralClient } from '../../src/central/client/central-client.ts'
import { generateDeviceIdentity } from '../../src/central/client/device-key.ts'
import { createCentral } from '../../src/central/server/central.ts'
import { readProvinceFile } from '../../src/central/server/province-file.ts'
import { DEMO_STATION_CODE } from '../../src/central/server/seed/demo.ts'
import { Courier } from '../../src/kiosk/outbox/courier.ts'
import { assetPath } from '../../src/lib/assets.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { silentLog } from '../../src/lib/log.ts'
import { expectOk } from '../../src/lib/result.ts'
import { openStore, STORE_FILE, type Store } from '../../src/store/store.ts'
import { KioskUnderTest } from '../torture/power/kiosk-under-test.ts'
import { atMost, median, progress, rounded, type BenchResult } from './figures.ts'
import { startRig } from './rig-child.ts'

const WAITING = 100_000
const STARTS = 5
const DRAINS = [250, 500, 1_000, 2_000] as const

/**
 * What a deep outbox costs. Boot: the built kiosk process from its start to an open home screen, with 100 000 unsent rows
 * in its store and with none, in turn. Drain: the kiosk's courier against the reference centre over HTTP, signed, each
 * row acknowledged and settled on disk; the time of one row of the longest drain against one of the shortest.
 */
export async function benchOutbox(): Promise<BenchResult> {
  await build()
  const folder = mkdtempSync(join(tmpdir(), 'bench-outbox-'))
  try {
    const boot = await boots(folder)
    const drain = await drains(folder)
    const [shortest, longest] = [drain[0], drain.at(-1)]
    const slope = (longest?.rowMs ?? NaN) / (shortest?.rowMs ?? NaN)
    return {
      figures: [
        atMost('boot with 100 000 waiting rows over boot with none', boot.deepMs / boot.emptyMs, 1.5),
        atMost('time of a row in the longest drain over one in the shortest', slope, 1.25),
      ],
      details: { boot, drain },
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function boots(folder: string): Promise<{ emptyMs: number; deepMs: number; starts: number }> {
  const rig = await startRig()
  const [empty, deep] = [join(folder, 'empty'), join(folder, 'deep')]
  try {
    // Enrolled and migrated, then copied: the two differ in their rows alone.
    await boot(rig.sitePath, empty)
    cpSync(empty, deep, { recursive: true })
    const store = openIn(deep)
    fill(store, WAITING, systemClock.now() + 240_000)
    store.close()
    const times: Record<'empty' | 'deep', number[]> = { empty: [], deep: [] }
    for (let start = 0; start < STARTS; start++) {
      times.empty.push(await boot(rig.sitePath, empty))
      times.deep.push(await boot(rig.sitePath, deep))
      progress(
        `  boot ${Math.round(times.empty.at(-1) ?? NaN)} ms empty, ${Math.round(times.deep.at(-1) ?? NaN)} ms deep`,
      )
    }
    return { emptyMs: rounded(median(times.empty)), deepMs: rounded(median(times.deep)), starts: STARTS }
  } finally {
    await rig.stop()
  }
}

/** Milliseconds from the start of the process to a home screen, closed or open: a deep outbox closes the service. */
async function boot(site: string, data: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const kiosk: KioskUnderTest = new KioskUnderTest(join(root, 'dist', 'kiosk.mjs'), site, data, ({ view }) => {
    const tile = view.screen === 'S00' ? view.tiles.find(({ id }) => id === 'annual-review') : undefined
    const why = tile?.closed?.key ?? null
    if (tile !== undefined && (why === null || why === 'closed.OUTBOX_TOO_DEEP'))
      resolve(performance.now() - kiosk.startedAt)
  })
  void kiosk.ended.then((why) => reject(new Error(`the kiosk ended: ${why}`)))
  const ms = await promise
  await kiosk.stop()
  return ms
}

function openIn(folder: string): Store {
  return expectOk(openStore({ path: join(folder, STORE_FILE), clock: systemClock, log: silentLog }), 'the store opens')
}

/** Ratings of `rows` visits, each a story of its own, due at `dueAt` at the earliest. */
function fill(store: Store, rows: number, dueAt: number): void {
  for (let from = 0; from < rows; from += 5_000) {
    expectOk(
      store.transaction((tx) => {
        for (let n = from; n < Math.min(rows, from + 5_000); n++) {
          const visitId = `V-bench-${n}`
          const payload = { kind: 'rating', rating: { visitId, score: 5, at: systemClock.now() } }
          const { id } = tx.outbox.add({
            aggregate: visitId,
            kind: 'rating',
            payload,
            idempotencyKey: `rating:${visitId}`,
          })
          // Kept by the network once, so that the boot meets rows that wait for their time.
          if (dueAt > systemClock.now() && n % 2 === 0) tx.outbox.settle(id, { outcome: 'UNREACHABLE', error: 'bench' })
        }
      }),
      'rows are added',
    )
  }
}

async function drains(folder: string): Promise<readonly { rows: number; ms: number; rowMs: number }[]> {
  const central = createCentral({
    clock: systemClock,
    province: readProvinceFile(assetPath('provinces', 'guangdong.json')),
    data: join(folder, 'centre.db'),
    seed: {},
  })
  const baseUrl = await central.listen()
  const client = new CentralClient({ baseUrl, identity: generateDeviceIdentity(), clock: systemClock })
  const enrolmentCode = central.admin.enrolmentCode()
  expectOk(await client.enrol({ enrolmentCode, stationCode: DEMO_STATION_CODE, kioskName: '一号机' }), 'enrolment')
  try {
    const results = []
    for (const [turn, rows] of [DRAINS[0], ...DRAINS].entries()) {
      const data = mkdtempSync(join(folder, 'drain-'))
      const store = openIn(data)
      central.database.prepare('DELETE FROM rating').run()
      fill(store, rows, 0)
      const courier = new Courier(store, client, systemClock, silentLog)
      const began = performance.now()
      await courier.round()
      const ms = performance.now() - began
      await courier.stop()
      const { pending } = expectOk(
        store.read((view) => view.outbox.depth()),
        'the store',
      )
      if (pending > 0) throw new Error(`${pending} of ${rows} rows did not arrive`)
      store.close()
      // The first warms up.
      if (turn > 0) results.push({ rows, ms: Math.round(ms), rowMs: rounded(ms / rows) })
      if (turn > 0) progress(`  ${rows} rows in ${Math.round(ms)} ms`)
    }
    return results
  } finally {
    client.close()
    await central.close()
  }
}
