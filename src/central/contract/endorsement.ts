import { z } from 'zod'
import { ENDORSEMENT_STATUSES, PRINT_RESULTS } from '../../domain/endorsement.ts'
import {
  authorizationId,
  certificateNo,
  endorsementNo,
  instant,
  keysOf,
  kioskId,
  label,
  localDate,
  reviewId,
  sha256Hex,
  vehicleKey,
  visitId,
} from './fields.ts'
import { printTokens } from './review.ts'

export const authorizationRequest = z.strictObject({
  visitId,
  /** The 审验有效期 the citizen confirmed on the screen; anything else is refused. */
  expectedValidUntil: localDate,
  kioskTime: instant,
})
export type AuthorizationRequest = z.infer<typeof authorizationRequest>

export const reauthorizationRequest = z.strictObject({ visitId, kioskTime: instant })
export type ReauthorizationRequest = z.infer<typeof reauthorizationRequest>

export const authorizationGrant = z.object({
  authorization: z
    .string()
    .regex(/^[\w-]+\.[\w-]+\.[\w-]+$/)
    .max(8000)
    .describe('Compact JWS (EdDSA, or SM2 with SM3 in a province that demands it; typ endorsement-authorization+jwt)'),
  endorsementNo,
  attempt: z.int().min(1).max(20),
  expiresAt: instant,
})
export type AuthorizationGrant = z.infer<typeof authorizationGrant>

/** Payload of the JWS. Times are seconds (RFC 7519). A kiosk prints only what stands here. */
export const authorizationClaims = z.object({
  iss: label(60),
  aud: kioskId,
  jti: authorizationId,
  iat: z.int().min(0),
  exp: z.int().min(0),
  endorsementNo,
  attempt: z.int().min(1).max(20),
  reviewId,
  vehicle: vehicleKey,
  certificateNo,
  row: z.int().min(1).max(40),
  previousValidUntil: localDate,
  validUntil: localDate,
  print: printTokens,
  kioskId,
  kioskName: label(60),
  visitId,
})
export type AuthorizationClaims = z.infer<typeof authorizationClaims>

/** `typ` of the JWS header: the key signs other things too, and none may pass for an authorization. */
export const AUTHORIZATION_TYP = 'endorsement-authorization+jwt'

export const printResultReport = z.strictObject({
  authorizationId,
  attempt: z.int().min(1).max(20),
  result: z.enum(PRINT_RESULTS),
  /** When the first byte went to the printer; null for NOT_STARTED. Decides whether the authorization was still valid. */
  startedAt: instant.nullable(),
  /** When the result became known at the kiosk, however late this report arrives. */
  at: instant,
  proof: z
    .strictObject({
      method: z.enum(['PRINTER_ECHO', 'PRINTER_STATUS', 'DOCUMENT_SENSOR', 'TECHNICIAN_FINDING']),
      jobId: label(60),
      sha256: sha256Hex.describe('Of the bytes sent to the printer'),
    })
    .nullable(),
})
export type PrintResultReport = z.infer<typeof printResultReport>

/**
 * A kiosk takes back an authorization request whose answer it never learnt. What it never received it cannot have
 * printed, so whatever was granted under `key` is free again, and a request that is still on its way is refused.
 */
export const withdrawalRequest = z.strictObject({ key: z.string().regex(/^[A-Za-z0-9:_-]{8,200}$/), at: instant })
export type WithdrawalRequest = z.infer<typeof withdrawalRequest>

export const printResultReceipt = z.object({
  endorsementNo,
  status: z.enum(keysOf(ENDORSEMENT_STATUSES)),
  /** True when this attempt was already reported with the same result: success all the same. */
  duplicate: z.boolean(),
  /** Whether another attempt may be asked for. */
  mayReprint: z.boolean(),
})
export type PrintResultReceipt = z.infer<typeof printResultReceipt>

export const endorsement = z.object({
  endorsementNo,
  status: z.enum(keysOf(ENDORSEMENT_STATUSES)),
  reviewId,
  vehicle: vehicleKey,
  certificateNo,
  row: z.int().min(1),
  previousValidUntil: localDate,
  validUntil: localDate,
  attempt: z.int().min(1),
  kioskId,
  kioskName: label(60),
  stationName: label(60),
  authorityName: label(60),
  authorizedAt: instant,
  expiresAt: instant,
  confirmedAt: instant.nullable(),
  specimen: z.boolean(),
})
export type Endorsement = z.infer<typeof endorsement>
