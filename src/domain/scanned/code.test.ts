import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import guangdong from '../../../assets/provinces/guangdong.json' with { type: 'json' }
import { makeEndorsementNo } from '../endorsement-no.ts'
import { provinceProfile } from '../province.ts'
import { decodeScannedCode } from './code.ts'
import { isWrittenAs, parseCodeForm } from './form.ts'
import { USUAL_FORMS } from './forms.ts'
import { expectOk } from '../../lib/result.ts'

const endorsementNo = makeEndorsementNo({ areaCode: '440100', year: 2026, sequence: 7 })
const GUANGDONG = provinceProfile.parse(guangdong).scannedCodes

describe('what is shown to the scanner', () => {
  it('is an acceptance slip by its number, whatever the case and the blanks', () => {
    const slip = { kind: 'ACCEPTANCE_SLIP', acceptanceNo: 'SL20261123000001' }
    expect(decodeScannedCode('SL20261123000001')).toEqual(slip)
    expect(decodeScannedCode(' sl20261123 000001\n')).toEqual(slip)
  })

  it('is no acceptance slip where the day does not exist', () => {
    expect(decodeScannedCode('SL20260230000001').kind).toBe('CERTIFICATE_CHECK_CODE')
    expect(decodeScannedCode('SL20261323000001').kind).not.toBe('ACCEPTANCE_SLIP')
  })

  it.each(['粤交罚〔2026〕00123号', '粤穗交运罚[2026]00123号', '粤交罚（2026）00123号'])(
    'is a penalty decision with the brackets of official documents: %s',
    (text) => {
      const decoded = decodeScannedCode(text, { forms: GUANGDONG })
      expect(decoded.kind).toBe('PENALTY_DECISION')
      expect(JSON.stringify(decoded)).toContain('〔2026〕00123号')
    },
  )

  it('is a decision of another province only by the usual forms', () => {
    const text = '样交罚〔2026〕00123号'
    expect(decodeScannedCode(text).kind).toBe('PENALTY_DECISION')
    expect(decodeScannedCode(text, { forms: GUANGDONG }).kind).toBe('UNKNOWN')
  })

  it('is a certificate by its number, bare or as it is printed', () => {
    const certificate = { kind: 'CERTIFICATE', certificateNo: '440100165715' }
    expect(decodeScannedCode('440100165715')).toEqual(certificate)
    expect(decodeScannedCode('粤交运管穗字440100165715号')).toEqual(certificate)
    expect(decodeScannedCode('道路运输证号：440100165715')).toEqual(certificate)
  })

  it('is a check code where it is a short word and nothing else', () => {
    expect(decodeScannedCode('a1b2c3')).toEqual({ kind: 'CERTIFICATE_CHECK_CODE', checkCode: 'A1B2C3' })
    expect(decodeScannedCode('A1').kind).toBe('UNKNOWN')
  })

  it('is a vehicle by its plate, with the colour where one stands beside it', () => {
    const vehicle = { kind: 'VEHICLE', plateNo: '粤B12345', plateColor: null, certificateNo: null }
    expect(decodeScannedCode('粤B·12345')).toEqual(vehicle)
    for (const text of ['粤B12345_2', '粤b12345 黄色', '粤B12345（黄）', '车牌号:粤B12345;车牌颜色:2'])
      expect(decodeScannedCode(text)).toEqual({ ...vehicle, plateColor: '2' })
    expect(decodeScannedCode('车辆号牌：粤B12345，号牌颜色：黄色，道路运输证号：440300123456')).toEqual({
      ...vehicle,
      plateColor: '2',
      certificateNo: '440300123456',
    })
  })

  it('is the link on our own slip, of which only the number is taken', () => {
    const query = { kind: 'ENDORSEMENT_QUERY', endorsementNo }
    const link = `https://centre.example/e/${endorsementNo}?code=SPEC1MEN`
    expect(decodeScannedCode(link)).toEqual(query)
    expect(decodeScannedCode(link, { queryBase: 'https://centre.example/e' })).toEqual(query)
    expect(decodeScannedCode(endorsementNo)).toEqual(query)
  })

  it('is unknown where it leads to another house, or to a number whose check digit is wrong', () => {
    const elsewhere = `https://centre.example.evil/e/${endorsementNo}`
    expect(decodeScannedCode(elsewhere, { queryBase: 'https://centre.example/e' })).toEqual({ kind: 'UNKNOWN' })
    const wrong = `${endorsementNo.slice(0, 18)}${(Number(endorsementNo[18]) + 1) % 10}`
    expect(decodeScannedCode(`https://centre.example/e/${wrong}`)).toEqual({ kind: 'UNKNOWN' })
    expect(decodeScannedCode('https://pay.example/440100165715')).toEqual({ kind: 'UNKNOWN' })
    expect(decodeScannedCode('javascript:alert(1)')).toEqual({ kind: 'UNKNOWN' })
  })

  it('is a technician’s badge by its form, to the letter', () => {
    expect(decodeScannedCode('BADGE-1')).toEqual({ kind: 'TECHNICIAN_BADGE', badge: 'BADGE-1' })
    expect(decodeScannedCode('badge-1').kind).not.toBe('TECHNICIAN_BADGE')
  })

  it('never throws, and carries no control character and nothing longer than it was given', () => {
    const words = fc.constantFrom(
      '粤',
      'B12345',
      'SL2026',
      '1123',
      '〔2026〕',
      '罚',
      '号',
      'https://',
      '/e/',
      '\u202e',
      '\u0000',
      ':',
      ';',
      '_',
    )
    const any = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 600 }),
      fc.array(words, { maxLength: 60 }).map((all) => all.join('')),
    )
    fc.assert(
      fc.property(any, (text) => {
        const { kind, ...fields } = decodeScannedCode(text)
        expect(kind).toBeTypeOf('string')
        for (const field of Object.values(fields)) {
          if (field === null) continue
          expect(field).not.toMatch(/[\p{Cc}\p{Cf}]/u)
          expect(field.length).toBeLessThanOrEqual(text.length)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('made to be slow is not: 4 KB of any repetition cost milliseconds', () => {
    const pieces = [
      '罚',
      '〔2026〕',
      '1',
      '车牌号:',
      ';',
      'https://a/',
      'e/',
      ' ',
      '字第',
      '(2026',
      'A-',
      '\u202e',
      'SL',
    ]
    for (const piece of pieces)
      for (const size of [512, 4096, 8192]) {
        const text = piece.repeat(Math.ceil(size / piece.length)).slice(0, size)
        const from = performance.now()
        for (const hostile of [text, `https://${text}`, `SL${text}`, `${text}号`]) decodeScannedCode(hostile)
        expect(performance.now() - from).toBeLessThan(50)
      }
  })
})

describe('a form of a number', () => {
  it('is refused where a part means nothing', () => {
    for (const text of [
      '',
      '{digits}',
      '{digits:0}',
      '{digits:9-2}',
      '{digits:65}',
      '{word:3}',
      'A{',
      '}',
      '{toString:3}',
    ])
      expect(parseCodeForm(text).ok, text).toBe(false)
    expect(parseCodeForm('{digits:1}'.repeat(25)).ok).toBe(false)
  })

  it('is followed in every way it can be read', () => {
    const form = expectOk(parseCodeForm('{han:1-8}罚{digits:1-3}5号'), 'a form')
    expect(isWrittenAs(form, '罚罚罚1255号')).toBe(true)
    expect(isWrittenAs(form, '罚罚罚55号')).toBe(true)
    expect(isWrittenAs(form, '罚罚罚5号')).toBe(false)
    expect(isWrittenAs(form, '罚罚罚1255号 ')).toBe(false)
  })

  it('in every usual set can be read', () => {
    expect(Object.values(USUAL_FORMS).flat().length).toBeGreaterThan(4)
  })
})
