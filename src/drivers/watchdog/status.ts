import type { DeviceReport } from '../report.ts'
import type { WatchdogFault } from './timer.ts'

export type WatchdogStatus =
  /** Not started, or stopped in order: nobody watches the kiosk. */
  | { readonly state: 'OFF' }
  /** Kicked at `lastKickAt` (wall clock). */
  | { readonly state: 'GUARDING'; readonly lastKickAt: number }
  /** Not kicked on purpose: the kiosk says it is ill. If it stays so, it will be started anew. */
  | { readonly state: 'STARVING'; readonly since: number; readonly why: string }
  | { readonly state: 'FAULT'; readonly fault: WatchdogFault }

type Shown = Omit<DeviceReport, 'state' | 'answered'>

const SHOWN: Readonly<Record<WatchdogStatus['state'], Shown>> = {
  OFF: { tone: 'info', textKey: 'device.watchdog.off', remedy: 'The watchdog is not running.', usable: true },
  GUARDING: { tone: 'good', textKey: 'device.watchdog.guarding', remedy: 'Nothing to do.', usable: true },
  STARVING: {
    tone: 'warning',
    textKey: 'device.watchdog.starving',
    remedy: 'The kiosk is not healthy and will be started anew; see its log.',
    usable: true,
  },
  FAULT: {
    tone: 'bad',
    textKey: 'device.watchdog.fault',
    remedy: 'The watchdog cannot be reached: check its stick, the right to /dev/watchdog, or the unit file.',
    usable: true,
  },
}

export function reportOf(status: WatchdogStatus): DeviceReport {
  return { state: status.state, ...SHOWN[status.state], answered: status.state !== 'FAULT' }
}
