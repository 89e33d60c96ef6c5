import type { IdentificationId, KioskId, ReviewId } from '../../contract/fields.ts'
import type { Problem } from '../../contract/problem.ts'
import type { Review } from '../../contract/review.ts'
import type { VehicleKey } from '../../../domain/plate.ts'
import { assessReview, verdictOf } from '../../../domain/review/assess.ts'
import type { ReviewStatus } from '../../../domain/annual-review.ts'
import { statusByDate } from '../../../domain/review/standing.ts'
import { err, ok, type Result } from '../../../lib/result.ts'
import { nextAcceptanceNo, opaqueId } from '../store/numbers.ts'
import type { RegisteredVehicle } from '../store/registry.ts'
import type { StoredReview } from '../store/reviews.ts'
import { atomically, now, today, type Centre } from './centre.ts'
import { endorsedThisCycle, gatherFacts } from './review-facts.ts'
import { reviewView, type CheckedReview } from './review-view.ts'

/** SUBMITTED is shown this long before CHECKING, milliseconds. */
const SUBMITTED_MS = 300

/** Opens (or finds) the review of the vehicle's present cycle and checks it now. */
export async function openReview(
  centre: Centre,
  identificationId: IdentificationId,
  idNo: string,
  key: VehicleKey,
): Promise<Result<Review, Problem>> {
  const vehicle = await registeredVehicle(centre, key)
  if (!vehicle.ok) return vehicle
  // A stranger's vehicle and one that does not exist get the same answer.
  if (!centre.registry.mayActFor(idNo, vehicle.value.operatorId)) return err({ code: 'VEHICLE_NOT_FOUND' })
  const stored = atomically(centre, () => {
    const review = presentReview(centre, vehicle.value)
    centre.reviews.grantAccess(review.reviewId, identificationId)
    return review
  })
  return ok(await viewOf(centre, stored, vehicle.value))
}

/** Checks a review again: nothing of the former check is believed. */
export async function checkReview(
  centre: Centre,
  kioskId: KioskId,
  reviewId: ReviewId,
): Promise<Result<Review, Problem>> {
  const stored = accessible(centre, kioskId, reviewId)
  if (!stored.ok) return stored
  const vehicle = await registeredVehicle(centre, stored.value.vehicle)
  return vehicle.ok ? ok(await viewOf(centre, stored.value, vehicle.value)) : vehicle
}

/** Applies for the review (scenario 2). A second submission finds the first and answers how it stands. */
export async function submitReview(
  centre: Centre,
  kioskId: KioskId,
  reviewId: ReviewId,
): Promise<Result<Review, Problem>> {
  const checked = await checkReview(centre, kioskId, reviewId)
  if (!checked.ok) return checked
  const { outcome } = checked.value
  if (outcome === 'IN_PROGRESS' || outcome === 'READY' || outcome === 'MANUAL_REVIEW') return checked
  if (outcome !== 'SUBMITTABLE') return err({ code: 'REVIEW_NOT_SUBMITTABLE', outcome })
  atomically(centre, () => {
    const current = centre.reviews.byId(reviewId)
    if (current !== null && isUnderWay(current.status)) return
    centre.reviews.submit(reviewId, nextAcceptanceNo(centre.database, today(centre)), now(centre))
  })
  return checkReview(centre, kioskId, reviewId)
}

/** The whole check behind a view; also what an authorization rests on. */
export async function check(
  centre: Centre,
  stored: StoredReview,
  vehicle: RegisteredVehicle,
): Promise<CheckedReview & { standing: ReviewStatus }> {
  const gathered = await gatherFacts(centre, vehicle)
  const current = progress(centre, stored, gathered.facts)
  const standing =
    current.status ??
    statusByDate(vehicle.certificate?.reviewValidUntil ?? null, today(centre), centre.settings.province)
  const assessment = assessReview(
    gathered.facts,
    { status: standing, approvedOn: current.approvedOn, settledDoubts: current.settledDoubts },
    centre.settings.province,
  )
  return { stored: current, vehicle, gathered, assessment, standing }
}

/** The vehicle from the registry, or why not: the 运政 system is a source like the others, and without it nothing is known. */
export async function registeredVehicle(centre: Centre, key: VehicleKey): Promise<Result<RegisteredVehicle, Problem>> {
  const answer = await centre.sources.ask('TRANSPORT', () => centre.registry.vehicle(key))
  if (answer.state === 'DOWN') return err({ code: 'SOURCE_UNAVAILABLE', sourceSystem: 'TRANSPORT' })
  return answer.value === null ? err({ code: 'VEHICLE_NOT_FOUND' }) : ok(answer.value)
}

async function viewOf(centre: Centre, stored: StoredReview, vehicle: RegisteredVehicle): Promise<Review> {
  const checked = await check(centre, stored, vehicle)
  return reviewView(centre, checked, checked.standing)
}

/** The review through which this kiosk's present visitor was let in. */
function accessible(centre: Centre, kioskId: KioskId, reviewId: ReviewId): Result<StoredReview, Problem> {
  const stored = centre.reviews.byId(reviewId)
  if (stored === null || centre.reviews.accessOf(reviewId, kioskId, now(centre)) === null)
    return err({ code: 'NOT_FOUND' })
  return ok(stored)
}

function presentReview(centre: Centre, vehicle: RegisteredVehicle): StoredReview {
  const endorsed = endorsedThisCycle(centre, vehicle)
  const settled = endorsed === null ? null : centre.endorsements.byNo(endorsed.endorsementNo, now(centre))
  const settledReview = settled === null ? null : centre.reviews.byId(settled.reviewId)
  if (settledReview !== null) return settledReview
  const until = vehicle.certificate?.reviewValidUntil ?? null
  const { key } = vehicle.facts
  return centre.reviews.ofCycle(key, until) ?? centre.reviews.create(opaqueId('R') as ReviewId, key, until)
}

/** Lets a submitted review grow older: SUBMITTED → CHECKING → its verdict. Time is the clock's, so nothing runs in between. */
function progress(centre: Centre, stored: StoredReview, facts: CheckedReview['gathered']['facts']): StoredReview {
  return atomically(centre, () => {
    let review = reread(centre, stored.reviewId)
    if (review.submittedAt === null) return review
    const age = now(centre) - review.submittedAt
    if (review.status === 'SUBMITTED' && age >= SUBMITTED_MS) {
      centre.reviews.become(review, 'CHECKING')
      review = reread(centre, stored.reviewId)
    }
    if (review.status === 'CHECKING' && age >= centre.settings.checkingMs) decide(centre, review, facts)
    return reread(centre, stored.reviewId)
  })
}

function decide(centre: Centre, review: StoredReview, facts: CheckedReview['gathered']['facts']): void {
  const { items } = assessReview(
    facts,
    { status: 'CHECKING', approvedOn: null, settledDoubts: [] },
    centre.settings.province,
  )
  const verdict = verdictOf(items)
  if (verdict === null) return
  centre.reviews.become(review, verdict)
  // No province keeps a person between an automatic pass and the approval.
  if (verdict === 'PASSED_AUTO') centre.reviews.approve(review.reviewId, today(centre), [])
}

function reread(centre: Centre, reviewId: ReviewId): StoredReview {
  const review = centre.reviews.byId(reviewId)
  if (review === null) throw new Error('reviews are never deleted')
  return review
}

function isUnderWay(status: ReviewStatus | null): boolean {
  return (
    status === 'SUBMITTED' ||
    status === 'CHECKING' ||
    status === 'PASSED_AUTO' ||
    status === 'MANUAL_REVIEW' ||
    status === 'APPROVED'
  )
}
