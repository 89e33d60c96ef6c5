import { createHmac, randomBytes } from 'node:crypto'
import { AUTHORIZATION_TYP, type AuthorizationClaims } from '../../contract/endorsement.ts'
import { signJws } from '../../contract/jws.ts'
import { generateKeyPair, keyPairOfPem, publicKey, type KeyPair, type SignatureAlgorithm } from '../../contract/key.ts'
import { KEY_INTRODUCTION_TYP, type PublishedKeys } from '../../contract/station.ts'
import type { CentralDatabase } from '../store/database.ts'

/** A retired key stays published this long: no authorization lives longer, and no kiosk waits longer for its answer. */
const PUBLISH_RETIRED_MS = 86_400_000
/** The newest links of the chain from key to key that are told; at one rotation a year nobody is away this long. */
const TOLD_INTRODUCTIONS = 100

const CHECK_CODES = 'check-codes'

/**
 * The keys that sign authorizations, in the store. The current one is asked for at every signature, so that a rotation
 * ordered in another process (`npm run central -- rotate-key`) is effective at once.
 */
export class SigningKeys {
  private readonly database: CentralDatabase
  private cached: KeyPair | null = null

  /** Makes the first key of `algorithm`, where there is none; a province that changes its mind rotates. */
  constructor(database: CentralDatabase, algorithm: SignatureAlgorithm, at: number) {
    this.database = database
    database
      .transaction(() => {
        this.completeOldRows()
        if (this.currentId() === null) this.add(generateKeyPair(algorithm), at, null)
        this.keepCheckSecret(randomBytes(32))
      })
      .immediate()
  }

  /** The one key that signs now. */
  current(): KeyPair {
    const kid = this.currentId()
    if (this.cached !== null && this.cached.keyId === kid) return this.cached
    const row = this.database
      .prepare<[string | null], { pkcs8: string }>('SELECT pkcs8 FROM signing_key WHERE kid = ?')
      .get(kid)
    if (row === undefined) throw new Error('the store has no key to sign with')
    this.cached = keyPairOfPem(row.pkcs8)
    return this.cached
  }

  /**
   * A new key signs from now on, introduced by the one before, whose private half is destroyed. One transaction: there is
   * never none and never two.
   */
  rotate(algorithm: SignatureAlgorithm, at: number): KeyPair {
    const next = generateKeyPair(algorithm)
    this.database
      .transaction(() => {
        const former = this.current()
        const introduction = signJws(KEY_INTRODUCTION_TYP, { key: next.publicKey, createdAt: at }, former)
        this.database.prepare(`UPDATE signing_key SET retired_at = ?, pkcs8 = '' WHERE retired_at IS NULL`).run(at)
        this.add(next, at, introduction)
      })
      .immediate()
    return next
  }

  /** What kiosks may verify with at `at`. */
  published(at: number): PublishedKeys {
    const rows = this.database
      .prepare<[number], { kid: string; jwk: string; created_at: number; retired_at: number | null }>(
        'SELECT * FROM signing_key WHERE retired_at IS NULL OR retired_at > ? ORDER BY created_at DESC, rowid DESC LIMIT 10',
      )
      .all(at - PUBLISH_RETIRED_MS)
    const introductions = this.database
      .prepare<[number], { introduction: string }>(
        'SELECT introduction FROM signing_key WHERE introduction IS NOT NULL ORDER BY created_at DESC, rowid DESC LIMIT ?',
      )
      .all(TOLD_INTRODUCTIONS)
    return {
      keys: rows.map((row) => ({
        kid: row.kid,
        key: publicKey.parse(JSON.parse(row.jwk)),
        createdAt: row.created_at,
        retiredAt: row.retired_at,
      })),
      introductions: introductions.map(({ introduction }) => introduction),
    }
  }

  /** 校验码: eight characters that only the centre can make for these words, so that a counter can recognise a genuine row. */
  checkCode(...words: readonly string[]): string {
    const secret = this.database
      .prepare<[string], { value: Buffer }>('SELECT value FROM secret WHERE name = ?')
      .get(CHECK_CODES)
    if (secret === undefined) throw new Error('the store has no secret for check codes')
    const mac = createHmac('sha256', secret.value)
      .update(['check code', ...words].join('\n'))
      .digest()
    return Array.from(mac.subarray(0, 8), (byte) => CROCKFORD.charAt(byte % 32)).join('')
  }

  private currentId(): string | null {
    const row = this.database
      .prepare<[], { kid: string }>(
        'SELECT kid FROM signing_key WHERE retired_at IS NULL ORDER BY created_at DESC, rowid DESC LIMIT 1',
      )
      .get()
    return row?.kid ?? null
  }

  private add(key: KeyPair, at: number, introduction: string | null): void {
    this.database
      .prepare('INSERT INTO signing_key (kid, pkcs8, jwk, created_at, introduction) VALUES (?, ?, ?, ?, ?)')
      .run(key.keyId, key.toPem(), JSON.stringify(key.publicKey), at, introduction)
  }

  /** Apart from the signing keys, because codes on paper must hold after those were rotated. */
  private keepCheckSecret(value: Uint8Array): void {
    this.database.prepare('INSERT OR IGNORE INTO secret VALUES (?, ?)').run(CHECK_CODES, value)
  }

  /** A store of the first version knows keys by their private halves only, and made its check codes with them. */
  private completeOldRows(): void {
    const old = this.database
      .prepare<[], { kid: string; pkcs8: string }>(
        `SELECT kid, pkcs8 FROM signing_key WHERE jwk = '' ORDER BY rowid DESC`,
      )
      .all()
    for (const { kid, pkcs8 } of old) {
      const { publicKey: key } = keyPairOfPem(pkcs8)
      this.database.prepare('UPDATE signing_key SET jwk = ? WHERE kid = ?').run(JSON.stringify(key), kid)
      this.keepCheckSecret(Buffer.from(pkcs8.split('\n').slice(1, -2).join(''), 'base64'))
    }
  }
}

/** Both algorithms sign the same words with the same signature: an authorization asked for twice is the same text. */
export function signAuthorization(key: KeyPair, claims: AuthorizationClaims): string {
  return signJws(AUTHORIZATION_TYP, claims, key)
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
