import type Database from 'better-sqlite3-multiple-ciphers'
import fc from 'fast-check'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MORNING, rawDatabase, stored, StoreFixture } from '../../tests/support/store.ts'
import { GENESIS, sealOf, verifyChain, type AuditRow } from './audit-chain.ts'

let fixture: StoreFixture
beforeEach(() => {
  fixture = new StoreFixture()
})
afterEach(() => {
  fixture.dispose()
})

describe('the audit chain', () => {
  it('is sealed with SM3 over the cells and the seal before', () => {
    const store = fixture.open()
    const entry = { actor: 'kiosk', action: 'device.state', target: 'receipt-printer', result: 'OK' } as const
    const head = stored(store, (tx) => tx.audit.append({ ...entry, detail: { from: 'READY', to: 'PAPER_OUT' } }))
    // Computed with an independent SM3 (`openssl dgst -sm3`) over the canonical text.
    expect(head).toEqual({ seq: 1, hash: SEAL })
    expect(stored(store, (tx) => tx.audit.head())).toEqual(head)
    const [row] = stored(store, (tx) => tx.audit.latest(5))
    expect(row).toMatchObject({ seq: 1, at: MORNING, detail: '{"from":"READY","to":"PAPER_OUT"}', prevHash: GENESIS })
  })

  it('holds over restarts', () => {
    for (let n = 1; n <= 3; n++) {
      const store = fixture.open()
      append(store, 2)
      store.close()
    }
    expect(stored(fixture.open(), (tx) => tx.audit.verify())).toEqual({ ok: true, rows: 6 })
  })

  it('refuses to be changed, cut or overwritten', () => {
    append(fixture.open(), 3)
    const db = rawDatabase(fixture.path)
    db.pragma('recursive_triggers = ON')
    for (const attack of [
      "UPDATE audit SET result = 'FAILED' WHERE seq = 2",
      'DELETE FROM audit WHERE seq = 2',
      "INSERT OR REPLACE INTO audit SELECT seq, at, 'x', action, target, result, detail, prev_hash, hash FROM audit WHERE seq = 2",
    ]) {
      expect(() => db.exec(attack), attack).toThrow('append-only')
    }
    db.close()
  })
})

describe('an audit row edited by hand is named by its seq (scenario 39):', () => {
  const cells = ['at', 'actor', 'action', 'target', 'result', 'detail', 'prev_hash', 'hash'] as const

  it('any cell of any row', () => {
    append(fixture.open(), 12)
    const db = openForTampering(fixture.path)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.constantFrom(...cells), fc.string(), (seq, cell, text) => {
        const before = db.prepare(`SELECT ${cell} AS cell FROM audit WHERE seq = ?`).pluck().get(seq)
        const after = cell === 'at' ? Number(before) + text.length + 1 : `${text}x`
        fc.pre(after !== before)
        db.prepare(`UPDATE audit SET ${cell} = ? WHERE seq = ?`).run(after, seq)
        expect(verdictOf(fixture).firstBroken).toEqual({ seq, why: 'altered' })
        db.prepare(`UPDATE audit SET ${cell} = ? WHERE seq = ?`).run(before, seq)
      }),
      { numRuns: 60 },
    )
    db.close()
    expect(verdictOf(fixture)).toEqual({ ok: true, rows: 12 })
  })

  it('one letter moved from one cell into the next', () => {
    expect(sealOf({ ...row(1), actor: 'ab', action: 'c' })).not.toBe(sealOf({ ...row(1), actor: 'a', action: 'bc' }))
  })

  it('a row rewritten and sealed anew, because the next one remembers the old seal', () => {
    append(fixture.open(), 5)
    const db = openForTampering(fixture.path)
    const [, , third] = rowsOf(db)
    const forged = { ...third!, result: 'REFUSED' }
    db.prepare('UPDATE audit SET result = ?, hash = ? WHERE seq = 3').run(forged.result, sealOf(forged))
    db.close()
    expect(verdictOf(fixture).firstBroken).toEqual({ seq: 3, why: 'altered' })
  })

  it.each([1, 3, 5])('row %i taken out', (seq) => {
    append(fixture.open(), 5)
    tamper(fixture.path, `DELETE FROM audit WHERE seq = ${seq}`)
    expect(verdictOf(fixture).firstBroken).toEqual({ seq, why: 'missing' })
  })

  it('the end cut off, also when the kiosk has gone on since', () => {
    append(fixture.open(), 5)
    tamper(fixture.path, 'DELETE FROM audit WHERE seq > 3')
    expect(verdictOf(fixture).firstBroken).toEqual({ seq: 4, why: 'missing' })
    append(fixture.open(), 2)
    expect(verdictOf(fixture).firstBroken).toEqual({ seq: 4, why: 'missing' })
  })

  it('every row taken out', () => {
    append(fixture.open(), 2)
    tamper(fixture.path, 'DELETE FROM audit')
    expect(verdictOf(fixture)).toEqual({ ok: false, rows: 0, firstBroken: { seq: 1, why: 'missing' } })
  })

  it('two rows in each other’s place', () => {
    append(fixture.open(), 6)
    tamper(
      fixture.path,
      'UPDATE audit SET seq = 100 WHERE seq = 2',
      'UPDATE audit SET seq = 2 WHERE seq = 5',
      'UPDATE audit SET seq = 5 WHERE seq = 100',
    )
    expect(verdictOf(fixture).firstBroken).toEqual({ seq: 2, why: 'reordered' })
  })

  it('the rows behind a deleted one moved up', () => {
    append(fixture.open(), 6)
    tamper(fixture.path, 'DELETE FROM audit WHERE seq = 3', 'UPDATE audit SET seq = seq - 1 WHERE seq > 3')
    expect(verdictOf(fixture).firstBroken).toEqual({ seq: 3, why: 'reordered' })
  })

  it('a row given the number of no row', () => {
    append(fixture.open(), 4)
    tamper(fixture.path, 'UPDATE audit SET seq = 40 WHERE seq = 2')
    expect(verdictOf(fixture).firstBroken).toEqual({ seq: 2, why: 'missing' })
    tamper(fixture.path, 'UPDATE audit SET seq = -2 WHERE seq = 40')
    expect(verdictOf(fixture).firstBroken).toEqual({ seq: 2, why: 'missing' })
  })

  it('a row slipped in before the first', () => {
    const chain = [1, 2, 3].reduce<AuditRow[]>((rows, seq) => {
      const unsealed = { ...row(seq), prevHash: rows.at(-1)?.hash ?? GENESIS }
      return [...rows, { ...unsealed, hash: sealOf(unsealed) }]
    }, [])
    expect(verifyChain(chain, 3)).toEqual({ ok: true, rows: 3 })
    expect(verifyChain([{ ...row(0), hash: '' }, ...chain], 3).firstBroken).toEqual({ seq: 0, why: 'altered' })
  })
})

describe('npm run audit -- verify', () => {
  it('prints the verdict and exits 0 beside a running kiosk', async () => {
    append(fixture.open(), 3)
    expect(await cli(['verify', '--data', fixture.folder])).toEqual({ exit: 0, answer: { ok: true, rows: 3 } })
  })

  it('finds the store through KIOSK_DATA', async () => {
    append(fixture.open(), 1)
    expect(await cli(['verify'], { KIOSK_DATA: fixture.folder })).toMatchObject({ exit: 0, answer: { rows: 1 } })
  })

  it('names the broken row and exits 1', async () => {
    append(fixture.open(), 3)
    tamper(fixture.path, "UPDATE audit SET target = '粤B99999' WHERE seq = 2")
    expect(await cli(['verify', '--data', fixture.folder])).toEqual({
      exit: 1,
      answer: { ok: false, rows: 2, firstBroken: { seq: 2, why: 'altered' } },
    })
  })

  it('judges a store that only its check constraints would call damaged', async () => {
    append(fixture.open(), 3)
    tamper(fixture.path, 'PRAGMA ignore_check_constraints = ON', "UPDATE audit SET detail = 'not json' WHERE seq = 3")
    expect((await cli(['verify', '--data', fixture.folder])).answer).toMatchObject({ firstBroken: { seq: 3 } })
  })

  it('says when there is no store, and creates none', async () => {
    expect(await cli(['verify', '--data', fixture.folder])).toMatchObject({
      exit: 1,
      answer: { error: { code: 'NO_STORE' } },
    })
    expect(await cli(['verify', '--data', fixture.folder])).toMatchObject({ exit: 1 })
  })

  it.each([[[]], [['mend']], [['verify', '--fast']]])('shows its usage for %j', async (args) => {
    expect(await cli(args)).toMatchObject({ exit: 1, answer: { ok: false, error: { code: 'USAGE' } } })
  })
})

const SEAL = '66a7778610aa94ccbc51f10b1b6158c5143534df690ac43b2b31ad43ea0f2af7'

function append(store: ReturnType<StoreFixture['open']>, rows: number): void {
  for (let n = 0; n < rows; n++) {
    stored(store, (tx) =>
      tx.audit.append({ actor: 'kiosk', action: 'endorsement.printed', target: `E-${n}`, result: 'OK', detail: { n } }),
    )
  }
}

function verdictOf(at: StoreFixture) {
  const store = at.open()
  try {
    return stored(store, (tx) => tx.audit.verify())
  } finally {
    store.close()
  }
}

function openForTampering(path: string): Database.Database {
  const db = rawDatabase(path)
  db.exec('DROP TRIGGER IF EXISTS audit_is_never_updated; DROP TRIGGER IF EXISTS audit_is_never_deleted')
  return db
}

function tamper(path: string, ...statements: string[]): void {
  const db = openForTampering(path)
  for (const statement of statements) db.exec(statement)
  db.close()
}

function rowsOf(db: Database.Database): AuditRow[] {
  return db
    .prepare<[], AuditRow>(
      'SELECT seq, at, actor, action, target, result, detail, prev_hash AS prevHash, hash FROM audit ORDER BY seq',
    )
    .all()
}

function row(seq: number): Omit<AuditRow, 'hash'> {
  return { seq, at: MORNING, actor: 'kiosk', action: 'a', target: 't', result: 'OK', detail: '{}', prevHash: GENESIS }
}

async function cli(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ exit: number; answer: unknown }> {
  const file = fileURLToPath(new URL('./cli.ts', import.meta.url))
  const run = promisify(execFile)(process.execPath, [file, ...args], { env: { ...process.env, ...env } })
  const { exit, stdout } = await run.then(
    ({ stdout }) => ({ exit: 0, stdout }),
    (error: unknown) => {
      const { code, stdout } = error as { code: number; stdout: string }
      return { exit: code, stdout }
    },
  )
  expect(stdout.split('\n'), 'one line').toHaveLength(2)
  return { exit, answer: JSON.parse(stdout) }
}
