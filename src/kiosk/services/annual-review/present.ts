import type { Review, ReviewLock, ReviewMessage } from '../../../central/contract/review.ts'
import type { ListedVehicle as CentreVehicle, PublicVehicle } from '../../../central/contract/vehicle.ts'
import { OPERATION_STATUSES, PLATE_COLORS, SOURCE_SYSTEMS } from '../../../domain/codes.ts'
import { dateInShanghai } from '../../../domain/local-date.ts'
import { maskCertificateNo } from '../../../domain/mask.ts'
import type { VehicleKey } from '../../../domain/plate.ts'
import type { BadgeKind, ReviewOutcome } from '../../../domain/review/vocabulary.ts'
import type { Badge, CheckItemView, RowPreview, VehicleView } from '../../../ipc/snapshot.ts'
import { text } from '../../../ipc/text.ts'
import type { CheckedReview, ListedVehicle, PublicStatus, ReviewNext } from '../../visit/model.ts'

/** From the centre's words to what the screens show. Pure; nothing here decides anything. */

export function vehicleId(vehicle: VehicleKey): string {
  return `${vehicle.plateColor}-${vehicle.plateNo}`
}

function vehicleView(vehicle: VehicleKey): VehicleView {
  return {
    id: vehicleId(vehicle),
    plateNo: vehicle.plateNo,
    plateColor: vehicle.plateColor,
    plateColorName: PLATE_COLORS[vehicle.plateColor],
  }
}

const badgeTones: Readonly<Record<BadgeKind, Badge['tone']>> = {
  ENDORSABLE: 'good',
  DUE: 'info',
  DUE_SOON: 'warning',
  NOT_DUE: 'info',
  OVERDUE: 'warning',
  OVERDUE_LIMIT: 'bad',
  LOCKED: 'bad',
  ENDORSED: 'good',
  IN_REVIEW: 'info',
  NOT_PASSED: 'bad',
  NOT_OPERATING: 'unknown',
  NOT_REQUIRED: 'info',
  OTHER_PROVINCE: 'unknown',
  UNAVAILABLE: 'unknown',
}

export function presentVehicle(listed: CentreVehicle): ListedVehicle {
  const { kind, days } = listed.badge
  return {
    view: vehicleView(listed.vehicle),
    reviewValidUntil: listed.reviewValidUntil,
    badge: { tone: badgeTones[kind], label: text(`badge.${kind}`, days === null ? undefined : { n: days }) },
    note: listed.note === null ? null : text('plain', { text: listed.note }),
  }
}

export function presentPublicStatus(vehicle: VehicleKey, found: PublicVehicle | null): PublicStatus {
  if (found === null) {
    return { vehicle: vehicleView(vehicle), found: false, rows: [], remark: text('publicStatus.notFound') }
  }
  const rows = [
    { label: text('publicStatus.operator'), value: found.operatorName },
    { label: text('publicStatus.operationStatus'), value: OPERATION_STATUSES[found.operationStatus] },
    { label: text('publicStatus.scope'), value: found.scopeText },
    { label: text('publicStatus.certificateValidUntil'), value: found.certificateValidUntil },
    { label: text('publicStatus.reviewValidUntil'), value: found.reviewValidUntil ?? '—' },
  ]
  return { vehicle: vehicleView(vehicle), found: true, rows, remark: text('publicStatus.notYours') }
}

const verdictTones: Readonly<Record<ReviewOutcome, Badge['tone']>> = {
  READY: 'good',
  SUBMITTABLE: 'info',
  IN_PROGRESS: 'info',
  NOT_DUE: 'info',
  ALREADY_ENDORSED: 'good',
  LOCKED: 'bad',
  BLOCKED: 'bad',
  MANUAL_REVIEW: 'warning',
  UNAVAILABLE: 'unknown',
  OVERDUE_LIMIT: 'bad',
  NOT_REQUIRED: 'info',
  OTHER_PROVINCE: 'info',
}

const slips: Partial<Record<ReviewOutcome, CheckedReview['slip']>> = {
  BLOCKED: 'FAILURES',
  LOCKED: 'FAILURES',
  OVERDUE_LIMIT: 'FAILURES',
  MANUAL_REVIEW: 'ACCEPTANCE',
  IN_PROGRESS: 'ACCEPTANCE',
}

/** `previewOf` draws the row that would be printed; it is asked only when the review may be endorsed. */
export function presentReview(review: Review, previewOf: (review: Review) => RowPreview | null): CheckedReview {
  return {
    reviewId: review.reviewId,
    vehicle: vehicleView(review.vehicle),
    items: review.items.map(presentItem),
    verdict: {
      tone: verdictTones[review.outcome],
      title: text(`verdict.${review.message.code}.title`, messageParams(review.message)),
      detail: text(`verdict.${review.message.code}.detail`, messageParams(review.message)),
    },
    next: nextOf(review, previewOf),
    slip: slips[review.outcome] ?? null,
  }
}

function nextOf(review: Review, previewOf: (review: Review) => RowPreview | null): ReviewNext {
  const { outcome, certificate, newValidUntil, print } = review
  if (outcome === 'READY' && certificate !== null && newValidUntil !== null && print !== null) {
    return {
      kind: 'ENDORSE',
      offer: {
        certificateMasked: maskCertificateNo(certificate.displayNo),
        currentValidUntil: review.reviewValidUntil,
        newValidUntil,
        authorityName: print.authorityName,
        preview: previewOf(review),
      },
    }
  }
  if (outcome === 'SUBMITTABLE') return { kind: 'SUBMIT' }
  if (outcome === 'LOCKED') return { kind: 'LOCKED', locks: review.locks.map(presentLock) }
  return { kind: 'STOP' }
}

function presentItem(item: Review['items'][number]): CheckItemView {
  const softened =
    item.result === 'FAIL' && (item.action === 'WARN' || item.action === 'INFO') ? item.action : item.result
  return {
    ruleId: item.ruleId,
    title: item.title,
    result: softened,
    evidence: item.evidence,
    sourceSystem: SOURCE_SYSTEMS[item.sourceSystem],
    checkedAt: item.checkedAt,
  }
}

function presentLock(lock: ReviewLock) {
  return {
    authority: lock.authority,
    reason: lock.reasonText,
    caseNoMasked: lock.caseNoMasked,
    contact: lock.contact,
    payment:
      lock.payment === null
        ? null
        : {
            payUrl: lock.payment.payUrl,
            payCodeMasked: `****${lock.payment.payCodeLast4}`,
            fineCents: lock.payment.fineCents,
            surchargeCents: lock.payment.surchargeCents,
            totalCents: lock.payment.totalCents,
          },
  }
}

/** Scalars of the message are the parameters of its sentences; a list counts, what is absent is a dash. */
function messageParams(message: ReviewMessage): Readonly<Record<string, string | number>> {
  const params: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(message) as [string, unknown][]) {
    if (name === 'at' && typeof value === 'number') params[name] = dateInShanghai(value)
    else if (Array.isArray(value)) params[name] = value.length
    else if (value === null) params[name] = '—'
    else if (name !== 'code' && (typeof value === 'string' || typeof value === 'number')) params[name] = value
  }
  return params
}
