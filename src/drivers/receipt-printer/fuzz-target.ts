import { AnswerParser } from './codec.ts'
import { parseFaultScript } from './fault-script.ts'
import { foldAutomatic, foldFull, STATE_MEANINGS } from './status.ts'

/** A parser that has to survive any bytes; `seeds` are sound answers to mutate. */
interface FuzzTarget {
  readonly name: string
  feed(bytes: Uint8Array): void
  readonly seeds: readonly Uint8Array[]
}

const SEEDS: readonly Uint8Array[] = [
  Uint8Array.of(0x12, 0x12, 0x12, 0x12),
  Uint8Array.of(0x1a, 0x32, 0x52, 0x72),
  Uint8Array.of(0x10, 0x00, 0x00, 0x0f),
  Uint8Array.of(0x38, 0x6f, 0x0f, 0x0f),
  Uint8Array.of(0x37, 0x22, 0x30, 0x30, 0x30, 0x31, 0x00),
  Uint8Array.of(0x5f, 0x54, 0x4d, 0x2d, 0x54, 0x38, 0x32, 0x00),
  Uint8Array.of(0x10, 0x0f, 0x20, 0x00, 0x40, 0x01),
  Uint8Array.of(0x00, 0x0f, 0x11, 0x13),
]

/** The parsers keep what they hold over, as on a line: a million frames go through one of each. */
function answers(fullStatus: boolean): (bytes: Uint8Array) => void {
  const parser = new AnswerParser(fullStatus)
  return (bytes) => {
    for (const answer of parser.push(bytes)) {
      const state =
        answer.kind === 'automatic'
          ? foldAutomatic(answer.bytes)
          : answer.kind === 'full'
            ? foldFull(answer.bytes)
            : 'READY'
      if (!Object.hasOwn(STATE_MEANINGS, state)) throw new Error(`no meaning for ${state}`)
    }
  }
}

export const fuzzTargets: readonly FuzzTarget[] = [
  { name: 'receipt-printer answers', feed: answers(false), seeds: SEEDS },
  { name: 'receipt-printer answers with presenter', feed: answers(true), seeds: SEEDS },
  {
    name: 'receipt-printer fault script',
    feed: (bytes) => {
      const kind = Buffer.from(bytes).toString('latin1')
      const read = parseFaultScript({ faults: [{ kind, at: bytes[0] }] })
      if (!read.ok && read.error.detail === '') throw new Error('a refusal without a reason')
    },
    seeds: [Buffer.from('silence'), Buffer.from('paper-out')],
  },
]
