import type { AnswerStream } from '../../conversation.ts'
import type { UpsFlags, UpsReading } from '../reading.ts'

/**
 * The network protocol of `upsd` (Network UPS Tools, RFC 9271), TCP 3493: lines of words, values in double quotes with
 * backslash before quote and backslash.
 */
export type NutLine =
  | { readonly kind: 'var'; readonly ups: string; readonly name: string; readonly value: string }
  | { readonly kind: 'begin' }
  | { readonly kind: 'end' }
  | { readonly kind: 'ok' }
  | { readonly kind: 'err'; readonly words: string }
  | { readonly kind: 'damaged' }

const LF = 0x0a
const MAX_LINE_BYTES = 1024

/** The names NUT allows a UPS: no blanks, no quotes. */
export const NUT_NAME = /^[A-Za-z0-9_.-]{1,63}$/

/** `LIST VAR ups`. @param ups as `NUT_NAME` */
export function encodeListVar(ups: string): Uint8Array {
  return Buffer.from(`LIST VAR ${ups}\n`, 'latin1')
}

/** Cuts the stream at line feeds. */
export class NutStream implements AnswerStream<NutLine> {
  private readonly line = new Uint8Array(MAX_LINE_BYTES)
  private length = 0
  private tooLong = false

  push(bytes: Uint8Array): readonly NutLine[] {
    const lines: NutLine[] = []
    for (const byte of bytes) {
      if (byte === LF) {
        lines.push(this.tooLong ? { kind: 'damaged' } : parseNutLine(this.text()))
        this.reset()
      } else if (this.length < MAX_LINE_BYTES) {
        this.line[this.length++] = byte
      } else {
        this.tooLong = true
      }
    }
    return lines
  }

  reset(): void {
    this.length = 0
    this.tooLong = false
  }

  private text(): string {
    return Buffer.from(this.line.subarray(0, this.length)).toString('utf8')
  }
}

/** Reads one line, without its line feed. */
export function parseNutLine(text: string): NutLine {
  const line = text.trim()
  const variable = /^VAR ([A-Za-z0-9_.-]+) ([A-Za-z0-9_.-]+) "((?:[^"\\]|\\["\\])*)"$/.exec(line)
  if (variable) {
    const [, ups = '', name = '', value = ''] = variable
    return { kind: 'var', ups, name, value: value.replace(/\\(["\\])/g, '$1') }
  }
  if (line.startsWith('BEGIN LIST VAR ')) return { kind: 'begin' }
  if (line.startsWith('END LIST VAR ')) return { kind: 'end' }
  if (line === 'OK' || line.startsWith('OK ')) return { kind: 'ok' }
  if (line.startsWith('ERR ')) return { kind: 'err', words: line.slice(4) }
  return { kind: 'damaged' }
}

/** What the variables of a UPS say; one that is missing or no number is `null`. Without `ups.status` nothing is known. */
export function readingOf(variables: ReadonlyMap<string, string>): UpsReading | undefined {
  const status = variables.get('ups.status')
  if (status === undefined) return undefined
  const number = (name: string): number | null => {
    const text = variables.get(name)
    return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null
  }
  const volts = number('battery.voltage')
  return {
    inputVolts: number('input.voltage'),
    outputVolts: number('output.voltage'),
    loadPercent: number('ups.load'),
    frequencyHz: number('input.frequency'),
    battery: volts === null ? null : { volts, per: 'battery' },
    temperatureC: number('ups.temperature') ?? number('battery.temperature'),
    chargePercent: number('battery.charge'),
    runtimeSeconds: number('battery.runtime'),
    flags: flagsOf(new Set(status.split(/ +/))),
  }
}

/** Words of `ups.status`: OL on line, OB on battery, LB low, RB replace battery, FSD forced shutdown, CAL calibrating. */
function flagsOf(words: ReadonlySet<string>): UpsFlags {
  return {
    utilityFail: words.has('OB'),
    batteryLow: words.has('LB'),
    bypass: words.has('BYPASS'),
    failed: words.has('OFF') || words.has('ALARM'),
    testing: words.has('TEST') || words.has('CAL'),
    shuttingDown: words.has('FSD'),
    overloaded: words.has('OVER'),
    replaceBattery: words.has('RB'),
  }
}
