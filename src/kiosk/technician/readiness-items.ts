import { statfs } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { createReadStream, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { text, type TextRef } from '../../ipc/text.ts'
import { withDeadline } from '../../lib/deadline.ts'
import type { ReadinessEntry } from '../../store/readiness-reports.ts'
import type { CameraFrame } from '../../ipc/messages.ts'
import { checkLockdown, DEFAULT_PLACE } from '../lockdown/check.ts'
import { systemView } from '../lockdown/system-view.ts'
import { parseSite } from '../site/load-site.ts'
import { certificateFact, GOOD_DRIFT_MS } from './surroundings-facts.ts'
import type { Desk } from './page.ts'
import type { DeviceOnBoard, RoomTest, Rooms } from './rooms.ts'
import { TestRun } from './test-run.ts'

export interface Finding {
  readonly state: ReadinessEntry['state']
  readonly detail: string | null
}

/** One thing that is looked at. `test` is set while it needs the technician. */
export interface ReadinessItem {
  readonly id: string
  readonly title: TextRef
  look(using: { readonly signal: AbortSignal; readonly running: (run: TestRun | null) => void }): Promise<Finding>
}

const pass = (detail: string | null = null): Finding => ({ state: 'PASS', detail })
const warn = (detail: string): Finding => ({ state: 'WARN', detail })
const fail = (detail: string): Finding => ({ state: 'FAIL', detail })

/** All that a kiosk of this site needs, what needs no hands first. */
export function itemsOf(desk: Desk): readonly ReadinessItem[] {
  const { rooms } = desk
  const devices = rooms.devices.devices()
  const tests = devices.flatMap((device) => rooms.devices.selfTests(device.role).map((test) => ({ device, test })))
  return [
    ...housekeeping(rooms),
    lockdownItem(rooms),
    ...devices.map(stateItem(rooms)),
    ...tests.filter(({ test }) => !test.hands).map((one) => testItem(desk, one.device, one.test)),
    ...(rooms.site.devices.camera === undefined ? [] : [cameraItem(rooms)]),
    ...tests.filter(({ test }) => test.hands).map((one) => testItem(desk, one.device, one.test)),
  ]
}

function item(id: string, look: ReadinessItem['look']): ReadinessItem {
  return { id, title: text(`console.readiness.${id}`), look }
}

function stateItem(rooms: Rooms): (device: DeviceOnBoard) => ReadinessItem {
  return ({ role, optional }) => ({
    id: `device.${role}`,
    title: text(`device.name.${role}`),
    look: () => {
      const now = rooms.devices.devices().find((device) => device.role === role)
      const { report, simulated } = now ?? { report: null, simulated: false }
      if (report === null) return Promise.resolve(fail('not built'))
      if (!report.usable) return Promise.resolve(optional ? warn(report.state) : fail(report.state))
      // A pty in production means that somebody tests where citizens come.
      if (simulated && rooms.site.mode === 'production') return Promise.resolve(warn('simulated'))
      return Promise.resolve(report.tone === 'good' || report.tone === 'info' ? pass(report.state) : warn(report.state))
    },
  })
}

function testItem(desk: Desk, { role, optional }: DeviceOnBoard, { test }: RoomTest): ReadinessItem {
  return {
    id: `test.${role}.${test.id}`,
    title: text(`selfTest.${role}.${test.id}`),
    look: async ({ signal, running }) => {
      const run = new TestRun(desk, role, test)
      const stop = (): void => run.cancel()
      signal.addEventListener('abort', stop, { once: true })
      running(run)
      const ended = await run.go()
      running(null)
      signal.removeEventListener('abort', stop)
      if (!ended.ok) return optional ? warn(ended.error.key) : fail(ended.error.key)
      const measured = Object.entries(ended.value.measured).map(([name, value]) => `${name} ${value}`)
      return pass(measured.length === 0 ? null : measured.join(' · '))
    },
  }
}

/** A kiosk in service is locked down; in a demo it is enough to be told what is open. */
function lockdownItem({ site, dataDir, sitePath }: Rooms): ReadinessItem {
  return item('lockdown', async () => {
    const { points } = await checkLockdown(systemView(), { ...DEFAULT_PLACE, dataDir, sitePath })
    const open = points.filter(({ ok }) => ok === false).map(({ id }) => id)
    const unseen = points.filter(({ ok }) => ok === null).map(({ id }) => id)
    if (open.length > 0) return site.mode === 'production' ? fail(open.join(' ')) : warn(open.join(' '))
    return unseen.length > 0 ? warn(`unseen: ${unseen.join(' ')}`) : pass(`${points.length} points`)
  })
}

const FRAME_MS = 8_000

/** Frames arrive, from the camera to the kiosk. The page opens the camera while this item is asked. */
function cameraItem(rooms: Rooms): ReadinessItem {
  return item('camera', async ({ signal }) => {
    const frame = await withDeadline(
      rooms.clock,
      FRAME_MS,
      (expired) =>
        new Promise<Pick<CameraFrame, 'width' | 'height'> | null>((resolve) => {
          const release = rooms.frames.take(({ width, height }) => {
            release()
            resolve({ width, height })
            return Promise.resolve()
          })
          const leave = (): void => {
            release()
            resolve(null)
          }
          expired.addEventListener('abort', leave, { once: true })
          signal.addEventListener('abort', leave, { once: true })
        }),
    )
    if (!frame.ok || frame.value === null)
      return rooms.site.devices.camera?.optional === true ? warn('no frames') : fail('no frames')
    return pass(`${frame.value.width} x ${frame.value.height}`)
  })
}

function housekeeping(rooms: Rooms): readonly ReadinessItem[] {
  const { store, site, sitePath, dataDir, centre, clock, enrolment, face } = rooms
  return [
    item('siteFile', () => {
      const parsed = parseSite(readFileSync(sitePath, 'utf8'), sitePath)
      return Promise.resolve(parsed.ok ? pass() : fail(parsed.error.code))
    }),
    item('store', () => {
      const checked = store.checkIntegrity()
      return Promise.resolve(checked.ok ? pass() : fail(checked.error.code))
    }),
    item('audit', () => {
      const verdict = store.read((view) => view.audit.verify())
      if (!verdict.ok) return Promise.resolve(fail(verdict.error.code))
      const { ok: whole, rows, firstBroken } = verdict.value
      return Promise.resolve(
        whole ? pass(`${rows} rows`) : fail(`row ${firstBroken?.seq ?? 0} ${firstBroken?.why ?? ''}`),
      )
    }),
    item('disk', async () => {
      const { bavail, bsize } = await statfs(dataDir)
      const free = Math.floor((bavail * bsize) / 1_048_576)
      const least = site.policy.minFreeDiskMb
      return free < least ? fail(`${free} MB`) : free < 2 * least ? warn(`${free} MB`) : pass(`${free} MB`)
    }),
    item('outbox', () => {
      const depth = store.read((view) => view.outbox.depth())
      if (!depth.ok) return Promise.resolve(fail(depth.error.code))
      const { pending, parked } = depth.value
      const detail = `${pending} waiting, ${parked} parked`
      if (pending >= site.policy.maxOutboxRows) return Promise.resolve(fail(detail))
      return Promise.resolve(parked > 0 || pending > site.policy.maxOutboxRows / 2 ? warn(detail) : pass(detail))
    }),
    item('centre', async () => {
      const health = await centre.health()
      return health.ok ? (health.value.status === 'UP' ? pass() : warn(health.value.status)) : fail(health.error.code)
    }),
    item('enrolment', () => {
      const known = enrolment()
      return Promise.resolve(known === null ? fail('not enrolled') : pass(known.kioskId))
    }),
    item('clock', () => {
      const offset = centre.clockOffset
      if (offset === null) return Promise.resolve(warn('never compared'))
      const off = Math.abs(offset.offsetMs) - offset.uncertaintyMs
      const detail = `${offset.offsetMs} ms`
      if (off > site.policy.maxClockSkewMs) return Promise.resolve(fail(detail))
      return Promise.resolve(off > GOOD_DRIFT_MS ? warn(detail) : pass(detail))
    }),
    item('certificate', async () => {
      const { tone, value } = await certificateFact(site.centre, clock)
      if (tone === 'bad') return fail(value)
      // The demo's centre speaks http on the same machine.
      return tone === 'warning' && site.mode === 'production' ? warn(value) : pass(value)
    }),
    item('keys', async () => {
      const keys = await centre.keys()
      return keys.ok ? pass(`${keys.value.keys.length} keys`) : fail(keys.error.code)
    }),
    item('faceModels', () =>
      site.face.enabled ? modelsFinding(face.modelsDir) : Promise.resolve({ state: 'SKIPPED', detail: 'off' }),
    ),
    item('faceEngine', () =>
      Promise.resolve(
        !site.face.enabled
          ? { state: 'SKIPPED', detail: 'off' }
          : face.client() === null
            ? warn('not running')
            : pass(face.client()?.algorithm ?? null),
      ),
    ),
    item('retention', () => {
      const oldest = oldestLogDays(join(dataDir, 'logs'), clock.now())
      const limit = site.retention.logDays
      return Promise.resolve(
        oldest > limit + 1 ? warn(`log of ${oldest} days, limit ${limit}`) : pass(`${oldest} days`),
      )
    }),
  ]
}

/** Every network's hash against the list of models. */
async function modelsFinding(modelsDir: string): Promise<Finding> {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(modelsDir, 'models.json'), 'utf8'))
    const files = filesNamed(manifest)
    for (const { file, sha256 } of files) {
      const hash = createHash('sha256')
      await pipeline(createReadStream(join(modelsDir, file)), hash)
      if (hash.digest('hex') !== sha256) return fail(`${file} altered`)
    }
    return files.length === 0 ? fail('no models listed') : pass(`${files.length} models`)
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof Error && 'code' in error)) return fail('models missing')
    throw error
  }
}

/** Every `{ file, sha256 }` in the manifest, wherever it stands. */
function filesNamed(node: unknown): readonly { readonly file: string; readonly sha256: string }[] {
  if (typeof node !== 'object' || node === null) return []
  const inside = Object.values(node).flatMap(filesNamed)
  if ('file' in node && 'sha256' in node && typeof node.file === 'string' && typeof node.sha256 === 'string')
    return [{ file: node.file, sha256: node.sha256 }, ...inside]
  return inside
}

function oldestLogDays(folder: string, now: number): number {
  const days = readdirSync(folder, { withFileTypes: true })
    .map(({ name }) => /(\d{4}-\d{2}-\d{2})\.log$/.exec(name)?.[1])
    .flatMap((day) => (day === undefined ? [] : [Math.floor((now - Date.parse(`${day}T00:00:00+08:00`)) / 86_400_000)]))
  return Math.max(0, ...days)
}
