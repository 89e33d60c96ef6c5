import type { Brand } from './brand.ts'
import { err, ok, type Result } from '../lib/result.ts'

/** 道路运输证号, digits only; 12 in most provinces (6 area + 6 serial), 9 to 12 seen. */
export type CertificateNo = Brand<string, 'CertificateNo'>

/** 从业资格证号: the holder's ID number, or the older 12 to 19 digits. */
export type QualificationNo = Brand<string, 'QualificationNo'>

export interface NumberProblem {
  readonly code: 'FORMAT'
}

/** Reads a certificate number, also out of its display form `粤交运管穗字440100165715号`. */
export function parseCertificateNo(text: string): Result<CertificateNo, NumberProblem> {
  const digits = /^(?:.{1,12}字)?(?:第)?(\d{9,12})(?:号)?$/u.exec(text.replace(/\s/g, ''))?.[1]
  return digits === undefined ? err({ code: 'FORMAT' }) : ok(digits as CertificateNo)
}

/** False for numbers that are legal but shorter than the usual 12 digits: worth a second look, never a refusal. */
export function hasUsualLength(certificateNo: CertificateNo): boolean {
  return certificateNo.length === 12
}

/** `粤交运管穗` + number → `粤交运管穗字440100165715号`. */
export function certificateDisplayNo(word: string, certificateNo: CertificateNo): string {
  return `${word}字${certificateNo}号`
}

export function parseQualificationNo(text: string): Result<QualificationNo, NumberProblem> {
  const number = text.trim().toUpperCase()
  const valid = /^\d{17}[\dX]$/.test(number) || /^\d{12,19}$/.test(number)
  return valid ? ok(number as QualificationNo) : err({ code: 'FORMAT' })
}
