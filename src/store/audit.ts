import type { Statement } from 'better-sqlite3-multiple-ciphers'
import type { LogFields } from '../lib/log.ts'
import type { ImpersonalText } from '../lib/personal.ts'
import { redact, redactFields } from '../lib/redact.ts'
import { GENESIS, sealOf, verifyChain, type AuditRow, type ChainVerdict } from './audit-chain.ts'
import type { Connection } from './connection.ts'

type AuditResult = 'OK' | 'REFUSED' | 'FAILED' | 'UNKNOWN'

/**
 * Who did what to what, and how it ended. Nothing personal fits: targets are numbers of things, details are flat scalars;
 * what looks personal all the same is blanked before the row is sealed.
 */
export interface AuditEntry {
  /** `kiosk`, `citizen`, a staff badge. */
  readonly actor: ImpersonalText
  /** An id of the catalogue, for instance `endorsement.printed`. */
  readonly action: ImpersonalText
  readonly target: ImpersonalText
  readonly result: AuditResult
  readonly detail?: LogFields
}

/** The end of the chain. Sent to the centre now and then, it pins everything before it. */
export interface AuditHead {
  readonly seq: number
  readonly hash: string
}

export interface AuditReader {
  /** `{ seq: 0, hash: GENESIS }` while the chain is empty. */
  head(): AuditHead
  /** The newest `limit` entries, newest first. */
  latest(limit: number): readonly AuditRow[]
  verify(): ChainVerdict
}

export interface Audit extends AuditReader {
  /** Adds one row at the end of the chain. */
  append(entry: AuditEntry): AuditHead
}

const COLUMNS = 'seq, at, actor, action, target, result, detail, prev_hash AS prevHash, hash'
const BATCH = 1_000

export class AuditTable implements Audit {
  readonly #now: () => number
  readonly #head: Statement<[], { seq: number | null; hash: string | null }>
  readonly #insert: Statement<[AuditRow]>
  readonly #latest: Statement<[number], AuditRow>
  readonly #batch: Statement<[number, number], AuditRow>

  constructor(db: Connection, now: () => number) {
    this.#now = now
    this.#head = db.prepare(`SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'audit') AS seq,
      (SELECT hash FROM audit ORDER BY seq DESC LIMIT 1) AS hash`)
    this.#insert = db.prepare(`INSERT INTO audit (seq, at, actor, action, target, result, detail, prev_hash, hash)
      VALUES (@seq, @at, @actor, @action, @target, @result, @detail, @prevHash, @hash)`)
    this.#latest = db.prepare(`SELECT ${COLUMNS} FROM audit ORDER BY seq DESC LIMIT ?`)
    this.#batch = db.prepare(`SELECT ${COLUMNS} FROM audit WHERE seq > ? ORDER BY seq LIMIT ?`)
  }

  head(): AuditHead {
    const head = this.#head.get()
    return { seq: head?.seq ?? 0, hash: head?.hash ?? GENESIS }
  }

  append(entry: AuditEntry): AuditHead {
    const { seq, hash: prevHash } = this.head()
    const { action, target, result } = entry
    const actor = redact(entry.actor)
    const detail = JSON.stringify(redactFields(entry.detail ?? {}))
    const row = { seq: seq + 1, at: this.#now(), actor, action, target, result, detail, prevHash }
    const hash = sealOf(row)
    this.#insert.run({ ...row, hash })
    return { seq: row.seq, hash }
  }

  latest(limit: number): readonly AuditRow[] {
    return this.#latest.all(limit)
  }

  verify(): ChainVerdict {
    return verifyChain(this.#rows(), this.head().seq)
  }

  *#rows(): Generator<AuditRow> {
    let after = Number.MIN_SAFE_INTEGER
    for (;;) {
      const batch = this.#batch.all(after, BATCH)
      yield* batch
      const last = batch.at(-1)
      if (last === undefined || batch.length < BATCH) return
      after = last.seq
    }
  }
}
