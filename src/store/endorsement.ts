import type { Brand } from '../domain/brand.ts'
import type { EndorsementNo } from '../domain/endorsement-no.ts'
import type { EndorsementStatus } from '../domain/endorsement.ts'
import type { VehicleKey } from '../domain/plate.ts'
import type { ImpersonalText } from '../lib/personal.ts'
import { redact, redactFields } from '../lib/redact.ts'
import { err, ok, type Result } from '../lib/result.ts'

/**
 * The saga of one 签注 (endorsement) in one visit, from the citizen's wish to the centre's acknowledgement. A fact is
 * stored before the effect that depends on it and the result after it, so that between two rows there is at most one
 * physical effect. To the statuses that kiosk and centre share come two that only the kiosk's own memory needs:
 * `REQUESTED`, the centre is about to be asked, and `PRINT_REQUESTED`, we mean to print and no byte has left.
 */
export type SagaStatus = EndorsementStatus | 'REQUESTED' | 'PRINT_REQUESTED'

/** Who has to act next while an endorsement rests in a status. */
type SagaOwner = 'CENTRE' | 'VISIT' | 'PRINTER' | 'OUTBOX' | 'TECHNICIAN' | 'NOBODY'

interface Rest {
  readonly owner: SagaOwner
  readonly next: readonly SagaStatus[]
}

/** The one table of legal steps, and who owns each rest between them. Anything else is a bug and throws. */
export const SAGA: Readonly<Record<SagaStatus, Rest>> = {
  /** After a crash: taken back under the same key, whatever the centre has answered. */
  REQUESTED: { owner: 'CENTRE', next: ['AUTHORIZED', 'VOIDED'] },
  /** The signed authorization is stored, nothing has moved. */
  AUTHORIZED: { owner: 'VISIT', next: ['PRINT_REQUESTED', 'RELEASED', 'VOIDED'] },
  /** After a crash: the paper is certainly untouched. */
  PRINT_REQUESTED: { owner: 'PRINTER', next: ['PRINTING', 'PRINT_FAILED', 'RELEASED'] },
  /** Bytes may have left. After a crash nobody knows before looking, so recovery makes it `PRINT_UNKNOWN`. */
  PRINTING: { owner: 'PRINTER', next: ['PRINTED', 'PRINT_FAILED', 'PRINT_UNKNOWN'] },
  /** Unknown when the centre, told of it, does not take it for a print that began in time. */
  PRINTED: { owner: 'OUTBOX', next: ['CONFIRMED', 'PRINT_UNKNOWN'] },
  /** Proof that nothing valid is on the paper. 补打 needs the centre's next authorization, with the same number. */
  PRINT_FAILED: { owner: 'VISIT', next: ['AUTHORIZED', 'RELEASED', 'VOIDED'] },
  /** Never printed again before somebody has looked: a technician at the printer, or an operator at the centre. */
  PRINT_UNKNOWN: { owner: 'TECHNICIAN', next: ['PRINTED', 'PRINT_FAILED', 'CONFIRMED', 'RELEASED', 'VOIDED'] },
  /** This visit prints no more; the number waits at the centre for the next authorization. */
  RELEASED: { owner: 'NOBODY', next: ['AUTHORIZED'] },
  CONFIRMED: { owner: 'NOBODY', next: [] },
  VOIDED: { owner: 'NOBODY', next: [] },
}

/** Idempotency key of an endorsement at the centre and its name in the store: kiosk, visit and review. */
export type EndorsementKey = Brand<string, 'EndorsementKey'>

/** Builds the key; the parts must not hold the separator, so that two different triples never share a key. */
export function endorsementKey(kioskId: string, visitId: string, reviewId: string): EndorsementKey {
  for (const part of [kioskId, visitId, reviewId]) {
    if (part === '' || part.includes(':')) throw new Error('a part of an endorsement key is empty or holds a colon')
  }
  return `${kioskId}:${visitId}:${reviewId}` as EndorsementKey
}

/** The citizen as the store knows her: the ID number under a keyed hash (HMAC-SHA-256, 64 hex digits). */
export type SubjectHash = Brand<string, 'SubjectHash'>

/** What the kiosk knows when it asks. No name, no number: a mask for the screen and a hash for the question "same person?". */
export interface EndorsementRequest extends VehicleKey {
  readonly key: EndorsementKey
  readonly kioskId: string
  readonly visitId: string
  readonly reviewId: string
  readonly subjectHash: SubjectHash
  /** `张*` */
  readonly subjectMasked: ImpersonalText
}

/** The centre's answer. `authorization` is kept as the text that was signed, byte for byte. */
export interface EndorsementGrant {
  readonly endorsementNo: EndorsementNo
  /** 1 for the first print, 2 for 补打 第1次. */
  readonly attempt: number
  readonly authorization: string
  /** Milliseconds since the epoch after which nothing may be printed with it. */
  readonly expiresAt: number
}

/** What two people found in the printer when the program could not know. Staff are named by badge, not by name. */
export interface PrintFinding {
  readonly document: 'SEEN' | 'NOT_SEEN'
  readonly technician: ImpersonalText
  readonly witness: ImpersonalText
  readonly note: ImpersonalText
}

/** One endorsement as stored. Times are milliseconds since the epoch, of the last time the step was reached. */
export interface Endorsement extends EndorsementRequest {
  readonly status: SagaStatus
  /** Of the last grant; 0 before the first. */
  readonly attempt: number
  readonly endorsementNo: EndorsementNo | null
  readonly authorization: string | null
  readonly expiresAt: number | null
  /** Why it failed, is unknown, was released or voided. */
  readonly reason: string | null
  readonly finding: PrintFinding | null
  /** Key under which another authorization was asked for and whose answer is not stored yet; null when none is open. */
  readonly renewalKey: string | null
  readonly requestedAt: number
  readonly authorizedAt: number | null
  readonly printRequestedAt: number | null
  readonly printingAt: number | null
  /** When the last print was proved, refuted or given up as unknown. */
  readonly settledAt: number | null
  /** When it came to rest for good, or until another visit; null while somebody has to act. */
  readonly closedAt: number | null
}

/** What happens to an endorsement. Each names the status it leads to. */
export type SagaStep =
  | { readonly to: 'AUTHORIZED'; readonly grant: EndorsementGrant }
  | { readonly to: 'PRINT_REQUESTED' | 'PRINTING' | 'PRINTED' | 'CONFIRMED' }
  | { readonly to: 'PRINTED' | 'PRINT_FAILED'; readonly finding: PrintFinding }
  | { readonly to: 'PRINT_FAILED' | 'PRINT_UNKNOWN' | 'RELEASED' | 'VOIDED'; readonly reason: ImpersonalText }

/** The centre gave a 补打 another number than the print it repeats: two numbers of one review would be alive. */
export interface NumberChanged {
  readonly code: 'NUMBER_CHANGED'
  readonly known: EndorsementNo
}

/** A new endorsement in its first status. */
export function requested(request: EndorsementRequest, now: number): Endorsement {
  return {
    ...request,
    status: 'REQUESTED',
    attempt: 0,
    endorsementNo: null,
    authorization: null,
    expiresAt: null,
    reason: null,
    finding: null,
    renewalKey: null,
    requestedAt: now,
    authorizedAt: null,
    printRequestedAt: null,
    printingAt: null,
    settledAt: null,
    closedAt: null,
  }
}

/** Whether `grant` may be given to `endorsement`: its number never changes. */
export function checkGrant(endorsement: Endorsement, grant: EndorsementGrant): Result<void, NumberChanged> {
  const known = endorsement.endorsementNo
  return known === null || known === grant.endorsementNo ? ok() : err({ code: 'NUMBER_CHANGED', known })
}

/** The endorsement after `step`. Throws when the table does not allow it: asking for it is a bug. */
export function advance(endorsement: Endorsement, step: SagaStep, now: number): Endorsement {
  const { key, status } = endorsement
  if (!SAGA[status].next.includes(step.to)) throw new Error(`endorsement ${key} cannot go from ${status} to ${step.to}`)
  const finding = 'finding' in step ? redactFields({ ...step.finding }) : null
  const needsFinding = status === 'PRINT_UNKNOWN' && (step.to === 'PRINTED' || step.to === 'PRINT_FAILED')
  if (needsFinding !== (finding !== null)) {
    throw new Error(`endorsement ${key}: an unknown print is settled by a finding, and only an unknown one`)
  }
  const moved = { ...endorsement, status: step.to, reason: 'reason' in step ? redact(step.reason) : null }
  switch (step.to) {
    case 'AUTHORIZED':
      return { ...moved, ...step.grant, renewalKey: null, authorizedAt: now, closedAt: null }
    case 'PRINT_REQUESTED':
      return { ...moved, printRequestedAt: now, printingAt: null, settledAt: null }
    case 'PRINTING':
      return { ...moved, printingAt: now }
    case 'PRINTED':
    case 'PRINT_FAILED':
      return { ...moved, finding: finding ?? endorsement.finding, settledAt: now }
    case 'PRINT_UNKNOWN':
      return { ...moved, settledAt: now }
    case 'CONFIRMED':
    case 'RELEASED':
    case 'VOIDED':
      return { ...moved, closedAt: now }
  }
}
