import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PlateColor } from './codes.ts'
import {
  checkPlateColor,
  formatPlate,
  parsePlateNo,
  plateKind,
  PLATE_ALPHABET,
  plateProvince,
  PROVINCE_CHARACTERS,
  vehicleKeyText,
} from './plate.ts'
import { expectOk } from '../lib/result.ts'

const plate = (text: string) => expectOk(parsePlateNo(text), text)
const doubt = (text: string, plateColor: PlateColor) => {
  const checked = checkPlateColor({ plateNo: plate(text), plateColor })
  return checked.ok ? null : checked.error.code
}

describe('号牌 (GA 36)', () => {
  it.each([
    ['粤B12345', 'ORDINARY'],
    ['粤B1234挂', 'TRAILER'],
    ['粤B1234学', 'DRIVING_SCHOOL'],
    ['粤B1234警', 'POLICE'],
    ['粤Z12A4港', 'HONG_KONG_MACAO'],
    ['粤BD12345', 'NEW_ENERGY_SMALL'],
    ['粤BDF2345', 'NEW_ENERGY_SMALL'],
    ['粤B12345D', 'NEW_ENERGY_LARGE'],
  ])('%s is %s', (text, kind) => {
    expect(plateKind(plate(text))).toBe(kind)
  })

  it('scenario 16: 粤B12345D in 93 and 粤BD12345 in 94 are valid, 粤BO1234 is not, and colour tells vehicles apart', () => {
    expect(doubt('粤B12345D', '93')).toBeNull()
    expect(doubt('粤BD12345', '94')).toBeNull()
    expect(parsePlateNo('粤BO1234').ok).toBe(false)
    const plateNo = plate('粤B12345')
    expect(vehicleKeyText({ plateNo, plateColor: '2' })).not.toBe(vehicleKeyText({ plateNo, plateColor: '94' }))
  })

  it('scenario 17: 粤A1234挂 is accepted and must be yellow', () => {
    expect(doubt('粤A1234挂', '2')).toBeNull()
    expect(doubt('粤A1234挂', '1')).toBe('TRAILER_IS_YELLOW')
  })

  it('asks about colours that do not go with the number, and tolerates 5 from old data', () => {
    expect(doubt('粤B12345D', '2')).toBe('EIGHT_CHARACTERS_ARE_NEW_ENERGY')
    expect(doubt('粤B12345D', '94')).toBe('LARGE_NEW_ENERGY_IS_YELLOW_GREEN')
    expect(doubt('粤BD12345', '93')).toBe('SMALL_NEW_ENERGY_IS_GRADIENT_GREEN')
    expect(doubt('粤B12345', '94')).toBe('SEVEN_CHARACTERS_ARE_NOT_NEW_ENERGY')
    expect(doubt('粤B12345D', '5')).toBeNull()
    expect(doubt('粤B12345', '2')).toBeNull()
  })

  it.each(['粤B1234', '粤B123456', 'B12345', '粤112345', '粤BI2345', '粤B1234O', '粤ZAAAA挂港', ''])(
    'refuses %s',
    (text) => {
      expect(parsePlateNo(text).ok).toBe(false)
    },
  )

  it('reads what people type, and every plate it reads it reads again unchanged', () => {
    expect(plate(' 粤b·12345 ')).toBe('粤B12345')
    const five = fc.stringMatching(/^[A-HJ-NP-Z0-9]{5}$/)
    fc.assert(
      fc.property(
        fc.constantFrom(...Array.from(PROVINCE_CHARACTERS)),
        fc.constantFrom(...Array.from(PLATE_ALPHABET.slice(0, 24))),
        five,
        (province, letter, rest) => {
          const read = plate(`${province}${letter}${rest}`.toLowerCase())
          expect(plate(read)).toBe(read)
          expect(plate(formatPlate(read))).toBe(read)
          expect(plateProvince(read)).toBe(province)
        },
      ),
    )
  })
})
