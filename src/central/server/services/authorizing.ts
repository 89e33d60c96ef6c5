import { createHash } from 'node:crypto'
import type {
  AuthorizationClaims,
  AuthorizationGrant,
  AuthorizationRequest,
  ReauthorizationRequest,
} from '../../contract/endorsement.ts'
import type { AuthorizationId, ReviewId, VisitId } from '../../contract/fields.ts'
import type { Problem } from '../../contract/problem.ts'
import { ALLOWED_SKEW_MS } from '../../contract/routes.ts'
import type { EndorsementNo } from '../../../domain/endorsement-no.ts'
import type { LocalDate } from '../../../domain/local-date.ts'
import { err, ok, type Result } from '../../../lib/result.ts'
import type { StoredAuthorization, StoredEndorsement } from '../store/endorsements.ts'
import type { Kiosk } from '../store/kiosks.ts'
import { nextEndorsementNo, opaqueId } from '../store/numbers.ts'
import { atomically, now, today, type Centre } from './centre.ts'
import { check, registeredVehicle } from './reviewing.ts'
import { printTokensOf, reviewView, type CheckedReview } from './review-view.ts'
import { signAuthorization } from './signing-key.ts'

/** Who asks, and under which key repetitions of the same wish are recognised. */
export interface Asker {
  readonly kiosk: Kiosk
  readonly idempotencyKey: string
}

/**
 * The one way to an authorization. It is given only if nobody else holds one, if every rule passes now, and if what would
 * be printed is what the citizen confirmed; it is written down before it is signed. See docs/decisions/0005.
 */
export async function authorize(
  centre: Centre,
  asker: Asker,
  reviewId: ReviewId,
  request: AuthorizationRequest,
): Promise<Result<AuthorizationGrant, Problem>> {
  const skew = checkSkew(centre, request.kioskTime)
  if (!skew.ok) return skew
  const access = centre.reviews.accessOf(reviewId, asker.kiosk.kioskId, now(centre))
  if (access === null) return err({ code: 'NOT_FOUND' })
  const identification = centre.identifications.live(access, asker.kiosk.kioskId, now(centre))
  if (identification?.visitId !== request.visitId) return err({ code: 'INVALID_REQUEST', path: 'visitId' })
  const hash = hashOf(['authorize', reviewId, request.visitId, request.expectedValidUntil])
  const repeated = repetition(centre, asker, hash)
  if (repeated !== null) return finish(centre, repeated)
  return finish(
    centre,
    await issue(centre, asker, { reviewId, visitId: request.visitId, validUntil: request.expectedValidUntil, hash }),
  )
}

/** After a failure the kiosk has reported: the same number, one attempt more. Only the kiosk that failed may ask this way. */
export async function reauthorize(
  centre: Centre,
  asker: Asker,
  no: EndorsementNo,
  request: ReauthorizationRequest,
): Promise<Result<AuthorizationGrant, Problem>> {
  const skew = checkSkew(centre, request.kioskTime)
  if (!skew.ok) return skew
  const endorsement = centre.endorsements.byNo(no, now(centre))
  if (endorsement === null || endorsement.kioskId !== asker.kiosk.kioskId) return err({ code: 'NOT_FOUND' })
  const hash = hashOf(['reauthorize', no, request.visitId])
  const repeated = repetition(centre, asker, hash)
  if (repeated !== null) return finish(centre, repeated)
  const { reviewId, claims } = endorsement
  return finish(
    centre,
    await issue(centre, asker, { reviewId, visitId: request.visitId, validUntil: claims.validUntil, hash }),
  )
}

interface Wish {
  readonly reviewId: ReviewId
  readonly visitId: VisitId
  readonly validUntil: LocalDate
  readonly hash: string
}

async function issue(centre: Centre, asker: Asker, wish: Wish): Promise<Result<StoredAuthorization, Problem>> {
  const before = mayBeIssued(centre, wish.reviewId)
  if (!before.ok) return before
  const stored = centre.reviews.byId(wish.reviewId)
  if (stored === null) return err({ code: 'NOT_FOUND' })
  const vehicle = await registeredVehicle(centre, stored.vehicle)
  if (!vehicle.ok) return vehicle
  const checked = await check(centre, stored, vehicle.value)
  const view = reviewView(centre, checked, checked.standing)
  if (view.outcome !== 'READY')
    return err({ code: 'REVIEW_NOT_READY', outcome: view.outcome, reviewStatus: view.status })
  if (view.newValidUntil !== wish.validUntil) return err({ code: 'EXPECTATION_CHANGED' })
  // While the sources were asked another kiosk may have been first: look again where nobody can come between.
  return atomically(centre, () => {
    const repeated = repetition(centre, asker, wish.hash)
    if (repeated !== null) return repeated
    const present = mayBeIssued(centre, wish.reviewId)
    if (!present.ok) return present
    // Its page may have a row less than a moment ago.
    if (!isAsChecked(centre, checked)) return err({ code: 'EXPECTATION_CHANGED' })
    return ok(write(centre, asker, wish, checked, present.value))
  })
}

/** Whether the certificate still is what was checked and what the authorization would say. */
function isAsChecked(centre: Centre, { vehicle }: CheckedReview): boolean {
  const { certificate } = vehicle
  const present = centre.registry.vehicle(vehicle.facts.key)?.certificate ?? null
  return certificate?.nextRow === present?.nextRow && certificate?.reviewValidUntil === present?.reviewValidUntil
}

/** What stands in the way of another authorization of this review; else the endorsement whose number goes on, or null. */
function mayBeIssued(centre: Centre, reviewId: ReviewId): Result<StoredEndorsement | null, Problem> {
  const former = centre.endorsements.ofReview(reviewId, now(centre))
  if (former === null) return ok(null)
  const { endorsementNo, claims } = former
  const { kioskName } = claims
  switch (former.status) {
    case 'AUTHORIZED':
      return err({ code: 'AUTHORIZED_ELSEWHERE', kioskName, until: former.expiresAt })
    case 'PRINTING':
    case 'PRINTED':
    case 'PRINT_UNKNOWN':
      return err({ code: 'PRINT_UNRESOLVED', endorsementNo, kioskName })
    case 'CONFIRMED':
      return err({ code: 'ALREADY_ENDORSED', endorsementNo, kioskName, at: former.confirmedAt ?? former.issuedAt })
    case 'VOIDED':
      return err({ code: 'REPRINT_LIMIT', endorsementNo })
    case 'PRINT_FAILED':
    case 'RELEASED':
      return ok(former)
  }
}

function write(
  centre: Centre,
  { kiosk, idempotencyKey }: Asker,
  wish: Wish,
  checked: CheckedReview,
  former: StoredEndorsement | null,
): StoredAuthorization {
  const { vehicle, stored } = checked
  const { certificate } = vehicle
  const previousValidUntil = certificate?.reviewValidUntil ?? null
  if (certificate === null || previousValidUntil === null)
    throw new Error('a ready review has a certificate and a date to extend')
  const issuedAt = Math.floor(now(centre) / 1000) * 1000
  const expiresAt = issuedAt + centre.settings.authorizationTtlMs
  const endorsementNo =
    former?.endorsementNo ?? nextEndorsementNo(centre.database, vehicle.facts.areaCode, today(centre))
  const claims: AuthorizationClaims = {
    iss: `central:${centre.settings.province.id}`,
    aud: kiosk.kioskId,
    jti: opaqueId('A') as AuthorizationId,
    iat: issuedAt / 1000,
    exp: expiresAt / 1000,
    endorsementNo,
    attempt: attemptAfter(former),
    reviewId: stored.reviewId,
    vehicle: vehicle.facts.key,
    certificateNo: certificate.certificateNo,
    row: certificate.nextRow,
    previousValidUntil,
    validUntil: wish.validUntil,
    print: printTokensOf(centre, checked),
    kioskId: kiosk.kioskId,
    kioskName: kiosk.name,
    visitId: wish.visitId,
  }
  centre.endorsements.issue({ claims, idempotencyKey, requestHash: wish.hash, issuedAt, expiresAt })
  return { authorizationId: claims.jti, endorsementNo, requestHash: wish.hash, claims }
}

/** A released authorization never reached a printer: its attempt is given out again, not counted. */
function attemptAfter(former: StoredEndorsement | null): number {
  if (former === null) return 1
  return former.status === 'RELEASED' ? former.attempt : former.attempt + 1
}

/** The answer to a repetition of an earlier wish, or null when this wish is new. */
function repetition(
  centre: Centre,
  { kiosk, idempotencyKey }: Asker,
  hash: string,
): Result<StoredAuthorization, Problem> | null {
  if (centre.endorsements.isWithdrawn(kiosk.kioskId, idempotencyKey)) {
    return err({ code: 'ENDORSEMENT_STATE', endorsementStatus: 'RELEASED' })
  }
  const earlier = centre.endorsements.authorizationByKey(kiosk.kioskId, idempotencyKey)
  if (earlier === null) return null
  if (earlier.requestHash !== hash) return err({ code: 'IDEMPOTENCY_KEY_REUSED' })
  const endorsement = centre.endorsements.byNo(earlier.endorsementNo, now(centre))
  if (endorsement?.status === 'AUTHORIZED' && endorsement.authorizationId === earlier.authorizationId)
    return ok(earlier)
  return err({ code: 'ENDORSEMENT_STATE', endorsementStatus: endorsement?.status ?? 'VOIDED' })
}

function finish(centre: Centre, stored: Result<StoredAuthorization, Problem>): Result<AuthorizationGrant, Problem> {
  if (!stored.ok) return stored
  const { claims } = stored.value
  return ok({
    authorization: signAuthorization(centre.signingKeys.current(), claims),
    endorsementNo: claims.endorsementNo,
    attempt: claims.attempt,
    expiresAt: claims.exp * 1000,
  })
}

function checkSkew(centre: Centre, kioskTime: number): Result<void, Problem> {
  const serverTime = now(centre)
  if (Math.abs(kioskTime - serverTime) <= ALLOWED_SKEW_MS) return ok()
  return err({ code: 'CLOCK_SKEW', serverTime, allowedMs: ALLOWED_SKEW_MS })
}

function hashOf(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex')
}
