import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { root } from '../../scripts/electron/paths.ts'
import { benchEndorsement } from './endorsement.ts'
import { benchFace } from './face.ts'
import { atMost, progress, type BenchResult } from './figures.ts'
import { benchFrames } from './frames.ts'
import { benchIdRead } from './id-read.ts'
import { benchMemory } from './memory.ts'
import { benchPolling } from './polling.ts'
import { benchReceiptEncode } from './receipt-encode.ts'
import { benchOutbox } from './outbox.ts'
import { benchStart } from './start.ts'
import { benchStore } from './store.ts'

/**
 * `npm run bench [-- NAME… --strict]`: how fast and how large the product is, as one JSON document on standard output.
 * Each figure stands beside its limit (docs/performance.md says what is measured and how). Ratios compare two things of
 * the same run, so that a slow machine slows both. Exits 0 also when a limit is missed, with `--strict` 1; a bench that
 * could not measure at all always exits 1.
 */
const benches: Readonly<Record<string, () => Promise<BenchResult>>> = {
  frames: benchFrames,
  'id-read': benchIdRead,
  'receipt-encode': benchReceiptEncode,
  polling: benchPolling,
  store: storedStep,
  outbox: benchOutbox,
  face,
  endorsement: benchEndorsement,
  start: benchStart,
  memory: benchMemory,
}

/** Growth of the face process between the 100th and the 500th frame that still counts as flat. */
const FLAT = 1.05

async function face(): Promise<BenchResult> {
  const result = await benchFace()
  const { rssMbEarly, rssMbLate } = result.process
  const growth = rssMbEarly === null || rssMbLate === null ? NaN : rssMbLate / rssMbEarly
  return {
    figures: [
      atMost('pipeline over bare session.run', result.ratio, 1.35),
      atMost('memory after 500 frames over memory after 100', growth, FLAT),
    ],
    details: { ...result },
  }
}

function storedStep(): Promise<BenchResult> {
  const result = benchStore()
  return Promise.resolve({
    figures: [atMost('stored step over bare transaction', result.ratio, 1.5)],
    details: { ...result },
  })
}

function machine(): Record<string, unknown> {
  const processors = cpus()
  return {
    platform: `${process.platform}-${process.arch}`,
    kernel: release(),
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryMb: Math.round(totalmem() / 2 ** 20),
    node: process.versions.node,
  }
}

async function run(names: readonly string[], strict: boolean): Promise<number> {
  const unknown = names.filter((name) => benches[name] === undefined)
  if (unknown.length > 0) {
    progress(`no bench named ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}`)
    return 2
  }
  const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { version: string }
  const results: Record<string, unknown> = {}
  let missed = 0
  let broken = 0
  for (const [name, bench] of Object.entries(benches)) {
    if (names.length > 0 && !names.includes(name)) continue
    const loadBefore = loadavg()[0]
    const began = performance.now()
    progress(`${name} … (load ${String(loadBefore?.toFixed(1))})`)
    try {
      const { figures, details } = await bench()
      const tookMs = Math.round(performance.now() - began)
      missed += figures.filter(({ ok }) => !ok).length
      for (const { name: figure, value, unit, limit, ok } of figures)
        progress(`  ${ok ? 'ok    ' : 'MISSED'} ${figure}: ${value} ${unit}, limit ${limit}`)
      results[name] = {
        ok: figures.every(({ ok }) => ok),
        figures,
        loadBefore,
        loadAfter: loadavg()[0],
        tookMs,
        details,
      }
    } catch (error) {
      broken += 1
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
      progress(`  BROKEN ${reason}`)
      results[name] = { ok: false, error: reason }
    }
  }
  const report = {
    ok: missed + broken === 0,
    version,
    at: new Date().toISOString(),
    machine: machine(),
    benches: results,
  }
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
  return broken > 0 || (strict && missed > 0) ? 1 : 0
}

const words = process.argv.slice(2)
const strict = words.includes('--strict')
const code = await run(
  words.filter((word) => word !== '--strict'),
  strict,
)
process.exit(code)
