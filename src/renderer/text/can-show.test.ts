import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unicodeRange } from '../../../scripts/fonts/unicode-range.ts'
import { coveredBy, parseUnicodeRange } from './can-show.ts'

describe('the record of what the font can show', () => {
  test('is read in every form of unicode-range', () => {
    expect(parseUnicodeRange('U+20, U+41-5a, u+4??')).toEqual([
      { from: 0x20, to: 0x20 },
      { from: 0x41, to: 0x5a },
      { from: 0x400, to: 0x4ff },
    ])
  })

  test('says exactly which characters the build put into the files', () => {
    const codePoint = fc.integer({ min: 0x20, max: 0x2ffff }).filter((code) => code < 0xd800 || code > 0xdfff)
    fc.assert(
      fc.property(fc.uniqueArray(codePoint, { minLength: 1, maxLength: 60 }), codePoint, (inFont, probe) => {
        const shows = coveredBy(parseUnicodeRange(unicodeRange(inFont)))
        expect(inFont.every((code) => shows(String.fromCodePoint(code)))).toBe(true)
        const invisible = /^[\s\u200b-\u200d\ufe00-\ufe0f\u2060]$/u.test(String.fromCodePoint(probe))
        expect(shows(String.fromCodePoint(probe))).toBe(inFont.includes(probe) || invisible)
      }),
    )
  })

  test('counts a character beyond the basic plane as one', () => {
    const shows = coveredBy(parseUnicodeRange('U+2c386'))
    expect(shows('𬎆')).toBe(true)
    expect(shows('𬎇')).toBe(false)
  })
})
