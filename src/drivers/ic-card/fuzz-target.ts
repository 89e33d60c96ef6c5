import { findTlv } from './apdu/tlv.ts'
import { ModuleStream, encodeModuleFrame } from './jt808/frame.ts'
import { PcscAnswerStream } from '../pcsc/answer-stream.ts'
import { decodeQuestion, decodeReaders, encodeQuestion, encodeReaders } from '../pcsc/message.ts'

/** What `npm run torture -- codecs` feeds with random and mutated frames. */
export const fuzzTargets: readonly {
  readonly name: string
  feed(bytes: Uint8Array): void
  /** A fresh stream that takes the bytes piece by piece, as a line brings them. */
  line?: () => (piece: Uint8Array) => void
  readonly seeds: readonly Uint8Array[]
}[] = [
  {
    name: 'ic-card/pcsc',
    feed: (bytes) => {
      for (const command of ['version', 'transmit', 'getReadersState'] as const) {
        const stream = new PcscAnswerStream()
        stream.expect(command)
        stream.push(bytes)
      }
      decodeReaders(bytes)
      decodeQuestion(bytes)
    },
    line() {
      const stream = new PcscAnswerStream()
      stream.expect('transmit')
      return (piece) => void stream.push(piece)
    },
    seeds: [
      encodeQuestion('version', [4, 4, 0]),
      encodeReaders([{ name: 'PCD 00 00', events: 1, cardPresent: true, atr: Uint8Array.of(0x3b, 0x80, 0x80, 1, 1) }]),
    ],
  },
  {
    name: 'ic-card/tlv',
    feed: (bytes) => {
      findTlv(bytes, [0x70, 0x5f24])
      findTlv(bytes, [0x84])
    },
    seeds: [Uint8Array.of(0x70, 0x06, 0x5f, 0x24, 0x03, 0x26, 0x01, 0x31)],
  },
  {
    name: 'ic-card/jt808-module',
    feed: (bytes) => void new ModuleStream().push(bytes),
    line() {
      const stream = new ModuleStream()
      return (piece) => void stream.push(piece)
    },
    seeds: [encodeModuleFrame('readResult', Uint8Array.of(0)), encodeModuleFrame('removed')],
  },
]
