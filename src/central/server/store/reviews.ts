import type { IdentificationId, KioskId, ReviewId } from '../../contract/fields.ts'
import type { ReviewStatus } from '../../../domain/annual-review.ts'
import { mayReviewBecome } from '../../../domain/annual-review.ts'
import type { PlateColor } from '../../../domain/codes.ts'
import type { LocalDate } from '../../../domain/local-date.ts'
import type { PlateNo, VehicleKey } from '../../../domain/plate.ts'
import type { RuleId } from '../../../domain/review/vocabulary.ts'
import type { CentralDatabase } from './database.ts'

/** One cycle of one vehicle. `status` is null while nothing has happened and the dates alone tell (DUE, OVERDUE, …). */
export interface StoredReview {
  readonly reviewId: ReviewId
  readonly vehicle: VehicleKey
  readonly status: ReviewStatus | null
  readonly approvedOn: LocalDate | null
  readonly settledDoubts: readonly RuleId[]
  readonly acceptanceNo: string | null
  readonly submittedAt: number | null
  readonly rectifyUntil: LocalDate | null
}

interface ReviewRow {
  review_id: ReviewId
  plate_no: PlateNo
  plate_color: PlateColor
  status: ReviewStatus | null
  approved_on: LocalDate | null
  settled_doubts: string
  acceptance_no: string | null
  submitted_at: number | null
  rectify_until: LocalDate | null
}

/** Cycle of a vehicle that has never been reviewed or needs no review. */
const NO_CYCLE = 'NONE'

export class Reviews {
  private readonly database: CentralDatabase

  constructor(database: CentralDatabase) {
    this.database = database
  }

  byId(reviewId: ReviewId): StoredReview | null {
    return this.read(
      this.database.prepare<[string], ReviewRow>('SELECT * FROM review WHERE review_id = ?').get(reviewId),
    )
  }

  ofCycle(vehicle: VehicleKey, reviewValidUntil: LocalDate | null): StoredReview | null {
    return this.read(
      this.database
        .prepare<[string, string, string], ReviewRow>(
          'SELECT * FROM review WHERE plate_no = ? AND plate_color = ? AND cycle_until = ?',
        )
        .get(vehicle.plateNo, vehicle.plateColor, reviewValidUntil ?? NO_CYCLE),
    )
  }

  create(reviewId: ReviewId, vehicle: VehicleKey, reviewValidUntil: LocalDate | null): StoredReview {
    this.database
      .prepare('INSERT INTO review (review_id, plate_no, plate_color, cycle_until) VALUES (?, ?, ?, ?)')
      .run(reviewId, vehicle.plateNo, vehicle.plateColor, reviewValidUntil ?? NO_CYCLE)
    const created = this.byId(reviewId)
    if (created === null) throw new Error('a review just written is there')
    return created
  }

  /** From now on this identification may see and act on the review. */
  grantAccess(reviewId: ReviewId, identificationId: IdentificationId): void {
    this.database.prepare('INSERT OR IGNORE INTO review_access VALUES (?, ?)').run(reviewId, identificationId)
  }

  /** The live identification at this kiosk through which the review was opened, or null. */
  accessOf(reviewId: ReviewId, kioskId: KioskId, now: number): IdentificationId | null {
    const row = this.database
      .prepare<[string, string, number], { identification_id: IdentificationId }>(
        `SELECT i.identification_id FROM review_access a JOIN identification i USING (identification_id)
         WHERE a.review_id = ? AND i.kiosk_id = ? AND i.expires_at > ? AND i.verified_by IS NOT NULL`,
      )
      .get(reviewId, kioskId, now)
    return row?.identification_id ?? null
  }

  submit(reviewId: ReviewId, acceptanceNo: string, at: number): void {
    this.database
      .prepare(
        `UPDATE review SET status = 'SUBMITTED', acceptance_no = ?, submitted_at = ?, settled_doubts = '[]' WHERE review_id = ?`,
      )
      .run(acceptanceNo, at, reviewId)
  }

  /** Moves along the state machine; throws for a step it does not have (our bug). */
  become(review: StoredReview, status: ReviewStatus): void {
    if (review.status === status) return
    if (review.status !== null && !mayReviewBecome(review.status, status))
      throw new Error(`review ${review.status} → ${status}`)
    this.database.prepare('UPDATE review SET status = ? WHERE review_id = ?').run(status, review.reviewId)
  }

  approve(reviewId: ReviewId, approvedOn: LocalDate, settledDoubts: readonly RuleId[]): void {
    this.database
      .prepare(`UPDATE review SET status = 'APPROVED', approved_on = ?, settled_doubts = ? WHERE review_id = ?`)
      .run(approvedOn, JSON.stringify(settledDoubts), reviewId)
  }

  private read(row: ReviewRow | undefined): StoredReview | null {
    if (row === undefined) return null
    return {
      reviewId: row.review_id,
      vehicle: { plateNo: row.plate_no, plateColor: row.plate_color },
      status: row.status,
      approvedOn: row.approved_on,
      settledDoubts: JSON.parse(row.settled_doubts) as RuleId[],
      acceptanceNo: row.acceptance_no,
      submittedAt: row.submitted_at,
      rectifyUntil: row.rectify_until,
    }
  }
}
