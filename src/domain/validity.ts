import { addMonths, earliest, endOfYear, lastDayOfMonth, yearOf, type LocalDate } from './local-date.ts'

/** How a province counts the next 审验有效期. */
export const VALIDITY_POLICIES = ['ANNIVERSARY', 'MONTH_END', 'YEAR_END'] as const
export type ValidityPolicy = (typeof VALIDITY_POLICIES)[number]

export interface ValidityInput {
  readonly policy: ValidityPolicy
  /** The day the review was approved (审验日期). */
  readonly approvedOn: LocalDate
  readonly currentReviewValidUntil: LocalDate
  /** Days the new date may never pass: the certificate's end, the scrap date and, where the province says so, the inspection's. */
  readonly limits: readonly LocalDate[]
}

/**
 * The new 审验有效期至. The year counts from the current date while that has not passed (the expiry day itself is still
 * valid), otherwise from the approval, so that being early costs nothing and being late gains nothing.
 */
export function nextReviewValidUntil(input: ValidityInput): LocalDate {
  const { approvedOn, currentReviewValidUntil, limits } = input
  const base = approvedOn <= currentReviewValidUntil ? currentReviewValidUntil : approvedOn
  return earliest(byPolicy(input.policy, base), ...limits)
}

function byPolicy(policy: ValidityPolicy, base: LocalDate): LocalDate {
  switch (policy) {
    case 'ANNIVERSARY':
      return addMonths(base, 12)
    case 'MONTH_END':
      return lastDayOfMonth(addMonths(base, 12))
    case 'YEAR_END':
      return endOfYear(yearOf(base) + 1)
  }
}
