import type { Clock } from './clock.ts'
import { err, ok, type Result } from './result.ts'

/** The named outcome of an exchange that took longer than it may. */
export interface TimedOut {
  readonly code: 'TIMED_OUT'
  readonly afterMs: number
}

/** Waits for `work` at most `ms`; the work itself is told through `signal` that nobody waits any more. */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Result<T, TimedOut>> {
  const abort = new AbortController()
  let cancel = (): void => undefined
  const expired = new Promise<Result<T, TimedOut>>((resolve) => {
    cancel = clock.setTimer(ms, () => {
      abort.abort()
      resolve(err({ code: 'TIMED_OUT', afterMs: ms }))
    })
  })
  try {
    return await Promise.race([work(abort.signal).then((value) => ok(value)), expired])
  } finally {
    cancel()
  }
}
