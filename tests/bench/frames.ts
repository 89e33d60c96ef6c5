import { globSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../scripts/electron/paths.ts'
import { FrameParser } from '../../src/drivers/id-card/codec/frame.ts'
import { encodeAnswer } from '../../src/drivers/id-card/codec/command.ts'
import type { FuzzTarget } from '../../src/drivers/id-card/codec/fuzz-target.ts'
import { atMost, rounded, type BenchResult } from './figures.ts'

const CHUNK = 64 * 1024
const CLEAN_MB = 256
/** The smallest hostile input, bytes; then twice, four and eight times as much. */
const HOSTILE = 64 * 1024
const SIZES = [1, 2, 4, 8]
const TURNS = 9
/** Quadratic work would show as 8; garbage collections and noisy neighbours, which do not come by the byte, as up to 2. */
const LINEAR = 2
/**
 * A codec above the limit is measured again, so often at most, and its best round counts: noise passes, quadratic work
 * stays. `tests/torture/linear-work.test.ts` counts the work itself, where no clock can err.
 */
const ROUNDS = 4

/**
 * How fast the frame parser of the ID card reader takes clean answers, and whether any codec of any device becomes slower
 * by the byte the more hostile bytes it gets at once.
 */
export async function benchFrames(): Promise<BenchResult> {
  const clean = cleanSpeed()
  const growth: Record<string, Growth> = {}
  for (const target of await allTargets()) growth[target.name] = worstGrowth(target)
  const [worst, { times }] = Object.entries(growth).reduce((one, other) =>
    other[1].times > one[1].times ? other : one,
  )
  return {
    // 200 MB/s are 5 ms a megabyte.
    figures: [
      atMost('a megabyte of clean ID card answers parsed', 1_000 / clean, 5, 'ms'),
      atMost('time by the byte at 8 times the hostile input, of the worst codec', times, LINEAR),
    ],
    details: { 'clean MB/s': rounded(clean), 'worst codec': worst, 'time by the byte at 8 times the input': growth },
  }
}

function cleanSpeed(): number {
  const answer = encodeAnswer(0x90, new Uint8Array(1284).fill(0x41))
  const chunk = Buffer.concat(Array.from({ length: Math.floor(CHUNK / answer.length) }, () => answer))
  const parser = new FrameParser(3)
  let frames = 0
  const push = (): void => {
    for (const event of parser.push(chunk)) if (event.kind === 'frame') frames += 1
  }
  for (let warm = 0; warm < 50; warm++) push()
  const turns = Math.ceil((CLEAN_MB * 1e6) / chunk.length)
  frames = 0
  const began = performance.now()
  for (let turn = 0; turn < turns; turn++) push()
  const seconds = (performance.now() - began) / 1_000
  if (frames !== (turns * chunk.length) / answer.length) throw new Error(`${frames} frames were found`)
  return (turns * chunk.length) / 1e6 / seconds
}

async function allTargets(): Promise<readonly FuzzTarget[]> {
  const files = globSync('src/drivers/**/fuzz-target.ts', { cwd: root }).sort()
  const loaded = await Promise.all(
    files.map(async (file) => (await import(join(root, file))) as { fuzzTargets: readonly FuzzTarget[] }),
  )
  return loaded.flatMap(({ fuzzTargets }) => fuzzTargets)
}

interface Growth {
  /** 1 is linear, 2 twice the time by the byte at 8 times the size. */
  readonly times: number
  /** The beginning of what was repeated, hexadecimal. */
  readonly pattern: string
}

/** Of several kinds of hostile input the one that grows worst. */
function worstGrowth(target: FuzzTarget): Growth {
  const longest = target.seeds.toSorted((one, other) => other.length - one.length)[0] ?? new Uint8Array(1)
  const head = longest.subarray(0, Math.max(1, Math.min(7, longest.length - 1)))
  const most = longest.subarray(0, Math.max(1, longest.length - 1))
  const kinds = [head, most, longest.subarray(0, 1), Uint8Array.of(0xff)]
  return kinds
    .map((kind): Growth => {
      let times = growthOf(target, kind)
      for (let round = 1; round < ROUNDS && times > LINEAR; round++) times = Math.min(times, growthOf(target, kind))
      return { times: rounded(times), pattern: Buffer.from(kind.subarray(0, 16)).toString('hex') }
    })
    .reduce((one, other) => (other.times > one.times ? other : one))
}

function growthOf(target: FuzzTarget, pattern: Uint8Array): number {
  const inputs = SIZES.map((times) =>
    Uint8Array.from({ length: HOSTILE * times }, (_, at) => pattern[at % pattern.length] ?? 0),
  )
  // The fastest of several turns, the sizes in turn: what else the machine does only ever adds.
  const times = inputs.map(() => Infinity)
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [index, bytes] of inputs.entries()) {
      const began = performance.now()
      target.feed(bytes)
      times[index] = Math.min(times[index] ?? Infinity, performance.now() - began)
    }
  }
  const [one = NaN] = times
  const eight = times.at(-1) ?? NaN
  // What is taken at 200 MB/s is not slow, whatever a smaller input takes.
  return (HOSTILE * 8) / 1e6 / (eight / 1_000) > 200 ? 1 : eight / one / 8
}
