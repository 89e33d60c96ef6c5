import { encodeKeypadAnswer, KeypadStream } from './codec.ts'

/** What `npm run torture -- codecs` feeds with random and mutated frames. */
export const fuzzTargets: readonly {
  readonly name: string
  feed(bytes: Uint8Array): void
  /** A fresh stream that takes the bytes piece by piece, as a line brings them. */
  line?: () => (piece: Uint8Array) => void
  readonly seeds: readonly Uint8Array[]
}[] = [
  {
    name: 'keypad/answers',
    feed: (bytes) => void new KeypadStream().push(bytes),
    line() {
      const stream = new KeypadStream()
      return (piece) => void stream.push(piece)
    },
    seeds: [encodeKeypadAnswer(0xaa, new Uint8Array(0)), encodeKeypadAnswer(0x55, Uint8Array.of(0xe1))],
  },
]
