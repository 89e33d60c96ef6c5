import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { localDate } from '../../../domain/local-date.ts'
import { idNumberHolds, type IdCard } from '../card.ts'
import { SAMPLE_CARDS } from '../sample-cards.ts'
import { joinPayload, splitPayload } from './payload.ts'
import { decodeAddress, decodeCardText, encodeAddress, encodeCardText } from './text.ts'

const resident = SAMPLE_CARDS.resident as Extract<IdCard, { kind: 'resident' }>
const decoded = (text: Uint8Array): IdCard => {
  const card = decodeCardText(text)
  if (!card.ok) throw new Error(card.error.detail)
  return card.value
}
const put = (text: Uint8Array, offset: number, value: string): Uint8Array => {
  const copy = Uint8Array.from(text)
  copy.set(Buffer.from(value, 'utf16le'), offset)
  return copy
}

const putAll = (text: Uint8Array, values: readonly (readonly [offset: number, value: string])[]): Uint8Array =>
  values.reduce<Uint8Array>((whole, [offset, value]) => put(whole, offset, value), text)

describe('the text of a card', () => {
  it('of each of the four kinds is read back as it was written', () => {
    for (const card of Object.values(SAMPLE_CARDS)) expect(decoded(encodeCardText(card))).toEqual(card)
  })

  it('has its fields at the published places', () => {
    const text = new Uint8Array(256)
    for (let at = 0; at < 256; at += 2) text[at] = 0x20
    const bytes = [
      [0, '样张甲'],
      [30, '1'],
      [32, '11'],
      [36, '19851231'],
      [52, '样张路1号'],
      [122, '990001198512311235'],
      [158, '样张局'],
      [188, '20150101'],
      [204, '长期'],
    ] as const
    const written = putAll(text, bytes)
    expect(decoded(written)).toEqual({
      kind: 'resident',
      name: '样张甲',
      sex: 'male',
      ethnicity: '满',
      birthDate: '1985-12-31',
      address: '样张路1号',
      idNumber: '990001198512311235',
      idNumberValid: true,
      issuer: '样张局',
      validFrom: '2015-01-01',
      validUntil: 'long-term',
    })
    const permit = [
      [220, 'H99000001'],
      [238, '02'],
      [248, 'J'],
    ] as const
    expect(decoded(putAll(written, permit))).toMatchObject({
      kind: 'residence-permit',
      passNumber: 'H99000001',
      issueCount: '02',
    })
  })

  it('of the 2017 foreigner card has its own layout, not the resident one', () => {
    const text = encodeCardText(SAMPLE_CARDS['foreigner-2017'])
    expect(Buffer.from(text.subarray(122, 152)).toString('utf16le')).toBe('ZZZ990078010101')
    expect(Buffer.from(text.subarray(158, 164)).toString('utf16le')).toBe('样张丙')
    expect(Buffer.from(text.subarray(220, 236)).toString('utf16le')).toBe('19780101')
    expect(Buffer.from(text.subarray(240, 248)).toString('utf16le')).toBe('9900')
  })

  it('of the 2023 foreigner card joins both parts of the English name, blanks at the seam included', () => {
    const englishName = `${'A'.repeat(34)} ${'B'.repeat(11)}`
    const card = { ...SAMPLE_CARDS['foreigner-2023'], englishName } as IdCard
    expect(decoded(encodeCardText(card))).toMatchObject({ englishName })
    const text = encodeCardText(card)
    expect(Buffer.from(text.subarray(220, 242)).toString('utf16le')).toBe('B'.repeat(11))
    const short = { ...card, englishName: 'SHORT NAME' } as IdCard
    expect(decoded(encodeCardText(short))).toMatchObject({ englishName: 'SHORT NAME' })
  })

  it('keeps rare characters: surrogate pairs and private-use ones', () => {
    const name = '样𬎆\uE863𠮷'
    const text = encodeCardText({ ...resident, name })
    expect(Buffer.from(text.subarray(2, 6)).toString('hex')).toBe('70d886df')
    expect(decoded(text)).toMatchObject({ name })
  })

  it('is trimmed of blanks, NUL and ideographic blanks at the end only', () => {
    expect(decoded(put(encodeCardText(resident), 0, '样 张　\0\0 '))).toMatchObject({ name: '样 张' })
  })

  it('with a lower-case x has its number in upper case', () => {
    const card = decoded(encodeCardText({ ...resident, idNumber: '99000120000229456x' }))
    expect(card).toMatchObject({ idNumber: '99000120000229456X', idNumberValid: true })
  })

  it('with an impossible number or date is read all the same, marked or without the date', () => {
    const wrongNumber = decoded(encodeCardText({ ...resident, idNumber: '990001198512311234' }))
    expect(wrongNumber).toMatchObject({ name: resident.name, idNumberValid: false })
    const noDates = decoded(put(put(encodeCardText(resident), 36, '19850230'), 204, '????????'))
    expect(noDates).not.toHaveProperty('birthDate')
    expect(noDates).not.toHaveProperty('validUntil')
    expect(noDates).toMatchObject({ name: resident.name, validFrom: '2015-01-01' })
  })

  it.each([
    ['0', 'unknown'],
    ['1', 'male'],
    ['2', 'female'],
    ['9', 'unspecified'],
    ['7', 'unknown'],
  ])('with sex code %s says %s', (code, sex) => {
    expect(decoded(put(encodeCardText(resident), 30, code))).toMatchObject({ sex })
  })

  it('with a type flag nobody published is refused by name', () => {
    expect(decodeCardText(put(encodeCardText(resident), 248, 'Q'))).toMatchObject({
      ok: false,
      error: { code: 'UNKNOWN_CARD_KIND' },
    })
  })

  it('made of any 256 bytes never throws', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 256, maxLength: 256 }),
        fc.constantFrom(' ', 'I', 'Y', 'J'),
        (bytes, flag) => {
          expect(decodeCardText(put(bytes, 248, flag)).ok).toBe(true)
        },
      ),
    )
  })

  it('refuses in our own tests a value longer than its field', () => {
    expect(() => encodeCardText({ ...resident, name: '长'.repeat(16) })).toThrow(RangeError)
  })
})

describe('the number on a card', () => {
  it('holds by the check character of GB 11643 (the standard’s own examples)', () => {
    expect(idNumberHolds('resident', '11010519491231002X')).toBe(true)
    expect(idNumberHolds('resident', '440524188001010014')).toBe(true)
    expect(idNumberHolds('resident', '110105194912310021')).toBe(false)
    expect(idNumberHolds('resident', '')).toBe(false)
  })

  it('of foreigners begins with 9 (2023) or has three letters and twelve digits (2017)', () => {
    expect(idNumberHolds('foreigner-2023', '99000119900307001X')).toBe(true)
    expect(idNumberHolds('foreigner-2023', '11010519491231002X')).toBe(false)
    expect(idNumberHolds('foreigner-2017', 'ZZZ990078010101')).toBe(true)
    expect(idNumberHolds('foreigner-2017', 'ZZ9990078010101')).toBe(false)
  })
})

describe('the payload of a read answer', () => {
  const text = encodeCardText(resident)
  const portrait = new Uint8Array(1024).fill(0xaa)

  it.each([
    [undefined, 1284],
    [0, 1286],
    [512, 1798],
    [1024, 2310],
  ])('with a fingerprint of %s bytes is told by its lengths', (bytes, total) => {
    const data = joinPayload(text, portrait, bytes === undefined ? undefined : new Uint8Array(bytes))
    expect(data.length).toBe(total)
    expect(splitPayload(data)).toEqual({ ok: true, value: { text, portrait, fingerprintBytes: bytes ?? 0 } })
  })

  it('may have a portrait of another size', () => {
    const split = splitPayload(joinPayload(text, new Uint8Array(0)))
    expect(split).toMatchObject({ ok: true, value: { portrait: new Uint8Array(0) } })
  })

  it('whose lengths do not add up, or whose text is not 256 bytes, is malformed', () => {
    expect(splitPayload(joinPayload(text, portrait).subarray(0, 1283))).toMatchObject({ ok: false })
    expect(splitPayload(new Uint8Array(0))).toMatchObject({ ok: false })
    expect(splitPayload(joinPayload(text.subarray(2), portrait))).toMatchObject({ ok: false })
  })

  it('made of anything never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2400 }), (data) => typeof splitPayload(data).ok === 'boolean'))
  })
})

describe('an appended address', () => {
  it('is 35 characters, blank padded', () => {
    expect(encodeAddress('样张路2号')).toHaveLength(70)
    expect(decodeAddress(encodeAddress('样张路2号'))).toBe('样张路2号')
  })
})

it('the sample dates are dates', () => {
  expect(resident.birthDate).toBe(localDate('1985-12-31'))
})
