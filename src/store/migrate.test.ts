import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StoreFixture } from '../../tests/support/store.ts'
import { expectOk } from '../lib/result.ts'
import { connect, type Connection } from './connection.ts'
import { freshKey } from './key.ts'
import { migrate, type Migration } from './migrate.ts'
import { migrations } from './migrations/all.ts'

const one: Migration = { version: 1, name: 'one', sql: 'CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1)' }
const two: Migration = { version: 2, name: 'two', sql: 'ALTER TABLE a ADD COLUMN y TEXT; UPDATE a SET y = x + 1' }
const broken: Migration = { version: 2, name: 'broken', sql: 'UPDATE a SET x = 7; CREATE TABLE a (x INTEGER)' }

let fixture: StoreFixture
let db: Connection
beforeEach(() => {
  fixture = new StoreFixture()
  db = expectOk(connect(fixture.path, freshKey()), 'a new file opens')
})
afterEach(() => {
  db.close()
  fixture.dispose()
})

describe('migrations', () => {
  it('run in their order, each once', () => {
    expect(migrate(db, [one])).toEqual(['one'])
    expect(migrate(db, [one, two])).toEqual(['two'])
    expect(migrate(db, [one, two])).toEqual([])
    expect(db.prepare('SELECT * FROM a').all()).toEqual([{ x: 1, y: '2' }])
    expect(version(db)).toBe(2)
  })

  it('leave the step before when one fails in the middle', () => {
    expect(() => migrate(db, [one, broken])).toThrow('already exists')
    expect(version(db)).toBe(1)
    expect(db.prepare('SELECT * FROM a').all()).toEqual([{ x: 1 }])
    expect(migrate(db, [one, two])).toEqual(['two'])
  })

  it('may not be out of order', () => {
    expect(() => migrate(db, [two])).toThrow('out of order')
  })

  it('of the product are numbered without gaps and run on an empty file', () => {
    expect(migrations.map((migration) => migration.version)).toEqual(migrations.map((_, index) => index + 1))
    expect(migrate(db, migrations)).toHaveLength(migrations.length)
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(db.pragma('foreign_key_check')).toEqual([])
  })
})

describe('every connection', () => {
  it('has been told and has confirmed how to keep what it acknowledges', () => {
    for (const [pragma, value] of [
      ['journal_mode', 'wal'],
      ['synchronous', 2],
      ['foreign_keys', 1],
      ['busy_timeout', 5000],
      ['secure_delete', 1],
    ] as const) {
      expect(db.pragma(pragma, { simple: true }), pragma).toBe(value)
    }
  })
})

function version(of: Connection): unknown {
  return of.pragma('user_version', { simple: true })
}
