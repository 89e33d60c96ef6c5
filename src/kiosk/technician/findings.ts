import type { EndorsementKey } from '../../store/endorsement.ts'
import type { EndorsementReader } from '../../store/endorsements.ts'
import { abandon, addPrintResult } from '../services/annual-review/records.ts'
import { mustRead } from '../../store/must.ts'
import type { Member } from './access.ts'
import type { Desk } from './page.ts'

/** A print whose outcome nobody knows: the number on the paper to look for, and nothing about whose it is. */
export interface UnknownPrint {
  readonly key: string
  readonly endorsementNo: string
  readonly attempt: number
  readonly at: number
}

export function unknownPrints(endorsements: EndorsementReader): readonly UnknownPrint[] {
  return endorsements.unknown().map(({ key, endorsementNo, attempt, settledAt, requestedAt }) => ({
    key,
    endorsementNo: endorsementNo ?? '',
    attempt,
    at: settledAt ?? requestedAt,
  }))
}

/**
 * What two people found ends the doubt: seen is printed, not seen is failed and given back to the centre, which may
 * authorize again. Fact, report to the centre and audit are one transaction. False when the doubt was ended otherwise.
 */
export function settleFinding(desk: Desk, key: string, document: 'SEEN' | 'NOT_SEEN', witness: Member): boolean {
  const { store, clock, sendLetters } = desk.rooms
  const now = clock.now()
  const before = mustRead(store, (view) => view.endorsements.find(key as EndorsementKey))
  if (before?.status !== 'PRINT_UNKNOWN') return false
  const detail = { document, witness: witness.id, from: before.status, attempt: before.attempt }
  desk.record({ action: 'finding.settled', target: before.key, detail }, (tx) => {
    const jobs = tx.printJobs.ofEndorsement(before.key)
    const job = jobs.at(-1)
    const finding = { document, technician: desk.member.id, witness: witness.id, note: '' }
    const settled = tx.endorsements.resolveUnknown(before.key, finding)
    for (const { jobId, state } of jobs) {
      if (state !== 'UNKNOWN') continue
      if (document === 'SEEN') tx.printJobs.confirm(jobId)
      else tx.printJobs.refute(jobId, 'NOT_SEEN')
    }
    addPrintResult(
      tx,
      settled,
      {
        result: document === 'SEEN' ? 'PRINTED' : 'FAILED',
        startedAt: before.printingAt ?? before.printRequestedAt ?? before.requestedAt,
        proof: job === undefined ? null : { method: 'TECHNICIAN_FINDING', jobId: job.jobId, sha256: job.sha256 },
      },
      now,
    )
    // The visit is long over: a failed print is nobody's until the centre grants the next attempt.
    if (document === 'NOT_SEEN') abandon(tx, settled, 'FINDING', now)
  })
  sendLetters()
  return true
}
