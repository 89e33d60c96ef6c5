import type { Answer } from './command.ts'
import { encodeFrame, WRAPPER_FRAME } from './frame-shape.ts'
import { splitPayload, TEXT_BYTES, type CardPayload, type MalformedPayload } from './payload.ts'
import { ok, type Result } from '../../../lib/result.ts'

/**
 * Commands of the multi-function wrapper (华旭, 握奇, 华腾, 中盾, 同方 bank modules). Known from one published text;
 * **unverified** on hardware. A request's body is the command and its parameters, an answer's is two status bytes and data.
 */
export const WRAPPER_COMMANDS = {
  /** Text and portrait. Finds, selects and reads in one go. */
  readAll: { body: [0xca, 0x01, 0x00], data: [TEXT_BYTES, 4094] },
  readNumber: { body: [0xca, 0x01, 0x01], data: [15, 64] },
  readNameAndNumber: { body: [0xca, 0x01, 0x02], data: [15, 255] },
  readText: { body: [0xca, 0x01, 0x03], data: [TEXT_BYTES, TEXT_BYTES + 6] },
  version: { body: [0x31, 0x11], data: [0, 255] },
  reset: { body: [0x31, 0x12], data: [0, 0] },
} as const satisfies Record<string, { body: readonly number[]; data: readonly [min: number, max: number] }>

export type WrapperCommand = keyof typeof WRAPPER_COMMANDS

const BEEP = [0x31, 0x13] as const
const BEEP_BODY_BYTES = 5

/** The bytes that ask for `command`. */
export function encodeWrapperCommand(command: WrapperCommand): Uint8Array {
  return encodeFrame(Uint8Array.from(WRAPPER_COMMANDS[command].body), WRAPPER_FRAME)
}

/** The bytes that make it beep: so many milliseconds (0 to 65535), so many times (0 to 255). */
export function encodeBeep(ms: number, times: number): Uint8Array {
  return encodeFrame(Uint8Array.of(...BEEP, (ms >> 8) & 0xff, ms & 0xff, times & 0xff), WRAPPER_FRAME)
}

/** Which command a request body is, or undefined for one the wrapper does not know. */
export function decodeWrapperCommand(body: Uint8Array): WrapperCommand | 'beep' | undefined {
  if (body.length === BEEP_BODY_BYTES && BEEP.every((byte, at) => byte === body[at])) return 'beep'
  const names = Object.keys(WRAPPER_COMMANDS) as WrapperCommand[]
  return names.find((name) => {
    const expected: readonly number[] = WRAPPER_COMMANDS[name].body
    return expected.length === body.length && expected.every((byte, at) => byte === body[at])
  })
}

/** General status of the wrapper (high byte 00) in the codes of the security module. FD and FE are its own time-outs. */
const GENERAL_STATUS: Readonly<Record<number, number | undefined>> = {
  0x00: 0x90,
  0xf1: 0x11,
  0xf2: 0x11,
  0xf3: 0x10,
  0xf4: 0x21,
  0xfd: 0x41,
  0xfe: 0x41,
}

/**
 * Reads an answer. `sw3` is what the security module would have said: the high byte carries its code (`80 00` no card);
 * 00 means the wrapper speaks for itself. `sw1` and `sw2` are the two bytes as they came, for the log.
 * @param body of an answer frame, at least two bytes (the parser sees to that)
 */
export function decodeWrapperAnswer(body: Uint8Array): Answer {
  const [high = 0, low = 0] = body
  const sw3 = high === 0x00 ? (GENERAL_STATUS[low] ?? low) : high
  return { sw1: high, sw2: low, sw3, data: body.subarray(2) }
}

/** The bytes of an answer with the two status bytes as one number: `0x9000`, `0x00F3` (for simulators and tests). */
export function encodeWrapperAnswer(status: number, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  return encodeFrame(Buffer.concat([Uint8Array.of(status >> 8, status & 0xff), data]), WRAPPER_FRAME)
}

const SUCCESS = 0x90
const ONLY_READING = [0x80, 0x81, 0x31, 0x32, 0x33, 0x40, 0x41, 0x91]

/** Whether `answer` can be the answer to `command`: a late one to the command before mostly has another length. */
export function answersWrapper(command: WrapperCommand, answer: Answer): boolean {
  if (answer.sw3 === SUCCESS) {
    const [min, max] = WRAPPER_COMMANDS[command].data
    return answer.data.length >= min && answer.data.length <= max
  }
  const ofReading = answer.sw1 !== 0 && ONLY_READING.includes(answer.sw3)
  return !ofReading || command.startsWith('read')
}

/**
 * The parts of a `readAll` answer. The published text does not say whether the lengths of the security module come
 * first, so both forms are taken: with them as in `splitPayload`, or bare, 256 bytes of text and then the portrait.
 */
export function splitWrapperPayload(data: Uint8Array): Result<CardPayload, MalformedPayload> {
  const withLengths = splitPayload(data)
  if (withLengths.ok || !BARE_LENGTHS.includes(data.length)) return withLengths
  return ok({
    text: new Uint8Array(data.subarray(0, TEXT_BYTES)),
    portrait: new Uint8Array(data.subarray(TEXT_BYTES)),
    fingerprintBytes: 0,
  })
}

const BARE_LENGTHS = [TEXT_BYTES, TEXT_BYTES + 1024]
