import { AnswersBetweenCodes, type Recognised } from './answers-between-codes.ts'
import { crcCcitt } from './crc-ccitt.ts'
import type { Command, ScannerProtocol } from './protocol.ts'

const COMMAND_HEAD = [0x7e, 0x00] as const
const ANSWER_HEAD = [0x02, 0x00] as const
/** In the place of the checksum: do not check. */
const NO_CHECK = [0xab, 0xcd] as const

const READ = 0x07
const WRITE = 0x08
const SAVE = 0x09

/** Kind of an answer. */
const DONE = 0x00
const CRC_FAILED = 0x01

/** Writing 1 here reads once. */
const TRIGGER_REGISTER = 0x0002
const MODE_REGISTER = 0x0000

/**
 * A command of the register protocol (GM65, GM812, Newland EM3095):
 *
 * | bytes | content                                            |
 * | ----- | -------------------------------------------------- |
 * | 2     | 7E 00                                              |
 * | 1     | 07 read, 08 write, 09 save in flash                |
 * | 1     | length of the data                                 |
 * | 2     | register, high byte first                          |
 * | 0..   | data; for reading, the number of registers wanted  |
 * | 2     | CRC-CCITT from the type to the data, or AB CD      |
 */
function command(name: Command['name'], type: number, register: number, data: readonly number[]): Command {
  const body = [type, data.length, register >> 8, register & 0xff, ...data]
  const crc = crcCcitt(body)
  return { name, bytes: Uint8Array.of(...COMMAND_HEAD, ...body, crc >> 8, crc & 0xff), answered: true }
}

export const writeRegister = (name: Command['name'], register: number, value: number): Command =>
  command(name, WRITE, register, [value])
export const readRegister = (name: Command['name'], register: number): Command => command(name, READ, register, [1])
export const saveRegisters = (name: Command['name']): Command => command(name, SAVE, 0x0000, [0])

/** Exactly as in the manual: one reading, without checksum. */
const TRIGGER_ONCE: Command = {
  name: 'light-on',
  bytes: Uint8Array.of(...COMMAND_HEAD, WRITE, 1, 0x00, TRIGGER_REGISTER, 1, ...NO_CHECK),
  answered: true,
}

/**
 * GM65 and its kin in command trigger mode (set once with the code of the module's own sheet). **Unverified**: that 0 in
 * the trigger register puts the light out again; without it the module does so itself after its own reading time.
 */
export function gm65({ unverified }: { readonly unverified: boolean }): ScannerProtocol {
  return {
    name: 'gm65',
    setUp: [],
    lightOn: [TRIGGER_ONCE],
    lightOff: unverified ? [writeRegister('light-off', TRIGGER_REGISTER, 0)] : [],
    probe: readRegister('probe', MODE_REGISTER),
    stream: () => new AnswersBetweenCodes(recognise, { binary: true }),
  }
}

/** Answer: 02 00, kind, length of the data, data, CRC-CCITT from the kind to the data. */
function recognise(bytes: readonly number[]): Recognised {
  const at = bytes.length - 1
  if (at < ANSWER_HEAD.length) return bytes[at] === ANSWER_HEAD[at] ? 'partial' : 'no'
  if (at === 2) return KINDS.has(bytes[2] ?? -1) ? 'partial' : 'no'
  const length = bytes[3] ?? 0
  if (bytes.length < length + 6) return 'partial'
  const sent = ((bytes[at - 1] ?? 0) << 8) | (bytes[at] ?? 0)
  if (sent !== crcCcitt(bytes.slice(2, 4 + length))) return 'noise'
  if (bytes[2] === DONE) return 'done'
  return bytes[2] === CRC_FAILED ? 'resend' : 'refused'
}

/** 00 done, 01 checksum wrong, 03 unknown command. */
const KINDS: ReadonlySet<number> = new Set([DONE, CRC_FAILED, 0x03])
