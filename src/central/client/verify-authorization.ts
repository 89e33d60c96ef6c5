import { compactVerify, createLocalJWKSet, errors } from 'jose'
import { AUTHORIZATION_TYP, authorizationClaims, type AuthorizationClaims } from '../contract/endorsement.ts'
import type { KioskId, ReviewId, VisitId } from '../contract/fields.ts'
import { ALLOWED_SKEW_MS } from '../contract/routes.ts'
import type { PublishedKeys } from '../contract/station.ts'
import type { CertificateNo } from '../../domain/certificate-no.ts'
import type { LocalDate } from '../../domain/local-date.ts'
import { vehicleKeyText, type VehicleKey } from '../../domain/plate.ts'
import { err, ok, type Result } from '../../lib/result.ts'

/** What the citizen confirmed on the screen and where: the authorization must say exactly this. */
export interface AuthorizationExpectations {
  readonly kioskId: KioskId
  readonly visitId: VisitId
  readonly reviewId: ReviewId
  readonly vehicle: VehicleKey
  readonly certificateNo: CertificateNo
  readonly validUntil: LocalDate
}

export type AuthorizationProblem =
  /** Not a JWS of this kind, or its payload is not the contract's. */
  | { readonly code: 'MALFORMED'; readonly detail: string }
  /** Signed by no key the centre published. Fetch the keys once more, then treat as tampering. */
  | { readonly code: 'UNKNOWN_KEY' }
  /** Changed after it was signed: TAMPER. */
  | { readonly code: 'BAD_SIGNATURE' }
  /** Genuine, but for something else than what was confirmed here: TAMPER. */
  | { readonly code: 'NOT_AS_CONFIRMED'; readonly field: keyof AuthorizationExpectations }
  | { readonly code: 'EXPIRED' }
  | { readonly code: 'NOT_YET_VALID' }

/**
 * Decides whether this kiosk may print (scenarios 24 and 35). Nothing is printed unless this says ok, and what is
 * printed comes from the returned claims. `now` is milliseconds since the epoch; the expiry has no tolerance.
 */
export async function verifyAuthorization(
  jws: string,
  keys: PublishedKeys,
  expectations: AuthorizationExpectations,
  now: number,
): Promise<Result<AuthorizationClaims, AuthorizationProblem>> {
  const payload = await verifiedPayload(jws, keys)
  if (!payload.ok) return payload
  const claims = readClaims(payload.value)
  if (!claims.ok) return claims
  const difference = firstDifference(claims.value, expectations)
  if (difference !== null) return err({ code: 'NOT_AS_CONFIRMED', field: difference })
  if (claims.value.exp * 1000 <= now) return err({ code: 'EXPIRED' })
  if (claims.value.iat * 1000 > now + ALLOWED_SKEW_MS) return err({ code: 'NOT_YET_VALID' })
  return claims
}

async function verifiedPayload(jws: string, keys: PublishedKeys): Promise<Result<Uint8Array, AuthorizationProblem>> {
  try {
    const { payload, protectedHeader } = await compactVerify(
      jws,
      createLocalJWKSet({ keys: keys.keys.map((key) => ({ ...key })) }),
      {
        algorithms: ['EdDSA', 'Ed25519'],
      },
    )
    return protectedHeader.typ === AUTHORIZATION_TYP ? ok(payload) : err({ code: 'MALFORMED', detail: 'typ' })
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return err({ code: 'BAD_SIGNATURE' })
    if (error instanceof errors.JWKSNoMatchingKey) return err({ code: 'UNKNOWN_KEY' })
    if (error instanceof errors.JOSEError) return err({ code: 'MALFORMED', detail: error.code })
    throw error
  }
}

function readClaims(payload: Uint8Array): Result<AuthorizationClaims, AuthorizationProblem> {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch {
    return err({ code: 'MALFORMED', detail: 'not JSON' })
  }
  const parsed = authorizationClaims.safeParse(json)
  if (!parsed.success) return err({ code: 'MALFORMED', detail: parsed.error.issues[0]?.path.join('.') ?? '' })
  return parsed.data.aud === parsed.data.kioskId ? ok(parsed.data) : err({ code: 'MALFORMED', detail: 'aud' })
}

function firstDifference(
  claims: AuthorizationClaims,
  expected: AuthorizationExpectations,
): keyof AuthorizationExpectations | null {
  if (claims.kioskId !== expected.kioskId) return 'kioskId'
  if (claims.visitId !== expected.visitId) return 'visitId'
  if (claims.reviewId !== expected.reviewId) return 'reviewId'
  if (vehicleKeyText(claims.vehicle) !== vehicleKeyText(expected.vehicle)) return 'vehicle'
  if (claims.certificateNo !== expected.certificateNo) return 'certificateNo'
  return claims.validUntil === expected.validUntil ? null : 'validUntil'
}
