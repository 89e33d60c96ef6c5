import type { Statement } from 'better-sqlite3-multiple-ciphers'
import type { ImpersonalText } from '../lib/personal.ts'
import { err, ok, type Result } from '../lib/result.ts'
import type { Connection } from './connection.ts'
import {
  advance,
  checkGrant,
  SAGA,
  requested,
  type Endorsement,
  type EndorsementGrant,
  type EndorsementKey,
  type EndorsementRequest,
  type NumberChanged,
  type SagaStep,
  type PrintFinding,
} from './endorsement.ts'

/** Another endorsement with the same number is in or near the printer, or on paper: printing this one could make two papers of one number. */
export interface NumberInPrint {
  readonly code: 'NUMBER_IN_PRINT'
  readonly other: EndorsementKey
}

/** The centre gave a number that this kiosk knows under another review. */
export interface NumberTaken {
  readonly code: 'NUMBER_TAKEN'
  readonly other: EndorsementKey
}

export interface EndorsementReader {
  find(key: EndorsementKey): Endorsement | undefined
  /** Every endorsement of a review on this kiosk, oldest first: a second visit for the same review finds the first one here. */
  ofReview(reviewId: string): readonly Endorsement[]
  /** Every endorsement of a number on this kiosk, oldest first. */
  ofNumber(endorsementNo: string): readonly Endorsement[]
  /** All that somebody still has to act on, oldest first; see `SAGA` for who. */
  inFlight(): readonly Endorsement[]
  /** Those of them whose print nobody knows the outcome of. */
  unknown(): readonly Endorsement[]
  /** Those for which another authorization was asked and no answer is stored, oldest first; some are `RELEASED`. */
  renewing(): readonly Endorsement[]
}

/** Verbs of the saga. Each returns the endorsement as it now is; a step the table does not know throws. */
export interface Endorsements extends EndorsementReader {
  /** Stores the wish. The same key again returns what is already there, unchanged. */
  request(request: EndorsementRequest): Endorsement
  /** Stores the centre's authorization, the first one or the one for a 补打. */
  authorize(key: EndorsementKey, grant: EndorsementGrant): Result<Endorsement, NumberChanged | NumberTaken>
  /** Before the centre is asked for another authorization. Throws while an earlier question is open. */
  askRenewal(key: EndorsementKey, renewalKey: string): Endorsement
  /** The centre said no, or its answer is taken back: the question is closed. */
  closeRenewal(key: EndorsementKey): Endorsement
  /** Before the printer is touched. */
  requestPrint(key: EndorsementKey): Result<Endorsement, NumberInPrint>
  /** Before the first byte leaves. */
  startPrinting(key: EndorsementKey): Endorsement
  markPrinted(key: EndorsementKey): Endorsement
  markFailed(key: EndorsementKey, reason: ImpersonalText): Endorsement
  /** Also the verb of recovery for a print that a crash interrupted. */
  markUnknown(key: EndorsementKey, reason: ImpersonalText): Endorsement
  /** The only way out of `PRINT_UNKNOWN`: printed when the document was seen, failed when it was not. */
  resolveUnknown(key: EndorsementKey, finding: PrintFinding): Endorsement
  /** The centre has acknowledged it. */
  confirm(key: EndorsementKey): Endorsement
  /** This visit prints no more; the number waits at the centre. */
  release(key: EndorsementKey, reason: ImpersonalText): Endorsement
  void(key: EndorsementKey, reason: ImpersonalText): Endorsement
}

const COLUMNS = `key, kiosk_id AS kioskId, visit_id AS visitId, review_id AS reviewId, plate_no AS plateNo,
  plate_color AS plateColor, subject_hash AS subjectHash, subject_masked AS subjectMasked, status, attempt,
  endorsement_no AS endorsementNo, authorization, expires_at AS expiresAt, reason, finding, renewal_key AS renewalKey,
  requested_at AS requestedAt,
  authorized_at AS authorizedAt, print_requested_at AS printRequestedAt, printing_at AS printingAt,
  settled_at AS settledAt, closed_at AS closedAt`

type Row = Omit<Endorsement, 'finding'> & { readonly finding: string | null }

export class EndorsementTable implements Endorsements {
  readonly #now: () => number
  readonly #insert: Statement<[Row]>
  readonly #grant: Statement<[Row]>
  readonly #renew: Statement<[Row]>
  readonly #print: Statement<[Row]>
  readonly #close: Statement<[Row]>
  readonly #find: Statement<[string], Row>
  readonly #ofReview: Statement<[string], Row>
  readonly #ofNumber: Statement<[string], Row>
  readonly #inPrint: Statement<[string, string], { key: EndorsementKey }>
  readonly #inFlight: Statement<[], Row>
  readonly #renewing: Statement<[], Row>

  constructor(db: Connection, now: () => number) {
    this.#now = now
    this.#insert = db.prepare(`INSERT INTO endorsements
      (key, kiosk_id, visit_id, review_id, plate_no, plate_color, subject_hash, subject_masked, status, attempt, requested_at)
      VALUES (@key, @kioskId, @visitId, @reviewId, @plateNo, @plateColor, @subjectHash, @subjectMasked, @status, @attempt, @requestedAt)`)
    // SQLite rewrites every index over a column that is set, so a step sets its own columns only.
    const always = 'status = @status, reason = @reason'
    const set = (columns: string): Statement<[Row]> =>
      db.prepare(`UPDATE endorsements SET ${always}, ${columns} WHERE key = @key`)
    this.#grant = set(`endorsement_no = @endorsementNo, authorization = @authorization, expires_at = @expiresAt,
      attempt = @attempt, renewal_key = @renewalKey, authorized_at = @authorizedAt, closed_at = @closedAt`)
    this.#renew = db.prepare('UPDATE endorsements SET renewal_key = @renewalKey WHERE key = @key')
    this.#print = set(`finding = @finding, print_requested_at = @printRequestedAt,
      printing_at = @printingAt, settled_at = @settledAt`)
    this.#close = set('closed_at = @closedAt')
    this.#find = db.prepare(`SELECT ${COLUMNS} FROM endorsements WHERE key = ?`)
    this.#ofReview = db.prepare(`SELECT ${COLUMNS} FROM endorsements WHERE review_id = ? ORDER BY requested_at, rowid`)
    this.#ofNumber = db.prepare(
      `SELECT ${COLUMNS} FROM endorsements WHERE endorsement_no = ? ORDER BY requested_at, rowid`,
    )
    this.#inPrint = db.prepare(`SELECT key FROM endorsements WHERE endorsement_no = ? AND key <> ?
      AND status IN ('PRINT_REQUESTED', 'PRINTING', 'PRINTED', 'PRINT_UNKNOWN', 'CONFIRMED')`)
    this.#inFlight = db.prepare(
      `SELECT ${COLUMNS} FROM endorsements WHERE closed_at IS NULL ORDER BY requested_at, rowid`,
    )
    this.#renewing = db.prepare(
      `SELECT ${COLUMNS} FROM endorsements WHERE renewal_key IS NOT NULL ORDER BY requested_at, rowid`,
    )
  }

  find(key: EndorsementKey): Endorsement | undefined {
    const row = this.#find.get(key)
    return row && decode(row)
  }

  ofReview(reviewId: string): readonly Endorsement[] {
    return this.#ofReview.all(reviewId).map(decode)
  }

  ofNumber(endorsementNo: string): readonly Endorsement[] {
    return this.#ofNumber.all(endorsementNo).map(decode)
  }

  inFlight(): readonly Endorsement[] {
    return this.#inFlight.all().map(decode)
  }

  unknown(): readonly Endorsement[] {
    return this.inFlight().filter(({ status }) => status === 'PRINT_UNKNOWN')
  }

  renewing(): readonly Endorsement[] {
    return this.#renewing.all().map(decode)
  }

  request(request: EndorsementRequest): Endorsement {
    const known = this.find(request.key)
    if (known !== undefined) {
      if (known.plateNo !== request.plateNo || known.plateColor !== request.plateColor) {
        throw new Error(`endorsement ${request.key} was asked for again with another vehicle`)
      }
      return known
    }
    const endorsement = requested(request, this.#now())
    this.#insert.run(encode(endorsement))
    return endorsement
  }

  authorize(key: EndorsementKey, grant: EndorsementGrant): Result<Endorsement, NumberChanged | NumberTaken> {
    const endorsement = this.#require(key)
    const checked = checkGrant(endorsement, grant)
    if (!checked.ok) return checked
    const { endorsementNo, attempt, authorization, expiresAt } = grant
    const other = this.#ofNumber.all(endorsementNo).find((row) => row.reviewId !== endorsement.reviewId)
    if (other !== undefined) return err({ code: 'NUMBER_TAKEN', other: other.key })
    return ok(this.#move(key, { to: 'AUTHORIZED', grant: { endorsementNo, attempt, authorization, expiresAt } }))
  }

  askRenewal(key: EndorsementKey, renewalKey: string): Endorsement {
    const endorsement = this.#require(key)
    const { status } = endorsement
    if (endorsement.renewalKey !== null) throw new Error(`endorsement ${key}: two questions at once`)
    if (endorsement.endorsementNo === null || !SAGA[status].next.includes('AUTHORIZED'))
      throw new Error(`endorsement ${key}: nothing to renew in ${status}`)
    return this.#setRenewal(endorsement, renewalKey)
  }

  closeRenewal(key: EndorsementKey): Endorsement {
    return this.#setRenewal(this.#require(key), null)
  }

  requestPrint(key: EndorsementKey): Result<Endorsement, NumberInPrint> {
    const number = this.#require(key).endorsementNo
    const rival = number === null ? undefined : this.#inPrint.get(number, key)
    if (rival !== undefined) return err({ code: 'NUMBER_IN_PRINT', other: rival.key })
    return ok(this.#move(key, { to: 'PRINT_REQUESTED' }))
  }

  startPrinting(key: EndorsementKey): Endorsement {
    return this.#move(key, { to: 'PRINTING' })
  }

  markPrinted(key: EndorsementKey): Endorsement {
    return this.#move(key, { to: 'PRINTED' })
  }

  markFailed(key: EndorsementKey, reason: ImpersonalText): Endorsement {
    return this.#move(key, { to: 'PRINT_FAILED', reason })
  }

  markUnknown(key: EndorsementKey, reason: ImpersonalText): Endorsement {
    return this.#move(key, { to: 'PRINT_UNKNOWN', reason })
  }

  resolveUnknown(key: EndorsementKey, finding: PrintFinding): Endorsement {
    return this.#move(key, { to: finding.document === 'SEEN' ? 'PRINTED' : 'PRINT_FAILED', finding })
  }

  confirm(key: EndorsementKey): Endorsement {
    return this.#move(key, { to: 'CONFIRMED' })
  }

  release(key: EndorsementKey, reason: ImpersonalText): Endorsement {
    return this.#move(key, { to: 'RELEASED', reason })
  }

  void(key: EndorsementKey, reason: ImpersonalText): Endorsement {
    return this.#move(key, { to: 'VOIDED', reason })
  }

  #setRenewal(endorsement: Endorsement, renewalKey: string | null): Endorsement {
    const changed = { ...endorsement, renewalKey }
    this.#renew.run(encode(changed))
    return changed
  }

  #move(key: EndorsementKey, step: SagaStep): Endorsement {
    const moved = advance(this.#require(key), step, this.#now())
    this.#statementFor(step.to).run(encode(moved))
    return moved
  }

  #statementFor(to: SagaStep['to']): Statement<[Row]> {
    switch (to) {
      case 'AUTHORIZED':
        return this.#grant
      case 'CONFIRMED':
      case 'RELEASED':
      case 'VOIDED':
        return this.#close
      case 'PRINT_REQUESTED':
      case 'PRINTING':
      case 'PRINTED':
      case 'PRINT_FAILED':
      case 'PRINT_UNKNOWN':
        return this.#print
    }
  }

  #require(key: EndorsementKey): Endorsement {
    const endorsement = this.find(key)
    if (endorsement === undefined) throw new Error(`no endorsement ${key}`)
    return endorsement
  }
}

function encode(endorsement: Endorsement): Row {
  return { ...endorsement, finding: endorsement.finding && JSON.stringify(endorsement.finding) }
}

function decode(row: Row): Endorsement {
  if (!Object.hasOwn(SAGA, row.status)) throw new Error(`unknown endorsement status ${row.status}`)
  return { ...row, finding: row.finding === null ? null : (JSON.parse(row.finding) as PrintFinding) }
}
