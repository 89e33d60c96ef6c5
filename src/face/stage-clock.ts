import type { Clock } from '../lib/clock.ts'
import type { StageMs } from './protocol.ts'

/** Adds up the milliseconds of the stages of one picture. */
export class StageClock {
  private readonly clock: Clock
  private readonly spent: StageMs = { detect: 0, landmarks: 0, align: 0, feature: 0, liveness: 0 }
  private current: keyof StageMs | undefined
  private since = 0

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** Ends the running stage and begins `stage`; a stage may be begun more than once. */
  begin(stage: keyof StageMs): void {
    this.endCurrent()
    this.current = stage
  }

  /** Ends the running stage and gives all. */
  end(): StageMs {
    this.endCurrent()
    this.current = undefined
    return { ...this.spent }
  }

  private endCurrent(): void {
    const now = this.clock.monotonic()
    if (this.current !== undefined) this.spent[this.current] += now - this.since
    this.since = now
  }
}
