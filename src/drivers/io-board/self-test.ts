import { err, ok } from '../../lib/result.ts'
import type { SelfTest } from '../self-test.ts'
import type { IoBoard } from './device.ts'
import { reportOf } from './status.ts'
import { LAMPS, type Lamp, type Lock } from './wiring.ts'

const LOCK_OPEN_MS = 2000

/** Tests of the board: that it answers, that each wired lamp is where its name says, that the lock opens and shuts. */
export function ioBoardSelfTests(board: IoBoard, wired: readonly (Lamp | Lock)[]): readonly SelfTest[] {
  const lamps = LAMPS.filter((lamp) => wired.includes(lamp))
  return [
    {
      id: 'answers',
      async run() {
        const status = await board.status()
        const report = reportOf(status)
        if (!('inputs' in status)) return err({ key: 'noAnswer', detail: report.remedy })
        const contacts = Object.entries(status.inputs).map(([name, active]) => [name, active ? 'on' : 'off'] as const)
        return ok({ measured: Object.fromEntries([['state', status.state], ...contacts]) })
      },
    },
    {
      id: 'lamps',
      async run(call) {
        for (const lamp of lamps) {
          const lit = await board.light(lamp, true)
          if (!lit.ok) return err({ key: 'noAnswer', detail: lit.error.code })
          const seen = await call.ask(`lampLit.${lamp}`)
          const dark = await board.light(lamp, false)
          if (!dark.ok) return err({ key: 'noAnswer', detail: dark.error.code })
          if (!seen) return err({ key: 'lampDark', detail: lamp })
        }
        return ok({ measured: { lamps: lamps.length } })
      },
    },
    {
      id: 'door-lock',
      async run(call) {
        if (!wired.includes('door-lock')) return err({ key: 'notWired', detail: 'door-lock has no channel' })
        const opened = await board.pulse('door-lock', LOCK_OPEN_MS)
        if (!opened.ok) return err({ key: 'noAnswer', detail: opened.error.code })
        const seen = await call.ask('lockOpened')
        return seen ? ok({ measured: { pulseMs: opened.value.ms } }) : err({ key: 'lockShut', detail: 'door-lock' })
      },
    },
  ]
}
