import { z } from 'zod'
import { instant, kioskId, keysOf, label, localDate, visitId } from './fields.ts'
import { SOURCE_SYSTEMS } from '../../domain/codes.ts'

/** Messages about the kiosk itself: enrolment, health, keys, events, ratings. */

const deviceKey = z
  .strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().regex(/^[\w-]{43}$/) })
  .describe('Ed25519 public key as a JWK (RFC 8037)')
export type DeviceKey = z.infer<typeof deviceKey>

/** Signed with the key it brings, which proves possession. */
export const enrolmentRequest = z.strictObject({
  enrolmentCode: z.string().regex(/^[0-9A-Z-]{8,40}$/),
  publicKey: deviceKey,
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

/** The centre's keys for authorizations; a retired key stays listed while anything it signed may be alive. */
export const publishedKeys = z.object({
  keys: z
    .array(
      z.object({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: z.string().regex(/^[\w-]{43}$/),
        kid: z.string().max(64),
        alg: z.literal('EdDSA'),
        use: z.literal('sig'),
      }),
    )
    .min(1)
    .max(10),
})
export type PublishedKeys = z.infer<typeof publishedKeys>

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
  'HELP_REQUESTED',
  'RESTARTED',
] as const

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
