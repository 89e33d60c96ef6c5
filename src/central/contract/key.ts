import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { z } from 'zod'
import { isEd25519Public } from './ed25519-point.ts'
import { generateSm2Private, isPrivate, isSm2Public, sm2PublicOf, sm2Sign, sm2Verify } from './sm2.ts'

/**
 * The keys of this protocol: Ed25519 (RFC 8032), or SM2 with SM3 where a province demands 国密. Both sign any bytes with
 * 64 bytes. Which algorithm a signature has is decided by its key alone, never by what the signature says of itself.
 */
export const SIGNATURE_ALGORITHMS = ['ed25519', 'sm2-sm3'] as const
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number]

const coordinate = z.string().regex(/^[\w-]{43}$/)

const ed25519Key = z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: coordinate })
/** No RFC registers SM2 for JOSE: `crv` and `alg` are this protocol's own words. */
const sm2Key = z.strictObject({ kty: z.literal('EC'), crv: z.literal('SM2'), x: coordinate, y: coordinate })

export const publicKey = z
  .discriminatedUnion('kty', [ed25519Key, sm2Key])
  .describe('Public key as a JWK: Ed25519 (RFC 8037), or SM2 (GB/T 32918.5) with `crv` SM2')
export type PublicKey = z.infer<typeof publicKey>

/** `alg` in the header of a JWS, by key. */
export const JWS_ALGORITHMS = { ed25519: 'EdDSA', 'sm2-sm3': 'SM2' } as const satisfies Record<
  SignatureAlgorithm,
  string
>

/** A key that signs. The private half stays behind `sign` and `toPem`. */
export interface KeyPair {
  readonly algorithm: SignatureAlgorithm
  readonly publicKey: PublicKey
  /** Thumbprint of the public key: see `keyIdOf`. */
  readonly keyId: string
  /** 64 bytes. */
  sign(message: Uint8Array): Uint8Array
  /** PKCS #8 in PEM, as `openssl pkey` reads it. */
  toPem(): string
}

export function algorithmOf(key: PublicKey): SignatureAlgorithm {
  return key.kty === 'EC' ? 'sm2-sm3' : 'ed25519'
}

/**
 * RFC 7638 thumbprint: base64url SHA-256, 43 characters. A key names itself. (SHA-256 for SM2 keys as well: the name
 * has to be one-way, not 国密, and the contract has one form of key id.)
 */
export function keyIdOf(key: PublicKey): string {
  const members =
    key.kty === 'OKP' ? { crv: key.crv, kty: key.kty, x: key.x } : { crv: key.crv, kty: key.kty, x: key.x, y: key.y }
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
}

export function generateKeyPair(algorithm: SignatureAlgorithm): KeyPair {
  return algorithm === 'sm2-sm3'
    ? sm2Pair(generateSm2Private())
    : keyPairOfPem(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
}

/** Reads what `toPem` wrote. Throws for anything else: a damaged key file is never used and never replaced. */
export function keyPairOfPem(pem: string): KeyPair {
  const scalar = sm2ScalarOf(pem)
  if (scalar !== null) return sm2Pair(scalar)
  const privateKey = createPrivateKey(pem)
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error('neither an Ed25519 nor an SM2 key')
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' })
  const key = ed25519Key.parse({ kty: 'OKP', crv: 'Ed25519', x })
  return {
    algorithm: 'ed25519',
    publicKey: key,
    keyId: keyIdOf(key),
    sign: (message) => sign(null, message, privateKey),
    toPem: () => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

/** True when `signature` is the key's over exactly `message`; never throws, whatever was sent. */
export function verifyWith(key: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false
  const x = Buffer.from(key.x, 'base64url')
  if (key.kty === 'EC') return sm2Verify(message, signature, { x, y: Buffer.from(key.y, 'base64url') })
  try {
    return verify(null, message, createPublicKey({ key: { ...key }, format: 'jwk' }), signature)
  } catch {
    return false
  }
}

/** Whether the key is a point of its curve, of large order, in its one spelling: what is stored or published must be. */
export function isUsable(key: PublicKey): boolean {
  const [x, y] = [key.x, key.kty === 'EC' ? key.y : key.x].map((text) => Buffer.from(text, 'base64url'))
  if (x === undefined || y === undefined || x.length !== 32 || y.length !== 32) return false
  if (x.toString('base64url') !== key.x) return false
  if (key.kty === 'OKP') return isEd25519Public(x)
  return y.toString('base64url') === key.y && isSm2Public({ x, y })
}

function sm2Pair(scalar: Uint8Array): KeyPair {
  const point = sm2PublicOf(scalar)
  const { x, y } = point
  const [sentX, sentY] = [x, y].map((bytes) => Buffer.from(bytes).toString('base64url'))
  const key = sm2Key.parse({ kty: 'EC', crv: 'SM2', x: sentX, y: sentY })
  return {
    algorithm: 'sm2-sm3',
    publicKey: key,
    keyId: keyIdOf(key),
    sign: (message) => sm2Sign(message, scalar, point),
    toPem: () => pemOf(Buffer.concat([PKCS8_HEAD, scalar, PKCS8_MIDDLE, x, y])),
  }
}

/**
 * PKCS #8 of an SM2 key (RFC 5915 inside RFC 5208; curve 1.2.156.10197.1.301). Every field has a fixed length, so the
 * encoding is these bytes, the scalar, these bytes, the point.
 */
const PKCS8_HEAD = Buffer.from('308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420', 'hex')
const PKCS8_MIDDLE = Buffer.from('a14403420004', 'hex')

function pemOf(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`
}

/** The scalar of an SM2 key, or null where the PEM holds another kind of key. */
function sm2ScalarOf(pem: string): Uint8Array | null {
  const body = /^-----BEGIN PRIVATE KEY-----\s([A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----\s*$/.exec(pem)?.[1]
  if (body === undefined) return null
  const der = Buffer.from(body, 'base64')
  if (!der.subarray(0, PKCS8_HEAD.length).equals(PKCS8_HEAD)) return null
  const scalar = der.subarray(PKCS8_HEAD.length, PKCS8_HEAD.length + 32)
  if (!isPrivate(scalar)) throw new Error('an SM2 key out of range')
  const { x, y } = sm2PublicOf(scalar)
  if (!der.equals(Buffer.concat([PKCS8_HEAD, scalar, PKCS8_MIDDLE, x, y])))
    throw new Error('an SM2 key that is damaged')
  return scalar
}
