import { execFile } from 'node:child_process'
import { err, ok, type Result } from '../../lib/result.ts'
import type { WatchdogFault, WatchdogTimer } from './timer.ts'

/** Tells systemd one assignment (`WATCHDOG=1`) within `ms`: the seam at which a test listens. */
export type Notify = (assignment: string, ms: number) => Promise<Result<void, WatchdogFault>>

const NOTIFY_MS = 2000

/**
 * systemd as watchdog (`WatchdogSec=` with `NotifyAccess=all`): it starts the kiosk anew, not the computer. Node has no
 * datagram sockets in the file system, so `systemd-notify` carries the word; it is killed when it takes too long.
 */
export function systemdWatchdog(notify: Notify = systemdNotify): WatchdogTimer {
  return {
    start: () => notify('READY=1', NOTIFY_MS),
    kick: () => notify('WATCHDOG=1', NOTIFY_MS),
    stop: () => notify('STOPPING=1', NOTIFY_MS),
  }
}

/** How often systemd wants to hear of us: half of what the unit says, milliseconds; `undefined`: it does not. */
export function systemdPeriodMs(environment: NodeJS.ProcessEnv): number | undefined {
  const microseconds = Number(environment['WATCHDOG_USEC'])
  return Number.isFinite(microseconds) && microseconds > 0 ? microseconds / 2000 : undefined
}

export const systemdNotify: Notify = (assignment, ms) => {
  if ((process.env['NOTIFY_SOCKET'] ?? '') === '') return Promise.resolve(err({ code: 'NOT_SUPERVISED' }))
  return new Promise((resolve) => {
    execFile('systemd-notify', [assignment], { timeout: ms, killSignal: 'SIGKILL' }, (error) => {
      if (!error) resolve(ok())
      else resolve(err(error.killed ? { code: 'NO_ANSWER' } : { code: 'FAILED', detail: error.message }))
    })
  })
}
