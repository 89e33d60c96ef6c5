import { expect, it } from 'vitest'
import { generateKeyPair, isUsable, SIGNATURE_ALGORITHMS, verifyWith, type PublicKey } from './key.ts'

const P = 2n ** 255n - 19n
const ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022n

/** 32 bytes, little-endian, with the bit for the sign of x. */
function edwards(y: bigint, sign = 0n): PublicKey {
  const bytes = Buffer.from((y | (sign << 255n)).toString(16).padStart(64, '0'), 'hex').reverse()
  return { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') }
}

it('a key made here is usable', () => {
  for (const algorithm of SIGNATURE_ALGORITHMS)
    for (let n = 0; n < 5; n++) expect(isUsable(generateKeyPair(algorithm).publicKey)).toBe(true)
})

it('a key of small order, under which everybody signs everything, is refused', () => {
  for (const y of [0n, 1n, P - 1n, ORDER_8, P - ORDER_8])
    for (const sign of [0n, 1n]) expect([y, isUsable(edwards(y, sign))]).toEqual([y, false])
})

it('a key that is written a second way, or is on no curve, is refused', () => {
  // y and y + p are one point where both fit into 255 bits.
  for (const y of [P, P + 1n, P + 3n, 2n ** 255n - 1n]) expect([y, isUsable(edwards(y))]).toEqual([y, false])
  // RFC 8032: y = 2 has no x; y = 3 has.
  expect([isUsable(edwards(2n)), isUsable(edwards(3n))]).toEqual([false, true])
  const { publicKey } = generateKeyPair('ed25519')
  // The last letter of 43 holds two bits that say nothing.
  const last =
    publicKey.x.slice(0, 42) +
    ({ A: 'B', Q: 'R', g: 'h', w: 'x', E: 'F', U: 'V', k: 'l', '0': '1' }[publicKey.x[42] ?? ''] ?? '_')
  expect(isUsable({ ...publicKey, x: last })).toBe(false)
})

it('a signature has one spelling: s beyond the order of the group is no second one', () => {
  const L = 2n ** 252n + 27742317777372353535851937790883648493n
  const pair = generateKeyPair('ed25519')
  const message = Buffer.from('m')
  const made = Buffer.from(pair.sign(message))
  const s = BigInt(`0x${Buffer.from(made.subarray(32)).reverse().toString('hex')}`)
  const twin = Buffer.from((s + L).toString(16).padStart(64, '0'), 'hex').reverse()
  expect(verifyWith(pair.publicKey, message, made)).toBe(true)
  expect(verifyWith(pair.publicKey, message, Buffer.concat([made.subarray(0, 32), twin]))).toBe(false)
  expect(verifyWith(pair.publicKey, message, made.subarray(0, 63))).toBe(false)
})
