import { err, ok } from '../../lib/result.ts'
import type { SelfTest } from '../self-test.ts'
import type { Watchdog } from './device.ts'

/** One kick through the whole way. Whether the computer really starts anew is tried by hand: see docs/devices/watchdog.md. */
export function watchdogSelfTests(watchdog: Watchdog): readonly SelfTest[] {
  return [
    {
      id: 'kick',
      async run() {
        const kicked = await watchdog.kick()
        if (kicked.ok) return ok({ measured: { state: watchdog.status().state } })
        const { error } = kicked
        return err({ key: 'watchdogNotKicked', detail: error.code === 'UNHEALTHY' ? error.why : error.code })
      },
    },
  ]
}
