import type { CancelTimer, Clock } from '../../lib/clock.ts'
import type { DeviceLine } from '../transport/device-line.ts'
import { impair } from '../transport/impaired-line.ts'
import { FaultQueue } from '../transport/fault-queue.ts'
import type { StickFault, StickFaultScript } from './faults.ts'
import type { WatchdogFile, WatchdogFiles } from './linux.ts'
import { secondsOfKick, STICK_ALIVE, STICK_QUERY, STICK_RESET_NOW } from './stick-codec.ts'

const POWER_UP_SECONDS = 170

/** The stick in software: counts how often it would have started the computer anew. */
export class StickSimulator {
  private readonly clock: Clock
  private readonly script: StickFaultScript
  private readonly faults: FaultQueue<StickFault>
  private seconds = POWER_UP_SECONDS
  private cancel: CancelTimer = () => undefined
  private resetCount = 0
  private readonly heardBytes: number[] = []

  constructor(clock: Clock, script: StickFaultScript = {}) {
    this.clock = clock
    this.script = script
    this.faults = new FaultQueue(script)
    this.arm()
  }

  get resets(): number {
    return this.resetCount
  }

  get heard(): readonly number[] {
    return this.heardBytes
  }

  /** Takes the stick out: it counts no more. */
  unplug(): void {
    this.cancel()
  }

  /** Fits `ServeDevice`. */
  readonly serve = (bareLine: DeviceLine): (() => void) => {
    const line = this.script.line ? impair(bareLine, this.script.line, this.clock) : bareLine
    return line.onBytes((bytes) => {
      for (const byte of bytes) this.hear(line, byte)
    })
  }

  private hear(line: DeviceLine, byte: number): void {
    this.heardBytes.push(byte)
    const kick = secondsOfKick(byte)
    if (byte === STICK_RESET_NOW[0]) this.reset()
    else if (kick !== undefined) {
      const fault = this.faults.take('kick')
      if (fault?.kind === 'hang-up') line.hangUp()
      this.seconds = kick
      this.arm()
    } else if (byte === STICK_QUERY[0]) this.answer(line)
  }

  private answer(line: DeviceLine): void {
    const fault = this.faults.take('query')
    const alive = Uint8Array.of(STICK_ALIVE)
    switch (fault?.kind) {
      case 'silence':
        return
      case 'hang-up':
        line.hangUp()
        return
      case 'late':
        this.clock.setTimer(fault.ms, () => line.send(alive))
        return
      case 'duplicate':
        line.send(alive)
        line.send(alive)
        return
      case undefined:
        line.send(alive)
    }
  }

  private arm(): void {
    this.cancel()
    this.cancel = this.clock.setTimer(this.seconds * 1000, () => this.reset())
  }

  /** The time is kept across a reset. */
  private reset(): void {
    this.resetCount++
    this.arm()
  }
}

/** The kernel's watchdog in software. */
export class SimulatedWatchdogFiles implements WatchdogFiles {
  private readonly clock: Clock
  private readonly periodMs: number
  private cancel: CancelTimer = () => undefined
  private resetCount = 0
  private refusal: NodeJS.ErrnoException | undefined
  private failing = false

  constructor(clock: Clock, periodMs: number) {
    this.clock = clock
    this.periodMs = periodMs
  }

  get resets(): number {
    return this.resetCount
  }

  refuseOpen(error: NodeJS.ErrnoException | undefined): void {
    this.refusal = error
  }

  /** While failing, nothing can be written. */
  fail(isFailing: boolean): void {
    this.failing = isFailing
  }

  open(): Promise<WatchdogFile> {
    if (this.refusal) return Promise.reject(this.refusal)
    this.arm()
    let magic = false
    return Promise.resolve({
      write: (bytes: Uint8Array) => {
        if (this.failing) return Promise.reject(new Error('input/output error'))
        magic = bytes.at(-1) === 0x56
        this.arm()
        return Promise.resolve(bytes.length)
      },
      close: () => {
        // Closed without the magic byte the timer runs on.
        if (magic) this.cancel()
        return Promise.resolve()
      },
    })
  }

  private arm(): void {
    this.cancel()
    this.cancel = this.clock.setTimer(this.periodMs, () => {
      this.resetCount++
    })
  }
}
