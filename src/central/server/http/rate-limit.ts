import type { Clock } from '../../../lib/clock.ts'

/** At most `limit` in any `windowMs`, per key. Kept in memory: a restart forgives. */
export class RateLimit {
  private readonly clock: Clock
  private readonly limit: number
  private readonly windowMs: number
  private readonly taken = new Map<string, number[]>()

  constructor(clock: Clock, limit: number, windowMs: number) {
    this.clock = clock
    this.limit = limit
    this.windowMs = windowMs
  }

  /** Null when the call may go ahead, else the seconds to wait. */
  take(key: string): number | null {
    const at = this.clock.monotonic()
    const recent = (this.taken.get(key) ?? []).filter((time) => time > at - this.windowMs)
    this.taken.set(key, recent)
    const [oldest] = recent
    if (oldest !== undefined && recent.length >= this.limit)
      return Math.max(1, Math.ceil((oldest + this.windowMs - at) / 1000))
    recent.push(at)
    return null
  }
}
