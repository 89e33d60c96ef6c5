import { err, ok, type Result } from '../../../lib/result.ts'
import type { AnswerStream } from '../../conversation.ts'
import type { BatteryVoltage, UpsFlags, UpsReading } from '../reading.ts'

/**
 * Megatec Q1 (2400 8N1): `Q1 CR` is answered by
 *
 *   (MMM.M NNN.N PPP.P QQQ RR.R S.SS TT.T b7…b0 CR
 *
 * mains, mains at the last fault, output (volts), load (%), frequency (Hz), battery (volts), temperature (°C), eight flags
 * as ASCII digits. Firmware writes dashes for what it does not know. Source: the Megatec protocol as Network UPS Tools
 * publishes it.
 */
export const Q1 = Uint8Array.of(0x51, 0x31, 0x0d)

export type MegatecAnswer = { readonly kind: 'status'; readonly reading: UpsReading } | { readonly kind: 'damaged' }

const CR = 0x0d
/** A status line has 46 characters; firmware with longer fields stays far below this. */
const MAX_LINE_BYTES = 128
const FIELDS = 8

/** Cuts the stream at carriage returns. A line of noise costs itself only; noise before the bracket costs nothing. */
export class MegatecStream implements AnswerStream<MegatecAnswer> {
  private readonly line = new Uint8Array(MAX_LINE_BYTES)
  private length = 0
  private tooLong = false

  push(bytes: Uint8Array): readonly MegatecAnswer[] {
    const answers: MegatecAnswer[] = []
    for (const byte of bytes) {
      if (byte === CR) {
        if (this.length > 0) answers.push(this.finished())
        this.reset()
      } else if (this.length < MAX_LINE_BYTES) {
        this.line[this.length++] = byte
      } else {
        this.tooLong = true
      }
    }
    return answers
  }

  reset(): void {
    this.length = 0
    this.tooLong = false
  }

  private finished(): MegatecAnswer {
    if (this.tooLong) return { kind: 'damaged' }
    const reading = parseStatusLine(Buffer.from(this.line.subarray(0, this.length)).toString('latin1'))
    return reading.ok ? { kind: 'status', reading: reading.value } : { kind: 'damaged' }
  }
}

/** Reads one status line, without its carriage return. What stands before the last opening bracket is noise. */
export function parseStatusLine(line: string): Result<UpsReading, 'NOT_A_STATUS'> {
  const open = line.lastIndexOf('(')
  if (open < 0) return err('NOT_A_STATUS')
  const fields = line
    .slice(open + 1)
    .trim()
    .split(/ +/)
  const [input = '', fault = '', output = '', load = '', hertz = '', battery = '', celsius = '', bits = ''] = fields
  const numbers = [input, fault, output, load, hertz, battery, celsius]
  if (fields.length !== FIELDS || !numbers.every(isNumberField) || !/^[01]{8}$/.test(bits)) return err('NOT_A_STATUS')
  return ok({
    inputVolts: numberOf(input),
    outputVolts: numberOf(output),
    loadPercent: numberOf(load),
    frequencyHz: numberOf(hertz),
    battery: batteryOf(battery),
    temperatureC: numberOf(celsius),
    chargePercent: null,
    runtimeSeconds: null,
    flags: flagsOf(bits, numberOf(load)),
  })
}

/**
 * `Sn` and `SnRmmmm`: output off in so many minutes, on again so many minutes later. Unverified on hardware.
 * @param offInMinutes 0.2 to 0.9 in tenths, or whole minutes 1 to 10
 * @param onAgainMinutes 1 to 9999; absent: it stays off
 */
export function encodeShutdown(offInMinutes: number, onAgainMinutes?: number): Result<Uint8Array, 'OUT_OF_RANGE'> {
  const tenths = Math.round(offInMinutes * 10)
  const isTenths = tenths >= 2 && tenths <= 9
  const isWhole = Number.isInteger(offInMinutes) && offInMinutes >= 1 && offInMinutes <= 10
  if (!isTenths && !isWhole) return err('OUT_OF_RANGE')
  const off = isTenths ? `.${tenths}` : String(offInMinutes).padStart(2, '0')
  if (onAgainMinutes === undefined) return ok(Buffer.from(`S${off}\r`, 'latin1'))
  if (!Number.isInteger(onAgainMinutes) || onAgainMinutes < 1 || onAgainMinutes > 9999) return err('OUT_OF_RANGE')
  return ok(Buffer.from(`S${off}R${String(onAgainMinutes).padStart(4, '0')}\r`, 'latin1'))
}

/** Writes a status line as a UPS does. For simulators and tests. */
export function encodeStatusLine(reading: UpsReading): Uint8Array {
  const { inputVolts, outputVolts, loadPercent, frequencyHz, battery, temperatureC, flags } = reading
  const volts = (value: number | null) => written(value, 5, 1)
  const line = [
    volts(inputVolts),
    volts(inputVolts),
    volts(outputVolts),
    written(loadPercent, 3, 0),
    written(frequencyHz, 4, 1),
    written(battery?.volts ?? null, 4, battery?.per === 'cell' ? 2 : 1),
    written(temperatureC, 4, 1),
    bitsOf(flags),
  ].join(' ')
  return Buffer.from(`(${line}\r`, 'latin1')
}

const isNumberField = (field: string): boolean => /^\d{1,5}(\.\d{1,3})?$/.test(field) || /^[-.]+$/.test(field)

const numberOf = (field: string): number | null => (/^\d/.test(field) ? Number(field) : null)

function batteryOf(field: string): BatteryVoltage | null {
  const volts = numberOf(field)
  return volts === null ? null : { volts, per: /^\d\.\d\d$/.test(field) ? 'cell' : 'battery' }
}

/** Bit 7 first. Bit 5 means bypass on an on-line UPS, but regulating (boost, buck) on a standby one (bit 3): harmless. */
function flagsOf(bits: string, loadPercent: number | null): UpsFlags {
  const bit = (number: number) => bits[7 - number] === '1'
  return {
    utilityFail: bit(7),
    batteryLow: bit(6),
    bypass: bit(5) && !bit(3),
    failed: bit(4),
    testing: bit(2),
    shuttingDown: bit(1),
    overloaded: loadPercent !== null && loadPercent > 100,
    replaceBattery: false,
  }
}

function bitsOf(flags: UpsFlags): string {
  const { utilityFail, batteryLow, bypass, failed, testing, shuttingDown } = flags
  const bits = [utilityFail, batteryLow, bypass, failed, false, testing, shuttingDown, false]
  return bits.map((bit) => (bit ? '1' : '0')).join('')
}

function written(value: number | null, width: number, decimals: number): string {
  if (value !== null) return value.toFixed(decimals).padStart(width, '0')
  const whole = '-'.repeat(width - (decimals === 0 ? 0 : decimals + 1))
  return decimals === 0 ? whole : `${whole}.${'-'.repeat(decimals)}`
}
