import type { Clock } from '../../lib/clock.ts'
import type { DeviceLine } from '../transport/device-line.ts'
import { impair, type LineImpairment } from '../transport/impaired-line.ts'
import { encodeScan, MAX_CODE_BYTES, type ScannedText } from './codec.ts'
import type { SaidAbout, ScannerFault, ScannerFaultScript, ScannerMisbehaviour } from './fault-script.ts'
import type { ScannerDriverName } from './protocol/protocol.ts'
import type { SimulatedHead } from './simulated-family.ts'
import { simulatedHead } from './simulated-head.ts'
import { sentAgain } from './simulated-ssi.ts'

export interface ScannerSettings {
  readonly encoding: ScannedText['encoding']
  readonly suffix: '\r' | '\n' | '\r\n' | ''
  /** Which family it is of; absent: one that only talks, and is always lit. */
  readonly protocol?: ScannerDriverName
  readonly line?: LineImpairment
  readonly faults?: readonly ScannerFault[]
}

interface Connection {
  readonly line: DeviceLine
  readonly head: SimulatedHead
}

interface ActiveFault {
  readonly fault: ScannerFault
  skip: number
  left: number
}

/** A code scanner in software: sends a code to everybody connected whenever one is shown to it and its light is on. */
export class ScannerSimulator {
  private readonly clock: Clock
  private readonly settings: ScannerSettings
  private readonly connections = new Set<Connection>()
  private active: ActiveFault[] = []

  constructor(clock: Clock, settings: ScannerSettings) {
    this.clock = clock
    this.settings = settings
    this.misbehave(settings)
  }

  /** Whether a code shown now would be read by anybody connected. */
  get lit(): boolean {
    return [...this.connections].some(({ head }) => head.lit)
  }

  /** Replaces the faults; impairments of the line are those of the settings. */
  misbehave({ faults = [] }: Pick<ScannerFaultScript, 'faults'>): void {
    this.active = faults.map((fault) => ({
      fault,
      skip: fault.skip ?? 0,
      left: fault.times === 0 ? Infinity : (fault.times ?? 1),
    }))
  }

  /** Fits `ServeDevice`. */
  readonly serve = (bareLine: DeviceLine): (() => void) => {
    const { line: impairment, protocol = 'serial' } = this.settings
    const line = impairment ? impair(bareLine, impairment, this.clock) : bareLine
    const head = simulatedHead(protocol, this.clock, (about, bytes, refusal) => this.say(line, about, bytes, refusal))
    const connection = { line, head }
    this.connections.add(connection)
    const deaf = line.onBytes((bytes) => head.hear(bytes))
    return () => {
      deaf()
      head.stop()
      this.connections.delete(connection)
    }
  }

  /** Shows a code to it. In the dark nothing happens. */
  show(text: string): void {
    const { encoding, suffix } = this.settings
    for (const { head } of this.connections)
      if (head.lit) head.read(encodeScan(text, encoding, ''), encodeScan('', encoding, suffix))
  }

  /** Sends bytes no sound scanner would send. */
  sendRaw(bytes: Uint8Array): void {
    for (const { line } of this.connections) line.send(bytes)
  }

  /** Sends only the first `count` bytes of a code and pulls the plug. */
  hangUpWhileShowing(text: string, count: number): void {
    this.misbehave({ faults: [{ kind: 'hang-up', at: count }] })
    this.show(text)
  }

  private say(line: DeviceLine, about: SaidAbout, bytes: Uint8Array, refusal: Uint8Array | undefined): void {
    const fault = this.faultFor(about)
    if (fault === undefined) line.send(bytes)
    else this.spoil(line, fault, bytes, refusal)
  }

  private faultFor(about: SaidAbout): ScannerMisbehaviour | undefined {
    for (const active of this.active) {
      if (active.left === 0 || (active.fault.on ?? 'code') !== about) continue
      if (active.skip > 0) active.skip--
      else {
        active.left--
        return active.fault
      }
    }
    return undefined
  }

  private spoil(line: DeviceLine, fault: ScannerMisbehaviour, bytes: Uint8Array, refusal?: Uint8Array): void {
    switch (fault.kind) {
      case 'silence':
        return
      case 'late':
        this.clock.setTimer(fault.ms, () => line.send(bytes))
        return
      case 'wrong-checksum':
        line.send(Uint8Array.of(...bytes.subarray(0, -1), (bytes.at(-1) ?? 0) ^ 0xff))
        return
      case 'truncated':
        line.send(bytes.subarray(0, fault.at))
        return
      case 'hang-up':
        line.send(bytes.subarray(0, fault.at))
        line.hangUp()
        return
      case 'duplicate':
        line.send(bytes)
        line.send(this.settings.protocol === 'ssi' ? sentAgain(bytes) : bytes)
        return
      case 'refuse':
        line.send(refusal ?? bytes)
        return
      case 'too-long':
        line.send(encodeScan('9'.repeat(MAX_CODE_BYTES + 1), 'utf-8', '\r'))
        return
    }
  }
}
