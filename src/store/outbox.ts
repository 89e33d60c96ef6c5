import type { Statement } from 'better-sqlite3-multiple-ciphers'
import type { Storable } from '../lib/personal.ts'
import type { Random } from '../lib/random.ts'
import { backoffMs, type BackoffPolicy } from './backoff.ts'
import type { Connection } from './connection.ts'

/** A fact to report to the centre. It is added in the transaction of the fact. */
export interface OutboxMessage<P = unknown> {
  /** Whose story it is part of, for instance an endorsement key: messages of one aggregate arrive in order. */
  readonly aggregate: string
  readonly kind: string
  /** Any JSON value; the reader validates it against the contract. */
  readonly payload: P
  /** Made by us, so that the centre can tell a repetition from a second fact. Unique in the outbox. */
  readonly idempotencyKey: string
}

export type OutboxState = 'PENDING' | 'SENT' | 'PARKED'

export interface OutboxRow extends OutboxMessage {
  readonly id: number
  /** 1, 2, 3 … within the aggregate. */
  readonly seq: number
  readonly state: OutboxState
  readonly attempts: number
  readonly refusals: number
  /** Milliseconds since the epoch; null when it waits for an earlier row of its aggregate, or for nothing more. */
  readonly nextAttemptAt: number | null
  readonly createdAt: number
  readonly sentAt: number | null
  readonly lastError: string | null
}

/** What came of sending a row. */
export type Delivery =
  | { readonly outcome: 'ACCEPTED' }
  /** The centre knows it already: as good as accepted. */
  | { readonly outcome: 'DUPLICATE' }
  /** No answer, or an answer that says "later". Never parks: an outage may last days. */
  | { readonly outcome: 'UNREACHABLE'; readonly error: string }
  /** The centre has read it and says no. Often enough, and the row is parked for staff. */
  | { readonly outcome: 'REFUSED'; readonly error: string }

/** How full the outbox is; the site's policy stops business when it is too deep or too old. */
export interface OutboxDepth {
  readonly pending: number
  readonly parked: number
  /** When the oldest pending row was added; null when there is none. */
  readonly oldestPendingAt: number | null
}

export interface OutboxReader {
  /** At most `limit` rows that may be sent now: of each aggregate only its first unsent row, never past a parked one. */
  due(limit: number): readonly OutboxRow[]
  /** When the next row falls due, if none is due now; undefined when nothing waits. */
  nextDueAt(): number | undefined
  find(id: number): OutboxRow | undefined
  depth(): OutboxDepth
  /** Rows staff must look at, oldest first. */
  parked(): readonly OutboxRow[]
  /** Every row that has not arrived, parked or pending, in the order of their making. */
  unsent(): readonly OutboxRow[]
  findByKey(idempotencyKey: string): OutboxRow | undefined
}

export interface Outbox extends OutboxReader {
  /** Adds a message behind those of its aggregate. Call it in the transaction that stores the fact. */
  add<P>(message: OutboxMessage<P & Storable<P>>): OutboxRow
  /** Records what came of sending a due row, and returns its new state. */
  settle(id: number, delivery: Delivery): OutboxState
  /** Staff: tries a parked row again from the beginning. */
  retry(id: number): void
}

const COLUMNS = `id, aggregate, seq, kind, payload, idempotency_key AS idempotencyKey, state, attempts, refusals,
  next_attempt_at AS nextAttemptAt, created_at AS createdAt, sent_at AS sentAt, last_error AS lastError`

type Row = Omit<OutboxRow, 'payload'> & { readonly payload: string }

export class OutboxTable implements Outbox {
  readonly #now: () => number
  readonly #random: Random
  readonly #policy: BackoffPolicy
  readonly #last: Statement<[string], { seq: number; state: OutboxState }>
  readonly #insert: Statement<[Omit<Row, 'id' | 'state' | 'attempts' | 'refusals' | 'sentAt' | 'lastError'>]>
  readonly #find: Statement<[number], Row>
  readonly #due: Statement<[number, number], Row>
  readonly #tooFar: Statement<[number, number], Row>
  readonly #next: Statement<[], { at: number }>
  readonly #depth: Statement<[], { pending: number; oldestPendingAt: number | null }>
  readonly #parkedCount: Statement<[], { parked: number }>
  readonly #parked: Statement<[], Row>
  readonly #unsent: Statement<[], Row>
  readonly #findByKey: Statement<[string], Row>
  readonly #update: Statement<[Row]>
  readonly #release: Statement<[number, string, number]>

  constructor(db: Connection, now: () => number, random: Random, policy: BackoffPolicy) {
    this.#now = now
    this.#random = random
    this.#policy = policy
    // Within an aggregate the sent rows are always the first ones, so its last row tells whether any is unsent.
    this.#last = db.prepare('SELECT seq, state FROM outbox WHERE aggregate = ? ORDER BY seq DESC LIMIT 1')
    this.#insert = db.prepare(`INSERT INTO outbox
      (aggregate, seq, kind, payload, idempotency_key, state, next_attempt_at, created_at)
      VALUES (@aggregate, @seq, @kind, @payload, @idempotencyKey, 'PENDING', @nextAttemptAt, @createdAt)`)
    this.#find = db.prepare(`SELECT ${COLUMNS} FROM outbox WHERE id = ?`)
    this.#due = db.prepare(`SELECT ${COLUMNS} FROM outbox WHERE state = 'PENDING' AND next_attempt_at <= ?
      ORDER BY next_attempt_at, id LIMIT ?`)
    this.#tooFar = db.prepare(`SELECT ${COLUMNS} FROM outbox WHERE state = 'PENDING' AND next_attempt_at > ?
      ORDER BY next_attempt_at, id LIMIT ?`)
    this.#next =
      db.prepare(`SELECT next_attempt_at AS at FROM outbox WHERE state = 'PENDING' AND next_attempt_at IS NOT NULL
      ORDER BY next_attempt_at LIMIT 1`)
    this.#depth = db.prepare(
      `SELECT COUNT(*) AS pending, MIN(created_at) AS oldestPendingAt FROM outbox WHERE state = 'PENDING'`,
    )
    this.#parkedCount = db.prepare(`SELECT COUNT(*) AS parked FROM outbox WHERE state = 'PARKED'`)
    this.#parked = db.prepare(`SELECT ${COLUMNS} FROM outbox WHERE state = 'PARKED' ORDER BY id`)
    this.#unsent = db.prepare(`SELECT ${COLUMNS} FROM outbox WHERE state <> 'SENT' ORDER BY id`)
    this.#findByKey = db.prepare(`SELECT ${COLUMNS} FROM outbox WHERE idempotency_key = ?`)
    this.#update = db.prepare(`UPDATE outbox SET state = @state, attempts = @attempts, refusals = @refusals,
      next_attempt_at = @nextAttemptAt, sent_at = @sentAt, last_error = @lastError WHERE id = @id`)
    this.#release = db.prepare(`UPDATE outbox SET next_attempt_at = ? WHERE state = 'PENDING' AND id =
      (SELECT id FROM outbox WHERE aggregate = ? AND seq > ? ORDER BY seq LIMIT 1)`)
  }

  due(limit: number): readonly OutboxRow[] {
    const now = this.#now()
    const due = this.#due.all(now, limit)
    // A row further away than any wait was stamped by a clock that has since been put back: it is due, too.
    const stranded = due.length < limit ? this.#tooFar.all(now + this.#policy.maxMs, limit - due.length) : []
    return [...due, ...stranded].map(decode)
  }

  nextDueAt(): number | undefined {
    return this.#next.get()?.at
  }

  find(id: number): OutboxRow | undefined {
    const row = this.#find.get(id)
    return row && decode(row)
  }

  depth(): OutboxDepth {
    const { pending, oldestPendingAt } = this.#depth.get() ?? { pending: 0, oldestPendingAt: null }
    return { pending, parked: this.#parkedCount.get()?.parked ?? 0, oldestPendingAt }
  }

  parked(): readonly OutboxRow[] {
    return this.#parked.all().map(decode)
  }

  unsent(): readonly OutboxRow[] {
    return this.#unsent.all().map(decode)
  }

  findByKey(idempotencyKey: string): OutboxRow | undefined {
    const row = this.#findByKey.get(idempotencyKey)
    return row && decode(row)
  }

  add<P>(message: OutboxMessage<P & Storable<P>>): OutboxRow {
    const now = this.#now()
    const last = this.#last.get(message.aggregate)
    const isFirstUnsent = last === undefined || last.state === 'SENT'
    const { aggregate, kind, idempotencyKey } = message
    const row = {
      aggregate,
      kind,
      idempotencyKey,
      seq: (last?.seq ?? 0) + 1,
      nextAttemptAt: isFirstUnsent ? now : null,
    }
    const { lastInsertRowid } = this.#insert.run({ ...row, payload: encode(message.payload), createdAt: now })
    const fresh = { state: 'PENDING', attempts: 0, refusals: 0, sentAt: null, lastError: null } as const
    return { ...row, ...fresh, id: Number(lastInsertRowid), payload: message.payload, createdAt: now }
  }

  settle(id: number, delivery: Delivery): OutboxState {
    const row = this.#require(id, 'PENDING')
    const now = this.#now()
    const attempts = row.attempts + 1
    if (delivery.outcome === 'ACCEPTED' || delivery.outcome === 'DUPLICATE') {
      this.#update.run({ ...row, state: 'SENT', attempts, nextAttemptAt: null, sentAt: now, lastError: null })
      this.#release.run(now, row.aggregate, row.seq)
      return 'SENT'
    }
    const refusals = row.refusals + (delivery.outcome === 'REFUSED' ? 1 : 0)
    const state = refusals >= this.#policy.parkAfterRefusals ? 'PARKED' : 'PENDING'
    const nextAttemptAt = state === 'PARKED' ? null : now + backoffMs(attempts, this.#policy, this.#random)
    this.#update.run({ ...row, state, attempts, refusals, nextAttemptAt, lastError: delivery.error })
    return state
  }

  retry(id: number): void {
    const row = this.#require(id, 'PARKED')
    this.#update.run({ ...row, state: 'PENDING', attempts: 0, refusals: 0, nextAttemptAt: this.#now() })
  }

  #require(id: number, state: OutboxState): Row {
    const row = this.#find.get(id)
    if (row?.state !== state) throw new Error(`outbox row ${id} is ${row?.state ?? 'absent'}, not ${state}`)
    return row
  }
}

function encode(payload: unknown): string {
  const text = JSON.stringify(payload) as string | undefined
  if (text === undefined) throw new Error('an outbox payload must be a JSON value')
  return text
}

function decode(row: Row): OutboxRow {
  return { ...row, payload: JSON.parse(row.payload) as unknown }
}
