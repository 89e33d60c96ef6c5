import fc from 'fast-check'
import { expect, it } from 'vitest'
import { idNumberCheckDigit } from '../domain/id-number.ts'
import { hide, silentLog } from './log.ts'
import { redact, redactForExport } from './redact.ts'

const digits = (length: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((list) => list.join(''))
const words = fc.stringMatching(/^[a-z :,]{0,20}$/)

it('a citizen’s datum does not fit a line of the log: tsc checks these', () => {
  const name = hide('赑屃')
  // @ts-expect-error personal data is not a field
  silentLog.info('event', { name })
  // @ts-expect-error nor an event
  silentLog.info(name)
  // @ts-expect-error nor what is added to every line
  silentLog.with({ name })
  expect(JSON.stringify({ name })).not.toContain('赑屃')
})

it('no ID number passes, wherever it stands', () => {
  fc.assert(
    fc.property(words, digits(12), words, (before, tail, after) => {
      const digits17 = `99000${tail}`
      const id = digits17 + idNumberCheckDigit(digits17)
      expect(redact(`${before} ${id} ${after}`)).not.toContain(id)
    }),
  )
})

it('no mobile number passes, grouped or not', () => {
  fc.assert(
    fc.property(words, digits(9), fc.constantFrom('', ' ', '-'), (before, tail, gap) => {
      const phone = `13${tail.slice(0, 1)}${gap}${tail.slice(1, 5)}${gap}${tail.slice(5)}`
      expect(redact(`${before} ${phone}.`)).not.toContain(phone)
    }),
  )
})

it.each([
  ['card 4111 1111 1111 1111', /1111/, false],
  ['endorsement 9900012026000000012', /9900012026000000012/, true],
  ['plate 粤B23456', /粤B23456/, true],
  ['took 1763888888888 ms', /1763888888888/, true],
])('in %j, %s is kept: %s', (line, pattern, kept) => {
  expect(pattern.test(redact(line))).toBe(kept)
})

it('plates stay at home', () => {
  expect(redactForExport('plate 粤B23456 done')).toBe('plate [personal] done')
})
