import type { CancelTimer, Clock } from '../../lib/clock.ts'

/** How long a visit may stand still, from the site file. All in milliseconds. */
export interface PresenceLimits {
  readonly idleWarningMs: number
  readonly countdownMs: number
  readonly totalLimitMs: number
}

/** When the visit ends by itself, in wall-clock milliseconds; `warnAt` is when the person is asked whether they are still there. */
export interface Countdown {
  readonly endsAt: number
  readonly warnAt: number
}

/**
 * Decides whether somebody is still standing in front of the machine. Touches and device activity start the idle time
 * anew; large print doubles every limit; while it is held (printing, a card in the field) nothing expires, and the idle
 * time starts afresh on release. The total limit runs through, but never interrupts what is held.
 */
export class Presence {
  private readonly clock: Clock
  private readonly limits: PresenceLimits
  private readonly onExpired: (why: 'IDLE' | 'TOTAL') => void
  private cancel: CancelTimer = () => undefined
  private running = false
  private held = false
  private factor = 1
  private startedAt = 0
  private touchedAt = 0

  constructor(clock: Clock, limits: PresenceLimits, onExpired: (why: 'IDLE' | 'TOTAL') => void) {
    this.clock = clock
    this.limits = limits
    this.onExpired = onExpired
  }

  start(): void {
    this.running = true
    this.held = false
    this.startedAt = this.touchedAt = this.clock.monotonic()
    this.arm()
  }

  stop(): void {
    this.running = false
    this.cancel()
  }

  /** Somebody touched the screen, or a device noticed them. */
  touch(): void {
    if (!this.running) return
    this.touchedAt = this.clock.monotonic()
    this.arm()
  }

  hold(held: boolean): void {
    if (!this.running || held === this.held) return
    this.held = held
    this.touchedAt = this.clock.monotonic()
    this.arm()
  }

  slowDown(largePrint: boolean): void {
    const factor = largePrint ? 2 : 1
    if (factor === this.factor) return
    this.factor = factor
    if (this.running) this.arm()
  }

  /** Null while nothing can expire. */
  countdown(): Countdown | null {
    if (!this.running || this.held) return null
    const wallNow = this.clock.now()
    const leftMs = this.leftMs()
    return { endsAt: wallNow + leftMs, warnAt: wallNow + leftMs - this.limits.countdownMs * this.factor }
  }

  private leftMs(): number {
    const idle = this.touchedAt + (this.limits.idleWarningMs + this.limits.countdownMs) * this.factor
    return Math.max(0, Math.min(idle, this.totalEnd()) - this.clock.monotonic())
  }

  private totalEnd(): number {
    return this.startedAt + this.limits.totalLimitMs * this.factor
  }

  private arm(): void {
    this.cancel()
    if (!this.running || this.held) return
    this.cancel = this.clock.setTimer(this.leftMs(), () => {
      const why = this.clock.monotonic() >= this.totalEnd() ? 'TOTAL' : 'IDLE'
      this.stop()
      this.onExpired(why)
    })
  }
}
