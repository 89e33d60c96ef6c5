import type { CancelTimer, Clock } from '../../lib/clock.ts'

/** Waits `ms`, or until `signal` is aborted; nothing at all where `ms` is not positive. */
export function interruptible(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    let cancel: CancelTimer = () => undefined
    const done = (): void => {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    cancel = clock.setTimer(ms, done)
    signal.addEventListener('abort', done, { once: true })
  })
}
