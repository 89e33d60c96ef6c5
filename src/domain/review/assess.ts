import type { ReviewStatus } from '../annual-review.ts'
import { plateProvince } from '../plate.ts'
import { daysOverdue } from '../overdue.ts'
import type { LocalDate } from '../local-date.ts'
import type { ProvinceProfile } from '../province.ts'
import { checkItems, type CheckedItem } from './check-items.ts'
import { extensionOf, type Extension } from './extension.ts'
import { isLightTruck, vehicleClassOf, type ReviewFacts } from './facts.ts'
import type { ReviewOutcome, RuleAction, RuleId, VehicleClass } from './vocabulary.ts'

/** Where the review stands in its own life (domain: AnnualReview.status), and what a person has already decided in it. */
export interface ReviewStanding {
  readonly status: ReviewStatus
  /** 审验日期; null until approved. */
  readonly approvedOn: LocalDate | null
  /** Doubts a reviewer has settled in this cycle: they do not send the vehicle to a person again. */
  readonly settledDoubts: readonly RuleId[]
}

export interface Assessment {
  readonly vehicleClass: VehicleClass
  readonly outcome: ReviewOutcome
  readonly items: readonly CheckedItem[]
  readonly daysOverdue: number
  /** What an endorsement would print; null when there is nothing to count from. */
  readonly extension: Extension | null
}

/** The whole check of one vehicle on one day: pure, so that the same facts give the same answer years later. */
export function assessReview(facts: ReviewFacts, standing: ReviewStanding, profile: ProvinceProfile): Assessment {
  const vehicleClass = vehicleClassOf(facts.vehicle)
  const outside = outsideOutcome(facts, profile)
  if (outside !== null) return { vehicleClass, outcome: outside, items: [], daysOverdue: 0, extension: null }
  const items = checkItems(facts, profile)
  const until = facts.certificate?.reviewValidUntil ?? null
  const extension = extensionOf(facts, standing.approvedOn ?? facts.today, profile)
  return {
    vehicleClass,
    outcome: outcomeOf(items, standing, extension),
    items,
    daysOverdue: until === null ? 0 : daysOverdue(until, facts.today),
    extension,
  }
}

function outsideOutcome(facts: ReviewFacts, profile: ProvinceProfile): ReviewOutcome | null {
  if (isOtherProvince(facts, profile)) return 'OTHER_PROVINCE'
  return isLightTruck(facts.vehicle, profile.lightTruckUpToKg) ? 'NOT_REQUIRED' : null
}

/** 车籍地 decides; the plate only where the register has no area. */
function isOtherProvince({ vehicle }: ReviewFacts, profile: ProvinceProfile): boolean {
  if (vehicle.areaCode !== '') return !vehicle.areaCode.startsWith(profile.areaPrefix)
  return plateProvince(vehicle.key.plateNo) !== profile.plateCharacter
}

/**
 * First what ends the matter whatever else is wrong, then what the citizen can act on, then what nobody could find out,
 * then what a person must look at. A missing answer is never hidden behind a pass, and never reported as a failure.
 */
function outcomeOf(
  items: readonly CheckedItem[],
  standing: ReviewStanding,
  extension: Extension | null,
): ReviewOutcome {
  const failed = (id: RuleId) => items.some((item) => item.ruleId === id && item.result === 'FAIL')
  const failedWith = (action: RuleAction) => items.some((item) => item.result === 'FAIL' && item.action === action)
  if (failed('R18')) return 'ALREADY_ENDORSED'
  if (failed('R16')) return 'OVERDUE_LIMIT'
  if (failedWith('LOCK')) return 'LOCKED'
  if (failed('R17')) return 'NOT_DUE'
  if (failedWith('BLOCK')) return 'BLOCKED'
  if (items.some((item) => item.result === 'UNAVAILABLE' && item.action !== 'WARN')) return 'UNAVAILABLE'
  if (extension?.gainsNothing === true) return 'BLOCKED'
  return outcomeOfStanding(items, standing)
}

function outcomeOfStanding(items: readonly CheckedItem[], { status, settledDoubts }: ReviewStanding): ReviewOutcome {
  const doubt = items.some((item) => item.result === 'MANUAL' && !settledDoubts.includes(item.ruleId))
  switch (status) {
    case 'APPROVED':
      return doubt ? 'MANUAL_REVIEW' : 'READY'
    case 'SUBMITTED':
    case 'CHECKING':
    case 'PASSED_AUTO':
      return 'IN_PROGRESS'
    case 'MANUAL_REVIEW':
      return 'MANUAL_REVIEW'
    case 'REJECTED':
    case 'RECTIFY':
      return 'BLOCKED'
    case 'ENDORSED':
      return 'ALREADY_ENDORSED'
    case 'CANCELLABLE':
      return 'OVERDUE_LIMIT'
    case 'NOT_DUE':
    case 'DUE':
    case 'OVERDUE':
    case 'FAILED':
    case 'LOCKED':
      // A former failure or lock that no longer shows in the items is over: the owner may apply (again).
      return 'SUBMITTABLE'
  }
}

/** What the automatic check of a submitted review decides; null while a source is missing: then it goes on checking. */
export function verdictOf(items: readonly CheckedItem[]): 'PASSED_AUTO' | 'MANUAL_REVIEW' | 'FAILED' | null {
  if (items.some((item) => item.result === 'FAIL' && (item.action === 'BLOCK' || item.action === 'LOCK')))
    return 'FAILED'
  if (items.some((item) => item.result === 'UNAVAILABLE' && item.action !== 'WARN')) return null
  return items.some((item) => item.result === 'MANUAL') ? 'MANUAL_REVIEW' : 'PASSED_AUTO'
}
