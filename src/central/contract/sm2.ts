import { createHmac, randomBytes } from 'node:crypto'
import { sm2 } from 'sm-crypto-v2'

/**
 * SM2 signatures with SM3 (GB/T 32918.2, GB/T 32918.5 for the curve, GM/T 0009 for how they are used): the signer's name
 * in Z is the standard one, `1234567812345678`, and a signature is r ‖ s, 32 bytes each. In JavaScript throughout, because
 * Electron's BoringSSL knows neither SM2 nor SM3.
 */
const SM2_USER_ID = '1234567812345678'

/** Order of the group (GB/T 32918.5). */
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
  return pointOf(privateScalar)
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
 * can give the key away, and the same words have the same signature. It is checked before it is let out, so that a fault
 * in the computation cannot give it away either.
 */
export function sm2Sign(message: Uint8Array, privateScalar: Uint8Array): Uint8Array {
  const point = pointOf(privateScalar)
  const signature = sm2SignWithNonce(message, privateScalar, nonceFor(message, privateScalar, point))
  if (!sm2Verify(message, signature, point)) throw new Error('an SM2 signature came out wrong')
  return signature
}

/** For the standard's own example, which names its nonce. Never use a nonce twice. */
export function sm2SignWithNonce(message: Uint8Array, privateScalar: Uint8Array, nonce: Uint8Array): Uint8Array {
  const hex = sm2.doSignature(message, Buffer.from(privateScalar).toString('hex'), {
    hash: true,
    publicKey: hexOf(pointOf(privateScalar)),
    userId: SM2_USER_ID,
    pointPool: [{ k: toNumber(nonce), x1: toNumber(pointOf(nonce).x) }],
  })
  return Buffer.from(hex, 'hex')
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

/** RFC 6979, 3.2, with x and h1 as its 32-byte strings; h1 is the digest that SM2 signs, e = SM3(Z ‖ M). */
function nonceFor(message: Uint8Array, privateScalar: Uint8Array, point: Sm2Point): Uint8Array {
  const digest = Buffer.from(sm2.getHash(message, hexOf(point), SM2_USER_ID), 'hex')
  const hmac = (key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer =>
    parts.reduce((mac, part) => mac.update(part), createHmac('sha256', key)).digest()
  let v: Uint8Array = Buffer.alloc(32, 1)
  let k: Uint8Array = Buffer.alloc(32, 0)
  const seed = Buffer.concat([privateScalar, bytesOf(toNumber(digest) % N)])
  for (const step of [0, 1]) {
    k = hmac(k, v, Buffer.of(step), seed)
    v = hmac(k, v)
  }
  for (;;) {
    v = hmac(k, v)
    const candidate = toNumber(v)
    if (candidate >= 1n && candidate < N) return v
    k = hmac(k, v, Buffer.of(0))
    v = hmac(k, v)
  }
}

function pointOf(scalar: Uint8Array): Sm2Point {
  const point = Buffer.from(sm2.getPublicKeyFromPrivateKey(Buffer.from(scalar).toString('hex')), 'hex')
  return { x: point.subarray(1, 33), y: point.subarray(33, 65) }
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
