import { crc16 } from './crc16.ts'

/**
 * The part of Modbus RTU relay boards speak: `address function data… CRC(low, high)`; numbers are big-endian. Source:
 * Modbus application protocol and serial line guides; frames of the boards in docs/devices/io-board.md.
 */
export type ModbusRequest =
  | { readonly kind: 'read'; readonly what: ReadFunction; readonly from: number; readonly count: number }
  | { readonly kind: 'write'; readonly what: WriteFunction; readonly at: number; readonly value: number }

const READ_FUNCTIONS = { coils: 0x01, discrete: 0x02, inputRegisters: 0x04 } as const
const WRITE_FUNCTIONS = { coil: 0x05, register: 0x06 } as const
type ReadFunction = keyof typeof READ_FUNCTIONS
type WriteFunction = keyof typeof WRITE_FUNCTIONS

export type ModbusAnswer =
  /** Bits (coils, discrete inputs) as 0 and 1, or registers. */
  | { readonly kind: 'values'; readonly values: readonly number[] }
  /** The echo of what was written. */
  | { readonly kind: 'written' }
  /** The board refuses; see `EXCEPTIONS`. */
  | { readonly kind: 'exception'; readonly code: number }

/** Reasons of refusal, from the specification. */
export const EXCEPTIONS: Readonly<Record<number, string | undefined>> = {
  1: 'the board does not know this function',
  2: 'the board has no such address',
  3: 'the board does not take this value',
  4: 'the board failed',
  5: 'the board is still working on it',
  6: 'the board is busy',
}

export const BUSY = 6
const EXCEPTION_BIT = 0x80
const MAX_READ = 64

/** @param address 1 to 247 by the specification; some boards use 255 */
export function encodeRequest(address: number, request: ModbusRequest): Uint8Array {
  if (request.kind === 'write') {
    const { what, at, value } = request
    return framed(address, WRITE_FUNCTIONS[what], [...word(at), ...word(value)])
  }
  const { what, from, count } = request
  if (!Number.isInteger(count) || count < 1 || count > MAX_READ) throw new RangeError(`cannot read ${count} values`)
  return framed(address, READ_FUNCTIONS[what], [...word(from), ...word(count)])
}

/** Bytes of the whole answer to `request`; an exception always has five. */
export function answerBytes(request: ModbusRequest): number {
  return request.kind === 'write' ? 8 : 5 + dataBytes(request)
}

export const EXCEPTION_BYTES = 5

/**
 * Reads one whole frame as the answer to `request`; `undefined` when it is not: damaged, of another board, or to another
 * question.
 */
export function decodeAnswer(address: number, request: ModbusRequest, frame: Uint8Array): ModbusAnswer | undefined {
  if (frame.length < EXCEPTION_BYTES || frame[0] !== address) return undefined
  if (crc16(frame.subarray(0, -2)) !== ((frame.at(-2) ?? 0) | ((frame.at(-1) ?? 0) << 8))) return undefined
  const asked = functionOf(request)
  if (frame[1] === (asked | EXCEPTION_BIT)) {
    return frame.length === EXCEPTION_BYTES ? { kind: 'exception', code: frame[2] ?? 0 } : undefined
  }
  if (frame[1] !== asked || frame.length !== answerBytes(request)) return undefined
  if (request.kind === 'write') {
    const echo = encodeRequest(address, request)
    return frame.every((byte, at) => byte === echo[at]) ? { kind: 'written' } : undefined
  }
  if (frame[2] !== dataBytes(request)) return undefined
  return { kind: 'values', values: valuesOf(request.what, request.count, frame.subarray(3, -2)) }
}

/** What a board hears. For simulators and tests; `undefined` when damaged or unknown. */
export function decodeRequest(frame: Uint8Array): { address: number; request: ModbusRequest } | undefined {
  if (frame.length !== REQUEST_BYTES || crc16(frame) !== 0) return undefined
  const address = frame[0] ?? 0
  const first = ((frame[2] ?? 0) << 8) | (frame[3] ?? 0)
  const second = ((frame[4] ?? 0) << 8) | (frame[5] ?? 0)
  for (const [what, code] of Object.entries(READ_FUNCTIONS) as [ReadFunction, number][])
    if (frame[1] === code) return { address, request: { kind: 'read', what, from: first, count: second } }
  for (const [what, code] of Object.entries(WRITE_FUNCTIONS) as [WriteFunction, number][])
    if (frame[1] === code) return { address, request: { kind: 'write', what, at: first, value: second } }
  return undefined
}

export const REQUEST_BYTES = 8

/** What a board answers. For simulators and tests. */
export function encodeAnswer(address: number, request: ModbusRequest, answer: ModbusAnswer): Uint8Array {
  switch (answer.kind) {
    case 'exception':
      return framed(address, functionOf(request) | EXCEPTION_BIT, [answer.code])
    case 'written':
      return encodeRequest(address, request)
    case 'values': {
      if (request.kind === 'write') throw new Error('a write has no values')
      const data =
        request.what === 'inputRegisters' ? answer.values.flatMap((value) => word(value)) : packed(answer.values)
      return framed(address, functionOf(request), [data.length, ...data])
    }
  }
}

function functionOf(request: ModbusRequest): number {
  return request.kind === 'write' ? WRITE_FUNCTIONS[request.what] : READ_FUNCTIONS[request.what]
}

function dataBytes(request: Extract<ModbusRequest, { kind: 'read' }>): number {
  return request.what === 'inputRegisters' ? 2 * request.count : Math.ceil(request.count / 8)
}

function valuesOf(what: ReadFunction, count: number, data: Uint8Array): number[] {
  if (what === 'inputRegisters')
    return Array.from({ length: count }, (_, at) => ((data[2 * at] ?? 0) << 8) | (data[2 * at + 1] ?? 0))
  return Array.from({ length: count }, (_, at) => ((data[at >> 3] ?? 0) >> (at & 7)) & 1)
}

function packed(bits: readonly number[]): number[] {
  const bytes = Array.from({ length: Math.ceil(bits.length / 8) }, () => 0)
  bits.forEach((bit, at) => (bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (bit << (at & 7))))
  return bytes
}

const word = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff]

function framed(address: number, functionCode: number, data: readonly number[]): Uint8Array {
  const body = Uint8Array.of(address, functionCode, ...data)
  const crc = crc16(body)
  return Uint8Array.of(...body, crc & 0xff, crc >> 8)
}
