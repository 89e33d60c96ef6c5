import type { CancelTimer, Clock } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { Lock } from '../../lib/lock.ts'
import type { Log } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { DeviceReport } from '../report.ts'
import { reportOf, type WatchdogStatus } from './status.ts'
import type { WatchdogFault, WatchdogTimer } from './timer.ts'

/** Whether the kiosk is well: its loop turns, its store writes, its screen is drawn. Asked before each kick. */
export type HealthCheck = (signal: AbortSignal) => Promise<Health>
export type Health = { readonly healthy: true } | { readonly healthy: false; readonly why: string }

export interface WatchdogParts {
  readonly timer: WatchdogTimer
  readonly health: HealthCheck
  readonly clock: Clock
  readonly log: Log
  /** Time between two kicks, milliseconds: at most a third of the watchdog's own. Default 10 000. */
  readonly everyMs?: number
}

export type KickError = WatchdogFault | { readonly code: 'UNHEALTHY'; readonly why: string } | { readonly code: 'OFF' }

const DEFAULT_EVERY_MS = 10_000
/** A check that hangs is the very illness a watchdog is for. */
const HEALTH_MS = 3000

/** Keeps a watchdog quiet for as long as the kiosk is well, and no longer. */
export class Watchdog {
  private readonly parts: WatchdogParts
  private readonly everyMs: number
  private readonly lock = new Lock()
  private now: WatchdogStatus = { state: 'OFF' }
  private running = false
  private cancelNext: CancelTimer = () => undefined

  constructor(parts: WatchdogParts) {
    this.parts = parts
    this.everyMs = parts.everyMs ?? DEFAULT_EVERY_MS
  }

  /** Starts the watchdog and the kicks. One that cannot be started is tried again with each beat. */
  async start(): Promise<Result<void, KickError>> {
    if (this.running) return ok()
    this.running = true
    const kicked = await this.kick()
    if (this.isRunning()) this.beatAgain()
    return kicked
  }

  /** Asks for the health and kicks if it is good. Called by itself; for self-tests as well. */
  kick(): Promise<Result<void, KickError>> {
    return this.lock.run(async () => {
      if (!this.running) return err({ code: 'OFF' })
      const health = await this.health()
      if (!health.healthy) {
        const since = this.now.state === 'STARVING' ? this.now.since : this.parts.clock.now()
        this.become({ state: 'STARVING', since, why: health.why })
        return err({ code: 'UNHEALTHY', why: health.why })
      }
      const { timer, clock } = this.parts
      const started = this.now.state === 'OFF' || this.now.state === 'FAULT' ? await timer.start() : ok()
      const kicked = started.ok ? await timer.kick() : started
      this.become(kicked.ok ? { state: 'GUARDING', lastKickAt: clock.now() } : { state: 'FAULT', fault: kicked.error })
      return kicked
    })
  }

  /** Ends in order. Call it as the last thing of an orderly shutdown; a crash must never get here. */
  async stop(): Promise<Result<void, WatchdogFault>> {
    if (!this.running) return ok()
    this.running = false
    this.cancelNext()
    return this.lock.run(async () => {
      const stopped = await this.parts.timer.stop()
      this.become(stopped.ok ? { state: 'OFF' } : { state: 'FAULT', fault: stopped.error })
      return stopped
    })
  }

  status(): WatchdogStatus {
    return this.now
  }

  /** What is known; nothing is asked, because a question could be a kick. */
  report(): Promise<DeviceReport> {
    return Promise.resolve(reportOf(this.now))
  }

  private isRunning(): boolean {
    return this.running
  }

  private beatAgain(): void {
    this.cancelNext = this.parts.clock.setTimer(this.everyMs, () => {
      void this.kick().then(() => {
        if (this.running) this.beatAgain()
      })
    })
  }

  private async health(): Promise<Health> {
    const { clock, health } = this.parts
    try {
      const answer = await withDeadline(clock, HEALTH_MS, (signal) => health(signal))
      return answer.ok ? answer.value : { healthy: false, why: `no word for ${HEALTH_MS} ms` }
    } catch (cause) {
      return { healthy: false, why: cause instanceof Error ? cause.message : String(cause) }
    }
  }

  private become(status: WatchdogStatus): void {
    const changed = this.now.state !== status.state
    this.now = status
    if (!changed) return
    const { log } = this.parts
    if (status.state === 'GUARDING' || status.state === 'OFF') log.info('watchdog.state', { state: status.state })
    else
      log.warn('watchdog.state', {
        state: status.state,
        why: status.state === 'STARVING' ? status.why : status.fault.code,
      })
  }
}
