import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { AuthorizationClaims, PrintResultReport } from '../../../src/central/contract/endorsement.ts'
import { openDatabase, type CentralDatabase } from '../../../src/central/server/store/database.ts'
import { judge, type Judgement } from './judge.ts'
import { Memory } from './memory.ts'

const folder = mkdtempSync(join(tmpdir(), 'judge-test-'))
let files = 0
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Tables of the centre that the judge reads. */
const TABLES = ['endorsement', 'authorization', 'withdrawn_request', 'print_report'] as const

/**
 * A ledger written by hand, with the columns of the centre's own schema but without its keys, unique indexes and
 * references: a centre that keeps no law must be found out.
 */
class Ledger {
  readonly memory = new Memory()
  readonly db: CentralDatabase
  private readonly path: string
  private ids = 0

  constructor() {
    this.path = join(folder, `centre-${(files += 1)}.db`)
    this.db = openDatabase(this.path)
    this.db.pragma('foreign_keys = OFF')
    for (const table of TABLES)
      this.db.exec(`CREATE TABLE lawless AS SELECT * FROM ${table}; DROP TABLE ${table};
        ALTER TABLE lawless RENAME TO ${table}`)
  }

  /** A number with its authorization, as the centre stores it; and, unless told otherwise, as a kiosk was told. */
  grant(no: string, reviewId: string, key: string, { told = true, status = 'AUTHORIZED', id = `A-${key}` } = {}): void {
    const claims = { jti: id, endorsementNo: no, reviewId } as AuthorizationClaims
    this.db
      .prepare(
        'INSERT INTO endorsement (endorsement_no, review_id, status, attempt, authorization_id) VALUES (?,?,?,1,?)',
      )
      .run(no, reviewId, status, id)
    this.authorization(no, key, id)
    if (told) this.memory.granted('K1', key, claims)
  }

  authorization(no: string, key: string, id: string): void {
    this.db
      .prepare(
        'INSERT INTO authorization (authorization_id, endorsement_no, kiosk_id, idempotency_key) VALUES (?,?,?,?)',
      )
      .run(id, no, 'K1', key)
  }

  /** A report as the centre stores it. */
  store(authorizationId: string, result: PrintResultReport['result']): void {
    this.db
      .prepare('INSERT INTO print_report (id, authorization_id, result) VALUES (?,?,?)')
      .run((this.ids += 1), authorizationId, result)
  }

  /** A report as a kiosk heard it acknowledged. */
  acknowledged(no: string, reviewId: string, key: string, result: PrintResultReport['result']): void {
    const authorizationId = `A-${key}` as AuthorizationClaims['jti']
    this.memory.reports.push({ authorizationId, result, endorsementNo: no, reviewId })
  }

  confirm(no: string): void {
    this.db.prepare(`UPDATE endorsement SET status = 'CONFIRMED' WHERE endorsement_no = ?`).run(no)
  }

  /** What the judge says, and the ledger is closed. */
  judged(): Judgement {
    this.db.close()
    return judge(this.path, this.memory)
  }
}

/** One review endorsed, one tried twice and confirmed by the second print, one question taken back. */
function innocent(): Ledger {
  const ledger = new Ledger()
  ledger.grant('N1', 'R1', 'k1')
  ledger.store('A-k1', 'PRINTED')
  ledger.acknowledged('N1', 'R1', 'k1', 'PRINTED')
  ledger.confirm('N1')
  ledger.grant('N2', 'R2', 'k2', { status: 'VOIDED' })
  ledger.store('A-k2', 'FAILED')
  ledger.acknowledged('N2', 'R2', 'k2', 'FAILED')
  ledger.grant('N3', 'R2', 'k3')
  ledger.store('A-k3', 'PRINTED')
  ledger.acknowledged('N3', 'R2', 'k3', 'PRINTED')
  ledger.confirm('N3')
  ledger.db.exec(`INSERT INTO withdrawn_request (kiosk_id, idempotency_key) VALUES ('K1', 'k4')`)
  ledger.memory.withdrawals.push({ kioskId: 'K1', key: 'k4' })
  return ledger
}

describe('the judge of the centre', () => {
  it('finds nothing in a ledger that holds all it acknowledged', () => {
    expect(innocent().judged()).toEqual({
      ...{ reviews: 2, numbers: 3, confirmed: 2, authorizations: 3, reports: 3 },
      violations: [],
    })
  })

  const guilty: readonly [what: string, how: (ledger: Ledger) => void, said: string][] = [
    ['two living numbers for one review', (ledger) => ledger.grant('N9', 'R1', 'k9'), 'R1: 2 living numbers'],
    [
      'one key with two authorizations',
      (ledger) => ledger.authorization('N1', 'k1', 'A-another'),
      'K1 k1: 2 authorizations',
    ],
    [
      'a key that was answered with two authorizations, of which one was taken away again',
      ({ memory }) =>
        memory.granted('K1', 'k1', {
          jti: 'A-k1-once-more',
          endorsementNo: 'N1',
          reviewId: 'R1',
        } as AuthorizationClaims),
      'k1: two authorizations for one key, A-k1 and A-k1-once-more',
    ],
    [
      'an authorization that was given and is gone',
      ({ db }) => db.exec(`DELETE FROM authorization WHERE idempotency_key = 'k3'`),
      'k3: granted, and the centre does not know',
    ],
    [
      'an authorization that stands for another number than was said',
      ({ db }) => db.exec(`UPDATE authorization SET endorsement_no = 'N1' WHERE idempotency_key = 'k3'`),
      'k3: the centre remembers another authorization',
    ],
    [
      'a report that was acknowledged and is gone',
      ({ db }) => db.exec(`DELETE FROM print_report WHERE authorization_id = 'A-k2'`),
      'N2: FAILED was acknowledged and is gone',
    ],
    [
      'a paper that was acknowledged and is not confirmed',
      ({ db }) => db.exec(`UPDATE endorsement SET status = 'AUTHORIZED' WHERE endorsement_no = 'N1'`),
      'N1: printed and acknowledged, not confirmed',
    ],
    [
      'two papers of one review',
      (ledger) => {
        ledger.store('A-k2', 'PRINTED')
        ledger.acknowledged('N2', 'R2', 'k2', 'PRINTED')
      },
      'R2: 2 papers of one review',
    ],
    [
      'one number that was given to two reviews',
      ({ memory }) =>
        memory.granted('K1', 'k5', { jti: 'A-k5', endorsementNo: 'N1', reviewId: 'R5' } as AuthorizationClaims),
      'N1: given to R1 and to R5',
    ],
    [
      'a question that was taken back, and the centre has forgotten it',
      ({ db }) => db.exec('DELETE FROM withdrawn_request'),
      'k4: taken back, and the centre does not know',
    ],
    [
      'a question that was taken back, and its authorization still holds',
      (ledger) => ledger.grant('N4', 'R4', 'k4', { told: false }),
      'k4: taken back, and still authorized',
    ],
    [
      'what a kiosk itself found wrong',
      ({ memory }) => memory.violations.push('N1: PRINTED was not taken'),
      'N1: PRINTED was not taken',
    ],
  ]
  it.each(guilty)('finds %s', (_what, how, said) => {
    const ledger = innocent()
    how(ledger)
    expect(ledger.judged().violations).toContain(said)
  })
})
