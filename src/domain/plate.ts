import type { Brand } from './brand.ts'
import type { PlateColor } from './codes.ts'
import { err, ok, type Result } from '../lib/result.ts'

/** 机动车号牌 (GA 36-2018), upper case, without separators. */
export type PlateNo = Brand<string, 'PlateNo'>

/** 车牌号 + 颜色 is the national business key: the same string in two colours is two vehicles. */
export interface VehicleKey {
  readonly plateNo: PlateNo
  readonly plateColor: PlateColor
}

export type PlateKind =
  'ORDINARY' | 'TRAILER' | 'DRIVING_SCHOOL' | 'POLICE' | 'HONG_KONG_MACAO' | 'NEW_ENERGY_SMALL' | 'NEW_ENERGY_LARGE'

export interface PlateProblem {
  readonly code: 'PLATE_FORMAT'
}

/** A question to the user, not an error: the colour chosen does not go with the number. */
export type ColorDoubt =
  | { readonly code: 'TRAILER_IS_YELLOW' }
  | { readonly code: 'EIGHT_CHARACTERS_ARE_NEW_ENERGY' }
  | { readonly code: 'SEVEN_CHARACTERS_ARE_NOT_NEW_ENERGY' }
  | { readonly code: 'SMALL_NEW_ENERGY_IS_GRADIENT_GREEN' }
  | { readonly code: 'LARGE_NEW_ENERGY_IS_YELLOW_GREEN' }

/** The short names of the provinces, in the order of the on-screen keyboard. */
export const PROVINCE_CHARACTERS = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼'

/** Letters and digits a plate may hold after the province: no I and no O. */
export const PLATE_ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789'

const P = `[${PROVINCE_CHARACTERS}]`
const L = '[A-HJ-NP-Z]'
const C = '[A-HJ-NP-Z0-9]'
const E = '[ABCDEFGHJK]'

const PATTERNS: readonly (readonly [PlateKind, RegExp])[] = [
  ['NEW_ENERGY_SMALL', new RegExp(`^${P}${L}${E}${C}\\d{4}$`)],
  ['NEW_ENERGY_LARGE', new RegExp(`^${P}${L}\\d{5}${E}$`)],
  ['TRAILER', new RegExp(`^${P}${L}${C}{4}挂$`)],
  ['DRIVING_SCHOOL', new RegExp(`^${P}${L}${C}{4}学$`)],
  ['POLICE', new RegExp(`^${P}${L}${C}{4}警$`)],
  ['HONG_KONG_MACAO', new RegExp(`^粤Z${C}{4}[港澳]$`)],
  ['ORDINARY', new RegExp(`^${P}${L}${C}{5}$`)],
]

/** Reads a plate as people type it: lower case, blanks and the separating dot are accepted. */
export function parsePlateNo(text: string): Result<PlateNo, PlateProblem> {
  const plate = text.replace(/[\s·•.．-]/g, '').toUpperCase()
  return kindOfText(plate) === undefined ? err({ code: 'PLATE_FORMAT' }) : ok(plate as PlateNo)
}

export function plateKind(plate: PlateNo): PlateKind {
  const kind = kindOfText(plate)
  if (kind === undefined) throw new Error('a PlateNo has a kind')
  return kind
}

/**
 * Whether `plateColor` goes with the number. Large new-energy plates are 93 黄绿, small ones 94 渐变绿; 5 绿 is tolerated
 * from old data. A trailer's is always 2 黄.
 */
export function checkPlateColor({ plateNo, plateColor }: VehicleKey): Result<void, ColorDoubt> {
  const kind = plateKind(plateNo)
  if (kind === 'TRAILER') return plateColor === '2' ? ok() : err({ code: 'TRAILER_IS_YELLOW' })
  const newEnergyColor = plateColor === '93' || plateColor === '94' || plateColor === '5'
  if (kind === 'NEW_ENERGY_SMALL' || kind === 'NEW_ENERGY_LARGE') {
    if (!newEnergyColor) return err({ code: 'EIGHT_CHARACTERS_ARE_NEW_ENERGY' })
    if (kind === 'NEW_ENERGY_SMALL' && plateColor === '93') return err({ code: 'SMALL_NEW_ENERGY_IS_GRADIENT_GREEN' })
    if (kind === 'NEW_ENERGY_LARGE' && plateColor === '94') return err({ code: 'LARGE_NEW_ENERGY_IS_YELLOW_GREEN' })
    return ok()
  }
  return plateColor === '93' || plateColor === '94' ? err({ code: 'SEVEN_CHARACTERS_ARE_NOT_NEW_ENERGY' }) : ok()
}

/** One string per vehicle, for maps and database keys: `粤B12345_2`. */
export function vehicleKeyText({ plateNo, plateColor }: VehicleKey): string {
  return `${plateNo}_${plateColor}`
}

/** The province the plate belongs to (its 车籍 province, short name): `粤`. */
export function plateProvince(plate: PlateNo): string {
  return plate.charAt(0)
}

/** As screens show it: `粤B·12345`. */
export function formatPlate(plate: PlateNo): string {
  return `${plate.slice(0, 2)}·${plate.slice(2)}`
}

function kindOfText(plate: string): PlateKind | undefined {
  return PATTERNS.find(([, pattern]) => pattern.test(plate))?.[0]
}
