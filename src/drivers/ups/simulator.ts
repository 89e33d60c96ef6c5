import type { Clock } from '../../lib/clock.ts'
import type { DeviceLine, ServeDevice } from '../transport/device-line.ts'
import { impair } from '../transport/impaired-line.ts'
import { encodeStatusLine } from './codec/megatec.ts'
import { FaultQueue } from '../transport/fault-queue.ts'
import type { UpsCommand, UpsFaultScript, UpsSimulatedFault } from './faults.ts'
import { CALM, type UpsFlags, type UpsReading } from './reading.ts'

/** Mains as at a station, half loaded. */
const RESTING: UpsReading = {
  inputVolts: 221.3,
  outputVolts: 220.1,
  loadPercent: 34,
  frequencyHz: 50,
  battery: { volts: 27.1, per: 'battery' },
  temperatureC: 31,
  chargePercent: 100,
  runtimeSeconds: 1800,
  flags: CALM,
}

const CR = 0x0d
const LF = 0x0a

/** A UPS in software, which speaks Megatec on a line (`serve`) or stands behind a upsd (`serveNut`). */
export class UpsSimulator {
  private readonly clock: Clock
  private script: UpsFaultScript
  private faults: FaultQueue<UpsSimulatedFault>
  private flags: UpsFlags = CALM
  private readonly shutdowns: string[] = []

  constructor(clock: Clock, script: UpsFaultScript = {}) {
    this.clock = clock
    this.script = script
    this.faults = new FaultQueue(script)
  }

  /** Changes what the UPS sees: `set({ utilityFail: true })` cuts the mains. */
  set(flags: Partial<UpsFlags>): void {
    this.flags = { ...this.flags, ...flags }
  }

  misbehave(script: UpsFaultScript): void {
    this.script = script
    this.faults = new FaultQueue(script)
  }

  /** The shutdown commands heard, in order. */
  get shutdownsHeard(): readonly string[] {
    return this.shutdowns
  }

  readonly serve: ServeDevice = (bareLine) =>
    this.listen(bareLine, CR, (line, text) => {
      if (text === 'Q1') this.answer(line, 'status', encodeStatusLine(this.reading()))
      else if (/^S[.\d]/.test(text)) this.shutdowns.push(text)
      else line.send(Buffer.from('NAK\r', 'latin1'))
    })

  /** @param ups the name it has there */
  readonly serveNut =
    (ups: string): ServeDevice =>
    (bareLine) =>
      this.listen(bareLine, LF, (line, text) => {
        if (text === `LIST VAR ${ups}`) this.answer(line, 'list', Buffer.from(this.nutList(ups), 'utf8'))
        else if (text.startsWith('LIST VAR')) line.send(Buffer.from('ERR UNKNOWN-UPS\n', 'latin1'))
        else line.send(Buffer.from('ERR UNKNOWN-COMMAND\n', 'latin1'))
      })

  private listen(bareLine: DeviceLine, end: number, hear: (line: DeviceLine, text: string) => void): () => void {
    const line = this.script.line ? impair(bareLine, this.script.line, this.clock) : bareLine
    let pending: number[] = []
    return line.onBytes((bytes) => {
      for (const byte of bytes) {
        if (byte !== end) {
          if (pending.length < 256) pending.push(byte)
          continue
        }
        const text = Buffer.from(pending).toString('latin1').trim()
        pending = []
        hear(line, text)
      }
    })
  }

  private reading(): UpsReading {
    const { utilityFail } = this.flags
    return { ...RESTING, flags: this.flags, ...(utilityFail && { inputVolts: 0, frequencyHz: 0 }) }
  }

  private nutList(ups: string): string {
    const { flags } = this
    const words = [
      flags.utilityFail ? 'OB' : 'OL',
      flags.batteryLow && 'LB',
      flags.bypass && 'BYPASS',
      flags.failed && 'ALARM',
      flags.testing && 'CAL',
      flags.shuttingDown && 'FSD',
      flags.overloaded && 'OVER',
      flags.replaceBattery && 'RB',
    ].filter((word) => word !== false)
    const variables = {
      'battery.charge': RESTING.chargePercent,
      'battery.runtime': RESTING.runtimeSeconds,
      'input.voltage': this.reading().inputVolts,
      'ups.load': RESTING.loadPercent,
      'ups.mfr': 'SPECIMEN \\"UPS\\"',
      'ups.status': words.join(' '),
    }
    const lines = Object.entries(variables).map(([name, value]) => `VAR ${ups} ${name} "${value ?? ''}"\n`)
    return `BEGIN LIST VAR ${ups}\n${lines.join('')}END LIST VAR ${ups}\n`
  }

  private answer(line: DeviceLine, command: UpsCommand, answer: Uint8Array): void {
    const fault = this.faults.take(command)
    if (fault) this.spoil(line, answer, fault)
    else line.send(answer)
  }

  private spoil(line: DeviceLine, answer: Uint8Array, fault: UpsSimulatedFault): void {
    switch (fault.kind) {
      case 'silence':
        return
      case 'late':
        this.clock.setTimer(fault.ms, () => line.send(answer))
        return
      case 'duplicate':
        line.send(answer)
        line.send(answer)
        return
      case 'truncated':
        line.send(answer.subarray(0, fault.at))
        return
      case 'garbled':
        line.send(answer.map((byte, at) => (at === fault.at ? 0x3f : byte)))
        return
      case 'unknown-numbers':
        line.send(encodeStatusLine({ ...this.reading(), inputVolts: null, temperatureC: null, battery: null }))
        return
      case 'refused':
        line.send(Buffer.from(`ERR ${fault.words}\n`, 'latin1'))
        return
      case 'hang-up':
        line.send(answer.subarray(0, fault.at))
        line.hangUp()
        return
    }
  }
}
