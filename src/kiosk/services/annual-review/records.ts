import { randomUUID } from 'node:crypto'
import { decodeJwt } from 'jose'
import type { PrintResultReport } from '../../../central/contract/endorsement.ts'
import { authorizationId } from '../../../central/contract/fields.ts'
import type { EventReport } from '../../../central/contract/station.ts'
import type { EndorsementNo } from '../../../domain/endorsement-no.ts'
import type { ImpersonalText } from '../../../lib/personal.ts'
import { redact } from '../../../lib/redact.ts'
import type { Endorsement } from '../../../store/endorsement.ts'
import type { StoreWriter } from '../../../store/store.ts'
import type { Letter } from '../../../central/contract/letter.ts'

/**
 * The rows that tell the centre and the audit what became of an endorsement. The saga writes them while a visit runs,
 * recovery after a stop; both inside the transaction of the fact.
 */

export function endorsementNo(endorsement: Endorsement): EndorsementNo {
  if (endorsement.endorsementNo === null) throw new Error(`endorsement ${endorsement.key} has no number`)
  return endorsement.endorsementNo
}

function post(tx: StoreWriter, aggregate: string, letter: Letter, idempotencyKey: string): void {
  tx.outbox.add({ aggregate, kind: letter.kind, payload: letter, idempotencyKey })
}

/** Reports what happened on paper with the stored authorization; `now` is milliseconds since the epoch. */
export function addPrintResult(
  tx: StoreWriter,
  endorsement: Endorsement,
  what: Pick<PrintResultReport, 'result' | 'startedAt' | 'proof'>,
  now: number,
): void {
  const jwt = decodeJwt<{ attempt: number }>(endorsement.authorization ?? '')
  const id = authorizationId.parse(jwt.jti)
  const report = { authorizationId: id, attempt: jwt.attempt, at: now, ...what }
  const letter = { kind: 'print-result', endorsementNo: endorsementNo(endorsement), report } as const
  // What two people found is another letter than the printer's own word for the same.
  const found = what.proof?.method === 'TECHNICIAN_FINDING' ? ':FOUND' : ''
  post(tx, endorsement.key, letter, `${id}:${what.result}${found}`)
}

/** Gives back whatever the centre may have granted under `askedUnder`: nothing was, and nothing will be, printed with it. */
export function takeBack(tx: StoreWriter, endorsement: Endorsement, askedUnder: string, now: number): void {
  post(tx, endorsement.key, { kind: 'withdraw-request', key: askedUnder, at: now }, `withdraw:${askedUnder}`)
}

/** Closes an open question for another authorization and gives back what it may have granted. */
export function takeBackRenewal(tx: StoreWriter, endorsement: Endorsement, now: number): void {
  if (endorsement.renewalKey === null) return
  takeBack(tx, endorsement, endorsement.renewalKey, now)
  tx.endorsements.closeRenewal(endorsement.key)
  const detail = { renewalKey: endorsement.renewalKey }
  tx.audit.append({
    actor: 'kiosk',
    action: 'endorsement.renewal-withdrawn',
    target: endorsement.key,
    result: 'OK',
    detail,
  })
}

/** Takes back a request that was never answered; nothing can have been printed with the answer. */
function withdrawRequest(tx: StoreWriter, endorsement: Endorsement, now: number): void {
  const { key } = endorsement
  takeBack(tx, endorsement, key, now)
  tx.endorsements.void(key, 'WITHDRAWN')
  auditRelease(tx, endorsement, 'WITHDRAWN')
}

/** Lets go of an endorsement nobody will print in this visit any more; ink that is or may be on paper is never let go of. */
export function abandon(tx: StoreWriter, endorsement: Endorsement, reason: string, now: number): void {
  switch (endorsement.status) {
    case 'AUTHORIZED':
    case 'PRINT_REQUESTED':
      addPrintResult(tx, endorsement, { result: 'NOT_STARTED', startedAt: null, proof: null }, now)
      tx.endorsements.release(endorsement.key, reason)
      auditRelease(tx, endorsement, reason)
      break
    case 'PRINT_FAILED':
      tx.endorsements.release(endorsement.key, reason)
      auditRelease(tx, endorsement, reason)
      break
    case 'REQUESTED':
      withdrawRequest(tx, endorsement, now)
      break
    case 'PRINTING':
    case 'PRINTED':
    case 'PRINT_UNKNOWN':
    case 'CONFIRMED':
    case 'RELEASED':
    case 'VOIDED':
      break
  }
}

function auditRelease(tx: StoreWriter, endorsement: Endorsement, reason: string): void {
  tx.audit.append({
    actor: 'kiosk',
    action: 'endorsement.released',
    target: endorsement.key,
    result: 'OK',
    detail: { reason },
  })
}

/** An alarm for the centre; `detail` names things, never people, and what looks like one's number all the same is blanked. */
export function addEvent(
  tx: StoreWriter,
  kind: EventReport['kind'],
  detail: ImpersonalText,
  now: number,
  device: ImpersonalText | null = null,
): void {
  const eventId = randomUUID()
  const report = { eventId, kind, at: now, device, detail: redact(oneLine(detail)).slice(0, 200) }
  post(tx, 'events', { kind: 'event', report }, eventId)
}

/** The contract takes no control characters, and a device's own words may have some: such a letter would be parked. */
function oneLine(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f]+/g, ' ')
}
