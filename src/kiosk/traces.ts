import type { CancelTimer, Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { expectOk } from '../lib/result.ts'
import type { Store } from '../store/store.ts'

/** Pauses before each look for what could not be removed at once, milliseconds after the last. */
const AGAIN_MS: readonly number[] = [0, 1_000, 5_000, 30_000]

/** How soon it is tried again while somebody is there, milliseconds. */
const BUSY_MS = 500

interface TracesOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** Overwrites what this process no longer uses. */
  readonly forgetMemory: () => void
  /** Overwrites what the connection to the centre has left. */
  readonly rinseHttp: () => Promise<void>
  /** Whether nobody visits: a pause of a quarter of a second is then felt by nobody. */
  readonly resting: () => boolean
}

/**
 * What remains of a visit when it is over, and how it goes. The memory is cleared at once, and again when the last late
 * answers of devices and centre have come in; the log of the store is cut as soon as nobody reads from it.
 */
export class Traces {
  private readonly options: TracesOptions
  private cancel: CancelTimer = () => undefined

  constructor(options: TracesOptions) {
    this.options = options
  }

  /** Begins to clear up; what has not been cleared when the next visit begins is cleared after it. */
  visitEnded(): void {
    this.cancel()
    this.later(0)
  }

  stop(): void {
    this.cancel()
  }

  private later(round: number, pause = AGAIN_MS[round]): void {
    if (pause === undefined) return
    this.cancel = this.options.clock.setTimer(pause, () => {
      // Somebody is there, or a card still lies on the reader: nobody is kept waiting, and nothing is given up.
      if (!this.options.resting()) {
        this.later(round, BUSY_MS)
        return
      }
      const truncated = this.clear(round)
      // Somebody still read from the log, and it holds the visit: looked at again until nobody does.
      if (!truncated && round + 1 === AGAIN_MS.length) this.later(round)
      else this.later(round + 1)
    })
  }

  /** Whether the log of the store is cut. */
  private clear(round: number): boolean {
    const { store, clock, log, forgetMemory, rinseHttp } = this.options
    const { truncated } = expectOk(store.checkpoint(), 'store cannot be written')
    const begun = clock.monotonic()
    forgetMemory()
    void rinseHttp()
    log.info('visit.traces-cleared', { round, truncated, ms: Math.round(clock.monotonic() - begun) })
    return truncated
  }
}
