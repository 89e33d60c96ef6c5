import type {
  Endorsement,
  PrintResultReceipt,
  PrintResultReport,
  WithdrawalRequest,
} from '../../contract/endorsement.ts'
import type { KioskId } from '../../contract/fields.ts'
import type { Problem } from '../../contract/problem.ts'
import { ALLOWED_SKEW_MS } from '../../contract/routes.ts'
import type { EndorsementNo } from '../../../domain/endorsement-no.ts'
import { mayReprint, type EndorsementStatus } from '../../../domain/endorsement.ts'
import { err, ok, type Result } from '../../../lib/result.ts'
import type { StoredEndorsement, StoredReport } from '../store/endorsements.ts'
import { atomically, now, type Centre } from './centre.ts'

/**
 * Takes down what happened on paper. A report may come hours late: what counts is that printing began while the
 * authorization was valid. A paper that exists is never denied: one begun outside the validity becomes PRINT_UNKNOWN, for
 * a person to look at, and the review stays closed to everybody else.
 */
export function reportPrint(
  centre: Centre,
  kioskId: KioskId,
  no: EndorsementNo,
  report: PrintResultReport,
): Result<PrintResultReceipt, Problem> {
  return atomically(centre, () => {
    const endorsement = centre.endorsements.byNo(no, now(centre))
    const authorization = centre.endorsements.authorization(report.authorizationId)
    if (endorsement === null || authorization?.endorsementNo !== no) return err({ code: 'NOT_FOUND' })
    if (authorization.claims.kioskId !== kioskId) return err({ code: 'NOT_FOUND' })
    if (authorization.claims.attempt !== report.attempt) return err({ code: 'INVALID_REQUEST', path: 'attempt' })
    if ((report.startedAt === null) !== (report.result === 'NOT_STARTED'))
      return err({ code: 'INVALID_REQUEST', path: 'startedAt' })
    if (report.result === 'PRINTED' && report.proof === null) return err({ code: 'INVALID_REQUEST', path: 'proof' })
    return take(centre, endorsement, report)
  })
}

/** The kiosk never learnt our answer, so nothing was printed with it: what was granted is given back. */
export function withdraw(centre: Centre, kioskId: KioskId, { key, at }: WithdrawalRequest): { duplicate: boolean } {
  return atomically(centre, () => {
    const fresh = centre.endorsements.withdraw(kioskId, key, now(centre))
    const granted = centre.endorsements.authorizationByKey(kioskId, key)
    const endorsement = granted === null ? null : centre.endorsements.byNo(granted.endorsementNo, now(centre))
    if (granted === null || endorsement === null) return { duplicate: !fresh }
    const { authorizationId, claims } = granted
    const nothing = { result: 'NOT_STARTED', startedAt: null, at, proof: null } as const
    const released = take(centre, endorsement, { authorizationId, attempt: claims.attempt, ...nothing })
    // A conflict means that the paper's fate is known already, and then there is nothing to take back.
    return { duplicate: !fresh || !released.ok }
  })
}

function take(
  centre: Centre,
  endorsement: StoredEndorsement,
  report: PrintResultReport,
): Result<PrintResultReceipt, Problem> {
  const told = centre.endorsements.reports(report.authorizationId)
  if (told.some((former) => saysTheSame(former, report)) || agrees(endorsement, told, report))
    return ok(receipt(centre, endorsement, true))
  const conflict = err({ code: 'RESULT_CONFLICT' as const, endorsementStatus: endorsement.status })
  // Only the newest authorization of a number can still change anything.
  if (endorsement.authorizationId !== report.authorizationId) return conflict
  if (endorsement.status !== 'AUTHORIZED' && endorsement.status !== 'PRINT_UNKNOWN') return conflict
  // A kiosk that said it does not know is believed again only when a person has looked.
  if (told.length > 0 && !isFinding(report)) return conflict
  centre.endorsements.addReport(report, now(centre))
  settle(centre, endorsement, statusAfter(centre, endorsement, report), report)
  const settled = centre.endorsements.byNo(endorsement.endorsementNo, now(centre))
  return ok(receipt(centre, settled ?? endorsement, false))
}

function isFinding({ proof }: PrintResultReport): boolean {
  return proof?.method === 'TECHNICIAN_FINDING'
}

/** What was told before is told again; that people have since looked is news even if they found the same. */
function saysTheSame(former: StoredReport, report: PrintResultReport): boolean {
  return former.result === report.result && (former.byFinding || !isFinding(report))
}

/**
 * Whether a report says of a page that was looked at here, while its kiosk was away or in doubt, what was found: that is
 * no news. Where neither a failure nor a release was reported, only such a finding lets the number go on to its next
 * authorization.
 */
function agrees(endorsement: StoredEndorsement, told: readonly StoredReport[], report: PrintResultReport): boolean {
  if (told.some(({ result, byFinding }) => byFinding || result === 'FAILED' || result === 'NOT_STARTED')) return false
  const superseded = endorsement.authorizationId !== report.authorizationId
  if (superseded || endorsement.status === 'PRINT_FAILED' || endorsement.status === 'VOIDED')
    return report.result !== 'PRINTED'
  return endorsement.status === 'CONFIRMED' && (report.result === 'PRINTED' || report.result === 'UNKNOWN')
}

function statusAfter(centre: Centre, endorsement: StoredEndorsement, report: PrintResultReport): EndorsementStatus {
  switch (report.result) {
    case 'PRINTED':
      return beganInTime(endorsement, report) || report.proof?.method === 'TECHNICIAN_FINDING'
        ? 'CONFIRMED'
        : 'PRINT_UNKNOWN'
    case 'FAILED':
      return statusAfterFailure(centre, endorsement)
    case 'NOT_STARTED':
      return 'RELEASED'
    case 'UNKNOWN':
      return 'PRINT_UNKNOWN'
  }
}

function beganInTime({ issuedAt, expiresAt }: StoredEndorsement, { startedAt }: PrintResultReport): boolean {
  return startedAt !== null && startedAt >= issuedAt - ALLOWED_SKEW_MS && startedAt < expiresAt
}

function settle(
  centre: Centre,
  endorsement: StoredEndorsement,
  status: EndorsementStatus,
  report: PrintResultReport,
): void {
  if (status === 'CONFIRMED') confirm(centre, endorsement, report.at)
  else centre.endorsements.become(endorsement, status, null)
  if (report.result === 'FAILED') spoilRow(centre, endorsement)
}

function confirm(centre: Centre, endorsement: StoredEndorsement, at: number): void {
  const { certificateNo, row, validUntil } = endorsement.claims
  centre.endorsements.become(endorsement, 'CONFIRMED', at)
  centre.registry.recordReview(certificateNo, validUntil, row)
  const review = centre.reviews.byId(endorsement.reviewId)
  if (review !== null) centre.reviews.become(review, 'ENDORSED')
}

/** The row may carry ink: whoever prints next takes a fresh one. */
function spoilRow(centre: Centre, { claims }: StoredEndorsement): void {
  centre.registry.spoilRow(claims.certificateNo, claims.row)
}

function statusAfterFailure(centre: Centre, { attempt }: StoredEndorsement): EndorsementStatus {
  return mayReprint(attempt, centre.settings.province.reprintLimit) ? 'PRINT_FAILED' : 'VOIDED'
}

/** A finding at the counter about an endorsement nobody reports on any more. False when its result is known. */
export function resolveByFinding(centre: Centre, no: EndorsementNo, finding: 'SEEN' | 'NOT_SEEN'): boolean {
  return atomically(centre, () => {
    const endorsement = centre.endorsements.byNo(no, now(centre))
    if (endorsement?.status !== 'PRINT_UNKNOWN') return false
    if (finding === 'SEEN') {
      confirm(centre, endorsement, now(centre))
      return true
    }
    centre.endorsements.become(endorsement, statusAfterFailure(centre, endorsement), null)
    spoilRow(centre, endorsement)
    return true
  })
}

function receipt(
  centre: Centre,
  { endorsementNo, status, attempt }: StoredEndorsement,
  duplicate: boolean,
): PrintResultReceipt {
  const again =
    status === 'RELEASED' || (status === 'PRINT_FAILED' && mayReprint(attempt, centre.settings.province.reprintLimit))
  return { endorsementNo, status, duplicate, mayReprint: again }
}

/** The centre's record, for the kiosk it belongs to. */
export function endorsementRecord(centre: Centre, kioskId: KioskId, no: EndorsementNo): Result<Endorsement, Problem> {
  const stored = centre.endorsements.byNo(no, now(centre))
  if (stored === null || stored.kioskId !== kioskId) return err({ code: 'NOT_FOUND' })
  return ok(recordOf(centre, stored))
}

export function recordOf(centre: Centre, stored: StoredEndorsement): Endorsement {
  const { claims } = stored
  return {
    endorsementNo: stored.endorsementNo,
    status: stored.status,
    reviewId: stored.reviewId,
    vehicle: claims.vehicle,
    certificateNo: claims.certificateNo,
    row: claims.row,
    previousValidUntil: claims.previousValidUntil,
    validUntil: claims.validUntil,
    attempt: stored.attempt,
    kioskId: stored.kioskId,
    kioskName: claims.kioskName,
    stationName: centre.kiosks.byId(stored.kioskId)?.station.name ?? '',
    authorityName: claims.print.authorityName,
    authorizedAt: stored.issuedAt,
    expiresAt: stored.expiresAt,
    confirmedAt: stored.confirmedAt,
    specimen: claims.print.specimen,
  }
}
