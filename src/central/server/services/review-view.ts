import type { PrintTokens, Review, ReviewMessage } from '../../contract/review.ts'
import type { ReviewStatus } from '../../../domain/annual-review.ts'
import { SOURCE_SYSTEMS, TECH_GRADES } from '../../../domain/codes.ts'
import { addDays } from '../../../domain/local-date.ts'
import { formatLimit } from '../../../domain/overdue.ts'
import { plateProvince } from '../../../domain/plate.ts'
import { authorityOf } from '../../../domain/province.ts'
import type { Assessment } from '../../../domain/review/assess.ts'
import type { RegisteredVehicle } from '../store/registry.ts'
import type { StoredReview } from '../store/reviews.ts'
import { now, today, type Centre } from './centre.ts'
import { lockViews } from './lock-views.ts'
import type { GatheredFacts } from './review-facts.ts'

/** One check, complete: the stored review, the vehicle, the facts asked just now and what they come to. */
export interface CheckedReview {
  readonly stored: StoredReview
  readonly vehicle: RegisteredVehicle
  readonly gathered: GatheredFacts
  readonly assessment: Assessment
}

export function reviewView(centre: Centre, checked: CheckedReview, standing: ReviewStatus): Review {
  const { stored, vehicle, gathered, assessment } = checked
  const { certificate } = vehicle
  const pageFull = isRecordPageFull(centre, vehicle)
  const outcome = assessment.outcome === 'READY' && pageFull ? 'BLOCKED' : assessment.outcome
  return {
    reviewId: stored.reviewId,
    vehicle: vehicle.facts.key,
    vehicleClass: assessment.vehicleClass,
    operatorName: vehicle.operator.name,
    status: shownStatus(assessment, standing),
    outcome,
    items: assessment.items.map((item) => ({ ...item })),
    reviewValidUntil: certificate?.reviewValidUntil ?? null,
    newValidUntil: assessment.extension?.validUntil ?? null,
    daysOverdue: assessment.daysOverdue,
    locks: outcome === 'LOCKED' ? lockViews(gathered) : [],
    message: pageFull && assessment.outcome === 'READY' ? { code: 'RECORD_PAGE_FULL' } : messageOf(centre, checked),
    print: outcome === 'READY' ? printTokensOf(centre, checked) : null,
    certificate:
      certificate === null
        ? null
        : {
            certificateNo: certificate.certificateNo,
            displayNo: certificate.displayNo,
            nextRow: Math.min(certificate.nextRow, centre.settings.province.recordRows),
            rows: centre.settings.province.recordRows,
          },
    acceptanceNo: stored.acceptanceNo,
    checkedAt: now(centre),
  }
}

function isRecordPageFull(centre: Centre, { certificate }: RegisteredVehicle): boolean {
  return certificate !== null && certificate.nextRow > centre.settings.province.recordRows
}

/** LOCKED and CANCELLABLE cover whatever the review was; the stored status comes back when they go. */
function shownStatus({ outcome }: Assessment, standing: ReviewStatus): ReviewStatus {
  if (outcome === 'LOCKED') return 'LOCKED'
  return outcome === 'OVERDUE_LIMIT' ? 'CANCELLABLE' : standing
}

/** The words that will stand on the paper; the same now and when authorized. */
export function printTokensOf(centre: Centre, { stored, vehicle, gathered, assessment }: CheckedReview): PrintTokens {
  const authority = authorityOf(centre.settings.province, vehicle.facts.areaCode)
  const grade = gathered.facts.inspection.state === 'UP' ? (gathered.facts.inspection.value?.techGrade ?? null) : null
  return {
    resultText: '合格',
    techGrade: grade === null || assessment.vehicleClass === 'TRAILER' ? '—' : TECH_GRADES[grade],
    reviewDate: stored.approvedOn ?? today(centre),
    authorityName: authority.name,
    sealText: authority.sealText,
    checkCode: centre.signingKeys.checkCode(stored.reviewId, assessment.extension?.validUntil ?? ''),
    specimen: centre.settings.specimen,
  }
}

function messageOf(centre: Centre, checked: CheckedReview): ReviewMessage {
  const { stored, vehicle, gathered, assessment } = checked
  const { province } = centre.settings
  const current = vehicle.certificate?.reviewValidUntil ?? today(centre)
  const validUntil = assessment.extension?.validUntil ?? current
  const days = assessment.daysOverdue
  switch (assessment.outcome) {
    case 'READY':
      return days > 0 ? { code: 'READY_OVERDUE', validUntil, days } : { code: 'READY', validUntil }
    case 'SUBMITTABLE':
      return days > 0 ? { code: 'SUBMITTABLE_OVERDUE', validUntil, days } : { code: 'SUBMITTABLE', validUntil }
    case 'IN_PROGRESS':
      return { code: 'IN_PROGRESS' }
    case 'NOT_DUE':
      return { code: 'NOT_DUE', validUntil: current, from: addDays(current, -province.windowDays) }
    case 'OVERDUE_LIMIT':
      return { code: 'OVERDUE_LIMIT', days, limit: formatLimit(province.overdueLimit) }
    case 'LOCKED':
      return { code: 'LOCKED', caseNoMasked: lockViews(gathered)[0]?.caseNoMasked ?? null }
    case 'BLOCKED':
      return blockedMessage(stored, assessment)
    case 'MANUAL_REVIEW':
      return { code: 'MANUAL_REVIEW', acceptanceNo: stored.acceptanceNo ?? '' }
    case 'UNAVAILABLE': {
      const missing = assessment.items.find(({ result }) => result === 'UNAVAILABLE')
      return { code: 'UNAVAILABLE', system: SOURCE_SYSTEMS[missing?.sourceSystem ?? 'TRANSPORT'] }
    }
    case 'ALREADY_ENDORSED':
      return endorsedMessage(centre, checked)
    case 'NOT_REQUIRED':
      return { code: 'NOT_REQUIRED' }
    case 'OTHER_PROVINCE':
      return {
        code: 'OTHER_PROVINCE',
        province: plateProvince(vehicle.facts.key.plateNo),
        url: province.otherProvinceUrl,
      }
  }
}

function blockedMessage(stored: StoredReview, { items, extension }: Assessment): ReviewMessage {
  const ruleIds = items
    .filter(({ result, action }) => result === 'FAIL' && action === 'BLOCK')
    .map(({ ruleId }) => ruleId)
  if (ruleIds.length > 0) return { code: 'BLOCKED', ruleIds }
  if (extension?.gainsNothing === true && extension.limitedBy !== null) {
    return { code: 'NOTHING_TO_EXTEND', limitedBy: extension.limitedBy, until: extension.validUntil }
  }
  if (stored.status === 'RECTIFY') return { code: 'RECTIFY', until: stored.rectifyUntil }
  return stored.status === 'REJECTED' ? { code: 'REJECTED' } : { code: 'BLOCKED', ruleIds }
}

function endorsedMessage(centre: Centre, { stored, gathered }: CheckedReview): ReviewMessage {
  const endorsed = gathered.facts.endorsedThisCycle
  if (endorsed !== null) return { code: 'ALREADY_ENDORSED', ...endorsed }
  const record = centre.endorsements.ofReview(stored.reviewId, now(centre))
  if (record === null) throw new Error('an endorsed review has its endorsement')
  const { kioskName, endorsementNo, validUntil } = record.claims
  return { code: 'ALREADY_ENDORSED', kioskName, at: record.confirmedAt ?? record.issuedAt, endorsementNo, validUntil }
}
