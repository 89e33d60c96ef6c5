import { expect, test } from 'vitest'
import { stamp, timeLeft } from './when.ts'

test('an instant is written as the clock of the hall shows it', () => {
  expect(stamp(Date.UTC(2026, 10, 22, 17, 5))).toBe('11-23 01:05')
})

test('what is left of a time is minutes and seconds, and never negative', () => {
  expect([900_000, 59_001, 1, 0, -5].map(timeLeft)).toEqual(['15:00', '1:00', '0:01', '0:00', '0:00'])
})
