import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { forecast } from './forecast.ts'

describe('how long a roll lasts', () => {
  it.each([
    [
      { capacity: 50_000, used: 0, perDay: 2_000 },
      { left: 1, days: 25, tone: 'good' },
    ],
    [
      { capacity: 50_000, used: 20_000, perDay: 2_000 },
      { left: 0.6, days: 15, tone: 'info' },
    ],
    [
      { capacity: 50_000, used: 40_000, perDay: 2_000 },
      { left: 0.2, days: 5, tone: 'warning' },
    ],
    [
      { capacity: 50_000, used: 49_000, perDay: null },
      { left: 0.02, days: null, tone: 'warning' },
    ],
    [
      { capacity: 50_000, used: 60_000, perDay: 2_000 },
      { left: 0, days: 0, tone: 'bad' },
    ],
    [
      { capacity: 50_000, used: 10_000, perDay: 0 },
      { left: 0.8, days: null, tone: 'good' },
    ],
  ] as const)('%j is %j', (supply, expected) => {
    expect(forecast(supply)).toEqual(expected)
  })

  it('never grows by using it', () => {
    const amount = fc.double({ min: 0, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(amount, amount, fc.double({ min: 0.1, max: 1e4, noNaN: true }), (used, more, perDay) => {
        const before = forecast({ capacity: 50_000, used, perDay })
        const after = forecast({ capacity: 50_000, used: used + more, perDay })
        expect(after.left).toBeLessThanOrEqual(before.left)
        expect(after.days ?? 0).toBeLessThanOrEqual(before.days ?? 0)
      }),
    )
  })
})
