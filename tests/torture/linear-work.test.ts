import { globSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { root } from '../../scripts/electron/paths.ts'
import { WorkMeter } from './work-meter.ts'

interface FuzzTarget {
  readonly name: string
  feed(bytes: Uint8Array): void
  line?: () => (piece: Uint8Array) => void
  readonly seeds: readonly Uint8Array[]
}

/** More than any codec holds back, so that a full buffer is the same at both sizes. */
const SMALL = 8192
const TIMES = 4
/** Work that does not grow with the input (a first table, a held frame) may weigh in; quadratic work would be 4. */
const LINEAR = 1.5

const meter = new WorkMeter()
afterAll(() => meter.close())

/** The work by the byte at `TIMES` the input, over that at the small one. */
function growth(run: (bytes: Uint8Array) => void, pattern: Uint8Array): number {
  const [small, large] = [SMALL, SMALL * TIMES].map((size) => {
    const bytes = Uint8Array.from({ length: size }, (_, at) => pattern[at % pattern.length] ?? 0)
    return meter.measure(() => run(bytes))
  }) as [number, number]
  return large / small / TIMES
}

function inPieces(line: () => (piece: Uint8Array) => void, size: number): (bytes: Uint8Array) => void {
  return (bytes) => {
    const take = line()
    for (let at = 0; at < bytes.length; at += size) take(bytes.subarray(at, at + size))
  }
}

/** Beginnings that never end, ends that never came, the same byte for ever, and what is sound. */
function hostile({ seeds }: FuzzTarget): readonly Uint8Array[] {
  const some = [seeds.at(0), seeds.at(-1), seeds.toSorted((one, other) => other.length - one.length).at(0)]
  const cuts = some
    .filter((seed) => seed !== undefined)
    .flatMap((seed) => [seed, seed.subarray(0, 1), seed.subarray(0, 7), seed.subarray(0, -1)])
  const patterns = [...cuts, Uint8Array.of(0x00), Uint8Array.of(0xff)].filter(({ length }) => length > 0)
  return [...new Map(patterns.map((pattern) => [Buffer.from(pattern).toString('hex'), pattern])).values()]
}

const files = globSync('src/drivers/**/fuzz-target.ts', { cwd: root }).sort()
const targets = (
  await Promise.all(
    files.map(async (file) => (await import(join(root, file))) as { fuzzTargets: readonly FuzzTarget[] }),
  )
).flatMap(({ fuzzTargets }) => fuzzTargets)

describe('the work of a codec grows with the bytes it is given, not with their square', () => {
  it.each(targets.map((target) => [target.name, target] as const))('%s', (_, target) => {
    for (const pattern of hostile(target)) {
      const shown = Buffer.from(pattern.subarray(0, 16)).toString('hex')
      expect(
        growth((bytes) => target.feed(bytes), pattern),
        `whole, ${shown}`,
      ).toBeLessThan(LINEAR)
      const { line } = target
      if (line === undefined) continue
      for (const size of [1, 61])
        expect(growth(inPieces(line, size), pattern), `pieces of ${size}, ${shown}`).toBeLessThan(LINEAR)
    }
  })
})

describe('the meter', () => {
  it('sees a loop in a loop', () => {
    const pairs = (bytes: Uint8Array): void => {
      let same = 0
      for (const one of bytes.subarray(0, bytes.length >> 5)) for (const other of bytes) same += Number(one === other)
      expect(same).toBeGreaterThan(0)
    }
    expect(growth(pairs, Uint8Array.of(1))).toBeGreaterThan(3)
  })

  it('sees a buffer that is joined anew with every piece', () => {
    const joining = (bytes: Uint8Array): void => {
      let pending: Uint8Array = new Uint8Array(0)
      for (let at = 0; at < bytes.length; at += 16) pending = Buffer.concat([pending, bytes.subarray(at, at + 16)])
    }
    expect(growth(joining, Uint8Array.of(1))).toBeGreaterThan(3)
  })

  it('sees a search to the end of what arrived, once for each record', () => {
    const searching = (bytes: Uint8Array): void => {
      for (let at = 0; at < bytes.length; at += 184) Buffer.from(bytes.buffer).indexOf(0, at)
    }
    expect(growth(searching, Uint8Array.of(1))).toBeGreaterThan(3)
  })
})
