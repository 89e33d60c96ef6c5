import { addMonths, earliest, type LocalDate } from './local-date.ts'

/**
 * How often a vehicle class is inspected (道路运输车辆技术管理规定 art. 21): every `youngMonths` until `ageMonths` after first
 * registration, then every `oldMonths`.
 */
export interface InspectionPeriodRule {
  readonly ageMonths: number
  readonly youngMonths: number
  readonly oldMonths: number
}

/** The period, in months, that applies to a vehicle on `on`. The day the age is reached still counts as young (不超过). */
export function inspectionPeriodMonths(
  rule: InspectionPeriodRule,
  firstRegisteredOn: LocalDate,
  on: LocalDate,
): number {
  return on > addMonths(firstRegisteredOn, rule.ageMonths) ? rule.oldMonths : rule.youngMonths
}

export interface InspectionDates {
  readonly firstRegisteredOn: LocalDate
  readonly inspectedOn: LocalDate
  /** What the station wrote; the law's period may end earlier. */
  readonly reportValidUntil: LocalDate
}

/** The last day an inspection counts: the station's date, but never longer than the period that applied when it was made. */
export function inspectionValidUntil(rule: InspectionPeriodRule, dates: InspectionDates): LocalDate {
  const months = inspectionPeriodMonths(rule, dates.firstRegisteredOn, dates.inspectedOn)
  return earliest(dates.reportValidUntil, addMonths(dates.inspectedOn, months))
}
