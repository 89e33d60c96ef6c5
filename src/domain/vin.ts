import type { Brand } from './brand.ts'
import { err, ok, type Result } from '../lib/result.ts'

/** 车辆识别代号 (GB 16735), 17 characters without I, O, Q. */
export type Vin = Brand<string, 'Vin'>

export interface VinProblem {
  readonly code: 'FORMAT'
}

const PATTERN = /^[A-HJ-NPR-Z0-9]{17}$/
const WEIGHTS: readonly number[] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
const LETTER_VALUES: Readonly<Record<string, number>> = {
  ...{ A: 1, B: 2, C: 3, D: 4, E: 5, F: 6, G: 7, H: 8 },
  ...{ J: 1, K: 2, L: 3, M: 4, N: 5, P: 7, R: 9 },
  ...{ S: 2, T: 3, U: 4, V: 5, W: 6, X: 7, Y: 8, Z: 9 },
}

/** Reads a VIN by form only: older vehicles and some trailers carry no valid check digit (see `hasValidCheckDigit`). */
export function parseVin(text: string): Result<Vin, VinProblem> {
  const vin = text.trim().toUpperCase()
  return PATTERN.test(vin) ? ok(vin as Vin) : err({ code: 'FORMAT' })
}

/** Position 9 is the check digit, sum mod 11, 10 written X. A failure is a warning, never a refusal. */
export function hasValidCheckDigit(vin: Vin): boolean {
  return vin[8] === vinCheckDigit(vin)
}

/** The check digit that belongs at position 9 of 17 characters (what stands there now is ignored). */
export function vinCheckDigit(vin17: string): string {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * valueOf(vin17.charAt(index)), 0)
  return sum % 11 === 10 ? 'X' : String(sum % 11)
}

function valueOf(character: string): number {
  return LETTER_VALUES[character] ?? Number(character)
}
