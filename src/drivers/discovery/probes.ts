import { crc16 } from '../io-board/codec/crc16.ts'
import { crcCcitt } from '../scanner/protocol/crc-ccitt.ts'
import { WRAPPER_FRAME } from '../id-card/codec/frame-shape.ts'
import { FrameParser } from '../id-card/codec/frame.ts'
import { encodeWrapperCommand } from '../id-card/codec/wrapper.ts'
import { menuCommand } from '../scanner/protocol/honeywell.ts'
import { newlandCommand } from '../scanner/protocol/newland.ts'
import type { Guess, PluggedIn } from './found.ts'

/** A harmless question to whatever is at the other end of a serial line. */
export interface Probe {
  /** For the report: the protocol and its question. */
  readonly name: string
  /** Bits per second to try, the factory setting first. */
  readonly bauds: readonly number[]
  readonly ask: Uint8Array
  /** Time for the answer, milliseconds. */
  readonly waitMs: number
  /** What the answer means; null: not an answer to this question. Called anew as bytes arrive, with all of them. */
  readonly judge: (answer: Uint8Array) => Guess | null
  /** Ports worth asking; all when absent. */
  readonly suits?: (port: PluggedIn) => boolean
  /** Asked when the first answer was understood, on the same open line; a better guess replaces the first. */
  readonly then?: { readonly ask: Uint8Array; readonly judge: (answer: Uint8Array) => Guess | null }
}

const WAIT_MS = 250
const CH340 = 0x1a86

const certain = (role: Guess['role'], driver: string): Guess => ({ role, driver, certainty: 'CERTAIN' })
const likely = (role: Guess['role'], driver: string): Guess => ({ role, driver, certainty: 'LIKELY' })

/**
 * All questions, in the order in which they are asked. Nothing in them prints, moves or sets anything on a device that
 * understands it; the order keeps those that do not understand it safe:
 *
 * 1. The watchdog stick first, by its own status question: any other byte would set its time, FF would reset the computer.
 * 2. Then printers by real-time and control bytes, which no text buffer keeps.
 * 3. Then framed protocols, which others drop as noise. A printer that answers nothing keeps them in its line buffer; our
 *    printer drivers begin each job with a reset, which clears it.
 * 4. Questions that end a line (Honeywell, Megatec) last: only they could make a mute printer print two characters.
 *
 * Nobody is asked by a command that could set something: scanners are asked for a value (`?`, `*`), in the form that would
 * not outlast the power even if it were misread.
 */
export const PROBES: readonly Probe[] = [
  {
    name: 'watchdog 80',
    bauds: [9600],
    ask: Uint8Array.of(0x80),
    waitMs: WAIT_MS,
    judge: (answer) => (answer.length === 1 && answer[0] === 0x81 ? certain('watchdog', 'ch340-stick') : null),
    suits: ({ usb }) => usb === null || usb.vendorId === CH340,
  },
  {
    name: 'ESC/POS DLE EOT 1',
    bauds: [115_200, 9600, 19_200, 38_400],
    ask: Uint8Array.of(0x10, 0x04, 0x01),
    waitMs: WAIT_MS,
    judge: (answer) => (isRealTime(answer) ? likely('receipt-printer', 'esc-pos') : null),
    // Only printers with a slip station know n = 5; the others keep silent.
    then: {
      ask: Uint8Array.of(0x10, 0x04, 0x05),
      judge: (answer) => (isRealTime(answer) ? likely('certificate-printer', 'escp2') : null),
    },
  },
  {
    // The NUL is nothing to a PR2; to an ESC/P printer it completes ESC j to "feed back by 0".
    name: 'PR2 ESC j',
    bauds: [9600],
    ask: Uint8Array.of(0x1b, 0x6a, 0x00),
    waitMs: WAIT_MS,
    judge: (answer) =>
      answer.length === 3 && answer[0] === 0x1b && answer[1] === 0x72 ? likely('certificate-printer', 'pr2') : null,
  },
  {
    name: 'SAM 11 FF',
    bauds: [115_200, 57_600, 38_400, 19_200, 9600],
    ask: Uint8Array.of(0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x00, 0x03, 0x11, 0xff, 0xed),
    waitMs: WAIT_MS,
    judge: (answer) => (isSamFrame(answer) ? certain('id-card', 'sam-v') : null),
  },
  {
    // Its version: the one question of the wrapper that needs neither card nor PSAM.
    name: 'bank module 31 11',
    bauds: [115_200],
    ask: encodeWrapperCommand('version'),
    waitMs: WAIT_MS,
    judge: (answer) => (isWrapperAnswer(answer) ? likely('id-card', 'bank-module') : null),
  },
  {
    name: 'GM65 register 0000',
    bauds: [9600],
    ask: Uint8Array.of(0x7e, 0x00, 0x07, 0x01, 0x00, 0x00, 0x01, 0xab, 0xcd),
    waitMs: WAIT_MS,
    judge: (answer) => (isGm65Answer(answer) ? certain('scanner', 'gm65') : null),
  },
  {
    // Enabling is how a scanner starts; it answers with ACK, or NAK when it is told so by nobody else.
    name: 'SSI SCAN_ENABLE',
    bauds: [9600],
    ask: Uint8Array.of(0x04, 0xe9, 0x04, 0x00, 0xff, 0x0f),
    waitMs: WAIT_MS,
    judge: (answer) => (isSsiAnswer(answer) ? certain('scanner', 'ssi') : null),
  },
  {
    // Settings of Code 11, the query that the maker's manuals print in full.
    name: 'Newland C11*',
    bauds: [9600, 115_200],
    ask: newlandCommand('probe', '#', 'C11*').bytes,
    waitMs: WAIT_MS,
    judge: (answer) => (NEWLAND.test(latin1(answer)) ? likely('scanner', 'newland') : null),
  },
  modbusInputs(1),
  modbusInputs(255),
  {
    // SYN M CR, the trigger mode's present value.
    name: 'Honeywell TRGMOD?',
    bauds: [115_200, 9600],
    ask: menuCommand('probe', 'TRGMOD?', '!').bytes,
    waitMs: WAIT_MS,
    judge: (answer) => judgeHoneywell(latin1(answer)),
  },
  {
    name: 'Megatec Q1',
    bauds: [2400],
    ask: Uint8Array.of(0x51, 0x31, 0x0d),
    // 46 characters take 200 ms at 2400 baud, and slow firmware thinks first.
    waitMs: 1_000,
    judge: (answer) => (MEGATEC.test(latin1(answer)) ? certain('ups', 'megatec') : null),
  },
]

/** `(208.4 140.0 208.4 034 59.9 2.05 35.0 00110000`, unknown numbers as dashes. */
const MEGATEC = /\((?:[\d.-]+ ){7}[01]{8}\r/

/** The command with values, and ACK, ENQ (no such tag) or NAK in front of its `;` (**unverified**). */
const NEWLAND = /[~\x02]\x010000[@#]C11[ -~]*[\x06\x05\x15];\x03/

/** Repeated with the value and ACK; with ENQ (no such tag) it is one of the maker's all the same. */
function judgeHoneywell(answer: string): Guess | null {
  if (/TRGMOD\??\d+\x06[!.]/.test(answer)) return certain('scanner', 'honeywell')
  return /TRGMOD\??[\x05\x15][!.]/.test(answer) ? likely('scanner', 'honeywell') : null
}

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

/** One frame of the wrapper whose status is its own: done, or one of its errors. */
function isWrapperAnswer(answer: Uint8Array): boolean {
  const parser = new FrameParser(2, WRAPPER_FRAME)
  const [frame, ...more] = parser.push(answer)
  if (frame?.kind !== 'frame' || more.length > 0 || !parser.endsWithFrame) return false
  const [high, low = 0] = frame.body
  return (high === 0x00 && (low === 0x00 || low >= 0xf1)) || (high === 0x90 && low === 0x00)
}

function modbusInputs(address: number): Probe {
  const question = Uint8Array.of(address, 0x02, 0x00, 0x00, 0x00, 0x08)
  const crc = crc16(question)
  return {
    name: `Modbus ${address} FC 02`,
    bauds: [9600],
    ask: Uint8Array.of(...question, crc & 0xff, crc >> 8),
    waitMs: WAIT_MS,
    judge: (answer) => {
      if (answer[0] !== address || answer.length < 5) return null
      const whole = answer[1] === 0x82 ? 5 : answer[1] === 0x02 ? 5 + (answer[2] ?? 0) : 0
      if (answer.length !== whole || crc16(answer.subarray(0, -2)) !== lowFirst(answer)) return null
      return certain('io-board', 'modbus-rtu')
    },
  }
}

function lowFirst(frame: Uint8Array): number {
  return (frame.at(-2) ?? 0) | ((frame.at(-1) ?? 0) << 8)
}

/** The fixed bits of a real-time answer: 1 and 4 set, 0 and 7 clear. */
function isRealTime(answer: Uint8Array): boolean {
  return answer.length === 1 && ((answer[0] ?? 0) & 0x93) === 0x12
}

function isSamFrame(answer: Uint8Array): boolean {
  const preamble = [0xaa, 0xaa, 0xaa, 0x96, 0x69]
  const start = answer.findIndex((_, at) => preamble.every((byte, offset) => answer[at + offset] === byte))
  if (start < 0) return false
  const length = ((answer[start + 5] ?? 0) << 8) | (answer[start + 6] ?? 0)
  const frame = answer.subarray(start + 5, start + 7 + length)
  return length >= 4 && frame.length === length + 2 && frame.reduce((sum, byte) => sum ^ byte, 0) === 0
}

/** `02 00 | type | length(2) | data | CRC(2)`, or AB CD where the module does not count. */
function isGm65Answer(answer: Uint8Array): boolean {
  if (answer.length < 7 || answer[0] !== 0x02 || answer[1] !== 0x00) return false
  const length = answer[3] ?? 0
  if (answer.length !== 6 + length) return false
  const crc = ((answer.at(-2) ?? 0) << 8) | (answer.at(-1) ?? 0)
  return crc === 0xabcd || crc === crcCcitt(answer.subarray(2, -2))
}

/** ACK or NAK of a scanner: length, opcode, source 0, and a sum of zero with the checksum. */
function isSsiAnswer(answer: Uint8Array): boolean {
  const length = answer[0] ?? 0
  if (length < 4 || answer.length !== length + 2 || answer[2] !== 0x00) return false
  if (answer[1] !== 0xd0 && answer[1] !== 0xd1) return false
  const sum = answer.subarray(0, length).reduce((total, byte) => total + byte, 0)
  return ((sum + ((answer.at(-2) ?? 0) << 8) + (answer.at(-1) ?? 0)) & 0xffff) === 0
}
