import type { Endorsement } from '../../../store/endorsement.ts'
import { mustRead, mustWrite } from '../../../store/must.ts'
import type { Store, StoreWriter } from '../../../store/store.ts'
import { abandon, addEvent, addPrintResult, takeBackRenewal } from './records.ts'

/** What a start found left over by a stop. */
export interface Recovered {
  /** Prints nobody can vouch for: each waits for a technician. */
  readonly unknown: number
  /** Authorizations given back unused. */
  readonly released: number
  readonly visits: number
}

/**
 * Brings the store into order after a stop in the middle of anything: a print that may have begun becomes unknown, what
 * certainly left no ink is given back, so is the answer to a question whose answer was not stored, visits are closed. Nothing is printed. It may itself be interrupted and run again.
 */
export function recover(store: Store, now: number): Recovered {
  const left = mustRead(store, (view) => ({
    renewing: view.endorsements.renewing(),
    endorsements: view.endorsements.inFlight(),
    visits: view.visits.unfinished(),
  }))
  let unknown = 0
  let released = 0
  for (const endorsement of left.renewing) {
    mustWrite(store, (tx) => takeBackRenewal(tx, endorsement, now))
  }
  for (const endorsement of left.endorsements) {
    mustWrite(store, (tx) => {
      if (endorsement.status === 'PRINTING') {
        interrupted(tx, endorsement, now)
        unknown += 1
        return
      }
      const before = tx.endorsements.find(endorsement.key)?.status
      abandon(tx, endorsement, 'RESTART', now)
      if (tx.endorsements.find(endorsement.key)?.status !== before) released += 1
    })
  }
  for (const { visitId } of left.visits) {
    mustWrite(store, (tx) => tx.visits.end(visitId, 'INTERRUPTED', null))
  }
  return { unknown, released, visits: left.visits.length }
}

function interrupted(tx: StoreWriter, endorsement: Endorsement, now: number): void {
  const { key, printingAt } = endorsement
  const reason = 'INTERRUPTED'
  tx.endorsements.markUnknown(key, reason)
  for (const job of tx.printJobs.ofEndorsement(key)) {
    if (job.state === 'PRINTING') tx.printJobs.markUnknown(job.jobId, reason)
  }
  addPrintResult(tx, endorsement, { result: 'UNKNOWN', startedAt: printingAt, proof: null }, now)
  addEvent(tx, 'PRINT_UNKNOWN', `endorsement ${endorsement.endorsementNo ?? ''} interrupted while printing`, now)
  tx.audit.append({ actor: 'kiosk', action: 'endorsement.unknown', target: key, result: 'UNKNOWN', detail: { reason } })
}
