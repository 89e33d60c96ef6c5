import { Watchdog, type Health } from '../drivers/watchdog/device.ts'
import { systemdPeriodMs, systemdWatchdog } from '../drivers/watchdog/systemd.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'

/** Without `WatchdogSec` in the unit it is told READY all the same. */
const DEFAULT_EVERY_MS = 10_000

/**
 * Tells systemd READY with the first screen, and then WATCHDOG for as long as `health` is good. A shell that stands
 * still says nothing, and is killed with all its processes and started anew. Null where nobody listens.
 */
export function watchByService(
  env: NodeJS.ProcessEnv,
  clock: Clock,
  log: Log,
  health: () => Health,
): Pick<Watchdog, 'stop'> | null {
  if ((env['NOTIFY_SOCKET'] ?? '') === '') return null
  // Half of what is allowed is the manual's advice (sd_watchdog_enabled(3)); a third leaves room for one lost word.
  const everyMs = ((systemdPeriodMs(env) ?? DEFAULT_EVERY_MS * 1.5) * 2) / 3
  const timer = systemdWatchdog()
  const watchdog = new Watchdog({ timer, clock, log, everyMs, health: () => Promise.resolve(health()) })
  // One that cannot be started is tried again with each beat, and its log says why.
  void watchdog.start().then(() => undefined)
  return watchdog
}
