import type { ReviewStatus } from '../annual-review.ts'
import { daysBetween, type LocalDate } from '../local-date.ts'
import { daysOverdue, isBeyondLimit } from '../overdue.ts'
import type { ProvinceProfile } from '../province.ts'
import { isLightTruck, type VehicleFacts } from './facts.ts'
import { BADGE_KINDS, type BadgeKind } from './vocabulary.ts'

export interface Badge {
  readonly kind: BadgeKind
  /** Days past the expiry for OVERDUE and OVERDUE_LIMIT, days to it for DUE_SOON, else null. */
  readonly days: number | null
}

/** The little that is known of every vehicle of a list, before the rules are asked. */
export interface BadgeFacts {
  readonly today: LocalDate
  readonly vehicle: VehicleFacts
  readonly reviewValidUntil: LocalDate | null
  readonly status: ReviewStatus
  /** Null when the enforcement system did not answer. */
  readonly locked: boolean | null
  readonly endorsedThisCycle: boolean
}

/** What S04 says of a vehicle. The expiry day itself is 即将到期; the day after is 逾期1天 (scenario 3). */
export function badgeOf(facts: BadgeFacts, profile: ProvinceProfile): Badge {
  const { vehicle, reviewValidUntil, today } = facts
  if (!vehicle.areaCode.startsWith(profile.areaPrefix)) return plain('OTHER_PROVINCE')
  if (isLightTruck(vehicle, profile.lightTruckUpToKg)) return plain('NOT_REQUIRED')
  if (vehicle.operationStatus !== '10') return plain('NOT_OPERATING')
  if (facts.endorsedThisCycle) return plain('ENDORSED')
  if (reviewValidUntil !== null && isBeyondLimit(reviewValidUntil, today, profile.overdueLimit)) {
    return { kind: 'OVERDUE_LIMIT', days: daysOverdue(reviewValidUntil, today) }
  }
  if (facts.locked === true) return plain('LOCKED')
  if (reviewValidUntil !== null && daysBetween(today, reviewValidUntil) > profile.windowDays) return plain('NOT_DUE')
  return facts.locked === null ? plain('UNAVAILABLE') : byStanding(facts, profile)
}

/** As a list shows it: 可签注, 逾期1天. */
export function badgeLabel({ kind, days }: Badge): string {
  const name = BADGE_KINDS[kind]
  return kind === 'OVERDUE' && days !== null ? `${name}${days}天` : name
}

function byStanding({ status, reviewValidUntil, today }: BadgeFacts, profile: ProvinceProfile): Badge {
  switch (status) {
    case 'APPROVED':
      return plain('ENDORSABLE')
    case 'SUBMITTED':
    case 'CHECKING':
    case 'PASSED_AUTO':
    case 'MANUAL_REVIEW':
      return plain('IN_REVIEW')
    case 'FAILED':
    case 'RECTIFY':
    case 'REJECTED':
      return plain('NOT_PASSED')
    case 'ENDORSED':
      return plain('ENDORSED')
    case 'NOT_DUE':
    case 'DUE':
    case 'OVERDUE':
    case 'LOCKED':
    case 'CANCELLABLE':
      return byDate(reviewValidUntil, today, profile.dueSoonDays)
  }
}

function byDate(reviewValidUntil: LocalDate | null, today: LocalDate, dueSoonDays: number): Badge {
  if (reviewValidUntil === null) return plain('DUE')
  const left = daysBetween(today, reviewValidUntil)
  if (left < 0) return { kind: 'OVERDUE', days: -left }
  return left <= dueSoonDays ? { kind: 'DUE_SOON', days: left } : plain('DUE')
}

const plain = (kind: BadgeKind): Badge => ({ kind, days: null })
