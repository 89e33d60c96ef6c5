import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../lib/clock.ts'
import { silentLog } from '../lib/log.ts'
import { Maintenance, timeOfDayMs, type NightTask } from './maintenance.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const midnight = Date.parse('2026-03-01T00:00:00+08:00')

function night(options: { from?: number; tasks?: (stage: { resting: boolean }) => NightTask[] } = {}) {
  const clock = new SimulatedClock(options.from ?? midnight)
  const stage = { resting: true, day: null as string | null, restarts: [] as number[], done: [] as string[] }
  const plain: NightTask = {
    id: 'store',
    run: () => {
      stage.done.push(new Date(clock.now()).toISOString())
      return Promise.resolve({ ok: true })
    },
  }
  const make = () => {
    const maintenance = new Maintenance({
      clock,
      log: silentLog,
      restartAt: '03:30',
      resting: () => stage.resting,
      lastDone: () => stage.day,
      markDone: (day) => {
        stage.day = day
      },
      tasks: options.tasks?.(stage) ?? [plain],
      restart: () => {
        stage.restarts.push(clock.now() - midnight)
        maintenance.stop()
      },
    })
    maintenance.start()
    return maintenance
  }
  return { clock, stage, make }
}

describe('the work of the night', () => {
  it('is done at the hour, and then the process is renewed', async () => {
    const { clock, stage, make } = night()
    make()
    await clock.advance(3.5 * HOUR - 1)
    expect(stage.done).toEqual([])
    await clock.advance(MINUTE)
    expect(stage.done).toHaveLength(1)
    expect(stage.restarts).toHaveLength(1)
    expect(stage.day).toBe('2026-03-01')
  })

  it('is done once a day, however often the process starts again', async () => {
    const { clock, stage, make } = night()
    for (let start = 0; start < 12; start++) {
      const maintenance = make()
      await clock.advance(2 * HOUR)
      maintenance.stop()
    }
    expect(stage.done).toHaveLength(1)
    make()
    await clock.advance(24 * HOUR)
    expect(stage.done).toHaveLength(2)
  })

  it('waits until nobody visits, and then five minutes more', async () => {
    const { clock, stage, make } = night()
    stage.resting = false
    make()
    await clock.advance(4 * HOUR)
    stage.resting = true
    await clock.advance(5 * MINUTE - 1)
    expect(stage.done).toEqual([])
    await clock.advance(MINUTE)
    expect(stage.done).toHaveLength(1)
  })

  it('a visit in the quiet minutes begins them anew', async () => {
    const { clock, stage, make } = night({ from: midnight + 3.4 * HOUR })
    make()
    await clock.advance(4 * MINUTE)
    stage.resting = false
    await clock.advance(MINUTE)
    stage.resting = true
    await clock.advance(5 * MINUTE)
    expect(stage.done).toEqual([])
    await clock.advance(MINUTE)
    expect(stage.done).toHaveLength(1)
  })

  it('is given up for the day when the night was busy until morning', async () => {
    const { clock, stage, make } = night()
    stage.resting = false
    make()
    await clock.advance(6.5 * HOUR)
    stage.resting = true
    await clock.advance(17 * HOUR)
    expect(stage.done).toEqual([])
    await clock.advance(5 * HOUR)
    expect(stage.done).toHaveLength(1)
  })

  it('does not restart under the hands of somebody who came while it worked', async () => {
    const { clock, stage, make } = night({
      tasks: (seen) => [
        {
          id: 'store',
          run: () => {
            seen.resting = false
            return Promise.resolve({})
          },
        },
      ],
    })
    make()
    await clock.advance(5 * HOUR)
    expect(stage.day).toBe('2026-03-01')
    expect(stage.restarts).toEqual([])
  })

  it('does its work but does not renew a process that has just been started', async () => {
    const { clock, stage, make } = night({ from: midnight + 3.4 * HOUR })
    make()
    await clock.advance(HOUR)
    expect(stage.done).toHaveLength(1)
    expect(stage.restarts).toEqual([])
  })

  it('is not begun again by a clock that is set back within the day', async () => {
    const { clock, stage, make } = night()
    const first = make()
    await clock.advance(4 * HOUR)
    first.stop()
    clock.stepWall(-2 * HOUR)
    make()
    await clock.advance(4 * HOUR)
    expect(stage.done).toHaveLength(1)
  })

  it('a task that ends the process is not met again at the next start', async () => {
    const { clock, stage, make } = night({
      tasks: (seen) => [
        {
          id: 'deadly',
          run: () => {
            ;(seen as { done?: string[] }).done?.push('tried')
            return new Promise(() => undefined)
          },
        },
      ],
    })
    const first = make()
    await clock.advance(4 * HOUR)
    first.stop()
    make()
    await clock.advance(2 * HOUR)
    expect(stage.done).toEqual(['tried'])
  })
})

describe('a time of day', () => {
  it.each([
    ['00:00', 0],
    ['03:30', 3.5 * HOUR],
    ['23:59', 24 * HOUR - MINUTE],
  ])('%s', (text, ms) => {
    expect(timeOfDayMs(text)).toBe(ms)
  })
  it.each(['24:00', '3:30', '03:60', '', '03:30 '])('%s is none', (text) => {
    expect(() => timeOfDayMs(text)).toThrow('not a time of day')
  })
})
