import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addDays,
  addMonths,
  dateInShanghai,
  daysBetween,
  formatChinese,
  formatChineseTime,
  isLocalDate,
  lastDayOfMonth,
  localDate,
  parseCompactDate,
  parseLocalDate,
  startOfDayInShanghai,
} from './local-date.ts'

const anyDay = fc.integer({ min: 0, max: 80_000 }).map((days) => addDays(localDate('1900-01-01'), days))
const anyMonths = fc.integer({ min: -600, max: 600 })

describe('calendar days in China', () => {
  it.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2024-02-29', 12, '2025-02-28'],
    ['2024-02-29', 48, '2028-02-29'],
    ['2026-12-31', 12, '2027-12-31'],
    ['2026-03-31', -1, '2026-02-28'],
    ['2026-01-15', -1, '2025-12-15'],
  ])('%s plus %i months is %s', (from, months, to) => {
    expect(addMonths(localDate(from), months)).toBe(to)
  })

  it('adding months lands in the right month, keeps the day or clamps it to the end, and keeps the order of days', () => {
    fc.assert(
      fc.property(anyDay, anyDay, anyMonths, (day, other, months) => {
        const moved = addMonths(day, months)
        const index = (date: string) => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7))
        expect(index(moved)).toBe(index(day) + months)
        expect(
          moved.slice(8) === day.slice(8) || (moved === lastDayOfMonth(moved) && moved.slice(8) < day.slice(8)),
        ).toBe(true)
        if (day <= other) expect(moved <= addMonths(other, months)).toBe(true)
      }),
    )
  })

  it('counts days both ways', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: -10_000, max: 10_000 }), (day, days) => {
        expect(daysBetween(day, addDays(day, days))).toBe(days)
      }),
    )
  })

  it('a day begins at 16:00 UTC of the day before', () => {
    expect(dateInShanghai(Date.parse('2026-11-22T15:59:59.999Z'))).toBe('2026-11-22')
    expect(dateInShanghai(Date.parse('2026-11-22T16:00:00Z'))).toBe('2026-11-23')
    fc.assert(
      fc.property(anyDay, (day) => {
        expect(dateInShanghai(startOfDayInShanghai(day))).toBe(day)
        expect(dateInShanghai(startOfDayInShanghai(day) - 1)).toBe(addDays(day, -1))
      }),
    )
  })

  it('refuses days that do not exist', () => {
    for (const text of ['2026-02-29', '2026-13-01', '2026-00-10', '2026-04-31', '2026-1-1', '', '2026-11-23T00:00']) {
      expect(parseLocalDate(text).ok).toBe(false)
      expect(isLocalDate(text)).toBe(false)
    }
    expect(parseCompactDate('20261123')).toEqual({ ok: true, value: '2026-11-23' })
    expect(parseCompactDate('20261323').ok).toBe(false)
  })

  it('is written in Chinese with its zeros', () => {
    expect(formatChinese(localDate('2027-02-03'))).toBe('2027年02月03日')
    expect(formatChineseTime(Date.parse('2026-12-31T16:04:59Z'))).toBe('2027年01月01日 00:04')
  })
})
