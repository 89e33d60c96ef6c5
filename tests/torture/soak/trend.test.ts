import { describe, expect, it } from 'vitest'
import { perVisit, trendsOf, violationsOf, type Sample } from './trend.ts'

const day = (change: (hour: number) => Partial<Sample> = () => ({})): readonly Sample[] =>
  Array.from({ length: 24 }, (_, hour) => ({
    ...{ hour, life: 1, visits: (hour + 1) * 20, rss: 1e8 + (hour % 3) * 1e5, heap: 4e7, handles: 30 + (hour % 2) },
    ...{ database: 4e5 + hour * 20 * 3_000, log: hour * 20 * 4_000, wal: 0 },
    ...change(hour),
  }))

describe('the judgement of a soak', () => {
  it('finds nothing in a day that is flat', () => {
    expect(violationsOf(day())).toEqual([])
    expect(perVisit(day(), ({ log }) => log)).toMatchObject({ bytes: 4_000, ratio: 1 })
  })

  it('finds a leak of memory, of handles and of disk', () => {
    expect(violationsOf(day((hour) => ({ heap: 4e7 + hour * 4e5 })))).toEqual(['life 1: the heap grew by 13 %'])
    expect(violationsOf(day((hour) => ({ rss: 1e8 + hour * 1e6 })))).toEqual(['life 1: the resident set grew by 13 %'])
    expect(violationsOf(day((hour) => ({ handles: 30 + hour })))).toEqual([
      'life 1: 15 more open handles, between 38 and 53',
    ])
    expect(violationsOf(day((hour) => ({ log: hour ** 2 * 9_000 })))).toHaveLength(1)
    expect(violationsOf(day(() => ({ wal: 5_000_000 })))).toHaveLength(1)
  })

  it('does not call it a leak that a connection is kept for a while, however many there are at a time', () => {
    const kept = [1, 0, 5, 0, 3, 0, 7, 1]
    expect(violationsOf(day((hour) => ({ handles: 42 + (kept[hour % kept.length] ?? 0) })))).toEqual([])
  })

  it('judges each life of the process by itself: a planned restart is no leak', () => {
    const twice = day((hour) => ({ life: hour < 12 ? 1 : 2, heap: hour < 12 ? 4e7 : 5e7 }))
    expect(violationsOf(twice)).toEqual([])
    expect(trendsOf(twice)).toHaveLength(2)
  })

  it('does not call the warm-up of the first third a leak', () => {
    expect(violationsOf(day((hour) => ({ heap: 4e7 - Math.max(0, 6 - hour) * 3e6 })))).toEqual([])
  })
})
