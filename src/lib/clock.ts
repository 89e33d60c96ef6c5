/** Time and timers come in as a parameter: production passes `systemClock`, tests pass a `SimulatedClock`. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. May jump; use it for stamps only. */
  now(): number
  /** Monotonic milliseconds from an arbitrary origin; use it for durations and deadlines. */
  monotonic(): number
  /** Calls `callback` once after `ms`; the returned function cancels it. */
  setTimer(ms: number, callback: () => void): CancelTimer
}

export type CancelTimer = () => void

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(ms, callback) {
    const timer = setTimeout(callback, ms)
    return () => {
      clearTimeout(timer)
    }
  },
}

/** Resolves after `ms` on `clock`. */
export function delay(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimer(ms, resolve)
  })
}

/** A clock that moves only when told to; timers fire in order of their due time. */
export class SimulatedClock implements Clock {
  private wall: number
  private elapsed = 0
  private nextId = 0
  private readonly timers = new Map<number, { due: number; callback: () => void }>()

  constructor(wallMs: number) {
    this.wall = wallMs
  }

  now(): number {
    return this.wall
  }

  monotonic(): number {
    return this.elapsed
  }

  setTimer(ms: number, callback: () => void): CancelTimer {
    const id = this.nextId++
    this.timers.set(id, { due: this.elapsed + Math.max(0, ms), callback })
    return () => {
      this.timers.delete(id)
    }
  }

  /** Jumps the wall clock without letting time pass, as an NTP step or a dead battery does. */
  stepWall(ms: number): void {
    this.wall += ms
  }

  /** Lets `ms` pass, firing due timers in order and letting promises settle between them. */
  async advance(ms: number): Promise<void> {
    const end = this.elapsed + ms
    await settle()
    for (let next = this.earliest(end); next !== undefined; next = this.earliest(end)) {
      this.moveTo(next.due)
      this.timers.delete(next.id)
      next.callback()
      await settle()
    }
    this.moveTo(end)
    await settle()
  }

  private earliest(limit: number): { id: number; due: number; callback: () => void } | undefined {
    let best: { id: number; due: number; callback: () => void } | undefined
    for (const [id, timer] of this.timers) {
      if (timer.due <= limit && (best === undefined || timer.due < best.due)) best = { id, ...timer }
    }
    return best
  }

  private moveTo(elapsed: number): void {
    this.wall += elapsed - this.elapsed
    this.elapsed = elapsed
  }
}

/** Lets pending promise callbacks and I/O callbacks run. */
async function settle(): Promise<void> {
  for (let round = 0; round < 8; round++) await new Promise((resolve) => setImmediate(resolve))
}
