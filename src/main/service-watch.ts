import { Watchdog, type Health } from '../drivers/watchdog/device.ts'
import { systemdPeriodMs, systemdWatchdog, type Notify } from '../drivers/watchdog/systemd.ts'
import type { CancelTimer, Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'

/** Without `WatchdogSec` in the unit it is told READY all the same. */
const DEFAULT_EVERY_MS = 10_000
/** How often it is looked whether the first screen is there, milliseconds. */
const FIRST_LOOK_MS = 250

interface ServiceWatchParts {
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  readonly log: Log
  readonly health: () => Health
  /** How systemd is told; by `systemd-notify` when absent. */
  readonly notify?: Notify
}

/** The conversation with the service manager, for as long as this program runs. */
export interface ServiceWatch {
  /** Tells it STOPPING: the last thing of an orderly end. */
  stop(): void
}

/**
 * Tells systemd READY with the first screen, and then WATCHDOG for as long as `health` is good. A shell that stands
 * still says nothing, and is killed with all its processes and started anew; so is one whose first screen does not come
 * within the unit's `TimeoutStartSec`. Null where nobody listens.
 */
export function watchByService({ env, clock, log, health, notify }: ServiceWatchParts): ServiceWatch | null {
  if ((env['NOTIFY_SOCKET'] ?? '') === '') return null
  // Half of what is allowed is the manual's advice (sd_watchdog_enabled(3)); a third leaves room for one lost word.
  const half = systemdPeriodMs(env)
  const everyMs = half === undefined ? DEFAULT_EVERY_MS : (half * 2) / 3
  const watchdog = new Watchdog({
    timer: systemdWatchdog(notify),
    clock,
    log,
    everyMs,
    health: () => Promise.resolve(health()),
  })
  let cancel: CancelTimer = () => undefined
  const look = (): void => {
    // One that cannot be told is told again with each beat, and its log says why.
    if (health().healthy) void watchdog.start().then(() => undefined)
    else cancel = clock.setTimer(FIRST_LOOK_MS, look)
  }
  look()
  return {
    stop: () => {
      cancel()
      void watchdog.stop().then(() => undefined)
    },
  }
}
