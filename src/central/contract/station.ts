import { z } from 'zod'
import { instant, kioskId, keysOf, label, localDate, visitId } from './fields.ts'
import { publicKey } from './key.ts'
import { SOURCE_SYSTEMS } from '../../domain/codes.ts'

/** Messages about the kiosk itself: enrolment, health, keys, events, ratings. */

/** Signed with the key it brings, which proves possession. */
export const enrolmentRequest = z.strictObject({
  enrolmentCode: z.string().regex(/^[0-9A-Z-]{8,40}$/),
  publicKey,
  stationCode: label(40).min(1),
  kioskName: label(60).min(1),
})
export type EnrolmentRequest = z.infer<typeof enrolmentRequest>

export const enrolment = z.object({
  kioskId,
  kioskName: label(60),
  stationName: label(60),
  province: label(40),
  keyId: z.string().max(64).describe('RFC 7638 thumbprint; `keyid` of every signature from now on'),
})
export type Enrolment = z.infer<typeof enrolment>

export const health = z.object({
  status: z.enum(['UP', 'DEGRADED']),
  serverTime: instant,
  today: localDate,
  sources: z.array(z.object({ system: z.enum(keysOf(SOURCE_SYSTEMS)), state: z.enum(['UP', 'SLOW', 'DOWN']) })),
})

const compactJws = z
  .string()
  .regex(/^[\w-]+\.[\w-]+\.[\w-]+$/)
  .max(2000)

/** What the new key says in its own name, signed by it: that it belongs to the kiosk whose present key signs the request. */
export const keyRotationRequest = z.strictObject({
  publicKey,
  proof: compactJws.describe(
    'Compact JWS by the new key, typ device-key-rotation+jwt, payload {"from": keyid of the present key}',
  ),
})
export type KeyRotationRequest = z.infer<typeof keyRotationRequest>
export const KEY_ROTATION_TYP = 'device-key-rotation+jwt'
export const keyRotationProof = z.strictObject({ from: z.string().max(64) })

/** The present key stays good until the new one is first used, so that no lost answer locks a kiosk out. */
export const keyRotation = z.object({ keyId: z.string().max(64), kioskId })

const publishedKey = z.object({
  kid: z.string().max(64),
  key: publicKey,
  createdAt: instant,
  retiredAt: instant.nullable().describe('It signs nothing after this instant'),
})

/**
 * The centre's keys for authorizations; a retired key stays listed while anything it signed may be alive.
 * `introductions` link each key to the one before: a JWS by the old key, typ signing-key-introduction+jwt, whose payload
 * is the new one. A kiosk that knows any of the keys can so check the others, however long it was away.
 */
export const publishedKeys = z.object({
  keys: z.array(publishedKey).min(1).max(10),
  introductions: z.array(compactJws).max(100),
})
export type PublishedKeys = z.infer<typeof publishedKeys>
export const KEY_INTRODUCTION_TYP = 'signing-key-introduction+jwt'
export const keyIntroduction = z.strictObject({ key: publicKey, createdAt: instant })

export const ratingRequest = z.strictObject({ visitId, score: z.int().min(1).max(5), at: instant })
export type RatingRequest = z.infer<typeof ratingRequest>

export const EVENT_KINDS = [
  'TAMPER',
  'CLOCK_SKEW',
  'PRINT_UNKNOWN',
  'DEVICE_FAULT',
  'DEVICE_RECOVERED',
  'DOOR_OPEN',
  'TECHNICIAN_LOCKED',
  'AUDIT_BROKEN',
  /** The end of the kiosk's audit chain (`auditHeadWords`), each night: it pins every row before it. */
  'AUDIT_HEAD',
  'HELP_REQUESTED',
  'RESTARTED',
] as const

export interface AuditHeadWords {
  readonly seq: number
  /** SM3, 64 hex digits. */
  readonly hash: string
  /** What the chain says today at the row that was told last; null hash where that row is gone. */
  readonly after: { readonly seq: number; readonly hash: string | null } | null
}

/** `SEQ HASH after SEQ HASH`: the detail of an AUDIT_HEAD event. */
export function auditHeadWords({ seq, hash, after }: AuditHeadWords): string {
  return after === null ? `${seq} ${hash}` : `${seq} ${hash} after ${after.seq} ${after.hash ?? '-'}`
}

/** Null for anything else. */
export function parseAuditHead(detail: string): AuditHeadWords | null {
  const [, seq, hash, afterSeq, afterHash] =
    /^(\d{1,15}) ([0-9a-f]{64})(?: after (\d{1,15}) ([0-9a-f]{64}|-))?$/.exec(detail) ?? []
  if (seq === undefined || hash === undefined) return null
  const after = afterSeq === undefined ? null : { seq: Number(afterSeq), hash: hashOrNull(afterHash) }
  return { seq: Number(seq), hash, after }
}

function hashOrNull(text: string | undefined): string | null {
  return text === undefined || text === '-' ? null : text
}

/** Alarms of the kiosk. Never personal: what, when, which device, a technician's code. */
export const eventReport = z.strictObject({
  eventId: z.uuid().describe('Chosen by the kiosk; the same id again is a duplicate'),
  kind: z.enum(EVENT_KINDS),
  at: instant,
  device: label(40).nullable(),
  detail: label(200),
})
export type EventReport = z.infer<typeof eventReport>

export const receipt = z.object({ accepted: z.literal(true), duplicate: z.boolean() })
