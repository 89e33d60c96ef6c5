import type { Random } from '../lib/random.ts'

/** How the outbox waits between attempts. */
export interface BackoffPolicy {
  /** Longest wait before the second attempt, milliseconds. */
  readonly baseMs: number
  /** No wait is longer, milliseconds. */
  readonly maxMs: number
  /** A row the centre has refused this often is parked for staff. Outages do not count. */
  readonly parkAfterRefusals: number
}

export const DEFAULT_BACKOFF: BackoffPolicy = { baseMs: 2_000, maxMs: 300_000, parkAfterRefusals: 5 }

/**
 * Milliseconds to wait after the `attempts`-th failed attempt (1, 2, …): doubling up to `maxMs`, of which a random half
 * is waited at most and a fixed half at least, so that a hall of kiosks does not return to a restarted centre at once.
 */
export function backoffMs(attempts: number, policy: BackoffPolicy, random: Random): number {
  const ceiling = Math.min(policy.maxMs, policy.baseMs * 2 ** Math.min(attempts - 1, 30))
  return Math.round(ceiling / 2 + (ceiling / 2) * random())
}
