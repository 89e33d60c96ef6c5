/** One measurement: add `offsetMs` to our clock to get the centre's, give or take `uncertaintyMs`. */
export interface ClockOffset {
  readonly offsetMs: number
  readonly uncertaintyMs: number
  /** The centre's time when it was taken, milliseconds since the epoch, give or take the same. */
  readonly centreMs: number
  /** Monotonic milliseconds at which it was taken. */
  readonly takenAt: number
}

/** A measurement older than this gives way to any newer one. */
const KEEP_MS = 300_000

/**
 * The centre's clock as seen through its answers: half the round trip is the uncertainty (as in SNTP), and the most
 * certain measurement of the last minutes wins, so that one slow answer does not look like a wrong clock.
 */
export class ClockOffsetEstimate {
  private best: ClockOffset | null = null

  get current(): ClockOffset | null {
    return this.best
  }

  /**
   * The centre's time at `monotonic` of our clock, milliseconds since the epoch; null before the first measurement. Our
   * wall clock has no part in it: whoever sets it, or whatever, moves nothing that is judged by this.
   */
  timeAt(monotonic: number): number | null {
    return this.best === null ? null : this.best.centreMs + Math.round(monotonic - this.best.takenAt)
  }

  add(sample: ClockOffset): void {
    const { best } = this
    // A jump of our own clock makes old and new disagree by more than both allow: then the new one is the truth.
    const disagrees =
      best !== null && Math.abs(sample.offsetMs - best.offsetMs) > sample.uncertaintyMs + best.uncertaintyMs + 50
    if (
      best === null ||
      disagrees ||
      sample.uncertaintyMs <= best.uncertaintyMs ||
      sample.takenAt - best.takenAt > KEEP_MS
    ) {
      this.best = sample
    }
  }
}
