import { z } from 'zod'
import type { Personal } from '../../lib/personal.ts'
import { challengeId, identificationId, instant, label, visitId } from './fields.ts'

/** Where the centre's knowledge of a person is bound to one kiosk and one visit. */
export const identificationRequest = z.strictObject({
  idNo: z.string().regex(/^\d{17}[\dX]$/),
  name: label(60).min(1),
  visitId,
  cardKind: z.enum(['RESIDENT', 'RESIDENCE_PERMIT', 'FOREIGNER']).describe('Which kind of card was read'),
})
export type IdentificationRequest = z.infer<typeof identificationRequest> & Personal

export const identification = z.object({
  identificationId,
  /** False also when the name on the card is not the one on record: the answer does not say which. */
  personKnown: z.boolean(),
  nameMasked: label(60),
  phoneMasked: label(20).nullable(),
  portrait: z.base64().max(400_000).nullable().describe('Registered portrait, JPEG, for comparison in the kiosk only'),
  expiresAt: instant,
})
export type Identification = z.infer<typeof identification> & Personal

/** Result only: no picture and no feature ever travels from kiosk to centre. */
export const faceVerificationRequest = z.strictObject({
  result: z.enum(['PASS', 'FAIL']),
  scoreBand: z.enum(['HIGH', 'MEDIUM', 'LOW', 'NONE']).describe('The score itself stays in the kiosk'),
  algorithmVersion: label(60),
  at: instant,
})
export type FaceVerificationRequest = z.infer<typeof faceVerificationRequest>

export const verification = z.object({
  verified: z.boolean(),
  method: z.enum(['FACE', 'SMS']),
  attemptsLeft: z.int().min(0),
  expiresAt: instant,
})
export type Verification = z.infer<typeof verification>

/** Exactly one of the two: the number of one's own certificate, or the check code printed on it. */
export const smsCodeRequest = z.union([
  z.strictObject({ certificateNo: z.string().regex(/^\d{9,12}$/) }),
  z.strictObject({ verifyCode: z.string().regex(/^[0-9A-Z]{4,16}$/) }),
])
export type SmsCodeRequest = z.infer<typeof smsCodeRequest>

export const smsChallenge = z.object({
  challengeId,
  phoneMasked: label(20),
  expiresAt: instant,
  resendAfter: instant,
})
export type SmsChallenge = z.infer<typeof smsChallenge>

export const smsVerificationRequest = z.strictObject({ code: z.string().regex(/^\d{6}$/) })
