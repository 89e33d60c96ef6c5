import type { Brand } from './brand.ts'

/** An amount of money in whole fen (分, 1/100 yuan), never negative, never a fraction. */
export type Cents = Brand<number, 'Cents'>

/** An amount written in our own code or computed from whole fen; throws when it is not one (our bug). */
export function cents(value: number): Cents {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`not an amount in fen: ${value}`)
  return value as Cents
}

/** As screens and slips show it: 1150.00 with thousands separated, `1,150.00`. The currency sign is the caller's. */
export function formatYuan(amount: Cents): string {
  const yuan = String(Math.floor(amount / 100)).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${yuan}.${String(amount % 100).padStart(2, '0')}`
}
