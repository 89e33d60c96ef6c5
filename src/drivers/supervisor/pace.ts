/** How the supervisor asks and what it believes; all times in milliseconds. The site keeps the shipped values. */
export interface SupervisorPace {
  /** Between two questions to a device that is well. */
  readonly pollMs: number
  /** Until the next question after one without an answer: three in a row shall not take a quarter of a minute. */
  readonly missRetryMs: number
  /** The longest a report may take; one that takes longer counts as not answered. */
  readonly reportMs: number
  /** Questions in a row without an answer until the device is gone. */
  readonly misses: number
  /** First wait before a device that is gone is looked for again; doubled each time up to `backOffMaxMs`. */
  readonly backOffMs: number
  readonly backOffMaxMs: number
  /** More changes than this within `flapWindowMs` make a device unsteady. */
  readonly flaps: number
  readonly flapWindowMs: number
  /** An unsteady device is believed again when it has said the same for this long. */
  readonly steadyMs: number
}

/** What is shipped. */
export const SHIPPED_PACE: SupervisorPace = {
  pollMs: 5_000,
  missRetryMs: 1_000,
  reportMs: 8_000,
  misses: 3,
  backOffMs: 2_000,
  backOffMaxMs: 30_000,
  flaps: 6,
  flapWindowMs: 60_000,
  steadyMs: 30_000,
}
