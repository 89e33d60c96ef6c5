import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { certificateDisplayNo, hasUsualLength, parseCertificateNo, parseQualificationNo } from './certificate-no.ts'
import { endorsementNoParts, makeEndorsementNo, parseEndorsementNo } from './endorsement-no.ts'
import { birthDateOf, idNumberCheckDigit, parseIdNumber, sexOf } from './id-number.ts'
import { parseUscc } from './uscc.ts'
import { hasValidCheckDigit, parseVin, vinCheckDigit } from './vin.ts'
import { expectOk } from '../lib/result.ts'

const production = { allowSynthetic: false }
const test = { allowSynthetic: true }

describe('居民身份证号 (GB 11643)', () => {
  it('accepts the example of the standard and knows its birth date and sex', () => {
    const id = expectOk(parseIdNumber('11010519491231002x', production), 'standard example')
    expect(id).toBe('11010519491231002X')
    expect(birthDateOf(id)).toBe('1949-12-31')
    expect(sexOf(id)).toBe('2')
  })

  it.each([
    ['110105194912310021', 'CHECK_DIGIT'],
    ['11010519491231002', 'FORMAT'],
    ['1101051949123100 2X', 'FORMAT'],
    [`11010519490230002${idNumberCheckDigit('11010519490230002')}`, 'BIRTH_DATE'],
    [`99000119851231123${idNumberCheckDigit('99000119851231123')}`, 'UNKNOWN_AREA'],
    [`00010119851231123${idNumberCheckDigit('00010119851231123')}`, 'UNKNOWN_AREA'],
  ])('refuses %s in production: %s', (text, code) => {
    expect(parseIdNumber(text, production)).toEqual({ ok: false, error: { code } })
  })

  it.each(['990001198512311235', '99000120000229456X', '99000119780101999X', '99000119900307001X'])(
    'accepts the synthetic %s in tests only',
    (text) => {
      expect(parseIdNumber(text, test).ok).toBe(true)
      expect(parseIdNumber(text, production).ok).toBe(false)
    },
  )

  it('accepts the number of a 2023 permanent residence card, whose first digit is 9 and whose province follows', () => {
    const digits = '91112419810803002'
    expect(parseIdNumber(`${digits}${idNumberCheckDigit(digits)}`, production).ok).toBe(true)
  })

  it('finds every single wrong digit', () => {
    const good = '11010519491231002X'
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 16 }), fc.integer({ min: 1, max: 9 }), (at, add) => {
        const changed = good.slice(0, at) + String((Number(good[at]) + add) % 10) + good.slice(at + 1)
        expect(parseIdNumber(changed, production).ok).toBe(false)
      }),
    )
  })
})

describe('统一社会信用代码 (GB 32100)', () => {
  it.each(['91350100M000100Y43', '91440101MA5D0XX32M'])('accepts %s', (code) => {
    expect(parseUscc(code)).toEqual({ ok: true, value: code })
  })
  it.each([
    ['91440101MA5D0XX32N', 'CHECK_CHARACTER'],
    ['91350100S000100Y43', 'FORMAT'],
    ['91350100M000100Y4', 'FORMAT'],
  ])('refuses %s: %s', (code, problem) => {
    expect(parseUscc(code)).toEqual({ ok: false, error: { code: problem } })
  })
})

describe('车辆识别代号 (GB 16735)', () => {
  it.each(['1M8GDM9AXKP042788', '11111111111111111', 'LGA0000B6TA000002'])(
    'finds the check digit of %s right',
    (text) => {
      expect(hasValidCheckDigit(expectOk(parseVin(text), text))).toBe(true)
    },
  )
  it('reads a VIN with a wrong check digit, because old vehicles have them, and says so', () => {
    expect(hasValidCheckDigit(expectOk(parseVin('1M8GDM9A1KP042788'), 'form'))).toBe(false)
  })
  it('refuses I, O and Q', () => {
    for (const letter of ['I', 'O', 'Q']) expect(parseVin(`1M8GDM9AXKP04278${letter}`).ok).toBe(false)
  })
  it('computes a digit that makes any VIN valid', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-HJ-NPR-Z0-9]{17}$/), (raw) => {
        const vin = raw.slice(0, 8) + vinCheckDigit(raw) + raw.slice(9)
        expect(hasValidCheckDigit(expectOk(parseVin(vin), vin))).toBe(true)
      }),
    )
  })
})

describe('道路运输证号 and 从业资格证号', () => {
  it('reads the bare number and the number inside its display form', () => {
    expect(parseCertificateNo('440100165715')).toEqual({ ok: true, value: '440100165715' })
    expect(parseCertificateNo('粤交运管穗字440100165715号')).toEqual({ ok: true, value: '440100165715' })
  })
  it('accepts eleven digits with a second look and refuses eight', () => {
    expect(hasUsualLength(expectOk(parseCertificateNo('14010016571'), 'eleven'))).toBe(false)
    expect(hasUsualLength(expectOk(parseCertificateNo('440100165715'), 'twelve'))).toBe(true)
    expect(parseCertificateNo('14010016').ok).toBe(false)
  })
  it('writes the display form', () => {
    expect(certificateDisplayNo('粤交运管穗', expectOk(parseCertificateNo('440100165715'), 'twelve'))).toBe(
      '粤交运管穗字440100165715号',
    )
  })
  it('takes an ID number or the older digits as 从业资格证号', () => {
    expect(parseQualificationNo('99000120000229456x')).toEqual({ ok: true, value: '99000120000229456X' })
    expect(parseQualificationNo('440100000012').ok).toBe(true)
    expect(parseQualificationNo('4401').ok).toBe(false)
  })
})

describe('签注编号', () => {
  const parts = fc.record({
    areaCode: fc.stringMatching(/^[1-9]\d{5}$/),
    year: fc.integer({ min: 2000, max: 2999 }),
    sequence: fc.integer({ min: 1, max: 99_999_999 }),
  })
  it('comes back from its text with the same parts', () => {
    fc.assert(
      fc.property(parts, (given) => {
        const no = makeEndorsementNo(given)
        expect(no).toMatch(/^\d{19}$/)
        expect(expectOk(parseEndorsementNo(no), no)).toBe(no)
        expect(endorsementNoParts(no)).toEqual(given)
      }),
    )
  })
  it('finds every single wrong digit', () => {
    fc.assert(
      fc.property(parts, fc.integer({ min: 0, max: 18 }), fc.integer({ min: 1, max: 9 }), (given, at, add) => {
        const no = makeEndorsementNo(given)
        const changed = no.slice(0, at) + String((Number(no[at]) + add) % 10) + no.slice(at + 1)
        expect(parseEndorsementNo(changed)).toEqual({ ok: false, error: { code: 'CHECK_DIGIT' } })
      }),
    )
  })
  it('has the check digit of ISO/IEC 7064 MOD 11,10', () => {
    expect(makeEndorsementNo({ areaCode: '440300', year: 2026, sequence: 1 })).toBe('4403002026000000012')
  })
})
