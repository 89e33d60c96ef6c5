import { createHash } from 'node:crypto'
import { sm3 } from 'sm-crypto-v2'
import { err, ok, type Result } from '../../lib/result.ts'
import {
  algorithmOf,
  SIGNATURE_ALGORITHMS,
  verifyWith,
  type KeyPair,
  type PublicKey,
  type SignatureAlgorithm,
} from './key.ts'
import { IDEMPOTENCY_KEY_HEADER } from './routes.ts'

/**
 * HTTP Message Signatures (RFC 9421) in the one profile of this protocol: label `kiosk`, components "@method" "@path"
 * "@query", "content-digest" (RFC 9530) when there is a body, "idempotency-key" when there is one, and the parameters
 * created, nonce, keyid, alg. `alg` is `ed25519` with digest `sha-256`, or, registered nowhere and named here, `sm2-sm3`
 * with digest `sm3`. Both ends use this file.
 */
const LABEL = 'kiosk'

/** What is signed of a request. Header names are lower case; `path` and `query` are as sent (`query` with its `?`). */
export interface SignedParts {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly body: Uint8Array | null
  readonly idempotencyKey: string | null
}

export type Signer = Pick<KeyPair, 'keyId' | 'algorithm' | 'sign'>

export interface Freshness {
  /** Seconds since the epoch. */
  readonly created: number
  /** 16 to 64 characters of base64url, never used before with this key. */
  readonly nonce: string
}

export type SignatureHeaders = Readonly<Record<'signature' | 'signature-input', string>> & {
  readonly 'content-digest'?: string
}

/** The headers that sign `parts`. */
export function signRequest(parts: SignedParts, signer: Signer, { created, nonce }: Freshness): SignatureHeaders {
  const digest = parts.body === null ? null : contentDigest(parts.body, signer.algorithm)
  const components = requiredComponents(parts)
  const list = components.map((name) => `"${name}"`).join(' ')
  const parameters = `(${list});created=${created};nonce="${nonce}";keyid="${signer.keyId}";alg="${signer.algorithm}"`
  const signature = Buffer.from(signer.sign(Buffer.from(signatureBase(parts, digest, components, parameters))))
  return {
    'signature-input': `${LABEL}=${parameters}`,
    signature: `${LABEL}=:${signature.toString('base64')}:`,
    ...(digest === null ? {} : { 'content-digest': digest }),
  }
}

export interface ParsedSignature {
  readonly keyId: string
  readonly algorithm: SignatureAlgorithm
  readonly created: number
  readonly nonce: string
  readonly components: readonly string[]
  readonly parameters: string
  readonly signature: Buffer
}

export interface UnreadableSignature {
  readonly code: 'SIGNATURE_REQUIRED'
}

/** Reads the two signature headers; refuses another algorithm, a missing parameter, or anything that is not this profile. */
export function parseSignature(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Result<ParsedSignature, UnreadableSignature> {
  const refused = err({ code: 'SIGNATURE_REQUIRED' as const })
  const [input, value] = [headers['signature-input'], headers['signature']]
  if (typeof input !== 'string' || typeof value !== 'string' || input.length > 1000 || value.length > 200)
    return refused
  const inner = /^kiosk=(\(("[a-z@-]+"(?: "[a-z@-]+")*)\)((?:;[a-z]+=(?:\d{1,12}|"[\w-]{1,64}"))+))$/.exec(input)
  const signature = /^kiosk=:([A-Za-z0-9+/]{86}==):$/.exec(value)?.[1]
  if (inner?.[1] === undefined || inner[2] === undefined || inner[3] === undefined || signature === undefined)
    return refused
  const fields = readParameters(inner[3])
  const [created, nonce, keyId] = [fields.get('created'), fields.get('nonce'), fields.get('keyid')]
  const algorithm = SIGNATURE_ALGORITHMS.find((known) => known === fields.get('alg'))
  if (created === undefined || !/^\d+$/.test(created) || algorithm === undefined) return refused
  if (nonce === undefined || nonce.length < 16 || keyId === undefined) return refused
  return ok({
    keyId,
    algorithm,
    created: Number(created),
    nonce,
    components: inner[2].split(' ').map((name) => name.slice(1, -1)),
    parameters: inner[1],
    signature: Buffer.from(signature, 'base64'),
  })
}

export interface ReceivedParts extends SignedParts {
  /** The content-digest header as received. */
  readonly contentDigest: string | null
}

/** True when the signature is `publicKey`'s, covers all it must, and the body is the one that was signed. */
export function verifySignature(parts: ReceivedParts, parsed: ParsedSignature, publicKey: PublicKey): boolean {
  // The key says how it signs; a header that says otherwise is not believed.
  if (parsed.algorithm !== algorithmOf(publicKey)) return false
  const required = requiredComponents(parts)
  const covered = new Set(parsed.components)
  if (covered.size !== parsed.components.length || required.some((name) => !covered.has(name))) return false
  if (parsed.components.some((name) => !required.includes(name))) return false
  if (parts.body !== null && parts.contentDigest !== contentDigest(parts.body, parsed.algorithm)) return false
  const base = signatureBase(parts, parts.contentDigest, parsed.components, parsed.parameters)
  return verifyWith(publicKey, Buffer.from(base), parsed.signature)
}

/** RFC 9530: `sha-256=:…:`; `sm3=:…:` beside an SM2 signature. */
export function contentDigest(body: Uint8Array, algorithm: SignatureAlgorithm): string {
  return algorithm === 'sm2-sm3'
    ? `sm3=:${Buffer.from(sm3(body), 'hex').toString('base64')}:`
    : `sha-256=:${createHash('sha256').update(body).digest('base64')}:`
}

function requiredComponents(parts: SignedParts): string[] {
  return [
    '@method',
    '@path',
    '@query',
    ...(parts.body === null ? [] : ['content-digest']),
    ...(parts.idempotencyKey === null ? [] : [IDEMPOTENCY_KEY_HEADER]),
  ]
}

function signatureBase(
  parts: SignedParts,
  digest: string | null,
  components: readonly string[],
  parameters: string,
): string {
  const values: Readonly<Record<string, string>> = {
    '@method': parts.method.toUpperCase(),
    '@path': parts.path,
    '@query': parts.query === '' ? '?' : parts.query,
    'content-digest': digest ?? '',
    [IDEMPOTENCY_KEY_HEADER]: parts.idempotencyKey ?? '',
  }
  const lines = components.map((name) => `"${name}": ${values[name] ?? ''}`)
  return [...lines, `"@signature-params": ${parameters}`].join('\n')
}

function readParameters(text: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const [, name = '', quoted, bare] of text.matchAll(/;([a-z]+)=(?:"([\w-]*)"|(\d+))/g)) {
    if (fields.has(name)) return new Map()
    fields.set(name, quoted ?? bare ?? '')
  }
  return fields
}
