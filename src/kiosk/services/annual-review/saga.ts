import { randomUUID } from 'node:crypto'
import { decodeJwt } from 'jose'
import type { CentralClient } from '../../../central/client/central-client.ts'
import type { CentralError } from '../../../central/client/central-error.ts'
import { verifyAuthorization, type AuthorizationProblem } from '../../../central/client/verify-authorization.ts'
import type {
  AuthorizationClaims,
  AuthorizationGrant,
  PrintResultReport,
} from '../../../central/contract/endorsement.ts'
import type { KioskId, VisitId } from '../../../central/contract/fields.ts'
import type { Review } from '../../../central/contract/review.ts'
import type { PublishedKeys } from '../../../central/contract/station.ts'
import type { LocalDate } from '../../../domain/local-date.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { Log } from '../../../lib/log.ts'
import { err, ok, type Result } from '../../../lib/result.ts'
import { endorsementKey, type Endorsement, type EndorsementKey, type SubjectHash } from '../../../store/endorsement.ts'
import { mustRead, mustWrite } from '../../../store/must.ts'
import type { Store, StoreWriter } from '../../../store/store.ts'
import type { Courier } from '../../outbox/courier.ts'
import type { Authorized, PrintOutcome } from '../../visit/model.ts'
import type { PrintStep } from '../../visit/events.ts'
import type { Trouble } from '../../visit/trouble.ts'
import { centreTrouble } from './centre-trouble.ts'
import { abandon, addEvent, addPrintResult, endorsementNo, takeBack, takeBackRenewal } from './records.ts'

/** One row of ink, ready to go onto the document that was seen: the hash names the very bytes that `print` will send. */
export interface PreparedRow {
  readonly sha256: string
  /** Sends the bytes and says what is on the paper; never throws for what a printer can do. */
  print(jobId: string, onStep: (step: PrintStep) => void): Promise<RowOutcome>
}

export type RowOutcome =
  | { readonly outcome: 'PRINTED'; readonly method: 'PRINTER_ECHO' | 'PRINTER_STATUS' | 'DOCUMENT_SENSOR' }
  /** No ink, or ink that is known not to be a whole row. */
  | { readonly outcome: 'FAILED'; readonly detail: string }
  | { readonly outcome: 'UNKNOWN'; readonly detail: string }

/** The certificate printer as the saga needs it. */
export interface RowPrinter {
  /** Lays the row out and looks at the document; what it refuses has cost neither ink nor the authorization. */
  prepare(claims: AuthorizationClaims): Promise<Result<PreparedRow, Trouble>>
}

export interface SagaOptions {
  readonly store: Store
  readonly centre: CentralClient
  readonly courier: Courier
  readonly printer: RowPrinter
  readonly clock: Clock
  readonly log: Log
  /** As the centre named this kiosk at its enrolment; nothing is endorsed before. */
  readonly kioskId: () => KioskId
}

/** What the person confirmed and who she is, as far as the record may know. */
export interface Wish {
  readonly visitId: VisitId
  readonly review: Review
  readonly validUntil: LocalDate
  readonly subjectHash: SubjectHash
  readonly subjectMasked: string
}

/** One job on its way to the printer. */
interface Begun {
  /** Milliseconds since the epoch, of the centre's clock. */
  readonly startedAt: number
  readonly jobId: string
  readonly sha256: string
}

const ACTION = 'endorsement'

/**
 * The endorsement of one review at this kiosk, step by step. Every step is stored before the effect that depends on it
 * and its outcome after it, together with the letter that reports it to the centre and the audit row that witnesses it.
 */
export class EndorsementSaga {
  private readonly options: SagaOptions
  private keys: PublishedKeys | null = null
  /** What was confirmed, by endorsement: a reprint is checked against the same wish. */
  private readonly wishes = new Map<EndorsementKey, Wish>()
  /** What the centre last said no to, and why: asked again in the same visit it may say yes. */
  private readonly refused = new Map<EndorsementKey, string>()
  /** Asked for at least once without hearing an answer: that question may be granted to nobody, whatever a later one met. */
  private readonly unheard = new Set<EndorsementKey>()
  private renewals = 0

  constructor(options: SagaOptions) {
    this.options = options
  }

  /** Asks for the authorization, verifies it and stores it. Asking again for the same wish is asking once. */
  async authorize(wish: Wish): Promise<Result<Authorized, Trouble>> {
    const { centre } = this.options
    const kioskId = this.options.kioskId()
    const { visitId, review } = wish
    const key = endorsementKey(kioskId, visitId, review.reviewId)
    this.wishes.set(key, wish)
    this.refused.delete(key)
    const { plateNo, plateColor } = review.vehicle
    const asked = this.record((tx) => {
      const known = tx.endorsements.find(key)
      if (known !== undefined) return known
      const { subjectHash, subjectMasked } = wish
      const fresh = tx.endorsements.request({
        key,
        kioskId,
        visitId,
        reviewId: review.reviewId,
        plateNo,
        plateColor,
        subjectHash,
        subjectMasked,
      })
      tx.audit.append({ actor: 'citizen', action: `${ACTION}.requested`, target: key, result: 'OK' })
      return fresh
    })
    if (asked.status === 'VOIDED') return err({ code: 'VOIDED', detail: asked.reason ?? '' })
    // What an earlier visit gave back must have arrived, or the centre answers that somebody else has it.
    await this.options.courier.hurry()
    const grant = await centre.authorize(review.reviewId, key, { visitId, expectedValidUntil: wish.validUntil })
    if (!grant.ok) {
      // Only a refusal is an answer; after anything else the centre may have granted it, and asking again tells.
      if (isAnswer(grant.error)) this.noteRefusal(key, grant.error.problem.code)
      else this.unheard.add(key)
      return err(centreTrouble(grant.error))
    }
    // Until it is stored it is granted to nobody.
    this.unheard.add(key)
    return this.accept(key, key, wish, grant.value)
  }

  /** After a failure, or when the authorization ran out unused: the same number once more. */
  async reauthorize(authorized: Authorized): Promise<Result<Authorized, Trouble>> {
    const key = authorized.endorsementId as EndorsementKey
    const wish = this.wish(key)
    const endorsement = this.find(key)
    if (endorsement.status === 'AUTHORIZED') {
      if (!this.expired(endorsement)) return ok(authorized)
      this.record((tx) => abandon(tx, endorsement, 'EXPIRED', this.options.clock.now()))
    }
    // The centre counts attempts: what happened to the last one must have arrived before another is asked for.
    if (!(await this.options.courier.hurry()))
      return err({ code: 'CENTRE_UNREACHABLE', detail: 'an earlier result has not arrived' })
    const askedUnder = `${key}:${endorsement.attempt + 1}:${(this.renewals += 1)}`
    const { visitId } = wish
    this.record((tx) => {
      tx.endorsements.askRenewal(key, askedUnder)
      const detail = { renewalKey: askedUnder }
      tx.audit.append({ actor: 'citizen', action: `${ACTION}.renewal-requested`, target: key, result: 'OK', detail })
    })
    const grant = await this.options.centre.reauthorize(endorsementNo(endorsement), askedUnder, { visitId })
    if (!grant.ok) {
      // After anything but a refusal it may have been granted: that is given back before another is asked for.
      if (this.isOpen(key, askedUnder)) this.closeRenewal(key, isAnswer(grant.error))
      return err(isPageFull(grant.error, endorsement, wish) ? { code: 'RECORD_PAGE_FULL' } : centreTrouble(grant.error))
    }
    return this.accept(key, askedUnder, wish, grant.value)
  }

  /** Prints the row. The certificate lies in the printer. */
  async print(authorized: Authorized, onStep: (step: PrintStep) => void): Promise<PrintOutcome> {
    const key = authorized.endorsementId as EndorsementKey
    const endorsement = this.find(key)
    const claims = await this.verify(endorsement.authorization ?? '', this.wish(key))
    if (!claims.ok) return { outcome: 'REFUSED', trouble: claims.error }
    const prepared = await this.options.printer.prepare(claims.value)
    if (!prepared.ok) return { outcome: 'REFUSED', trouble: prepared.error }
    // Looking at the document takes its time, and nothing is printed with an authorization that has run out meanwhile.
    if (this.expired(endorsement)) return { outcome: 'REFUSED', trouble: { code: 'AUTHORIZATION_EXPIRED' } }
    // The centre judges by the same look at the same clock whether it began in time.
    const startedAt = this.centreTime()

    const jobId = randomUUID()
    const { sha256 } = prepared.value
    const asked = this.record((tx) => {
      const wanted = tx.endorsements.requestPrint(key)
      if (!wanted.ok) return wanted
      tx.printJobs.request({
        jobId,
        endorsementKey: key,
        document: 'endorsement-row',
        role: 'certificate-printer',
        attempt: wanted.value.attempt,
        sha256,
      })
      tx.audit.append({
        actor: 'kiosk',
        action: `${ACTION}.print-requested`,
        target: key,
        result: 'OK',
        detail: { jobId },
      })
      return wanted
    })
    if (!asked.ok) return { outcome: 'REFUSED', trouble: { code: 'PRINT_UNKNOWN', detail: asked.error.code } }
    const started = this.record((tx) => {
      tx.printJobs.start(jobId)
      tx.audit.append({ actor: 'kiosk', action: `${ACTION}.printing`, target: key, result: 'OK', detail: { jobId } })
      return tx.endorsements.startPrinting(key)
    })
    const row = await prepared.value.print(jobId, onStep)
    this.settle(started, { startedAt, jobId, sha256 }, row)
    if (row.outcome !== 'FAILED') {
      void this.options.courier.round()
      return row.outcome === 'PRINTED' ? { outcome: 'PRINTED' } : row
    }
    return { outcome: 'FAILED', detail: row.detail, mayRetry: await this.mayReprint(key) }
  }

  /** Gives back an authorization no ink was spent on, or lets go of one whose print failed. */
  async release(authorized: Authorized): Promise<void> {
    const key = authorized.endorsementId as EndorsementKey
    const endorsement = this.find(key)
    this.record((tx) => abandon(tx, endorsement, 'LEFT', this.options.clock.now()))
    await this.options.courier.round()
  }

  /** The visit is over: what it asked for and cannot use any more is given back. */
  leave(visitId: string): void {
    const now = this.options.clock.now()
    for (const endorsement of this.renewing()) {
      if (endorsement.visitId === visitId) this.record((tx) => takeBackRenewal(tx, endorsement, now))
    }
    for (const endorsement of this.inFlight()) {
      if (endorsement.visitId !== visitId) continue
      const { key, status } = endorsement
      const refusal = status === 'REQUESTED' && !this.unheard.has(key) ? this.refused.get(key) : undefined
      if (refusal === undefined) this.record((tx) => abandon(tx, endorsement, 'VISIT_ENDED', this.options.clock.now()))
      else this.giveUp(key, refusal)
    }
    this.wishes.clear()
    this.refused.clear()
    this.unheard.clear()
  }

  private async accept(
    key: EndorsementKey,
    askedUnder: string,
    wish: Wish,
    grant: AuthorizationGrant,
  ): Promise<Result<Authorized, Trouble>> {
    const claims = await this.verify(grant.authorization, wish)
    if (!claims.ok) {
      if (claims.error.code === 'AUTHORIZATION_TAMPERED') this.raiseTamper(key, askedUnder, claims.error.detail ?? '')
      // Nobody will print with it: it is given back before another is asked for.
      else if (askedUnder !== key && this.isOpen(key, askedUnder)) this.closeRenewal(key, false)
      return claims
    }
    // Whoever asked has left meanwhile, and the answer was taken back: nothing may be printed with it.
    if (!this.isOpen(key, askedUnder)) return err({ code: 'AUTHORIZATION_EXPIRED' })
    const { endorsementNo, attempt, exp } = claims.value
    const stored = this.record((tx) => {
      const { authorization } = grant
      const taken = tx.endorsements.authorize(key, { endorsementNo, attempt, authorization, expiresAt: exp * 1000 })
      if (!taken.ok) return taken
      const detail = { endorsementNo, attempt }
      tx.audit.append({ actor: 'kiosk', action: `${ACTION}.authorized`, target: key, result: 'OK', detail })
      return taken
    })
    if (!stored.ok) {
      // A second number for one review, or one number for two: the centre contradicts itself, so nothing is printed.
      this.raiseTamper(key, askedUnder, stored.error.code)
      return err({ code: 'AUTHORIZATION_TAMPERED', detail: stored.error.code })
    }
    return ok({ endorsementId: key, endorsementNo, validUntil: claims.value.validUntil, attempt })
  }

  /** Checks the centre's signature and that it says what was confirmed; unknown keys are asked for once more. */
  private async verify(jws: string, wish: Wish): Promise<Result<AuthorizationClaims, Trouble>> {
    const { centre } = this.options
    const { visitId, review } = wish
    if (review.certificate === null) throw new Error('a review without a certificate cannot be endorsed')
    const expectations = {
      kioskId: this.options.kioskId(),
      visitId,
      reviewId: review.reviewId,
      vehicle: review.vehicle,
      certificateNo: review.certificate.certificateNo,
      validUntil: wish.validUntil,
    }
    for (let fresh = this.keys === null; ; fresh = true) {
      if (fresh) {
        const keys = await centre.keys()
        if (!keys.ok) return err(centreTrouble(keys.error))
        this.keys = keys.value
      }
      if (this.keys === null) throw new Error('keys were fetched above')
      const claims = verifyAuthorization(jws, this.keys, expectations, this.centreTime())
      if (claims.ok) return claims
      if (claims.error.code !== 'UNKNOWN_KEY' || fresh) return err(authorizationTrouble(claims.error))
    }
  }

  private settle(endorsement: Endorsement, { startedAt, jobId, sha256 }: Begun, row: RowOutcome): void {
    const { key } = endorsement
    const proof = row.outcome === 'PRINTED' ? { method: row.method, jobId, sha256 } : null
    this.record((tx) => {
      switch (row.outcome) {
        case 'PRINTED':
          tx.endorsements.markPrinted(key)
          tx.printJobs.confirm(jobId)
          break
        case 'FAILED':
          tx.endorsements.markFailed(key, row.detail)
          tx.printJobs.refute(jobId, row.detail)
          break
        case 'UNKNOWN':
          tx.endorsements.markUnknown(key, row.detail)
          tx.printJobs.markUnknown(jobId, row.detail)
          addEvent(
            tx,
            'PRINT_UNKNOWN',
            `endorsement ${endorsement.endorsementNo ?? ''}: ${row.detail}`,
            this.options.clock.now(),
          )
          break
      }
      this.report(tx, endorsement, { result: row.outcome, startedAt, proof })
      tx.audit.append({
        actor: 'kiosk',
        action: `${ACTION}.${row.outcome.toLowerCase()}`,
        target: key,
        result: row.outcome === 'PRINTED' ? 'OK' : row.outcome,
        detail: row.outcome === 'PRINTED' ? { jobId, method: row.method } : { jobId, reason: row.detail },
      })
    })
  }

  private report(
    tx: StoreWriter,
    endorsement: Endorsement,
    what: Pick<PrintResultReport, 'result' | 'startedAt' | 'proof'>,
  ): void {
    addPrintResult(tx, endorsement, what, this.centreTime())
  }

  /** The centre decides whether a failed print may be followed by another; without its word the kiosk does not promise one. */
  private async mayReprint(key: EndorsementKey): Promise<boolean> {
    await this.options.courier.round()
    const endorsement = this.find(key)
    const known = await this.options.centre.endorsement(endorsementNo(endorsement))
    if (!known.ok) return true
    if (known.value.status !== 'VOIDED') return true
    this.giveUp(key, 'REPRINT_LIMIT')
    return false
  }

  private giveUp(key: EndorsementKey, reason: string): void {
    this.record((tx) => {
      tx.endorsements.void(key, reason)
      tx.audit.append({
        actor: 'kiosk',
        action: `${ACTION}.voided`,
        target: key,
        result: 'REFUSED',
        detail: { reason },
      })
    })
  }

  private noteRefusal(key: EndorsementKey, reason: string): void {
    this.refused.set(key, reason)
    this.record((tx) =>
      tx.audit.append({
        actor: 'centre',
        action: `${ACTION}.refused`,
        target: key,
        result: 'REFUSED',
        detail: { reason },
      }),
    )
  }

  /** Nothing is printed, and what the centre granted is given back: a trick on the wire must not lock her vehicle. */
  private raiseTamper(key: EndorsementKey, askedUnder: string, detail: string): void {
    const endorsement = this.find(key)
    this.record((tx) => {
      const now = this.options.clock.now()
      if (endorsement.renewalKey === askedUnder) takeBackRenewal(tx, endorsement, now)
      if (askedUnder === key && endorsement.status === 'REQUESTED') {
        takeBack(tx, endorsement, askedUnder, now)
        tx.endorsements.void(key, 'TAMPER')
      }
      tx.audit.append({ actor: 'kiosk', action: 'security.tamper', target: key, result: 'REFUSED', detail: { detail } })
      addEvent(tx, 'TAMPER', `authorization: ${detail}`, now)
    })
    this.options.log.error('security.tamper', { detail })
    void this.options.courier.round()
  }

  /** Whether the answer to the question asked under `askedUnder` is still waited for. */
  private isOpen(key: EndorsementKey, askedUnder: string): boolean {
    const { status, renewalKey } = this.find(key)
    return askedUnder === key ? status === 'REQUESTED' : renewalKey === askedUnder
  }

  /** Nothing was granted, or whatever was is given back. */
  private closeRenewal(key: EndorsementKey, nothingGranted: boolean): void {
    const endorsement = this.find(key)
    this.record((tx) => {
      if (nothingGranted) tx.endorsements.closeRenewal(key)
      else takeBackRenewal(tx, endorsement, this.options.clock.now())
    })
  }

  private expired(endorsement: Endorsement): boolean {
    return (endorsement.expiresAt ?? 0) <= this.centreTime()
  }

  /**
   * An authorization runs by the centre's clock. What the wall clock is set to between the grant and the print neither
   * lengthens nor shortens it; it judges only where a centre does not tell its time, against the contract.
   */
  private centreTime(): number {
    return this.options.centre.centreTime ?? this.options.clock.now()
  }

  private wish(key: EndorsementKey): Wish {
    const wish = this.wishes.get(key)
    if (wish === undefined) throw new Error(`endorsement ${key} was confirmed in no visit that is under way`)
    return wish
  }

  private find(key: EndorsementKey): Endorsement {
    const found = mustRead(this.options.store, (view) => view.endorsements.find(key))
    if (found === undefined) throw new Error(`no endorsement ${key}`)
    return found
  }

  private renewing(): readonly Endorsement[] {
    return mustRead(this.options.store, (view) => view.endorsements.renewing())
  }

  private inFlight(): readonly Endorsement[] {
    return mustRead(this.options.store, (view) => view.endorsements.inFlight())
  }

  /** A kiosk that cannot write its memory must stop at once: it throws, and the shell shows why. */
  private record<T>(work: (tx: StoreWriter) => T): T {
    return mustWrite(this.options.store, work)
  }
}

/**
 * Whether the centre has read the question and granted nothing. A repetition on the way (`REPLAYED`) may be the answer to
 * the second copy of a question whose first copy was granted, and a centre that broke off may have granted first.
 */
function isAnswer(error: CentralError): error is Extract<CentralError, { code: 'REFUSED' }> {
  return error.code === 'REFUSED' && error.problem.code !== 'REPLAYED' && error.problem.code !== 'INTERNAL'
}

/** The failed print spoiled the last row: there is none left for another. */
function isPageFull(error: CentralError, endorsement: Endorsement, { review }: Wish): boolean {
  if (error.code !== 'REFUSED' || error.problem.code !== 'REVIEW_NOT_READY') return false
  const { row } = decodeJwt<{ row: number }>(endorsement.authorization ?? '')
  return review.certificate !== null && row >= review.certificate.rows
}

function authorizationTrouble(problem: AuthorizationProblem): Trouble {
  switch (problem.code) {
    case 'EXPIRED':
      return { code: 'AUTHORIZATION_EXPIRED' }
    case 'NOT_YET_VALID':
      return { code: 'CLOCK_SKEW', detail: 'authorization from the future' }
    case 'NOT_AS_CONFIRMED':
      return { code: 'AUTHORIZATION_TAMPERED', detail: `${problem.code} ${problem.field}` }
    case 'MALFORMED':
    case 'UNKNOWN_KEY':
    case 'BAD_SIGNATURE':
      return { code: 'AUTHORIZATION_TAMPERED', detail: problem.code }
  }
}
