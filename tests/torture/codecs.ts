import { globSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { root } from '../../scripts/electron/paths.ts'
import { seededRandom, type Random } from '../../src/lib/random.ts'

/** One codec as it is fed: `feed` must take any bytes, cut anywhere, and never throw. */
interface FuzzTarget {
  readonly name: string
  feed(bytes: Uint8Array): void
  /** Valid frames to mutate. */
  readonly seeds: readonly Uint8Array[]
}

export interface CodecReport {
  readonly name: string
  readonly frames: number
  readonly megabytes: number
  readonly seconds: number
  /** The slowest single frame, milliseconds of processor time: a hang would stand out, a neighbour does not. */
  readonly slowestMs: number
  /** Growth of the heap from the first tenth of the run to its end, bytes. */
  readonly heapGrowth: number
  readonly violations: readonly string[]
}

/** A codec that keeps more than this has kept what it should have forgotten, bytes. */
const MOST_GROWTH = 4 << 20
/** No frame of at most 4 kB may take longer, milliseconds of processor time; generous: collections of garbage fall on some. */
const MOST_MS = 1_000

interface CodecsOptions {
  readonly frames: number
  readonly seed: number
  /** Only the codecs with this in their name; all of them when it is empty. */
  readonly only: string
  readonly tell: (line: string) => void
}

/** Feeds every codec of the drivers `frames` random and mutated frames. */
export async function codecs({ frames, seed, only, tell }: CodecsOptions): Promise<readonly CodecReport[]> {
  const files = globSync('src/drivers/**/fuzz-target.ts', { cwd: root }).sort()
  const reports: CodecReport[] = []
  for (const file of files) {
    const { fuzzTargets } = (await import(join(root, file))) as { fuzzTargets: readonly FuzzTarget[] }
    for (const target of fuzzTargets) {
      if (!target.name.includes(only)) continue
      const report = torment(target, frames, seededRandom(seed))
      tell(`${report.name}: ${report.frames} frames, ${report.megabytes} MB in ${report.seconds} s`)
      reports.push(report)
    }
  }
  if (reports.length === 0) throw new Error(`no codec has ${only} in its name`)
  return reports
}

function torment(target: FuzzTarget, frames: number, random: Random): CodecReport {
  const violations: string[] = []
  let bytes = 0
  let slowestMs = 0
  let heapBefore = 0
  const began = performance.now()
  for (let n = 0; n < frames; n++) {
    if (n === Math.floor(frames / 10)) heapBefore = heapUsed()
    const frame = frameOf(target.seeds, random)
    bytes += frame.length
    const before = process.threadCpuUsage()
    try {
      target.feed(frame)
    } catch (error) {
      violations.push(`frame ${n} ${Buffer.from(frame).toString('hex').slice(0, 200)}: ${String(error)}`)
      if (violations.length > 10) break
    }
    const { user, system } = process.threadCpuUsage(before)
    slowestMs = Math.max(slowestMs, (user + system) / 1000)
  }
  const seconds = (performance.now() - began) / 1000
  const heapGrowth = heapUsed() - heapBefore
  if (heapGrowth > MOST_GROWTH) violations.push(`the heap grew by ${heapGrowth} bytes`)
  if (slowestMs > MOST_MS) violations.push(`one frame took ${Math.round(slowestMs)} ms`)
  return {
    name: target.name,
    frames,
    megabytes: Math.round(bytes / 1e6),
    seconds: Math.round(seconds * 10) / 10,
    slowestMs: Math.round(slowestMs * 10) / 10,
    heapGrowth,
    violations,
  }
}

/** A valid frame, a damaged one, two in a row, or nothing but noise. */
function frameOf(seeds: readonly Uint8Array[], random: Random): Uint8Array {
  const kind = random()
  const seed = seeds[Math.floor(random() * seeds.length)]
  if (seed === undefined || kind < 0.3) return noise(Math.floor(random() ** 3 * 600), random)
  if (kind < 0.4) return seed
  const damaged = Uint8Array.from(seed)
  for (let wounds = 1 + Math.floor(random() * 4); wounds > 0; wounds--) {
    damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256)
  }
  if (kind < 0.7) return damaged
  if (kind < 0.85) return damaged.subarray(0, Math.floor(random() * damaged.length))
  return Buffer.concat([noise(Math.floor(random() * 8), random), damaged, seed])
}

function noise(length: number, random: Random): Uint8Array {
  return Uint8Array.from({ length }, () => Math.floor(random() * 256))
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function heapUsed(): number {
  collect()
  return process.memoryUsage().heapUsed
}
