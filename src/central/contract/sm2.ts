import { createHmac, randomBytes } from 'node:crypto'
import { sm2 } from 'sm-crypto-v2'

/**
 * SM2 signatures with SM3 (GB/T 32918.2, GB/T 32918.5 for the curve, GM/T 0009 for how they are used): the signer's name
 * in Z is the standard one, `1234567812345678`, and a signature is r ‖ s, 32 bytes each. In JavaScript throughout, because
 * Electron's BoringSSL knows neither SM2 nor SM3.
 */
const SM2_USER_ID = '1234567812345678'

/** Prime of the field, order of the group and coefficient a (GB/T 32918.5). The order is prime: no point has a small one. */
const P = 0xfffffffe_ffffffff_ffffffff_ffffffff_ffffffff_00000000_ffffffff_ffffffffn
const N = 0xfffffffe_ffffffff_ffffffff_ffffffff_7203df6b_21c6052b_53bbf409_39d54123n

/** All numbers big-endian and exactly 32 bytes. */
export interface Sm2Point {
  readonly x: Uint8Array
  readonly y: Uint8Array
}

/** A private scalar in [1, n-2], from the system's generator. */
export function generateSm2Private(): Uint8Array {
  for (;;) {
    const candidate = randomBytes(32)
    if (isPrivate(candidate)) return candidate
  }
}

/** n-1 is no private key: the signature divides by 1 + d. */
export function isPrivate(scalar: Uint8Array): boolean {
  const value = toNumber(scalar)
  return scalar.length === 32 && value >= 1n && value < N - 1n
}

export function sm2PublicOf(privateScalar: Uint8Array): Sm2Point {
  const { x, y } = multiplyBase(toNumber(privateScalar))
  return { x: bytesOf(x), y: bytesOf(y) }
}

export function isSm2Public({ x, y }: Sm2Point): boolean {
  if (x.length !== 32 || y.length !== 32) return false
  try {
    return sm2.verifyPublicKey(hexOf({ x, y }))
  } catch {
    return false
  }
}

/**
 * Signs with a nonce derived from key and message (RFC 6979's construction with HMAC-SHA-256): no generator that fails
 * can give the key away, and the same words have the same signature, which the centre's repeated answers rely on. It is
 * checked before it is let out, so that a fault in the computation cannot give the key away either.
 * @param point the public key of `privateScalar`
 */
export function sm2Sign(message: Uint8Array, privateScalar: Uint8Array, point: Sm2Point): Uint8Array {
  const digest = digestOf(message, point)
  for (const nonce of nonces(digest, privateScalar)) {
    const signature = sm2SignDigest(digest, toNumber(privateScalar), nonce)
    if (signature === null) continue
    if (!sm2Verify(message, signature, point)) throw new Error('an SM2 signature came out wrong')
    return signature
  }
  throw new Error('nonces never end')
}

/** e = SM3(Z ‖ M), as a number: what SM2 signs. */
export function digestOf(message: Uint8Array, point: Sm2Point): bigint {
  return BigInt(`0x${sm2.getHash(message, hexOf(point), SM2_USER_ID)}`)
}

/**
 * GB/T 32918.2, 6.1, steps A4 to A6, for nonce `k`; null where the standard demands another one: r = 0, r + k = n or
 * s = 0. Never use a nonce twice; the standard's own example names its.
 *
 * The numbers of a JavaScript engine take a time that depends on their value, so no secret is worked on as it is: the
 * nonce is multiplied in two random parts, and 1 + d is inverted under a random factor. s is ((1 + d)⁻¹ · (k + r)) − r.
 */
export function sm2SignDigest(digest: bigint, privateScalar: bigint, k: bigint): Uint8Array | null {
  const r = mod(digest + multiplyBase(k).x, N)
  if (r === 0n || r + k === N) return null
  const mask = randomScalar()
  const inverse = mod(mask * invert(mod(mask * (1n + privateScalar), N), N), N)
  const s = mod(inverse * (k + r) - r, N)
  return s === 0n ? null : Buffer.concat([bytesOf(r), bytesOf(s)])
}

/** False for anything that is not exactly a signature of `message` by the key; never throws. */
export function sm2Verify(message: Uint8Array, signature: Uint8Array, key: Sm2Point): boolean {
  if (signature.length !== 64 || !isSm2Public(key)) return false
  const [r, s] = [toNumber(signature.subarray(0, 32)), toNumber(signature.subarray(32))]
  if (r < 1n || r >= N || s < 1n || s >= N) return false
  try {
    const options = { hash: true, userId: SM2_USER_ID }
    return sm2.doVerifySignature(message, Buffer.from(signature).toString('hex'), hexOf(key), options)
  } catch {
    // s·G + t·P was the point at infinity.
    return false
  }
}

/** RFC 6979, 3.2, with x and h1 as its 32-byte strings; h1 is the digest that SM2 signs. */
function* nonces(digest: bigint, privateScalar: Uint8Array): Generator<bigint, void> {
  const hmac = (key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer =>
    parts.reduce((mac, part) => mac.update(part), createHmac('sha256', key)).digest()
  let v: Uint8Array = Buffer.alloc(32, 1)
  let k: Uint8Array = Buffer.alloc(32, 0)
  const seed = Buffer.concat([privateScalar, bytesOf(digest % N)])
  for (const step of [0, 1]) {
    k = hmac(k, v, Buffer.of(step), seed)
    v = hmac(k, v)
  }
  for (;;) {
    v = hmac(k, v)
    const candidate = toNumber(v)
    if (candidate >= 1n && candidate < N) yield candidate
    k = hmac(k, v, Buffer.of(0))
    v = hmac(k, v)
  }
}

interface Affine {
  readonly x: bigint
  readonly y: bigint
}

/** `scalar`·G, `scalar` in [1, n-1], as the sum of two multiples that are random each for itself. */
function multiplyBase(scalar: bigint): Affine {
  for (;;) {
    const part = randomScalar()
    const rest = mod(scalar - part, N)
    if (rest === 0n) continue
    const [one, other] = [publicOf(part), publicOf(rest)]
    // The same point, or its opposite: of 2^256 cases, two.
    if (one.x !== other.x) return add(one, other)
  }
}

function add(one: Affine, other: Affine): Affine {
  const slope = mod((other.y - one.y) * invert(mod(other.x - one.x, P), P), P)
  const x = mod(slope * slope - one.x - other.x, P)
  return { x, y: mod(slope * (one.x - x) - one.y, P) }
}

function publicOf(scalar: bigint): Affine {
  const point = Buffer.from(sm2.getPublicKeyFromPrivateKey(bytesOf(scalar).toString('hex')), 'hex')
  return { x: toNumber(point.subarray(1, 33)), y: toNumber(point.subarray(33, 65)) }
}

/** In [1, n-2], from the system's generator. */
function randomScalar(): bigint {
  return toNumber(generateSm2Private())
}

function mod(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus
  return rest < 0n ? rest + modulus : rest
}

/** The inverse of `value` modulo a prime, by Euclid's algorithm; its time depends on `value`, so that is never a bare secret. */
function invert(value: bigint, modulus: bigint): bigint {
  let [a, b] = [value, modulus]
  let [x, y] = [1n, 0n]
  while (a > 1n) {
    const quotient = b / a
    ;[a, b] = [b - quotient * a, a]
    ;[x, y] = [y - quotient * x, x]
  }
  if (a !== 1n) throw new Error('zero has no inverse')
  return mod(x, modulus)
}

function hexOf({ x, y }: Sm2Point): string {
  return `04${Buffer.from(x).toString('hex')}${Buffer.from(y).toString('hex')}`
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`)
}

function bytesOf(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex')
}
