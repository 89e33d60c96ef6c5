import type { Brand } from './brand.ts'
import { err, ok, type Result } from '../lib/result.ts'

/** 统一社会信用代码 (GB 32100-2015), 18 characters. */
export type Uscc = Brand<string, 'Uscc'>

export type UsccProblem = { readonly code: 'FORMAT' } | { readonly code: 'CHECK_CHARACTER' }

/** No I, O, S, V, Z: they are taken for digits. */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28] as const
const PATTERN = /^[0-9A-HJ-NPQRTUWXY]{18}$/

export function parseUscc(text: string): Result<Uscc, UsccProblem> {
  const code = text.trim().toUpperCase()
  if (!PATTERN.test(code)) return err({ code: 'FORMAT' })
  if (usccCheckCharacter(code.slice(0, 17)) !== code[17]) return err({ code: 'CHECK_CHARACTER' })
  return ok(code as Uscc)
}

/** The check character of the first 17, weights 3^i mod 31. */
function usccCheckCharacter(first17: string): string {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * ALPHABET.indexOf(first17.charAt(index)), 0)
  return ALPHABET.charAt((31 - (sum % 31)) % 31)
}
