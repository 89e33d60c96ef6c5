import { expect, test } from 'vitest'
import { wallTime, writtenDate, writtenMoney } from './written.ts'

test('a date is written out in Chinese and other text is left alone', () => {
  expect(writtenDate('2026-12-31')).toBe('2026年12月31日')
  expect(writtenDate('990001202600000018')).toBe('990001202600000018')
})

test('the clock shows Asia/Shanghai whatever the machine is set to', () => {
  expect(wallTime(Date.UTC(2026, 10, 22, 16, 0, 5))).toEqual({
    date: '2026-11-23',
    time: '00:00',
    hour: 0,
    weekday: 1,
  })
})

test.each([
  [0, '0.00'],
  [5, '0.05'],
  [115_000, '1,150.00'],
  [123_456_789, '1,234,567.89'],
  [-30, '-0.30'],
])('%i fen are written %s', (cents, written) => {
  expect(writtenMoney(cents)).toBe(written)
})
