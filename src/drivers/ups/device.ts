import type { Clock } from '../../lib/clock.ts'
import { Lock } from '../../lib/lock.ts'
import type { Log } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { DeviceReport } from '../report.ts'
import type { OutOfRange, UpsDriver, UpsFault } from './driver.ts'
import type { UpsReading } from './reading.ts'
import { reportOf, statusOf, type Outage, type UpsStatus } from './status.ts'

export interface UpsOptions {
  /** How long the kiosk runs on a full battery, minutes, as measured on site. For UPSes that do not say. */
  readonly nominalMinutes?: number
  /** With less than this in the battery nothing is begun that prints, seconds. Default 180: a row, its slip, and the taking. */
  readonly reserveSeconds?: number
  /** Lets `shutdown` take the power away; the commands are unverified on hardware. Default false. */
  readonly allowShutdown?: boolean
}

/** How long the battery will last. */
export interface BatteryEstimate {
  readonly remainingMs: number
  /** `reported`: the UPS says so; `nominal`: site's minutes less the time on battery; `low`: it only says that it ends. */
  readonly basis: 'reported' | 'nominal' | 'low'
}

/** What feeds the kiosk: the mains, a battery, or one that ends before a print begun now would be over. */
export type Supply = 'MAINS' | 'BATTERY' | 'BATTERY_ENDING'

export type EstimateFailure = 'ON_MAINS' | 'NOT_ANSWERING' | 'NOT_KNOWN'

export type UpsShutdownError =
  UpsFault | OutOfRange | { readonly code: 'NOT_ALLOWED' } | { readonly code: 'NOT_SUPPORTED' }

/** A UPS that says "low" may still be good for this long, if nothing better is known: the usual setting of the makers. */
const LOW_LASTS_MS = 120_000
const DEFAULT_NOMINAL_MINUTES = 10
const DEFAULT_RESERVE_SECONDS = 180

/** The uninterruptible power supply as the kiosk sees it. Verbs may be called concurrently. */
export class Ups {
  private readonly driver: UpsDriver
  private readonly clock: Clock
  private readonly log: Log
  private readonly options: UpsOptions
  private readonly lock = new Lock()
  private readonly listeners = new Set<(status: UpsStatus) => void>()
  private failing: { readonly since: number; readonly atMs: number } | null = null
  private last: UpsStatus | null = null

  constructor(driver: UpsDriver, clock: Clock, log: Log, options: UpsOptions = {}) {
    this.driver = driver
    this.clock = clock
    this.log = log
    this.options = options
  }

  /** Asks the UPS; at most a little over two seconds. Silence is a state, and does not end a power cut. */
  async status(signal: AbortSignal): Promise<UpsStatus> {
    const read = await this.lock.run(() => this.driver.read(signal))
    if (!read.ok && read.error.code === 'CANCELLED' && this.last) return this.last
    const status = read.ok ? this.fold(read.value) : unknown(read.error)
    this.note(status)
    return status
  }

  /**
   * How long the battery will last, from the last `status`. Never more than the UPS or the site promises.
   */
  estimate(): Result<BatteryEstimate, EstimateFailure> {
    const { last, failing } = this
    if (!last || !('reading' in last)) return err(failing ? 'NOT_ANSWERING' : 'NOT_KNOWN')
    if (!failing) return err('ON_MAINS')
    const elapsed = this.clock.monotonic() - failing.atMs
    const { runtimeSeconds, flags } = last.reading
    if (runtimeSeconds !== null) return ok({ remainingMs: Math.max(0, runtimeSeconds * 1000), basis: 'reported' })
    const nominal = Math.max(0, this.nominalMs() - elapsed)
    if (flags.batteryLow) return ok({ remainingMs: Math.min(LOW_LASTS_MS, nominal), basis: 'low' })
    return ok({ remainingMs: nominal, basis: 'nominal' })
  }

  /** Asks the UPS what feeds the kiosk now; as long as `status`. A UPS that never spoke of a power cut is on mains. */
  async supply(signal: AbortSignal): Promise<Supply> {
    const { state } = await this.status(signal)
    if (state === 'SHUTTING_DOWN') return 'BATTERY_ENDING'
    const outage = this.outage()
    if (outage === null) return 'MAINS'
    const estimate = this.estimate()
    if (estimate.ok) return estimate.value.remainingMs < this.reserveMs() ? 'BATTERY_ENDING' : 'BATTERY'
    // It fell silent in the power cut: nobody knows how long it lasts, but a kiosk that outlived the battery is on mains.
    return outage.forMs < this.nominalMs() ? 'BATTERY_ENDING' : 'MAINS'
  }

  /** Calls `listener` when the state changes: power cut, battery low, mains back. Returns its removal. */
  onChange(listener: (status: UpsStatus) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /**
   * Switches the output off after the kiosk has shut down (unverified on hardware, hence behind `allowShutdown`).
   * @param offInMinutes 0.2 to 0.9, or 1 to 10  @param onAgainMinutes 1 to 9999
   */
  async shutdown(offInMinutes: number, onAgainMinutes?: number): Promise<Result<void, UpsShutdownError>> {
    if (this.options.allowShutdown !== true) return err({ code: 'NOT_ALLOWED' })
    const { shutdown } = this.driver
    if (!shutdown) return err({ code: 'NOT_SUPPORTED' })
    this.log.warn('ups.shutdown', { offInMinutes, onAgainMinutes: onAgainMinutes ?? null })
    return this.lock.run(() => shutdown(offInMinutes, onAgainMinutes))
  }

  async report(signal: AbortSignal): Promise<DeviceReport> {
    return reportOf(await this.status(signal))
  }

  close(): Promise<void> {
    return this.lock.run(() => this.driver.close())
  }

  private fold(reading: UpsReading): UpsStatus {
    const failsNow = reading.flags.utilityFail && !reading.flags.testing
    if (!failsNow) this.failing = null
    else this.failing ??= { since: this.clock.now(), atMs: this.clock.monotonic() }
    return statusOf(reading, this.outage())
  }

  private nominalMs(): number {
    return (this.options.nominalMinutes ?? DEFAULT_NOMINAL_MINUTES) * 60_000
  }

  private reserveMs(): number {
    return (this.options.reserveSeconds ?? DEFAULT_RESERVE_SECONDS) * 1_000
  }

  private outage(): Outage | null {
    const { failing } = this
    return failing && { since: failing.since, forMs: this.clock.monotonic() - failing.atMs }
  }

  private note(status: UpsStatus): void {
    const changed = this.last?.state !== status.state
    this.last = status
    if (!changed) return
    this.log.info('ups.state', { state: status.state })
    for (const listener of [...this.listeners]) listener(status)
  }
}

function unknown(fault: UpsFault): UpsStatus {
  switch (fault.code) {
    case 'PORT':
      return { state: 'UNPLUGGED', cause: fault.cause }
    case 'REFUSED':
      return { state: 'REFUSED', words: fault.words }
    case 'GARBLED':
      return { state: 'SILENT', garbled: true }
    case 'NO_ANSWER':
    case 'CANCELLED':
      return { state: 'SILENT', garbled: false }
  }
}
