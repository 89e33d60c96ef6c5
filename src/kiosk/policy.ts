import type { OutboxDepth } from '../store/outbox.ts'

/** When business stops to keep the promise that nothing is lost; `policy` of the site file. */
export interface BusinessPolicy {
  /** Longest time without the centre, milliseconds. */
  readonly maxOfflineMs: number
  /** Unsent messages, parked ones included. */
  readonly maxOutboxRows: number
  readonly minFreeDiskMb: number
}

/** What the policy looks at. */
export interface Backlog extends OutboxDepth {
  /** Milliseconds since the centre last answered this process, by a clock nobody sets; since its start before the first answer. */
  readonly silentMs: number
  /** Wall clock, milliseconds since the epoch. */
  readonly now: number
}

/**
 * What an unsent backlog closes. "Too long offline" is also told by the oldest letter: it stands in the store and counts
 * through restarts. A wall clock that was put back makes a letter young again, never a kiosk stop.
 */
export function closingOfBacklog(
  { pending, parked, oldestPendingAt, silentMs, now }: Backlog,
  policy: Pick<BusinessPolicy, 'maxOfflineMs' | 'maxOutboxRows'>,
): 'OFFLINE_TOO_LONG' | 'OUTBOX_TOO_DEEP' | null {
  const letterMs = oldestPendingAt === null ? 0 : now - oldestPendingAt
  if (Math.max(silentMs, letterMs) > policy.maxOfflineMs) return 'OFFLINE_TOO_LONG'
  return pending + parked > policy.maxOutboxRows ? 'OUTBOX_TOO_DEEP' : null
}

const MEGABYTE = 1_000_000

/** What a disk with so many free bytes closes. */
export function closingOfDisk(
  freeBytes: number,
  { minFreeDiskMb }: Pick<BusinessPolicy, 'minFreeDiskMb'>,
): 'DISK_LOW' | null {
  return freeBytes / MEGABYTE < minFreeDiskMb ? 'DISK_LOW' : null
}
