/** The field and the curve −x² + y² = 1 + d·x²·y² of Ed25519 (RFC 8032, 5.1). */
const P = 2n ** 255n - 19n
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n

const ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022n
/**
 * y of the points of order 1, 2, 4 and 8. With such a key everybody can sign: its multiples are so few that a signature
 * is right by chance, or always.
 */
const SMALL_ORDER: ReadonlySet<bigint> = new Set([1n, P - 1n, 0n, ORDER_8, P - ORDER_8])

/**
 * Whether 32 bytes are a public key of Ed25519 in its one spelling (RFC 8032, 5.1.3) and of large order. Reading
 * a key, OpenSSL and BoringSSL take any 32 bytes for one.
 */
export function isEd25519Public(bytes: Uint8Array): boolean {
  if (bytes.length !== 32) return false
  const y = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`) & (2n ** 255n - 1n)
  if (y >= P || SMALL_ORDER.has(y)) return false
  // x² = u / v, which is a square exactly where u·v is one (Euler's criterion).
  const square = (y * y) % P
  const [u, v] = [square + P - 1n, (D * square + 1n) % P]
  return power((u * v) % P, (P - 1n) / 2n) === 1n
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % P)
    if ((rest & 1n) === 1n) result = (result * square) % P
  return result
}
