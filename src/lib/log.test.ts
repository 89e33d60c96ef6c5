import fc from 'fast-check'
import { expect, it } from 'vitest'
import { makeEndorsementNo } from '../domain/endorsement-no.ts'
import { idNumberCheckDigit, type IdNumber } from '../domain/id-number.ts'
import { hide, silentLog } from './log.ts'
import { redact, redactFields, redactForExport } from './redact.ts'

const digits = (length: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((list) => list.join(''))
const words = fc.stringMatching(/^[a-z :,]{0,20}$/)

it('a citizen’s datum does not fit a line of the log: tsc checks these', () => {
  const name = hide('赑屃')
  const id = '990001199001011232' as IdNumber
  // @ts-expect-error personal data is not a field
  silentLog.info('event', { name })
  // @ts-expect-error nor is an ID number, although it is a string
  silentLog.info('event', { id })
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

it('no endorsement number is taken for a bank card, although one in ten has the check digit of one', () => {
  const sequence = fc.integer({ min: 1, max: 99_999_999 })
  const area = fc.integer({ min: 110_000, max: 999_999 }).map(String)
  fc.assert(
    fc.property(area, fc.integer({ min: 2020, max: 2099 }), sequence, (areaCode, year, number) => {
      const no = makeEndorsementNo({ areaCode, year, sequence: number })
      expect(redact(`endorsement ${no}: jam`)).toBe(`endorsement ${no}: jam`)
    }),
    { numRuns: 500 },
  )
})

it('no id and no hash of our own is blanked for a run of digits in it, and what stands beside it is', () => {
  for (const own of [
    '7a4be2a0-5c1d-4c5e-9f0b-13912345678b',
    '00000139-1234-4567-9f0b-3f1f5a0c1d2e',
    'K000001:Va13912345678b4c5e9f0b3f1f5a0c1d2:R000001',
    `${'0a'.repeat(26)}13912345678b`,
  ])
    expect(redact(`job ${own} of 13912345678`)).toBe(`job ${own} of [personal]`)
})

it('a flat record keeps what is no text', () => {
  const fields = { at: 13912345678, text: 'call 13912345678', none: null, ok: true }
  expect(redactFields(fields)).toEqual({ ...fields, text: 'call [personal]' })
})

it('plates stay at home', () => {
  expect(redactForExport('plate 粤B23456 done')).toBe('plate [personal] done')
})
