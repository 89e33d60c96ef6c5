import { inspectionValidUntil } from '../inspection-period.ts'
import type { LocalDate } from '../local-date.ts'
import type { ProvinceProfile } from '../province.ts'
import { nextReviewValidUntil } from '../validity.ts'
import { vehicleClassOf, type ReviewFacts } from './facts.ts'

type LimitKind = 'CERTIFICATE' | 'INSPECTION' | 'SCRAP'

/** What an endorsement would do to the 审验有效期. */
export interface Extension {
  readonly validUntil: LocalDate
  /** Which other date cut it short, or null. */
  readonly limitedBy: LimitKind | null
  /** The new date would not be later than the present one: endorsing would only use up a row. */
  readonly gainsNothing: boolean
}

/** Null for a vehicle without a certificate or without a first 审验有效期. */
export function extensionOf(facts: ReviewFacts, approvedOn: LocalDate, profile: ProvinceProfile): Extension | null {
  const current = facts.certificate?.reviewValidUntil ?? null
  if (current === null) return null
  const limits = limitsOf(facts, profile)
  const dates = limits.map(({ date }) => date)
  const validUntil = nextReviewValidUntil({
    policy: profile.validity.policy,
    approvedOn,
    currentReviewValidUntil: current,
    limits: dates,
  })
  const unlimited = nextReviewValidUntil({
    policy: profile.validity.policy,
    approvedOn,
    currentReviewValidUntil: current,
    limits: [],
  })
  const limit = validUntil < unlimited ? limits.find(({ date }) => date === validUntil) : undefined
  return { validUntil, limitedBy: limit?.kind ?? null, gainsNothing: validUntil <= current }
}

function limitsOf(facts: ReviewFacts, profile: ProvinceProfile): { kind: LimitKind; date: LocalDate }[] {
  const { certificate, police, inspection, vehicle } = facts
  const limits: { kind: LimitKind; date: LocalDate }[] = []
  if (certificate !== null) limits.push({ kind: 'CERTIFICATE', date: certificate.validUntil })
  const scrapOn = police.state === 'UP' ? (police.value?.scrapOn ?? null) : null
  if (scrapOn !== null) limits.push({ kind: 'SCRAP', date: scrapOn })
  if (profile.validity.capByInspection && inspection.state === 'UP' && inspection.value !== null) {
    const { inspectedOn, validUntil: reportValidUntil } = inspection.value
    const period = profile.inspectionPeriods[vehicleClassOf(vehicle)]
    const dates = { firstRegisteredOn: vehicle.firstRegisteredOn, inspectedOn, reportValidUntil }
    limits.push({ kind: 'INSPECTION', date: inspectionValidUntil(period, dates) })
  }
  return limits
}
