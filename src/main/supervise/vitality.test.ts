import { describe, expect, test } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import { Vitality } from './vitality.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const down = (outOfService: boolean) => ({ kind: 'down', outOfService, cause: 'it ended' }) as const

function shell() {
  const clock = new SimulatedClock(0)
  const vitality = new Vitality(clock)
  const well = () => vitality.health().healthy
  return { clock, vitality, well }
}

describe('what the service manager hears', () => {
  test('nothing good before something is drawn', () => {
    const { vitality, well } = shell()
    vitality.kioskIs({ kind: 'running' })
    expect(well()).toBe(false)
    vitality.painted()
    expect(well()).toBe(true)
  })

  test('a process that is being replaced is no illness, one that does not come back in half a minute is', async () => {
    const { clock, vitality, well } = shell()
    vitality.painted()
    vitality.kioskIs(down(false))
    await clock.advance(30 * SECOND)
    expect(well()).toBe(true)
    await clock.advance(SECOND)
    expect(vitality.health()).toEqual({ healthy: false, why: 'kiosk down for 31 s' })
    vitality.kioskIs({ kind: 'running' })
    expect(well()).toBe(true)
  })

  test('the page counts like the kiosk process', async () => {
    const { clock, vitality, well } = shell()
    vitality.painted()
    vitality.pageIs(down(false))
    await clock.advance(31 * SECOND)
    expect(well()).toBe(false)
    vitality.pageIs({ kind: 'shown' })
    expect(well()).toBe(true)
  })

  test('a storm has its page for a quarter of an hour; then the shell is started anew as well', async () => {
    const { clock, vitality, well } = shell()
    for (let minute = 0; minute < 15; minute++) {
      vitality.kioskIs(down(true))
      vitality.coverIs({ kind: 'out-of-service', technician: 'exit code 1' })
      await clock.advance(MINUTE)
      expect(well()).toBe(true)
    }
    await clock.advance(SECOND)
    expect(well()).toBe(false)
  })

  test('a kiosk that refuses its site file is left alone for ever: its page says why', async () => {
    const { clock, vitality, well } = shell()
    vitality.kioskIs({ kind: 'refused', code: 'SITE_FILE', technician: 'line 3' })
    vitality.coverIs({ kind: 'out-of-service', technician: 'line 3' })
    await clock.advance(24 * 60 * MINUTE)
    expect(well()).toBe(true)
  })
})
