import { createHash } from 'node:crypto'
import { z } from 'zod'
import { err, ok, type Result } from '../../lib/result.ts'
import { instant, kioskId, sha256Hex } from './fields.ts'
import { verifyWith, type KeyPair, type PublicKey } from './key.ts'
import { Letter } from './letter.ts'

/**
 * A parcel: letters that could not be sent, in one file that a person carries. The kiosk's device key signs the end of a
 * hash chain over its letters, so none can be changed, added, left out or moved. Both ends use this file.
 */
const FORMAT = 'road-transport-kiosk parcel 1'

const packedLetter = z.strictObject({
  /** Letters of one aggregate are taken in this order. */
  aggregate: z.string().min(1).max(200),
  seq: z.int().min(1),
  letter: Letter,
  idempotencyKey: z.string().min(1).max(300),
  createdAt: instant,
  /** Over the hash before and this letter. */
  hash: sha256Hex,
})
type PackedLetter = z.infer<typeof packedLetter>
/** A letter as it goes into a parcel. */
export type LooseLetter = Omit<PackedLetter, 'hash'>

const parcel = z.strictObject({
  format: z.literal(FORMAT),
  kioskId,
  keyId: z.string().max(64),
  packedAt: instant,
  letters: z.array(packedLetter).max(100_000),
  /** base64url of the device key's signature. */
  signature: z.string().regex(/^[\w-]{20,200}$/),
})
export type Parcel = z.infer<typeof parcel>

/** What came of one letter of a parcel at the centre. */
export interface LetterReceipt {
  readonly idempotencyKey: string
  readonly outcome: 'ACCEPTED' | 'DUPLICATE' | 'REFUSED'
  /** The centre's problem code; null unless refused. */
  readonly problem: string | null
}

/** Packs and signs. `packedAt` is milliseconds since the epoch. */
export function packParcel(
  letters: readonly LooseLetter[],
  from: {
    readonly kioskId: Parcel['kioskId']
    readonly identity: Pick<KeyPair, 'keyId' | 'sign'>
    readonly packedAt: number
  },
): Parcel {
  const { identity, packedAt } = from
  let hash = GENESIS
  const chained = letters.map((each) => {
    hash = linkOf(hash, each)
    return { ...each, hash }
  })
  const unsigned = { format: FORMAT, kioskId: from.kioskId, keyId: identity.keyId, packedAt, letters: chained } as const
  const signature = Buffer.from(identity.sign(seal(unsigned, hash))).toString('base64url')
  return { ...unsigned, signature }
}

/** Why a parcel is not believed. */
export type ParcelProblem = { readonly code: 'PARCEL_MALFORMED' } | { readonly code: 'PARCEL_TAMPERED' }

/** Reads a parcel of any origin; its signature is still to be checked with `checkParcel`. */
export function readParcel(json: unknown): Result<Parcel, ParcelProblem> {
  const parsed = parcel.safeParse(json)
  return parsed.success ? ok(parsed.data) : err({ code: 'PARCEL_MALFORMED' })
}

/** Whether the holder of `key` packed exactly this. */
export function checkParcel(parcel: Parcel, key: PublicKey): Result<void, ParcelProblem> {
  let hash = GENESIS
  for (const { hash: claimed, ...letter } of parcel.letters) {
    hash = linkOf(hash, letter)
    if (hash !== claimed) return err({ code: 'PARCEL_TAMPERED' })
  }
  const signature = Buffer.from(parcel.signature, 'base64url')
  return verifyWith(key, seal(parcel, hash), signature) ? ok() : err({ code: 'PARCEL_TAMPERED' })
}

const GENESIS = '0'.repeat(64)

function linkOf(before: string, { aggregate, seq, letter, idempotencyKey: key, createdAt }: LooseLetter): string {
  const text = canonical([aggregate, seq, letter, key, createdAt])
  return createHash('sha256').update(`${before}\n${text}`).digest('hex')
}

function seal(
  { kioskId: from, keyId, packedAt, letters }: Pick<Parcel, 'kioskId' | 'keyId' | 'packedAt' | 'letters'>,
  head: string,
): Uint8Array {
  return Buffer.from([FORMAT, from, keyId, packedAt, letters.length, head].join('\n'))
}

/** JSON with the members of every object in order: the same value is the same text at both ends. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  )
}
