import { AUTHORIZATION_TYP, authorizationClaims, type AuthorizationClaims } from '../contract/endorsement.ts'
import { verifyJws } from '../contract/jws.ts'
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
  /** Signed by no key the centre published, or by one that had no right to at that time. Fetch the keys once more, then treat as tampering. */
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
export function verifyAuthorization(
  jws: string,
  keys: PublishedKeys,
  expectations: AuthorizationExpectations,
  now: number,
): Result<AuthorizationClaims, AuthorizationProblem> {
  const verified = verifyJws(jws, AUTHORIZATION_TYP, (kid) => keys.keys.find((known) => known.kid === kid)?.key)
  if (!verified.ok) return verified
  const claims = readClaims(verified.value.payload)
  if (!claims.ok) return claims
  if (!wasInForce(keys, verified.value.kid, claims.value.iat * 1000)) return err({ code: 'UNKNOWN_KEY' })
  const difference = firstDifference(claims.value, expectations)
  if (difference !== null) return err({ code: 'NOT_AS_CONFIRMED', field: difference })
  if (claims.value.exp * 1000 <= now) return err({ code: 'EXPIRED' })
  if (claims.value.iat * 1000 > now + ALLOWED_SKEW_MS) return err({ code: 'NOT_YET_VALID' })
  return claims
}

/** A key that was stolen after its retirement signs nothing that is believed. Instants of one clock, the centre's. */
function wasInForce(keys: PublishedKeys, kid: string, issuedAt: number): boolean {
  const published = keys.keys.find((known) => known.kid === kid)
  // Claims count whole seconds.
  return published !== undefined && (published.retiredAt === null || issuedAt <= published.retiredAt)
}

function readClaims(json: unknown): Result<AuthorizationClaims, AuthorizationProblem> {
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
