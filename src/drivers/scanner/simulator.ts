import type { Clock } from '../../lib/clock.ts'
import type { DeviceLine } from '../transport/device-line.ts'
import { impair, type LineImpairment } from '../transport/impaired-line.ts'
import { encodeScan, type ScannedText } from './codec.ts'

export interface ScannerSettings {
  readonly encoding: ScannedText['encoding']
  readonly suffix: '\r' | '\n' | '\r\n' | ''
  readonly line?: LineImpairment
}

/** A code scanner in software: sends a code to everybody connected whenever one is shown to it. */
export class ScannerSimulator {
  private readonly clock: Clock
  private readonly settings: ScannerSettings
  private readonly lines = new Set<DeviceLine>()

  constructor(clock: Clock, settings: ScannerSettings) {
    this.clock = clock
    this.settings = settings
  }

  /** Fits `ServeDevice`. A scanner without trigger commands does not listen. */
  readonly serve = (bareLine: DeviceLine): (() => void) => {
    const { line: impairment } = this.settings
    const line = impairment ? impair(bareLine, impairment, this.clock) : bareLine
    this.lines.add(line)
    return () => this.lines.delete(line)
  }

  show(text: string): void {
    this.sendRaw(encodeScan(text, this.settings.encoding, this.settings.suffix))
  }

  /** Sends bytes no sound scanner would send. */
  sendRaw(bytes: Uint8Array): void {
    for (const line of this.lines) line.send(bytes)
  }

  /** Sends only the first `count` bytes of a code and pulls the plug. */
  hangUpWhileShowing(text: string, count: number): void {
    const bytes = encodeScan(text, this.settings.encoding, this.settings.suffix).subarray(0, count)
    for (const line of this.lines) {
      line.send(bytes)
      line.hangUp()
    }
  }
}
