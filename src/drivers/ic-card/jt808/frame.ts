import { err, ok, type Result } from '../../../lib/result.ts'
import type { AnswerStream } from '../../conversation.ts'

/**
 * Frames of the card module on the peripheral bus of JT/T 794/808 terminals:
 *
 *   7E | sum | version(2) | vendor(2) | type 0B | command | data … | 7E
 *
 * `sum` is the low byte of the sum from vendor to the end of data; between the flags 7E is written 7D 02, 7D 7D 01. Numbers
 * are big-endian. One public source; the escape is inferred from JT/T 808.
 */
export const MODULE_COMMANDS = {
  powerOn: 0x01,
  link: 0x02,
  power: 0x03,
  version: 0x04,
  selfTest: 0x05,
  firmware: 0x06,
  attributes: 0x07,
  authenticate: 0x40,
  readResult: 0x41,
  removed: 0x42,
  readNow: 0x43,
} as const
export type ModuleCommand = keyof typeof MODULE_COMMANDS

/** A frame without its flags, its escapes and its sum. */
export interface ModuleFrame {
  readonly version: number
  readonly vendor: number
  readonly command: ModuleCommand | undefined
  /** Kept also where we do not know the command. */
  readonly commandCode: number
  readonly data: Uint8Array
}

export type ModuleAnswer = ({ readonly kind: 'frame' } & ModuleFrame) | { readonly kind: 'damaged' }

const FLAG = 0x7e
const ESCAPE = 0x7d
const IC_CARD_TYPE = 0x0b
/** Sum, version, vendor, type, command. */
const HEAD_BYTES = 7
const MAX_BYTES = 2048

const NAMES: ReadonlyMap<number, ModuleCommand> = new Map(
  (Object.entries(MODULE_COMMANDS) as [ModuleCommand, number][]).map(([name, code]) => [code, name]),
)

export function encodeModuleFrame(
  command: ModuleCommand,
  data: Uint8Array = new Uint8Array(0),
  ids: { readonly version: number; readonly vendor: number } = { version: 1, vendor: 1 },
): Uint8Array {
  const summed = [...word(ids.vendor), IC_CARD_TYPE, MODULE_COMMANDS[command], ...data]
  const body = [sumOf(summed), ...word(ids.version), ...summed]
  const escaped = body.flatMap((byte) => (byte === FLAG ? [ESCAPE, 2] : byte === ESCAPE ? [ESCAPE, 1] : [byte]))
  return Uint8Array.of(FLAG, ...escaped, FLAG)
}

/** Reads what stands between two flags. */
export function decodeModuleFrame(escaped: Uint8Array): Result<ModuleFrame, 'DAMAGED'> {
  const body: number[] = []
  for (let at = 0; at < escaped.length; at++) {
    const byte = escaped[at] ?? 0
    if (byte !== ESCAPE) {
      body.push(byte)
      continue
    }
    const next = escaped[++at]
    if (next !== 1 && next !== 2) return err('DAMAGED')
    body.push(next === 1 ? ESCAPE : FLAG)
  }
  const [sum, version1 = 0, version2 = 0, vendor1 = 0, vendor2 = 0, type, commandCode = 0] = body
  if (body.length < HEAD_BYTES || type !== IC_CARD_TYPE || sum !== sumOf(body.slice(3))) return err('DAMAGED')
  return ok({
    version: (version1 << 8) | version2,
    vendor: (vendor1 << 8) | vendor2,
    command: NAMES.get(commandCode),
    commandCode,
    data: Uint8Array.from(body.slice(HEAD_BYTES)),
  })
}

/** Finds frames in a stream cut anywhere. The flag that ends a frame may begin the next one. */
export class ModuleStream implements AnswerStream<ModuleAnswer> {
  private readonly pending = new Uint8Array(MAX_BYTES)
  private length = 0
  private inFrame = false

  push(bytes: Uint8Array): readonly ModuleAnswer[] {
    const answers: ModuleAnswer[] = []
    for (const byte of bytes) {
      if (byte === FLAG) {
        if (this.inFrame && this.length > 0) answers.push(this.finished())
        this.length = 0
        this.inFrame = true
      } else if (this.inFrame) {
        if (this.length < MAX_BYTES) this.pending[this.length++] = byte
        else this.reset()
      }
    }
    return answers
  }

  reset(): void {
    this.length = 0
    this.inFrame = false
  }

  private finished(): ModuleAnswer {
    const frame = decodeModuleFrame(this.pending.subarray(0, this.length))
    return frame.ok ? { kind: 'frame', ...frame.value } : { kind: 'damaged' }
  }
}

const word = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff]

const sumOf = (bytes: readonly number[]): number => bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0)
