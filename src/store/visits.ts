import type { Statement } from 'better-sqlite3-multiple-ciphers'
import type { Connection } from './connection.ts'

/** How a visit ended. */
export type VisitOutcome =
  | 'COMPLETED'
  /** The citizen pressed 退出. */
  | 'LEFT'
  | 'TIMED_OUT'
  /** The answer was no: locked, overdue, not eligible. */
  | 'REFUSED'
  /** A device or the centre failed. */
  | 'FAILED'
  /** The kiosk stopped in the middle; written at the next start. */
  | 'INTERRUPTED'

/** How the citizen proved who she is; null when it did not come to that. */
export type VerificationMethod = 'FACE' | 'CODE'

/** That somebody was here, and for how long. Nothing in it says who. */
export interface Visit {
  readonly visitId: string
  readonly startedAt: number
  readonly endedAt: number | null
  readonly outcome: VisitOutcome | null
  readonly method: VerificationMethod | null
}

export interface VisitReader {
  find(visitId: string): Visit | undefined
  /** Visits without an end, oldest first: at the start, those that a stop interrupted. */
  unfinished(): readonly Visit[]
}

export interface Visits extends VisitReader {
  begin(visitId: string): void
  /** Ending a visit twice is a bug and throws. */
  end(visitId: string, outcome: VisitOutcome, method: VerificationMethod | null): void
}

const COLUMNS = 'visit_id AS visitId, started_at AS startedAt, ended_at AS endedAt, outcome, method'

export class VisitTable implements Visits {
  readonly #now: () => number
  readonly #find: Statement<[string], Visit>
  readonly #unfinished: Statement<[], Visit>
  readonly #begin: Statement<[string, number]>
  readonly #end: Statement<[number, string, string | null, string]>

  constructor(db: Connection, now: () => number) {
    this.#now = now
    this.#find = db.prepare(`SELECT ${COLUMNS} FROM visits WHERE visit_id = ?`)
    this.#unfinished = db.prepare(`SELECT ${COLUMNS} FROM visits WHERE ended_at IS NULL ORDER BY started_at`)
    this.#begin = db.prepare('INSERT INTO visits (visit_id, started_at) VALUES (?, ?)')
    this.#end = db.prepare(
      'UPDATE visits SET ended_at = ?, outcome = ?, method = ? WHERE visit_id = ? AND ended_at IS NULL',
    )
  }

  find(visitId: string): Visit | undefined {
    return this.#find.get(visitId)
  }

  unfinished(): readonly Visit[] {
    return this.#unfinished.all()
  }

  begin(visitId: string): void {
    this.#begin.run(visitId, this.#now())
  }

  end(visitId: string, outcome: VisitOutcome, method: VerificationMethod | null): void {
    const { changes } = this.#end.run(this.#now(), outcome, method, visitId)
    if (changes !== 1) throw new Error(`visit ${visitId} is not under way`)
  }
}
