import { getHashes } from 'node:crypto'
import {
  generateKeyPair,
  SIGNATURE_ALGORITHMS,
  verifyWith,
  type PublicKey,
  type SignatureAlgorithm,
} from '../../../src/central/contract/key.ts'
import { signJws, verifyJws } from '../../../src/central/contract/jws.ts'
import {
  parseSignature,
  signRequest,
  verifySignature,
  type ReceivedParts,
} from '../../../src/central/contract/signature.ts'
import { digestOf, sm2PublicOf, sm2SignDigest } from '../../../src/central/contract/sm2.ts'
import {
  verifyAuthorization,
  type AuthorizationExpectations,
} from '../../../src/central/client/verify-authorization.ts'
import type { PublishedKeys } from '../../../src/central/contract/station.ts'

/** What one process made with a key of its own, for another process to verify. */
export interface Signed {
  readonly algorithm: SignatureAlgorithm
  readonly key: PublicKey
  readonly jws: string
  readonly headers: Readonly<Record<string, string>>
}

/** An authorization of a real centre, with all that is needed to judge it. */
export interface Granted {
  readonly jws: string
  readonly keys: PublishedKeys
  readonly expected: AuthorizationExpectations
  readonly at: number
}

export interface Findings {
  readonly electron?: string | undefined
  readonly process: string
  /** Whether this process' own crypto knows SM3: Electron's does not, and must not need to. */
  readonly ownSm3: boolean
  /** GB/T 32918.5 annex A.2, made anew. */
  readonly standard: string
  readonly verified: readonly boolean[]
  readonly refused: readonly boolean[]
  readonly authorizations: readonly string[]
  readonly signed: readonly Signed[]
}

const TYP = 'test+jwt'
const body = Buffer.from('{"道路运输证":1}')
const parts = { method: 'POST', path: '/v1/ratings', query: '?a=1', body, idempotencyKey: 'key-000001' }

export function signAll(): Signed[] {
  return SIGNATURE_ALGORITHMS.map((algorithm) => {
    const key = generateKeyPair(algorithm)
    const headers = signRequest(parts, key, { created: 1_795_400_000, nonce: 'abcdefghijklmnop' })
    return { algorithm, key: key.publicKey, jws: signJws(TYP, { words: '签注' }, key), headers: { ...headers } }
  })
}

/** Verifies what another process signed; then the same with one bit or one word changed. */
export function verifyAll(theirs: readonly Signed[]): Pick<Findings, 'verified' | 'refused'> {
  const of = ({ key, jws, headers }: Signed, change: Partial<ReceivedParts>, word: string): boolean[] => {
    const request = parseSignature(headers)
    const received = { ...parts, contentDigest: headers['content-digest'] as string, ...change }
    const token = verifyJws(`${jws.slice(0, -8)}${word}${jws.slice(-8 + word.length)}`, TYP, () => key)
    return [request.ok && verifySignature(received, request.value, key), token.ok]
  }
  return {
    verified: theirs.flatMap((signed) => of(signed, {}, '')),
    refused: theirs.flatMap((signed) => [
      ...of(signed, { path: '/v1/events' }, signed.jws.at(-8) === 'A' ? 'B' : 'A').map((verified) => !verified),
      !verifyWith(signed.key, Buffer.from('other'), Buffer.alloc(64, 1)),
    ]),
  }
}

export function findings(theirs: readonly Signed[], granted: readonly Granted[], where: string): Findings {
  const hex = (text: string): Buffer => Buffer.from(text, 'hex')
  const secret = '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8'
  const nonce = 0x59276e27_d506861a_16680f3a_d9c02dcc_ef3cc1fa_3cdbe4ce_6d54b80d_eac1bc21n
  const digest = digestOf(Buffer.from('message digest'), sm2PublicOf(hex(secret)))
  const standard = sm2SignDigest(digest, BigInt(`0x${secret}`), nonce)
  return {
    electron: process.versions['electron'],
    process: where,
    ownSm3: getHashes().includes('sm3'),
    standard: Buffer.from(standard ?? []).toString('hex'),
    ...verifyAll(theirs),
    authorizations: granted.map(({ jws, keys, expected, at }) => {
      const claims = verifyAuthorization(jws, keys, expected, at)
      return claims.ok ? claims.value.endorsementNo : claims.error.code
    }),
    signed: signAll(),
  }
}
