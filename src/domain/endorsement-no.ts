import type { Brand } from './brand.ts'
import { mod1110 } from '../lib/mod-11-10.ts'
import { err, ok, type Result } from '../lib/result.ts'

/** 签注编号: `{area6}{yyyy}{seq8}{check1}`, 19 digits; the check digit is ISO/IEC 7064 MOD 11,10. */
export type EndorsementNo = Brand<string, 'EndorsementNo'>

export type EndorsementNoProblem = { readonly code: 'FORMAT' } | { readonly code: 'CHECK_DIGIT' }

export interface EndorsementNoParts {
  /** GB/T 2260 code of the reviewing authority, six digits. */
  readonly areaCode: string
  readonly year: number
  /** 1 to 99 999 999, counted per area and year by the centre. */
  readonly sequence: number
}

export function makeEndorsementNo({ areaCode, year, sequence }: EndorsementNoParts): EndorsementNo {
  const digits = `${areaCode}${String(year).padStart(4, '0')}${String(sequence).padStart(8, '0')}`
  if (!/^\d{18}$/.test(digits) || sequence < 1) throw new Error('endorsement number out of range')
  return `${digits}${mod1110(digits)}` as EndorsementNo
}

export function parseEndorsementNo(text: string): Result<EndorsementNo, EndorsementNoProblem> {
  if (!/^\d{19}$/.test(text)) return err({ code: 'FORMAT' })
  if (mod1110(text.slice(0, 18)) !== text[18]) return err({ code: 'CHECK_DIGIT' })
  return ok(text as EndorsementNo)
}

export function endorsementNoParts(no: EndorsementNo): EndorsementNoParts {
  return { areaCode: no.slice(0, 6), year: Number(no.slice(6, 10)), sequence: Number(no.slice(10, 18)) }
}
