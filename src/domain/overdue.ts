import { addDays, addMonths, daysBetween, type LocalDate } from './local-date.ts'

/** How long after 审验有效期 a vehicle may still be reviewed at a kiosk: 180 days (Chongqing art. 61) or 6 months (Guangdong art. 55). */
export type OverdueLimit =
  { readonly unit: 'DAYS'; readonly count: number } | { readonly unit: 'MONTHS'; readonly count: number }

/** Days past `validUntil`; 0 on the expiry day itself and before it. */
export function daysOverdue(validUntil: LocalDate, today: LocalDate): number {
  return Math.max(0, daysBetween(validUntil, today))
}

/** The last day on which the overdue review is still accepted. */
export function lastAcceptedDay(validUntil: LocalDate, limit: OverdueLimit): LocalDate {
  return limit.unit === 'DAYS' ? addDays(validUntil, limit.count) : addMonths(validUntil, limit.count)
}

export function isBeyondLimit(validUntil: LocalDate, today: LocalDate, limit: OverdueLimit): boolean {
  return today > lastAcceptedDay(validUntil, limit)
}

/** `180天`, `6个月`: for the refusal text. */
export function formatLimit(limit: OverdueLimit): string {
  return limit.unit === 'DAYS' ? `${limit.count}天` : `${limit.count}个月`
}
