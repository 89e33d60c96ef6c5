import { beforeEach, describe, expect, test } from 'vitest'
import type { Health } from '../drivers/watchdog/device.ts'
import { SimulatedClock } from '../lib/clock.ts'
import { silentLog } from '../lib/log.ts'
import { ok } from '../lib/result.ts'
import { watchByService, type ServiceWatch } from './service-watch.ts'

/** As `WatchdogSec=10` is told to a service. */
const UNIT = { NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '10000000' }

describe('the service manager', () => {
  let clock: SimulatedClock
  let heard: { word: string; at: number }[]
  let health: Health
  const start = (env: NodeJS.ProcessEnv = UNIT): ServiceWatch | null =>
    watchByService({
      env,
      clock,
      log: silentLog,
      health: () => health,
      notify: (word) => {
        heard.push({ word, at: clock.monotonic() })
        return Promise.resolve(ok())
      },
    })
  const words = (): readonly string[] => heard.map(({ word }) => word)

  beforeEach(() => {
    clock = new SimulatedClock(0)
    heard = []
    health = { healthy: false, why: 'nothing has been drawn yet' }
  })

  test('is not spoken to where there is none', async () => {
    health = { healthy: true }
    expect(start({})).toBeNull()
    await clock.advance(60_000)
    expect(heard).toEqual([])
  })

  test('hears READY within a quarter of a second of the first screen, and not before', async () => {
    start()
    await clock.advance(30_000)
    expect(heard).toEqual([])
    health = { healthy: true }
    await clock.advance(250)
    expect(words()).toEqual(['READY=1', 'WATCHDOG=1'])
  })

  test('hears of a kiosk that is well three times in each WatchdogSec: one lost word does not end it', async () => {
    health = { healthy: true }
    start()
    await clock.advance(100_000)
    const beats = heard.filter(({ word }) => word === 'WATCHDOG=1').map(({ at }) => at)
    const pauses = beats.slice(1).map((at, index) => at - (beats[index] ?? 0))
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5_000 * (2 / 3) + 1)
    expect(beats.length).toBeGreaterThanOrEqual(30)
  })

  test('hears nothing of a kiosk that is ill, and again of one that has recovered', async () => {
    health = { healthy: true }
    start()
    await clock.advance(1_000)
    health = { healthy: false, why: 'kiosk down for 31 s' }
    heard.length = 0
    await clock.advance(60_000)
    expect(heard).toEqual([])
    health = { healthy: true }
    await clock.advance(4_000)
    expect(words()).toContain('WATCHDOG=1')
  })

  test('hears STOPPING at an orderly end, and then nothing', async () => {
    health = { healthy: true }
    const service = start()
    await clock.advance(1_000)
    service?.stop()
    await clock.advance(60_000)
    expect(words()).toEqual(['READY=1', 'WATCHDOG=1', 'STOPPING=1'])
  })

  test('hears nothing of one that is told to end before its first screen', async () => {
    start()?.stop()
    health = { healthy: true }
    await clock.advance(60_000)
    expect(heard).toEqual([])
  })
})
