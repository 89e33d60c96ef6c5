import { CertificateAnswerParser } from './codec.ts'
import { parseFaultScript } from './fault-script.ts'
import { foldSlip, STATE_MEANINGS } from './status.ts'

/** A parser that has to survive any bytes; `seeds` are sound answers to mutate. */
interface FuzzTarget {
  readonly name: string
  feed(bytes: Uint8Array): void
  readonly seeds: readonly Uint8Array[]
}

/** The parser keeps what it holds over, as on a line: a million frames go through one. */
function answers(lengthDigits: number): (bytes: Uint8Array) => void {
  const parser = new CertificateAnswerParser(lengthDigits)
  return (bytes) => {
    for (const answer of parser.push(bytes)) {
      if (answer.kind !== 'real-time') continue
      const { byte } = answer
      const state = foldSlip({ printer: byte, offline: byte, error: byte, slip: byte })
      if (!Object.hasOwn(STATE_MEANINGS, state)) throw new Error(`no meaning for ${state}`)
    }
  }
}

const PR2 = ['\x1br0', '\x1br4', '\x1bB51\x1bZ', '\x1bB5\x1b\x1bZ', '\x1bSF', '\x1bS210'].map((text) =>
  Buffer.from(text, 'latin1'),
)

export const fuzzTargets: readonly FuzzTarget[] = [
  {
    name: 'certificate-printer answers of slip printers',
    feed: answers(0),
    seeds: [Uint8Array.of(0x12, 0x12, 0x12, 0x12), Uint8Array.of(0x1a, 0x16, 0x52, 0x76), Uint8Array.of(0x32)],
  },
  { name: 'certificate-printer answers of PR2', feed: answers(0), seeds: PR2 },
  { name: 'certificate-printer answers of PR2 with lengths in figures', feed: answers(3), seeds: PR2 },
  {
    name: 'certificate-printer fault script',
    feed: (bytes) => {
      const kind = Buffer.from(bytes).toString('latin1')
      const read = parseFaultScript({ faults: [{ kind, line: bytes[0], at: bytes[1] }] })
      if (!read.ok && read.error.detail === '') throw new Error('a refusal without a reason')
    },
    seeds: [Buffer.from('silence'), Buffer.from('jam')],
  },
]
