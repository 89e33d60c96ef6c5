import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ModbusAnswerStream } from './codec/answer-stream.ts'
import { crc16 } from './codec/crc16.ts'
import { decodeAnswer, decodeRequest, encodeAnswer, encodeRequest, type ModbusRequest } from './codec/modbus.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase()
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))

const VECTORS: readonly [string, number, ModbusRequest, string][] = [
  ['relay 1 on', 1, { kind: 'write', what: 'coil', at: 0, value: 0xff00 }, '01 05 00 00 FF 00 8C 3A'],
  ['relay 1 off', 1, { kind: 'write', what: 'coil', at: 0, value: 0 }, '01 05 00 00 00 00 CD CA'],
  ['read 8 coils', 1, { kind: 'read', what: 'coils', from: 0, count: 8 }, '01 01 00 00 00 08 3D CC'],
  ['read 8 inputs', 1, { kind: 'read', what: 'discrete', from: 0, count: 8 }, '01 02 00 00 00 08 79 CC'],
  ['inputs at LC-tech', 255, { kind: 'read', what: 'discrete', from: 0, count: 8 }, 'FF 02 00 00 00 08 6C 12'],
  ['relay by register', 1, { kind: 'write', what: 'register', at: 0, value: 1 }, '01 06 00 00 00 01 48 0A'],
]

const request = fc.oneof(
  fc.record({
    kind: fc.constant('read' as const),
    what: fc.constantFrom('coils' as const, 'discrete' as const, 'inputRegisters' as const),
    from: fc.nat(0xffff),
    count: fc.integer({ min: 1, max: 64 }),
  }),
  fc.record({
    kind: fc.constant('write' as const),
    what: fc.constantFrom('coil' as const, 'register' as const),
    at: fc.nat(0xffff),
    value: fc.nat(0xffff),
  }),
)

describe('a Modbus question', () => {
  it.each(VECTORS)('%s has the published bytes', (_name, address, asked, bytes) => {
    expect(hex(encodeRequest(address, asked))).toBe(bytes.replaceAll(' ', ''))
    expect(decodeRequest(bytesOf(bytes))).toEqual({ address, request: asked })
  })

  it('over itself with its CRC has the CRC zero', () => {
    fc.assert(fc.property(request, (asked) => crc16(encodeRequest(7, asked)) === 0))
  })
})

describe('a Modbus answer', () => {
  const answered = request.chain((asked) =>
    fc.tuple(
      fc.constant(asked),
      asked.kind === 'write'
        ? fc.constantFrom({ kind: 'written' as const }, { kind: 'exception' as const, code: 2 })
        : fc
            .array(fc.nat(asked.what === 'inputRegisters' ? 0xffff : 1), {
              minLength: asked.count,
              maxLength: asked.count,
            })
            .map((values) => ({ kind: 'values' as const, values })),
    ),
  )

  it('survives being written and read again, behind noise and cut anywhere', () => {
    fc.assert(
      fc.property(
        answered,
        fc.uint8Array({ maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        ([asked, answer], noise, size) => {
          const stream = new ModbusAnswerStream(1)
          stream.expect(asked)
          // Noise that holds a whole valid frame is not noise.
          const bytes = Buffer.concat([noise, encodeAnswer(1, asked, answer)])
          const heard = []
          for (let at = 0; at < bytes.length; at += size) heard.push(...stream.push(bytes.subarray(at, at + size)))
          expect(heard).toEqual([answer])
        },
      ),
    )
  })

  it('is believed only whole: one changed bit anywhere and it is none', () => {
    fc.assert(
      fc.property(answered, fc.nat(), fc.nat(7), ([asked, answer], place, bit) => {
        const frame = encodeAnswer(1, asked, answer)
        const at = place % frame.length
        const bad = frame.map((byte, index) => (index === at ? byte ^ (1 << bit) : byte))
        expect(decodeAnswer(1, asked, bad)).toBeUndefined()
      }),
    )
  })

  it('of another board or to another question is none', () => {
    const asked: ModbusRequest = { kind: 'read', what: 'discrete', from: 0, count: 8 }
    const answer = { kind: 'values' as const, values: [1, 1, 0, 0, 0, 0, 0, 0] }
    expect(decodeAnswer(1, asked, encodeAnswer(2, asked, answer))).toBeUndefined()
    expect(decodeAnswer(1, asked, encodeAnswer(1, { ...asked, what: 'coils' }, answer))).toBeUndefined()
    const other: ModbusRequest = { kind: 'write', what: 'coil', at: 1, value: 0 }
    expect(decodeAnswer(1, { ...other, at: 2 }, encodeAnswer(1, other, { kind: 'written' }))).toBeUndefined()
  })

  it('any bytes are taken without a throw', () => {
    fc.assert(
      fc.property(request, fc.uint8Array({ maxLength: 500 }), (asked, bytes) => {
        const stream = new ModbusAnswerStream(1)
        stream.expect(asked)
        expect(stream.push(bytes).length).toBeLessThanOrEqual(1)
        decodeRequest(bytes)
      }),
    )
  })
})
