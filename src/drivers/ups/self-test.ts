import type { Clock } from '../../lib/clock.ts'
import { delay } from '../../lib/clock.ts'
import { err, ok } from '../../lib/result.ts'
import type { SelfTest } from '../self-test.ts'
import type { Ups } from './device.ts'
import { reportOf } from './status.ts'

const MAINS_PULLED_WITHIN_MS = 60_000
const ASK_EVERY_MS = 1000

/** Tests of the UPS: that it answers, and that it carries the kiosk when somebody pulls its mains plug. */
export function upsSelfTests(ups: Ups, clock: Clock): readonly SelfTest[] {
  return [
    {
      id: 'answers',
      async run(call) {
        const status = await ups.status(call.signal)
        const report = reportOf(status)
        if (!('reading' in status)) return err({ key: 'noAnswer', detail: report.remedy })
        const { inputVolts, loadPercent, battery } = status.reading
        return ok({
          measured: {
            state: status.state,
            ...(inputVolts !== null && { inputVolts }),
            ...(loadPercent !== null && { loadPercent }),
            ...(battery && { batteryVolts: battery.volts }),
          },
        })
      },
    },
    {
      id: 'carries-the-kiosk',
      async run(call) {
        call.say('pullMains')
        const began = clock.monotonic()
        while (clock.monotonic() - began < MAINS_PULLED_WITHIN_MS && !call.signal.aborted) {
          const { state } = await ups.status(call.signal)
          if (state === 'ON_BATTERY' || state === 'BATTERY_LOW') {
            const noticedMs = Math.round(clock.monotonic() - began)
            call.say('plugMainsBack')
            return ok({ measured: { noticedMs, state } })
          }
          await delay(clock, ASK_EVERY_MS)
        }
        return err({ key: 'mainsNotPulled', detail: 'the UPS never went on battery' })
      },
    },
  ]
}
