import type { CentralClient } from '../../../central/client/central-client.ts'
import type { IdentificationId, ReviewId, VisitId } from '../../../central/contract/fields.ts'
import type { Review } from '../../../central/contract/review.ts'
import type { ListedVehicle as CentreVehicle } from '../../../central/contract/vehicle.ts'
import { PLATE_COLORS, type PlateColor } from '../../../domain/codes.ts'
import { parsePlateNo, type VehicleKey } from '../../../domain/plate.ts'
import type { RowPreview } from '../../../ipc/snapshot.ts'
import { delay, type Clock } from '../../../lib/clock.ts'
import { err, ok, type Result } from '../../../lib/result.ts'
import type { CheckedReview, Identified, ListedVehicle, PublicStatus } from '../../visit/model.ts'
import type { Trouble } from '../../visit/trouble.ts'
import { centreTrouble } from './centre-trouble.ts'
import { presentPublicStatus, presentReview, presentVehicle, vehicleId } from './present.ts'

/** A submission is followed for this long; what takes longer goes on without the citizen (scenario 2). */
const SUBMISSION_MS = 10_000
const POLL_MS = 500
/** How a colour that is none is shown. */
const OTHER_COLOR = '9'

/** The vehicles and reviews of one visit, in the centre's words; the statechart gets what `present` makes of them. */
export class Reviews {
  private readonly centre: CentralClient
  private readonly clock: Clock
  private readonly previewOf: (review: Review) => RowPreview | null
  private readonly vehicles = new Map<string, CentreVehicle>()
  private readonly reviews = new Map<string, Review>()
  /** Counts visits: an answer that comes when its visit is over is kept by nobody. */
  private visit = 0

  constructor(centre: CentralClient, clock: Clock, previewOf: (review: Review) => RowPreview | null) {
    this.centre = centre
    this.clock = clock
    this.previewOf = previewOf
  }

  async list(identified: Identified): Promise<Result<readonly ListedVehicle[], Trouble>> {
    const { visit } = this
    const answer = await this.centre.vehicles(identified.identificationId as IdentificationId)
    if (!answer.ok) return err(centreTrouble(answer.error))
    this.vehicles.clear()
    if (visit !== this.visit) return ok([])
    for (const listed of answer.value.vehicles) this.vehicles.set(vehicleId(listed.vehicle), listed)
    return ok(answer.value.vehicles.map(presentVehicle))
  }

  /** What anybody may know of a plate. */
  async publicStatus(plateNo: string, plateColor: string): Promise<Result<PublicStatus, Trouble>> {
    const parsed = parsePlateNo(plateNo)
    const color = Object.hasOwn(PLATE_COLORS, plateColor) ? (plateColor as PlateColor) : null
    if (!parsed.ok || color === null) {
      const asked = { plateNo, plateColor: color ?? OTHER_COLOR } as VehicleKey
      return ok(presentPublicStatus(asked, null))
    }
    const key = { plateNo: parsed.value, plateColor: color }
    const answer = await this.centre.publicVehicle(key)
    if (answer.ok) return ok(presentPublicStatus(key, answer.value))
    if (answer.error.code === 'REFUSED' && answer.error.problem.code === 'VEHICLE_NOT_FOUND') {
      return ok(presentPublicStatus(key, null))
    }
    return err(centreTrouble(answer.error))
  }

  async check(visitId: string, identified: Identified, listed: ListedVehicle): Promise<Result<CheckedReview, Trouble>> {
    const vehicle = this.vehicles.get(listed.view.id)?.vehicle
    if (vehicle === undefined) throw new Error('a vehicle that is not in the list')
    const { visit } = this
    const answer = await this.centre.openReview(identified.identificationId as IdentificationId, {
      vehicle,
      visitId: visitId as VisitId,
    })
    return answer.ok ? ok(this.keep(answer.value, visit)) : err(centreTrouble(answer.error))
  }

  /** Submits, and waits while the centre's automatic check is under way. */
  async submit(review: CheckedReview, signal: AbortSignal): Promise<Result<CheckedReview, Trouble>> {
    const { visit } = this
    const began = this.clock.monotonic()
    let answer = await this.centre.submitReview(review.reviewId as ReviewId)
    while (answer.ok && isUnderWay(answer.value) && this.clock.monotonic() - began < SUBMISSION_MS && !signal.aborted) {
      await delay(this.clock, POLL_MS)
      answer = await this.centre.review(review.reviewId as ReviewId)
    }
    return answer.ok ? ok(this.keep(answer.value, visit)) : err(centreTrouble(answer.error))
  }

  /** The centre's own words for a review the statechart knows. */
  original(review: CheckedReview): Review {
    const original = this.reviews.get(review.reviewId)
    if (original === undefined) throw new Error('a review of another visit')
    return original
  }

  forget(): void {
    this.visit += 1
    this.vehicles.clear()
    this.reviews.clear()
  }

  private keep(review: Review, visit: number): CheckedReview {
    if (visit === this.visit) this.reviews.set(review.reviewId, review)
    return presentReview(review, this.previewOf)
  }
}

function isUnderWay(review: Review): boolean {
  return review.status === 'SUBMITTED' || review.status === 'CHECKING' || review.status === 'PASSED_AUTO'
}
