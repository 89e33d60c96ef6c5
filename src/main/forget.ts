import type { CancelTimer, Clock } from '../lib/clock.ts'

/** When what a visit has left in this process is cleared up, milliseconds after its end: late messages leave something too. */
const ROUNDS_MS: readonly number[] = [0, 1_000, 5_000]

export interface ForgettingParts {
  readonly clock: Clock
  /** Overwrites what this process no longer uses. */
  readonly forgetMemory: () => void
}

/**
 * What a visit leaves in the shell's own process: it knows no names, but codes that were typed and pictures of the camera
 * pass through it on their way to the kiosk, and a process that has nothing to do collects nothing.
 */
export class Forgetting {
  private readonly parts: ForgettingParts
  private readonly cancel: CancelTimer[] = []

  constructor(parts: ForgettingParts) {
    this.parts = parts
  }

  /** Begins to clear up. One pass takes some tens of milliseconds, in which a finger waits. */
  visitEnded(): void {
    this.stop()
    const { clock, forgetMemory } = this.parts
    for (const ms of ROUNDS_MS) this.cancel.push(clock.setTimer(ms, forgetMemory))
  }

  stop(): void {
    for (const cancel of this.cancel.splice(0)) cancel()
  }
}
