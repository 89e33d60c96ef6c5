import type { ReviewStatus } from '../annual-review.ts'
import { addDays, type LocalDate } from '../local-date.ts'
import { isBeyondLimit } from '../overdue.ts'
import type { ProvinceProfile } from '../province.ts'

/** The status of a cycle in which nothing has been done yet: the dates alone decide. */
export function statusByDate(
  reviewValidUntil: LocalDate | null,
  today: LocalDate,
  profile: ProvinceProfile,
): ReviewStatus {
  if (reviewValidUntil === null) return 'DUE'
  if (isBeyondLimit(reviewValidUntil, today, profile.overdueLimit)) return 'CANCELLABLE'
  if (today > reviewValidUntil) return 'OVERDUE'
  return today >= addDays(reviewValidUntil, -profile.windowDays) ? 'DUE' : 'NOT_DUE'
}
