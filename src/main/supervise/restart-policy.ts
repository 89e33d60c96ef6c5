import type { Clock } from '../../lib/clock.ts'

/** Pauses before the first, second … restart; the last one is repeated. */
const PAUSES_MS = [200, 1_000, 3_000, 10_000] as const
/** More failures than this within the window, and the kiosk goes out of service. */
const LIMIT = 5
const WINDOW_MS = 5 * 60_000
/** While out of service one attempt is made each minute. */
const RETRY_MS = 60_000

export interface Restart {
  /** Milliseconds to wait before the next start. */
  readonly pauseMs: number
  /** Whether the person at the screen is told that this kiosk is out of service rather than being restored. */
  readonly outOfService: boolean
}

/** Decides how soon something that failed is started again, so that a storm of failures does not become the service. */
export class RestartPolicy {
  private readonly clock: Clock
  private failures: number[] = []
  private tripped = false

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** It failed just now: when to start it again. */
  failed(): Restart {
    const now = this.clock.monotonic()
    this.failures = [...this.failures.filter((at) => now - at < WINDOW_MS), now]
    if (this.failures.length > LIMIT) this.tripped = true
    if (this.tripped) return { pauseMs: RETRY_MS, outOfService: true }
    const index = Math.min(this.failures.length, PAUSES_MS.length) - 1
    return { pauseMs: PAUSES_MS[index] ?? RETRY_MS, outOfService: false }
  }

  /** It has worked long enough to be trusted again. */
  proved(): void {
    this.failures = []
    this.tripped = false
  }
}

/** How long something works before its earlier failures are forgotten. */
export const PROVED_AFTER_MS = WINDOW_MS
