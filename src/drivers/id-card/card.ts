import { idNumberCheckDigit } from '../../domain/id-number.ts'
import type { Personal } from '../../lib/personal.ts'
import { parseCompactDate, type LocalDate } from '../../domain/local-date.ts'

/** What is written in the chip of a second-generation identity card. Personal data throughout: wrap it in `hide`. */
export type IdCard = ResidentCard | ResidencePermit | ForeignerCard2017 | ForeignerCard2023

export type Sex = 'male' | 'female' | 'unknown' | 'unspecified'

/** What all four kinds of card hold. */
export interface EveryCard extends Personal {
  readonly name: string
  readonly sex: Sex
  readonly birthDate?: LocalDate
  readonly idNumber: string
  /** Whether the number can be true, see `idNumberHolds`. A wrong number is shown, not refused: the clerk decides. */
  readonly idNumberValid: boolean
  readonly validFrom?: LocalDate
  readonly validUntil?: LocalDate | 'long-term'
}

interface CardWithAddress extends EveryCard {
  readonly address: string
  /** The address a police station appended later (30 03), where the card holds one. It replaces `address` in law. */
  readonly newestAddress?: string
  readonly issuer: string
}

/** 居民身份证 */
interface ResidentCard extends CardWithAddress {
  readonly kind: 'resident'
  readonly ethnicity: string
}

/** 港澳台居民居住证 */
interface ResidencePermit extends CardWithAddress {
  readonly kind: 'residence-permit'
  /** 通行证号码 */
  readonly passNumber: string
  /** 签发次数, as on the card: `01` */
  readonly issueCount: string
}

/** 外国人永久居留身份证, 2017 version. `name` is the Chinese name and may be empty. */
interface ForeignerCard2017 extends EveryCard {
  readonly kind: 'foreigner-2017'
  readonly englishName: string
  /** Three letters of GB/T 2659. */
  readonly nationality: string
  /** 证件版本号 */
  readonly version: string
  /** 当次申请受理机关代码 */
  readonly issuer: string
}

/** 外国人永久居留身份证, 2023 version (五星卡). `name` is the Chinese name and may be empty. */
interface ForeignerCard2023 extends EveryCard {
  readonly kind: 'foreigner-2023'
  readonly englishName: string
  readonly nationality: string
  /** 换证次数, as on the card: `01` */
  readonly issueCount: string
  /** 既往版本号码关联项: three characters from which the number of the 2017 card follows. */
  readonly formerNumberLink: string
}

export type CardKind = IdCard['kind']

/**
 * Whether a number can be true. 18 characters: the check character of GB 11643-1999 (MOD 11-2) holds, and for citizens
 * and permits the birth date in it exists. The 15 characters of the 2017 foreigner's card carry a check the published
 * rules do not describe, so only their form (three letters, twelve digits) is judged.
 */
export function idNumberHolds(kind: CardKind, number: string): boolean {
  if (kind === 'foreigner-2017') return /^[A-Z]{3}\d{12}$/.test(number)
  if (!/^\d{17}[\dX]$/.test(number) || idNumberCheckDigit(number.slice(0, 17)) !== number[17]) return false
  if (kind === 'foreigner-2023') return number.startsWith('9')
  return parseCompactDate(number.slice(6, 14)).ok
}
