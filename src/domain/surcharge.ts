import { addDays, daysBetween, type LocalDate } from './local-date.ts'
import { cents, type Cents } from './money.ts'

/** Days to pay counted from receipt of the decision (行政处罚法 art. 67). */
const DAYS_TO_PAY = 15
/** 3 % of the fine for each further day (art. 72), at most the fine itself (行政强制法 art. 45). */
const PERCENT_PER_DAY = 3

export interface FineInput {
  readonly fine: Cents
  /** The day the decision was received (送达). */
  readonly deliveredOn: LocalDate
  readonly payOn: LocalDate
  /** Days of 复议 or 诉讼 after the due date, during which nothing accrues (art. 73). */
  readonly suspendedDays?: number
}

export interface AmountDue {
  readonly fine: Cents
  readonly surcharge: Cents
  readonly total: Cents
  readonly dueOn: LocalDate
}

/**
 * The amount of a fine on a day, with its 加处罚款. For display only: the amount to pay always comes from the payment
 * platform, and some provinces do not collect the surcharge by themselves.
 */
export function amountDue({ fine, deliveredOn, payOn, suspendedDays = 0 }: FineInput): AmountDue {
  const dueOn = addDays(deliveredOn, DAYS_TO_PAY)
  const days = Math.max(0, daysBetween(dueOn, payOn) - suspendedDays)
  const surcharge = cents(Math.min(fine, Math.round((fine * PERCENT_PER_DAY * days) / 100)))
  return { fine, surcharge, total: cents(fine + surcharge), dueOn }
}
