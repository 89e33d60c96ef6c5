import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { CompactSign } from 'jose'
import { AUTHORIZATION_TYP, type AuthorizationClaims } from '../../contract/endorsement.ts'
import { keyThumbprint } from '../../contract/signature.ts'
import type { PublishedKeys } from '../../contract/station.ts'
import type { CentralDatabase } from '../store/database.ts'
import type { SigningKey } from './centre.ts'

/** A retired key stays published this long: no authorization lives longer. */
const PUBLISH_RETIRED_MS = 86_400_000

/** The current signing key of the store, made on the first start. */
export function loadSigningKey(database: CentralDatabase, at: number): SigningKey {
  const row = database
    .prepare<[], { pkcs8: string }>(
      'SELECT pkcs8 FROM signing_key WHERE retired_at IS NULL ORDER BY created_at DESC, rowid DESC LIMIT 1',
    )
    .get()
  return row === undefined ? addSigningKey(database, at) : readKey(row.pkcs8)
}

function addSigningKey(database: CentralDatabase, at: number): SigningKey {
  const pkcs8 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const key = readKey(pkcs8)
  database.prepare('INSERT INTO signing_key (kid, pkcs8, created_at) VALUES (?, ?, ?)').run(key.kid, pkcs8, at)
  return key
}

export function publishedKeys(database: CentralDatabase, at: number): PublishedKeys {
  const rows = database
    .prepare<[number], { pkcs8: string }>(
      'SELECT pkcs8 FROM signing_key WHERE retired_at IS NULL OR retired_at > ? ORDER BY created_at',
    )
    .all(at - PUBLISH_RETIRED_MS)
  return {
    keys: rows.map(({ pkcs8 }) => {
      const { kid, x } = readKey(pkcs8)
      return { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' }
    }),
  }
}

/** Ed25519 signatures are deterministic: signing the same claims again gives the same authorization. */
export function signAuthorization(key: SigningKey, claims: AuthorizationClaims): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'EdDSA', typ: AUTHORIZATION_TYP, kid: key.kid })
    .sign(key.privateKey)
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 校验码: eight characters that only the centre can make for these words, so that a counter can recognise a genuine row. */
export function checkCodeOf(key: SigningKey, ...words: readonly string[]): string {
  const secret = key.privateKey.export({ type: 'pkcs8', format: 'der' })
  const mac = createHmac('sha256', secret)
    .update(['check code', ...words].join('\n'))
    .digest()
  return Array.from(mac.subarray(0, 8), (byte) => CROCKFORD.charAt(byte % 32)).join('')
}

function readKey(pkcs8: string): SigningKey {
  const privateKey = createPrivateKey(pkcs8)
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' })
  if (x === undefined) throw new Error('an Ed25519 key has x')
  return { kid: keyThumbprint(x), x, privateKey }
}
