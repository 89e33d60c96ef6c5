import { expectOk } from '../../../lib/result.ts'
import type { Endorsement } from '../../../store/endorsement.ts'
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
  const left = expectOk(
    store.read((view) => ({
      renewing: view.endorsements.renewing(),
      endorsements: view.endorsements.inFlight(),
      visits: view.visits.unfinished(),
    })),
    'store unreadable',
  )
  let unknown = 0
  let released = 0
  for (const endorsement of left.renewing) {
    expectOk(
      store.transaction((tx) => takeBackRenewal(tx, endorsement, now)),
      'store cannot be written',
    )
  }
  for (const endorsement of left.endorsements) {
    expectOk(
      store.transaction((tx) => {
        if (endorsement.status === 'PRINTING') {
          interrupted(tx, endorsement, now)
          unknown += 1
          return
        }
        const before = tx.endorsements.find(endorsement.key)?.status
        abandon(tx, endorsement, 'RESTART', now)
        if (tx.endorsements.find(endorsement.key)?.status !== before) released += 1
      }),
      'store cannot be written',
    )
  }
  for (const { visitId } of left.visits) {
    expectOk(
      store.transaction((tx) => tx.visits.end(visitId, 'INTERRUPTED', null)),
      'store cannot be written',
    )
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
