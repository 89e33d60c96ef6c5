import type { Brand } from './brand.ts'
import type { Personal } from '../lib/personal.ts'
import { err, ok, type Result } from '../lib/result.ts'
import { parseCompactDate, type LocalDate } from './local-date.ts'

/** 公民身份号码 (GB 11643-1999): 6 area, 8 birth, 3 sequence, 1 check; also the 18-digit number of 2023 residence permits. */
export type IdNumber = Brand<string, 'IdNumber'> & Personal

export type IdNumberProblem =
  | { readonly code: 'FORMAT' }
  | { readonly code: 'CHECK_DIGIT' }
  | { readonly code: 'BIRTH_DATE' }
  | { readonly code: 'UNKNOWN_AREA' }

export interface IdNumberOptions {
  /** Accept area codes 99xxxx, which belong to nobody: test and demo only. */
  readonly allowSynthetic: boolean
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const
const CHECK_CHARACTERS = '10X98765432'
/** First two digits of GB/T 2260; 81–83 are the residence permits for Hong Kong, Macao and Taiwan residents. */
const PROVINCE_CODES = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83'.split(' '),
)

/** Reads an ID number; a lower-case `x` is accepted. No check of age: that is for the service that needs one. */
export function parseIdNumber(text: string, options: IdNumberOptions): Result<IdNumber, IdNumberProblem> {
  const number = text.trim().toUpperCase()
  if (!/^\d{17}[\dX]$/.test(number)) return err({ code: 'FORMAT' })
  if (idNumberCheckDigit(number.slice(0, 17)) !== number[17]) return err({ code: 'CHECK_DIGIT' })
  if (!parseCompactDate(number.slice(6, 14)).ok) return err({ code: 'BIRTH_DATE' })
  if (!isKnownArea(number, options)) return err({ code: 'UNKNOWN_AREA' })
  return ok(number as IdNumber)
}

/** The check character of 17 digits (MOD 11-2 of GB 11643). */
export function idNumberCheckDigit(digits17: string): string {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(digits17[index]), 0)
  return CHECK_CHARACTERS.charAt(sum % 11)
}

export function birthDateOf(id: IdNumber): LocalDate {
  const date = parseCompactDate(id.slice(6, 14))
  if (!date.ok) throw new Error('an IdNumber holds a birth date')
  return date.value
}

/** GB/T 2261.1: 1 male, 2 female; the 17th digit is odd for men. */
export function sexOf(id: IdNumber): '1' | '2' {
  return Number(id.charAt(16)) % 2 === 1 ? '1' : '2'
}

function isKnownArea(number: string, options: IdNumberOptions): boolean {
  if (number.startsWith('99')) return options.allowSynthetic
  // Foreigners' permanent residence cards of 2023: 9, then the province of application, then the nationality.
  if (number.startsWith('9')) return PROVINCE_CODES.has(number.slice(1, 3))
  return PROVINCE_CODES.has(number.slice(0, 2))
}
