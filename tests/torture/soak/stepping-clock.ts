import type { CancelTimer, Clock } from '../../../src/lib/clock.ts'

interface Waiting {
  due: number
  readonly callback: () => void
  timer: NodeJS.Timeout
}

/**
 * Real time that can be stepped forward, when every timer that falls due in between fires, in order; or leapt over, when
 * none does. Two processes that are moved alike agree about the time.
 */
export class SteppingClock implements Clock {
  private skew = 0
  private readonly waiting = new Map<number, Waiting>()
  private nextId = 0

  now(): number {
    return Date.now() + this.skew
  }

  monotonic(): number {
    return performance.now() + this.skew
  }

  setTimer(ms: number, callback: () => void): CancelTimer {
    const id = this.nextId++
    const due = this.monotonic() + Math.max(0, ms)
    this.waiting.set(id, { due, callback, timer: this.wait(id, ms) })
    return () => {
      clearTimeout(this.waiting.get(id)?.timer)
      this.waiting.delete(id)
    }
  }

  /** Time in which nothing happened: both clocks are later by `ms`, and what waits still waits as long as before. */
  leap(ms: number): void {
    this.skew += ms
    for (const each of this.waiting.values()) each.due += ms
  }

  /** Lets `ms` pass at once. */
  step(ms: number): void {
    this.skew += ms
    const now = this.monotonic()
    const due = [...this.waiting].filter(([, { due }]) => due <= now).sort(([, one], [, other]) => one.due - other.due)
    for (const [id, each] of due) {
      // One that fired before may have cancelled it.
      if (!this.waiting.delete(id)) continue
      clearTimeout(each.timer)
      each.callback()
    }
    for (const [id, each] of this.waiting) {
      clearTimeout(each.timer)
      each.timer = this.wait(id, each.due - now)
    }
  }

  private wait(id: number, ms: number): NodeJS.Timeout {
    return setTimeout(() => {
      const each = this.waiting.get(id)
      this.waiting.delete(id)
      each?.callback()
    }, ms)
  }
}
