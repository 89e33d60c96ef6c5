import { ModbusAnswerStream } from './codec/answer-stream.ts'
import { decodeRequest, encodeAnswer, encodeRequest, type ModbusRequest } from './codec/modbus.ts'

const READ: ModbusRequest = { kind: 'read', what: 'discrete', from: 0, count: 8 }
const WRITE: ModbusRequest = { kind: 'write', what: 'coil', at: 0, value: 0xff00 }

/** What `npm run torture -- codecs` feeds with random and mutated frames. */
export const fuzzTargets: readonly {
  readonly name: string
  feed(bytes: Uint8Array): void
  /** A fresh stream that takes the bytes piece by piece, as a line brings them. */
  line?: () => (piece: Uint8Array) => void
  readonly seeds: readonly Uint8Array[]
}[] = [
  {
    name: 'io-board/modbus-rtu',
    feed: (bytes) => {
      for (const request of [READ, WRITE]) {
        const stream = new ModbusAnswerStream(1)
        stream.expect(request)
        stream.push(bytes)
      }
      decodeRequest(bytes)
    },
    line() {
      const stream = new ModbusAnswerStream(1)
      stream.expect(READ)
      return (piece) => void stream.push(piece)
    },
    seeds: [
      encodeRequest(1, READ),
      encodeRequest(1, WRITE),
      encodeAnswer(1, READ, { kind: 'values', values: [1, 0, 1, 0, 0, 0, 0, 1] }),
      encodeAnswer(1, WRITE, { kind: 'exception', code: 2 }),
    ],
  },
]
