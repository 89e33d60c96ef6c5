import { createHash } from 'node:crypto'
import { sm3 } from 'sm-crypto-v2'
import { z } from 'zod'
import { signJws, verifyJws } from '../../central/contract/jws.ts'
import {
  isUsable,
  keyIdOf,
  publicKey,
  type KeyPair,
  type PublicKey,
  type SignatureAlgorithm,
} from '../../central/contract/key.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { changedPaths, mayTechnicianChange } from './technician-scope.ts'

/**
 * `site.json.sig` beside `site.json`. The province or the operator signs the file as it leaves them. A technician's change
 * at the console is signed by the kiosk's own key; the file as it was delivered then stays inside the signature, so that
 * anybody can see that nothing but what a technician may change was changed.
 */
const SignatureFile = z.strictObject({
  format: z.literal('road-transport-kiosk-site-signature-1'),
  /** By a signer, over the delivered text. */
  signature: z.string().max(2000),
  /** The delivered text, once the file differs from it. */
  delivered: z.string().max(1_000_000).optional(),
  /** By this kiosk's key, newest last: the present text and the ones a roll-back may bring back. */
  local: z.array(z.string().max(2000)).max(100).default([]),
})
type SignatureFile = z.infer<typeof SignatureFile>

const DELIVERED_TYP = 'site-file+jwt'
const LOCAL_TYP = 'site-local-change+jwt'
const Statement = z.strictObject({
  digest: z.string().regex(/^(sha-256|sm3):[0-9a-f]{64}$/),
  /** Milliseconds since the epoch. */
  at: z.int(),
  /** Who: a signer's name, or the number of a member of staff. */
  by: z.string().min(1).max(100),
})
type Statement = z.infer<typeof Statement>

/** As many former texts as a roll-back may need. */
const MOST_LOCAL = 20

const SiteSigners = z.strictObject({
  signers: z
    .array(z.strictObject({ name: z.string().min(1).max(100), key: publicKey }))
    .min(1)
    .max(20),
})

/** Whose signatures this kiosk takes. */
export interface SiteTrust {
  /** By key id. */
  readonly signers: ReadonlyMap<string, PublicKey>
  /** This kiosk's own keys: the present one and, during a rotation, the next. */
  readonly device: readonly PublicKey[]
}

export type SiteSignatureProblem =
  | { readonly code: 'NOT_SIGNED' }
  /** The signature file is not one. */
  | { readonly code: 'SIGNATURE_DAMAGED' }
  | { readonly code: 'SIGNER_UNKNOWN' }
  /** What was delivered, or a local change, is not what was signed. */
  | { readonly code: 'ALTERED' }
  /** Signed by this kiosk, but of a kind only the signer may change. */
  | { readonly code: 'NOT_THE_TECHNICIANS'; readonly paths: readonly string[] }

/** Who vouches for the text as it stands. */
export interface SiteVoucher {
  readonly by: string
  readonly at: number
  readonly local: boolean
}

/** The signers' file, made once for each province: `{ "signers": [{ "name", "key": JWK }] }`. */
export function parseSigners(text: string): Result<ReadonlyMap<string, PublicKey>, string> {
  const parsed = SiteSigners.safeParse(parseJson(text))
  if (!parsed.success) return err(parsed.error.issues[0]?.path.join('.') ?? 'not JSON')
  const bad = parsed.data.signers.find(({ key }) => !isUsable(key))
  if (bad !== undefined) return err(`the key of ${bad.name} is no key`)
  return ok(new Map(parsed.data.signers.map(({ key }) => [keyIdOf(key), key])))
}

/** Signs a site file for delivery; the result is the text of `site.json.sig`. `at` in milliseconds since the epoch. */
export function signSite(text: string, key: KeyPair, by: string, at: number): string {
  return write({
    format: 'road-transport-kiosk-site-signature-1',
    signature: signJws(DELIVERED_TYP, statement(text, key, by, at), key),
    local: [],
  })
}

/** @param signature the text of `site.json.sig`, or null where there is none */
export function verifySite(
  text: string,
  signature: string | null,
  trust: SiteTrust,
): Result<SiteVoucher, SiteSignatureProblem> {
  if (signature === null) return err({ code: 'NOT_SIGNED' })
  const file = SignatureFile.safeParse(parseJson(signature))
  if (!file.success) return err({ code: 'SIGNATURE_DAMAGED' })
  const delivered = file.data.delivered ?? text
  const signer = verified(file.data.signature, DELIVERED_TYP, delivered, (kid) => trust.signers.get(kid))
  if (!signer.ok) return signer
  if (delivered === text) return ok({ by: signer.value.by, at: signer.value.at, local: false })
  for (const jws of file.data.local) {
    const staff = verified(jws, LOCAL_TYP, text, (kid) => trust.device.find((key) => keyIdOf(key) === kid))
    if (!staff.ok) continue
    const paths = forbiddenChanges(delivered, text)
    if (paths.length > 0) return err({ code: 'NOT_THE_TECHNICIANS', paths })
    return ok({ by: staff.value.by, at: staff.value.at, local: true })
  }
  return err({ code: 'ALTERED' })
}

/**
 * The signature file with a technician's change in it; to be written before the site file itself, since it goes on
 * vouching for the former text.
 * @param signature the present text of `site.json.sig`
 */
export function signLocalChange(
  texts: { readonly former: string; readonly next: string; readonly signature: string },
  device: KeyPair,
  staff: string,
  at: number,
): Result<string, SiteSignatureProblem> {
  const file = SignatureFile.safeParse(parseJson(texts.signature))
  if (!file.success) return err({ code: 'SIGNATURE_DAMAGED' })
  const delivered = file.data.delivered ?? texts.former
  const paths = forbiddenChanges(delivered, texts.next)
  if (paths.length > 0) return err({ code: 'NOT_THE_TECHNICIANS', paths })
  const jws = signJws(LOCAL_TYP, statement(texts.next, device, staff, at), device)
  return ok(write({ ...file.data, delivered, local: [...file.data.local, jws].slice(-MOST_LOCAL) }))
}

/**
 * Before the device key changes: what the present key vouches for, vouched for by the next one too. Both are taken while
 * the next key waits, so it does not matter where a power cut falls.
 * @returns the new text of `site.json.sig`, or null where nothing bears the present key's signature
 */
export function carryLocalChanges(signature: string, present: PublicKey, next: KeyPair): string | null {
  const file = SignatureFile.safeParse(parseJson(signature))
  if (!file.success) return null
  const carried = file.data.local.flatMap((jws) => {
    const read = verifyJws(jws, LOCAL_TYP, (kid) => (kid === keyIdOf(present) ? present : undefined))
    return read.ok ? [signJws(LOCAL_TYP, read.value.payload, next)] : []
  })
  if (carried.length === 0) return null
  return write({ ...file.data, local: [...file.data.local.slice(-MOST_LOCAL), ...carried] })
}

/** The words a technician reads. */
export function describeSignatureProblem(problem: SiteSignatureProblem, file: string): string {
  switch (problem.code) {
    case 'NOT_SIGNED':
      return `${file} is not signed: ${file}.sig is missing. This kiosk takes signed site files only; ask whoever made the file.`
    case 'SIGNATURE_DAMAGED':
      return `${file}.sig is damaged. Put the one that came with the site file in its place.`
    case 'SIGNER_UNKNOWN':
      return `${file} is signed by somebody this kiosk does not know. Check the signers file (KIOSK_SITE_SIGNERS).`
    case 'ALTERED':
      return `${file} was altered after it was signed. Change it at the console, or have it signed anew.`
    case 'NOT_THE_TECHNICIANS':
      return `${file}: only the signer may change ${problem.paths.join(', ')}.`
  }
}

function forbiddenChanges(delivered: string, text: string): readonly string[] {
  return changedPaths(parseJson(delivered), parseJson(text)).filter((path) => !mayTechnicianChange(path))
}

function verified(
  jws: string,
  typ: string,
  text: string,
  keyOf: (kid: string) => PublicKey | undefined,
): Result<Statement, SiteSignatureProblem> {
  const read = verifyJws(jws, typ, keyOf)
  if (!read.ok)
    return err({
      code:
        read.error.code === 'UNKNOWN_KEY'
          ? 'SIGNER_UNKNOWN'
          : read.error.code === 'MALFORMED'
            ? 'SIGNATURE_DAMAGED'
            : 'ALTERED',
    })
  const said = Statement.safeParse(read.value.payload)
  if (!said.success) return err({ code: 'SIGNATURE_DAMAGED' })
  // Carried over to a key of the other kind, a statement keeps its digest.
  const algorithm = said.data.digest.startsWith('sm3:') ? 'sm2-sm3' : 'ed25519'
  return said.data.digest === digestOf(text, algorithm) ? ok(said.data) : err({ code: 'ALTERED' })
}

function statement(text: string, key: KeyPair, by: string, at: number): Statement {
  return { digest: digestOf(text, key.algorithm), at, by }
}

/** SM3 beside SM2, SHA-256 beside Ed25519. */
function digestOf(text: string, algorithm: SignatureAlgorithm): string {
  const bytes = Buffer.from(text, 'utf8')
  return algorithm === 'sm2-sm3' ? `sm3:${sm3(bytes)}` : `sha-256:${createHash('sha256').update(bytes).digest('hex')}`
}

function write(file: SignatureFile): string {
  return `${JSON.stringify(file, null, 2)}\n`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
