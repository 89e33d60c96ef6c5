import { z } from 'zod'
import { err, ok, type Result } from '../../lib/result.ts'
import { algorithmOf, JWS_ALGORITHMS, verifyWith, type KeyPair, type PublicKey } from './key.ts'

/**
 * Compact JWS (RFC 7515) in the one profile of this protocol: header `alg`, `typ`, `kid` and nothing else, and an `alg`
 * that is the key's own. For Ed25519 these are the signatures of RFC 8037; for SM2 the same text with `alg` SM2.
 */
const protectedHeader = z.strictObject({
  alg: z.enum([JWS_ALGORITHMS.ed25519, JWS_ALGORITHMS['sm2-sm3']]),
  typ: z.string().max(60),
  kid: z.string().min(1).max(64),
})

export type JwsProblem =
  | { readonly code: 'MALFORMED'; readonly detail: string }
  | { readonly code: 'UNKNOWN_KEY' }
  | { readonly code: 'BAD_SIGNATURE' }

/** `typ` keeps one kind of document from passing for another signed with the same key. */
export function signJws(typ: string, payload: unknown, key: KeyPair): string {
  const header = encode({ alg: JWS_ALGORITHMS[key.algorithm], typ, kid: key.keyId })
  const input = `${header}.${encode(payload)}`
  return `${input}.${Buffer.from(key.sign(Buffer.from(input))).toString('base64url')}`
}

export interface VerifiedJws {
  readonly payload: unknown
  readonly kid: string
}

/** @param keyOf the key of that name, or undefined where it is not known here */
export function verifyJws(
  text: string,
  typ: string,
  keyOf: (kid: string) => PublicKey | undefined,
): Result<VerifiedJws, JwsProblem> {
  const parts = text.split('.').map(decode)
  const [header, payload, signature] = parts
  if (parts.length !== 3 || !header || !payload || !signature) return malformed('not a compact JWS')
  const read = protectedHeader.safeParse(parse(header))
  if (!read.success) return malformed('header')
  if (read.data.typ !== typ) return malformed('typ')
  const { kid, alg } = read.data
  const key = keyOf(kid)
  if (key === undefined) return err({ code: 'UNKNOWN_KEY' })
  if (JWS_ALGORITHMS[algorithmOf(key)] !== alg) return malformed('alg')
  const input = text.slice(0, text.lastIndexOf('.'))
  if (!verifyWith(key, Buffer.from(input), signature)) return err({ code: 'BAD_SIGNATURE' })
  const json = parse(payload)
  return json === undefined ? malformed('not JSON') : ok({ payload: json, kid })
}

function malformed(detail: string): Result<never, JwsProblem> {
  return err({ code: 'MALFORMED', detail })
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** Base64url in its one spelling: two texts must not be one signature. */
function decode(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.length > 0 && bytes.toString('base64url') === text ? bytes : undefined
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown
  } catch {
    return undefined
  }
}
