import { beforeEach, describe, expect, it } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import { Presence } from './presence.ts'

const limits = { idleWarningMs: 45_000, countdownMs: 15_000, totalLimitMs: 600_000 }

describe('presence', () => {
  let clock: SimulatedClock
  let ended: string[]
  let presence: Presence

  beforeEach(() => {
    clock = new SimulatedClock(1_000_000)
    ended = []
    presence = new Presence(clock, limits, (why) => ended.push(why))
    presence.start()
  })

  it('ends a visit that nobody touches after warning and countdown', async () => {
    expect(presence.countdown()).toEqual({ endsAt: 1_060_000, warnAt: 1_045_000 })
    await clock.advance(59_999)
    expect(ended).toEqual([])
    await clock.advance(1)
    expect(ended).toEqual(['IDLE'])
    expect(presence.countdown()).toBeNull()
  })

  it('starts the idle time anew at every touch', async () => {
    await clock.advance(50_000)
    presence.touch()
    await clock.advance(59_999)
    expect(ended).toEqual([])
    await clock.advance(1)
    expect(ended).toEqual(['IDLE'])
  })

  it('never expires while held, and gives the full idle time on release', async () => {
    presence.hold(true)
    expect(presence.countdown()).toBeNull()
    await clock.advance(120_000)
    expect(ended).toEqual([])
    presence.hold(false)
    await clock.advance(59_999)
    expect(ended).toEqual([])
    await clock.advance(1)
    expect(ended).toEqual(['IDLE'])
  })

  it('ends at the total limit however often the screen is touched', async () => {
    for (let minute = 0; minute < 11; minute++) {
      presence.touch()
      await clock.advance(55_000)
    }
    expect(ended).toEqual(['TOTAL'])
  })

  it('does not cut short a print that is under way when the total limit passes', async () => {
    presence.hold(true)
    await clock.advance(700_000)
    expect(ended).toEqual([])
    presence.hold(false)
    await clock.advance(0)
    expect(ended).toEqual(['TOTAL'])
  })

  it('doubles every limit in large print', async () => {
    presence.slowDown(true)
    expect(presence.countdown()).toEqual({ endsAt: 1_120_000, warnAt: 1_090_000 })
    await clock.advance(119_999)
    expect(ended).toEqual([])
    await clock.advance(1)
    expect(ended).toEqual(['IDLE'])
  })

  it('is not confused by a wall clock that jumps', async () => {
    clock.stepWall(3_600_000)
    await clock.advance(59_999)
    expect(ended).toEqual([])
  })
})
