import { describe, expect, it } from 'vitest'
import { ClockOffsetEstimate } from './clock-offset.ts'

describe('the centre’s time', () => {
  it('runs on from the last measurement by the clock that nobody can set, and is not known before it', () => {
    const estimate = new ClockOffsetEstimate()
    expect(estimate.timeAt(5_000)).toBeNull()
    estimate.add({ offsetMs: 0, uncertaintyMs: 5, takenAt: 1_000, centreMs: 1_795_400_000_000 })
    expect(estimate.timeAt(5_000)).toBe(1_795_400_004_000)
  })
})

describe('the estimate of the centre’s clock', () => {
  it('keeps the most certain measurement', () => {
    const estimate = new ClockOffsetEstimate()
    estimate.add({ offsetMs: 100, uncertaintyMs: 20, takenAt: 0, centreMs: 0 })
    estimate.add({ offsetMs: 180, uncertaintyMs: 400, takenAt: 1_000, centreMs: 0 })
    expect(estimate.current?.offsetMs).toBe(100)
    estimate.add({ offsetMs: 105, uncertaintyMs: 5, takenAt: 2_000, centreMs: 0 })
    expect(estimate.current?.offsetMs).toBe(105)
  })
  it('believes a new one that cannot be true together with the old: our clock was set', () => {
    const estimate = new ClockOffsetEstimate()
    estimate.add({ offsetMs: -600_000, uncertaintyMs: 5, takenAt: 0, centreMs: 0 })
    estimate.add({ offsetMs: 10, uncertaintyMs: 30, takenAt: 1_000, centreMs: 0 })
    expect(estimate.current?.offsetMs).toBe(10)
  })
  it('lets an old one go after five minutes, since clocks drift', () => {
    const estimate = new ClockOffsetEstimate()
    estimate.add({ offsetMs: 0, uncertaintyMs: 5, takenAt: 0, centreMs: 0 })
    estimate.add({ offsetMs: 20, uncertaintyMs: 30, takenAt: 300_001, centreMs: 0 })
    expect(estimate.current?.offsetMs).toBe(20)
  })
})
