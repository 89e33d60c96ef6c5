import type { Statement } from 'better-sqlite3-multiple-ciphers'
import type { ImpersonalText } from '../lib/personal.ts'
import { redactFields } from '../lib/redact.ts'
import type { Connection } from './connection.ts'

export type ReadinessVerdict = 'READY' | 'WARNINGS' | 'NOT_READY'

/** One thing that was looked at. `detail` is for the technician; nothing in it is personal. */
export interface ReadinessEntry {
  readonly id: ImpersonalText
  readonly state: 'PASS' | 'WARN' | 'FAIL' | 'SKIPPED'
  readonly detail: ImpersonalText | null
}

/** The guided check of a whole kiosk as it ended. Times are milliseconds. */
export interface ReadinessReport {
  /** When it ended, since the epoch. */
  readonly at: number
  readonly durationMs: number
  readonly verdict: ReadinessVerdict
  readonly staff: ImpersonalText
  readonly items: readonly ReadinessEntry[]
}

export interface ReadinessReader {
  /** The last report, whatever it said. */
  last(): ReadinessReport | undefined
  /** The last one that did not say NOT_READY: what the next is compared with. */
  lastGood(): ReadinessReport | undefined
}

export interface ReadinessReports extends ReadinessReader {
  add(report: ReadinessReport): void
}

type Row = Omit<ReadinessReport, 'items'> & { readonly items: string }

const COLUMNS = 'at, duration_ms AS durationMs, verdict, staff, items'

export class ReadinessTable implements ReadinessReports {
  readonly #insert: Statement<[Row]>
  readonly #last: Statement<[], Row>
  readonly #lastGood: Statement<[], Row>

  constructor(db: Connection) {
    this.#insert = db.prepare(`INSERT INTO readiness_reports (at, duration_ms, verdict, staff, items)
      VALUES (@at, @durationMs, @verdict, @staff, @items)`)
    this.#last = db.prepare(`SELECT ${COLUMNS} FROM readiness_reports ORDER BY id DESC LIMIT 1`)
    this.#lastGood = db.prepare(
      `SELECT ${COLUMNS} FROM readiness_reports WHERE verdict <> 'NOT_READY' ORDER BY id DESC LIMIT 1`,
    )
  }

  last(): ReadinessReport | undefined {
    return decode(this.#last.get())
  }

  lastGood(): ReadinessReport | undefined {
    return decode(this.#lastGood.get())
  }

  add(report: ReadinessReport): void {
    this.#insert.run({ ...report, items: JSON.stringify(report.items.map((item) => redactFields({ ...item }))) })
  }
}

function decode(row: Row | undefined): ReadinessReport | undefined {
  return row && { ...row, items: JSON.parse(row.items) as ReadinessReport['items'] }
}
