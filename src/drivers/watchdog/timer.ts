import type { Result } from '../../lib/result.ts'
import type { TransportError } from '../transport/transport.ts'

/** Why a watchdog could not be told something. */
export type WatchdogFault =
  | { readonly code: 'PORT'; readonly cause: TransportError }
  | { readonly code: 'NO_ANSWER' }
  /** systemd is not waiting for us: the unit has no `WatchdogSec=` or `NotifyAccess=`. */
  | { readonly code: 'NOT_SUPERVISED' }
  | { readonly code: 'FAILED'; readonly detail: string }

/** One kind of watchdog: something that starts the computer, or the kiosk, anew when it is not told to wait. */
export interface WatchdogTimer {
  /** From now on kicks are owed. Does nothing when it runs already. */
  start(): Promise<Result<void, WatchdogFault>>
  kick(): Promise<Result<void, WatchdogFault>>
  /** Ends in order, so that an orderly shutdown is not taken for a death. */
  stop(): Promise<Result<void, WatchdogFault>>
}
