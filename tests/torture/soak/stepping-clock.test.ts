import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SteppingClock } from './stepping-clock.ts'

describe('a clock that is stepped and leapt', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
  afterEach(() => void vi.useRealTimers())

  const rung = (clock: SteppingClock, ...afterMs: number[]): number[] => {
    const heard: number[] = []
    for (const ms of afterMs) clock.setTimer(ms, () => void heard.push(ms))
    return heard
  }

  it('fires what falls due in a step at once and in order, and the rest that much sooner', () => {
    const clock = new SteppingClock()
    const heard = rung(clock, 300, 100, 1_000)
    clock.step(400)
    expect(heard).toEqual([100, 300])
    vi.advanceTimersByTime(599)
    expect(heard).toEqual([100, 300])
    vi.advanceTimersByTime(1)
    expect(heard).toEqual([100, 300, 1_000])
  })

  it('moves the wall and the monotonic clock by a leap, and no waiting timer notices', () => {
    const clock = new SteppingClock()
    const wall = clock.now()
    const monotonic = clock.monotonic()
    const heard = rung(clock, 500)
    clock.leap(3_600_000)
    expect(clock.now() - wall).toBe(3_600_000)
    expect(clock.monotonic() - monotonic).toBe(3_600_000)
    expect(heard).toEqual([])
    vi.advanceTimersByTime(499)
    expect(heard).toEqual([])
    vi.advanceTimersByTime(1)
    expect(heard).toEqual([500])
  })

  it('keeps after a leap what was left of a wait: a step fires only what it covers', () => {
    const clock = new SteppingClock()
    const heard = rung(clock, 500, 2_000)
    clock.step(100)
    clock.leap(3_600_000)
    clock.step(399)
    expect(heard).toEqual([])
    clock.step(1)
    expect(heard).toEqual([500])
    expect(vi.getTimerCount()).toBe(1)
  })

  it('fires nothing that was cancelled, not even by a timer of the same step', () => {
    const clock = new SteppingClock()
    const heard: string[] = []
    clock.setTimer(100, () => cancel())
    const cancel = clock.setTimer(200, () => void heard.push('cancelled'))
    clock.setTimer(300, () => void heard.push('later'))
    clock.step(1_000)
    expect(heard).toEqual(['later'])
    expect(vi.getTimerCount()).toBe(0)
  })
})
