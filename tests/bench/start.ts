import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from '../../scripts/build.ts'
import { root } from '../../scripts/electron/paths.ts'
import { resolveElectron, type Electron } from '../../scripts/electron/resolve.ts'
import { atMost, median, progress, rounded, type BenchResult } from './figures.ts'
import { startRig } from './rig-child.ts'

const PAIRS = 7
const PATIENCE_MS = 30_000
const BARE = join(import.meta.dirname, 'bare-electron')

/** Milliseconds from the start of the process to each mark of the trace. */
type Marks = Readonly<Record<string, number>>

/**
 * From the start of the process to S00 drawn, against a bare Electron window from start to drawn: same binary, same
 * switches, same size of window, in turn, so that the machine's moods strike both alike. Both are warm: one start of
 * each is thrown away. The rig (centre and simulated devices) runs beside in its own process from before.
 */
export async function benchStart(): Promise<BenchResult> {
  const [electron] = await Promise.all([resolveElectron(), build()])
  const data = mkdtempSync(join(tmpdir(), 'bench-start-'))
  const rig = await startRig()
  const bare = (): Promise<Marks> => start(electron, BARE, { BARE_DATA: join(data, 'bare') })
  const kiosk = (): Promise<Marks> =>
    start(electron, root, {
      KIOSK_SITE: rig.sitePath,
      KIOSK_DATA: join(data, 'kiosk'),
      KIOSK_WINDOWED: '1',
      KIOSK_NODE: process.execPath,
      KIOSK_TRACE_START: '1',
    })
  try {
    await bare()
    await kiosk()
    const bareStarts: number[] = []
    const kioskStarts: Marks[] = []
    for (let pair = 0; pair < PAIRS; pair++) {
      bareStarts.push(painted(await bare()))
      kioskStarts.push(await kiosk())
      progress(`  ${Math.round(bareStarts.at(-1) ?? NaN)} ms bare, ${JSON.stringify(kioskStarts.at(-1))}`)
    }
    const bareMs = median(bareStarts)
    const kioskMs = median(kioskStarts.map(painted))
    const marks = Object.keys(kioskStarts[0] ?? {})
    return {
      figures: [atMost('start to S00 over a bare window', kioskMs / bareMs, 2.5)],
      details: {
        pairs: PAIRS,
        electron: `${electron.version} (${electron.kind})`,
        bareMs,
        kioskMs,
        ratioOfEachPair: kioskStarts.map((each, pair) => rounded(painted(each) / (bareStarts[pair] ?? NaN))),
        medianMarkMs: Object.fromEntries(
          marks.map((mark) => [mark, median(kioskStarts.map((each) => each[mark] ?? NaN))]),
        ),
      },
    }
  } finally {
    await rig.stop()
    rmSync(data, { recursive: true, force: true })
  }
}

function painted(marks: Marks): number {
  const at = marks['painted']
  if (at === undefined) throw new Error(`nothing was drawn: ${JSON.stringify(marks)}`)
  return at
}

/** Starts `app`, lets it draw and ends it. Not through Playwright, which would count itself and hold the start back. */
async function start(electron: Electron, app: string, env: Readonly<Record<string, string>>): Promise<Marks> {
  const began = performance.timeOrigin + performance.now()
  const child = spawn(electron.executablePath, [...electron.args, app], {
    env: { ...process.env, ...electron.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const marks: Record<string, number> = {}
  const impatient = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  for await (const line of createInterface(child.stdout)) {
    const trace = /^kiosk-trace (.*)$/.exec(line)?.[1]
    if (trace === undefined) continue
    const { mark, at } = JSON.parse(trace) as { mark: string; at: number }
    marks[mark] = Math.round(at - began)
    if (mark === 'painted') child.kill('SIGTERM')
  }
  clearTimeout(impatient)
  await ended
  return marks
}
