import type { Statement } from 'better-sqlite3-multiple-ciphers'
import type { ImpersonalText } from '../lib/personal.ts'
import { redactFields } from '../lib/redact.ts'
import type { Connection } from './connection.ts'

/** One self-test as it ended. Never personal: what was measured, and who pressed the button. */
export interface SelfTestRecord {
  readonly role: ImpersonalText
  readonly test: ImpersonalText
  readonly passed: boolean
  readonly measured: Readonly<Record<string, ImpersonalText | number>>
  /** Key of the words for the failure; null when it passed. */
  readonly failure: ImpersonalText | null
  readonly staff: ImpersonalText
}

/** A record with when it ended, milliseconds since the epoch. */
export interface StoredSelfTest extends SelfTestRecord {
  readonly at: number
}

export interface SelfTestReader {
  /** The last result of each test of `role`. */
  latest(role: string): readonly StoredSelfTest[]
}

export interface SelfTests extends SelfTestReader {
  add(record: SelfTestRecord): void
}

interface Row {
  readonly role: string
  readonly test: string
  readonly at: number
  readonly passed: number
  readonly measured: string
  readonly failure: string | null
  readonly staff: string
}

export class SelfTestTable implements SelfTests {
  readonly #now: () => number
  readonly #insert: Statement<[Row]>
  readonly #latest: Statement<[string], Row>

  constructor(db: Connection, now: () => number) {
    this.#now = now
    this.#insert = db.prepare(`INSERT INTO self_tests (role, test, at, passed, measured, failure, staff)
      VALUES (@role, @test, @at, @passed, @measured, @failure, @staff)`)
    this.#latest = db.prepare(`SELECT role, test, at, passed, measured, failure, staff FROM self_tests
      WHERE id IN (SELECT MAX(id) FROM self_tests WHERE role = ? GROUP BY test) ORDER BY test`)
  }

  latest(role: string): readonly StoredSelfTest[] {
    return this.#latest.all(role).map((row) => ({
      ...row,
      passed: row.passed === 1,
      measured: JSON.parse(row.measured) as SelfTestRecord['measured'],
    }))
  }

  add(record: SelfTestRecord): void {
    this.#insert.run({
      ...record,
      at: this.#now(),
      passed: record.passed ? 1 : 0,
      measured: JSON.stringify(redactFields(record.measured)),
    })
  }
}
