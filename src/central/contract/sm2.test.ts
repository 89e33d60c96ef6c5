import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { sm2, sm3 } from 'sm-crypto-v2'
import { describe, expect, it } from 'vitest'
import { generateKeyPair, keyPairOfPem } from './key.ts'
import {
  digestOf,
  generateSm2Private,
  isPrivate,
  isSm2Public,
  sm2PublicOf,
  sm2Sign,
  sm2SignDigest,
  sm2Verify,
} from './sm2.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const N = 0xfffffffe_ffffffff_ffffffff_ffffffff_7203df6b_21c6052b_53bbf409_39d54123n

/** GB/T 32918.5-2017, annex A.2, which is GM/T 0003.5-2012's: the example of the recommended curve. */
const STANDARD = {
  d: hex('3945208F 7B2144B1 3F36E38A C6D39F95 88939369 2860B51A 42FB81EF 4DF7C5B8'),
  x: hex('09F9DF31 1E5421A1 50DD7D16 1E4BC5C6 72179FAD 1833FC07 6BB08FF3 56F35020'),
  y: hex('CCEA490C E26775A5 2DC6EA71 8CC1AA60 0AED05FB F35E084A 6632F607 2DA9AD13'),
  k: hex('59276E27 D506861A 16680F3A D9C02DCC EF3CC1FA 3CDBE4CE 6D54B80D EAC1BC21'),
  message: Buffer.from('message digest'),
  e: 0xf0b43e94_ba45acca_ace692ed_534382eb_17e6ab5a_19ce7b31_f4486fdf_c0d28640n,
  r: hex('F5A03B06 48D2C463 0EEAC513 E1BB81A1 5944DA38 27D5B741 43AC7EAC EEE720B3'),
  s: hex('B1B6AA29 DF212FD8 763182BC 0D421CA1 BB9038FD 1F7F42D4 840B69C4 85BBC1AA'),
}
const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
const signature = Buffer.concat([STANDARD.r, STANDARD.s])
const key = { x: STANDARD.x, y: STANDARD.y }

describe('SM2 with SM3', () => {
  it('has the digests of GM/T 0004 and the signature of GB/T 32918.5, annex A.2', () => {
    expect(sm3(Buffer.from('abc'))).toBe('66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0')
    const point = sm2PublicOf(STANDARD.d)
    expect([point.x, point.y].map((bytes) => Buffer.from(bytes))).toEqual([STANDARD.x, STANDARD.y])
    expect(digestOf(STANDARD.message, key)).toBe(STANDARD.e)
    expect(sm2SignDigest(STANDARD.e, numberOf(STANDARD.d), numberOf(STANDARD.k))).toEqual(signature)
    expect(sm2Verify(STANDARD.message, signature, key)).toBe(true)
  })

  it('signs the same words with the same signature, and other words or with another key with another nonce', () => {
    const other = generateSm2Private()
    const [one, again, words] = ['a', 'a', 'b'].map((text) => sm2Sign(Buffer.from(text), STANDARD.d, key))
    const stranger = sm2Sign(Buffer.from('a'), other, sm2PublicOf(other))
    expect(one).toEqual(again)
    const halves = [one, words, stranger].map((made) => Buffer.from(made!.subarray(0, 32)).toString('hex'))
    expect(new Set(halves).size).toBe(3)
  })

  it('takes another nonce where the standard demands it: r = 0, r + k = n, s = 0', () => {
    const [d, k] = [numberOf(STANDARD.d), numberOf(STANDARD.k)]
    const { x } = sm2PublicOf(STANDARD.k)
    const under = (value: bigint): bigint => ((value % N) + N) % N
    const x1 = numberOf(x)
    expect(sm2SignDigest(under(-x1), d, k)).toBeNull()
    expect(sm2SignDigest(under(N - k - x1), d, k)).toBeNull()
    // s = 0 where k = r·d; with d = 1, r = k.
    expect(sm2SignDigest(under(k - x1), 1n, k)).toBeNull()
    expect(sm2SignDigest(under(k - x1 + 1n), 1n, k)).not.toBeNull()
  })

  it('comes to the same points by its random parts as without them, at the ends of the range too', () => {
    for (const scalar of [1n, 2n, 3n, N - 2n, N - 1n, numberOf(generateSm2Private())]) {
      const text = scalar.toString(16).padStart(64, '0')
      const { x, y } = sm2PublicOf(hex(text))
      expect(`04${Buffer.from(x).toString('hex')}${Buffer.from(y).toString('hex')}`).toBe(
        sm2.getPublicKeyFromPrivateKey(text),
      )
    }
  })

  it('gives out no signature that a fault has spoiled', () => {
    expect(() => sm2Sign(STANDARD.message, STANDARD.d, sm2PublicOf(generateSm2Private()))).toThrow('came out wrong')
  })

  it('verifies what it signed and nothing else', () => {
    const text = fc.uint8Array({ maxLength: 100 })
    fc.assert(
      fc.property(text, text, fc.nat(63), fc.integer({ min: 1, max: 255 }), (message, other, at, flip) => {
        const made = sm2Sign(message, STANDARD.d, key)
        expect(sm2Verify(message, made, key)).toBe(true)
        if (!Buffer.from(message).equals(Buffer.from(other))) expect(sm2Verify(other, made, key)).toBe(false)
        const bent = Uint8Array.from(made)
        bent[at] = (bent[at] ?? 0) ^ flip
        expect(sm2Verify(message, bent, key)).toBe(false)
      }),
      { numRuns: 15 },
    )
  })

  it('refuses r or s outside 1..n-1, also where they would be right modulo n', () => {
    const [r, s] = [STANDARD.r, STANDARD.s].map((bytes) => BigInt(`0x${bytes.toString('hex')}`)) as [bigint, bigint]
    const of = (value: bigint): Buffer => hex(value.toString(16).padStart(64, '0').slice(-64))
    for (const [badR, badS] of [
      [0n, s],
      [r, 0n],
      [N, s],
      [r, N],
      [r, N - r],
      // An ECDSA signature has a twin with n - s; of SM2 there is one signature only.
      [r, N - s],
      [N - r, s],
      [s, r],
      [1n, 1n],
      [N - 1n, N - 1n],
    ] as const)
      expect(sm2Verify(STANDARD.message, Buffer.concat([of(badR), of(badS)]), key)).toBe(false)
    for (const length of [0, 1, 32, 63])
      expect(sm2Verify(STANDARD.message, signature.subarray(0, length), key)).toBe(false)
    for (const more of [
      Buffer.concat([signature, Buffer.of(0)]),
      Buffer.concat([Buffer.of(0), signature]),
      derOf(signature),
    ])
      expect(sm2Verify(STANDARD.message, more, key)).toBe(false)
  })

  it('verifies under the standard’s name of the signer only, and over the digest with Z only', () => {
    const d = STANDARD.d.toString('hex')
    const as = (userId: string | undefined, hash = true): Buffer =>
      Buffer.from(sm2.doSignature(STANDARD.message, d, { hash, ...(userId === undefined ? {} : { userId }) }), 'hex')
    expect(sm2Verify(STANDARD.message, as('1234567812345678'), key)).toBe(true)
    // OpenSSL without a name, and so `crypto.sign` of Node, signs under the empty one.
    for (const other of ['', 'ALICE123@YAHOO.COM', '1234567812345679'])
      expect(sm2Verify(STANDARD.message, as(other), key)).toBe(false)
    expect(sm2Verify(STANDARD.message, as(undefined, false), key)).toBe(false)
  })

  it('has keys in 1..n-2 only', () => {
    const of = (value: bigint): Buffer => hex(value.toString(16).padStart(64, '0'))
    expect([0n, 1n, N - 2n, N - 1n, N, 2n ** 256n - 1n].map((value) => isPrivate(of(value)))).toEqual([
      ...[false, true, true, false, false, false],
    ])
    expect([Buffer.alloc(31, 1), Buffer.alloc(33, 1), Buffer.alloc(0)].map(isPrivate)).toEqual([false, false, false])
  })

  it('takes a point in its one spelling only: no coordinate beyond the prime, no infinity, no twisted curve', () => {
    const P = 0xfffffffe_ffffffff_ffffffff_ffffffff_ffffffff_00000000_ffffffff_ffffffffn
    const of = (value: bigint): Buffer => hex(value.toString(16).padStart(64, '0'))
    const small = smallPoint(P)
    expect(isSm2Public({ x: of(small.x), y: of(small.y) })).toBe(true)
    expect(isSm2Public({ x: of(small.x + P), y: of(small.y) })).toBe(false)
    const { x, y } = key
    for (const bad of [
      { x: of(0n), y: of(0n) },
      { x: of(P), y: of(0n) },
      { x: Buffer.alloc(32, 255), y: Buffer.alloc(32, 255) },
      { x, y: of((P - numberOf(y)) ^ 1n) },
      { x: y, y: x },
      { x: x.subarray(1), y },
      { x, y: Buffer.concat([Buffer.of(0), y]) },
      { x: Buffer.alloc(0), y: Buffer.alloc(0) },
    ])
      expect(isSm2Public(bad)).toBe(false)
    // The opposite point is a key, and another one.
    const opposite = { x, y: of(P - numberOf(y)) }
    expect([isSm2Public(opposite), sm2Verify(STANDARD.message, signature, opposite)]).toEqual([true, false])
  })

  it('takes no point that is not on the curve for a key', () => {
    const off = { x: STANDARD.x, y: STANDARD.x }
    expect([isSm2Public(key), isSm2Public(off), isSm2Public({ x: Buffer.alloc(32), y: Buffer.alloc(32) })]).toEqual([
      true,
      false,
      false,
    ])
    expect(sm2Verify(STANDARD.message, signature, off)).toBe(false)
  })

  it('keeps its key in a file that is read back, and throws for a damaged one', () => {
    const pair = generateKeyPair('sm2-sm3')
    const pem = pair.toPem()
    expect(keyPairOfPem(pem).keyId).toBe(pair.keyId)
    const der = Buffer.from(pem.split('\n').slice(1, -2).join(''), 'base64')
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1
    const damaged = `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`
    expect(() => keyPairOfPem(damaged)).toThrow('damaged')
  })
})

describe.skipIf(!opensslKnowsSm2())('and OpenSSL (skipped where it has no SM2)', () => {
  it('agree about keys and signatures, both ways', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sm2-'))
    const at = (name: string): string => join(folder, name)
    const openssl = (...args: readonly string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' })
    const options = ['-rawin', '-digest', 'sm3', '-pkeyopt', 'distid:1234567812345678']
    try {
      const pair = generateKeyPair('sm2-sm3')
      const message = Buffer.from('道路运输证')
      writeFileSync(at('key.pem'), pair.toPem())
      writeFileSync(at('message'), message)
      writeFileSync(at('ours.der'), derOf(pair.sign(message)))
      openssl('pkey', '-in', at('key.pem'), '-pubout', '-out', at('public.pem'))
      const verifying = ['pkeyutl', '-verify', '-pubin', '-inkey', at('public.pem'), '-in', at('message'), ...options]
      openssl(...verifying, '-sigfile', at('ours.der'))
      writeFileSync(at('message'), 'another message')
      expect(() => openssl(...verifying, '-sigfile', at('ours.der'))).toThrow()

      openssl('pkeyutl', '-sign', '-inkey', at('key.pem'), '-in', at('message'), '-out', at('theirs.der'), ...options)
      const theirs = rawOf(readFileSync(at('theirs.der')))
      if (pair.publicKey.kty !== 'EC') throw new Error('an SM2 key')
      const [x, y] = [pair.publicKey.x, pair.publicKey.y].map((text) => Buffer.from(text, 'base64url'))
      expect(sm2Verify(Buffer.from('another message'), theirs, { x: x!, y: y! })).toBe(true)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

it('an SM2 key made here is one the JavaScript implementation takes as it is', () => {
  const scalar = generateSm2Private()
  const { x, y } = sm2PublicOf(scalar)
  expect(sm2.verifyPublicKey(`04${Buffer.from(x).toString('hex')}${Buffer.from(y).toString('hex')}`)).toBe(true)
})

/** The point of the curve with the smallest x: the only kind whose x could be written a second time, beyond the prime. */
function smallPoint(p: bigint): { readonly x: bigint; readonly y: bigint } {
  const b = 0x28e9fa9e_9d9f5e34_4d5a9e4b_cf6509a7_f39789f5_15ab8f92_ddbcbd41_4d940e93n
  for (let x = 1n; ; x++) {
    const square = (((x * x * x - 3n * x + b) % p) + p) % p
    // p mod 4 = 3: the root is a power.
    const y = power(square, (p + 1n) / 4n, p)
    if ((y * y) % p === square) return { x, y }
  }
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let square = base; exponent > 0n; exponent >>= 1n, square = (square * square) % modulus)
    if ((exponent & 1n) === 1n) result = (result * square) % modulus
  return result
}

function opensslKnowsSm2(): boolean {
  try {
    return execFileSync('openssl', ['ecparam', '-list_curves'], { stdio: 'pipe' }).toString().includes('SM2')
  } catch {
    return false
  }
}

/** SEQUENCE { INTEGER r, INTEGER s } */
function derOf(raw: Uint8Array): Buffer {
  const integer = (bytes: Uint8Array): Buffer => {
    let start = 0
    while (start < 31 && bytes[start] === 0) start++
    const value = Buffer.from(bytes.subarray(start))
    const padded = (value[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), value]) : value
    return Buffer.concat([Buffer.of(2, padded.length), padded])
  }
  const body = Buffer.concat([integer(raw.subarray(0, 32)), integer(raw.subarray(32))])
  return Buffer.concat([Buffer.of(0x30, body.length), body])
}

function rawOf(der: Buffer): Buffer {
  const first = der[3] ?? 0
  const pad = (bytes: Buffer): Buffer => Buffer.concat([Buffer.alloc(32), bytes]).subarray(-32)
  return Buffer.concat([pad(der.subarray(4, 4 + first)), pad(der.subarray(6 + first))])
}
