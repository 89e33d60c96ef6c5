import Database from 'better-sqlite3-multiple-ciphers'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hide } from '../lib/log.ts'
import { authorize, rawDatabase, requestOf, stored, StoreFixture } from '../../tests/support/store.ts'
import { insist } from './connection.ts'
import { APPLICATION_ID } from './identity.ts'
import { SCHEMA_VERSION } from './migrations/all.ts'

let fixture: StoreFixture
beforeEach(() => {
  fixture = new StoreFixture()
})
afterEach(() => {
  fixture.dispose()
})

describe('a new store', () => {
  it('is born with its identity, its schema and a log, and nothing beside them', () => {
    fixture.open().close()
    expect(readdirSync(fixture.folder)).toEqual(['kiosk.db', 'store.key'])
    const db = rawDatabase(fixture.path)
    expect(db.pragma('application_id', { simple: true })).toBe(APPLICATION_ID)
    expect(db.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION)
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
    db.close()
  })

  it.skipIf(process.platform === 'win32')('is for its owner only', () => {
    fixture.open()
    for (const file of readdirSync(fixture.folder)) {
      expect(statSync(`${fixture.folder}/${file}`).mode & 0o077, file).toBe(0)
    }
  })

  it('is made again when the first birth was cut off', () => {
    writeFileSync(`${fixture.path}.new`, 'half a database')
    writeFileSync(`${fixture.path}.new-wal`, 'half a log')
    const store = fixture.open()
    stored(store, (tx) => tx.settings.set('a', 1))
    expect(readdirSync(fixture.folder).filter((file) => file.includes('.new'))).toEqual([])
  })

  it('has a secret of its own: the same person has another hash at another kiosk, and the same one here after a restart', () => {
    const idNumber = hide('990001198512311235')
    const here = fixture.open()
    const hash = here.subjectHash(idNumber)
    here.close()
    expect(fixture.open().subjectHash(idNumber)).toBe(hash)
    const other = new StoreFixture()
    expect(other.open().subjectHash(idNumber)).not.toBe(hash)
    other.dispose()
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe('a transaction', () => {
  it('keeps the fact, its message and its witness together', () => {
    const store = fixture.open()
    stored(store, (tx) => {
      const key = authorize(tx.endorsements, 1)
      tx.outbox.add({ aggregate: key, kind: 'authorized', payload: null, idempotencyKey: key })
      tx.audit.append({ actor: 'kiosk', action: 'endorsement.authorized', target: key, result: 'OK' })
    })
    expect(counts(fixture)).toEqual([1, 1, 1])
  })

  it('keeps none of them when its work throws', () => {
    const store = fixture.open()
    expect(() =>
      store.transaction((tx) => {
        const key = authorize(tx.endorsements, 1)
        tx.outbox.add({ aggregate: key, kind: 'authorized', payload: null, idempotencyKey: key })
        tx.audit.append({ actor: 'kiosk', action: 'endorsement.authorized', target: key, result: 'OK' })
        throw new Error('a bug')
      }),
    ).toThrow('a bug')
    expect(counts(fixture)).toEqual([0, 0, 0])
    expect(stored(store, (tx) => tx.audit.verify())).toEqual({ ok: true, rows: 0 })
  })

  it('refuses work that would go on after its end, and keeps nothing of it', () => {
    const store = fixture.open()
    expect(() =>
      store.transaction(async (tx) => {
        tx.endorsements.request(requestOf(1))
        await Promise.resolve()
      }),
    ).toThrow('must be synchronous')
    expect(counts(fixture)).toEqual([0, 0, 0])
  })

  it('refuses another one inside it', () => {
    const store = fixture.open()
    expect(() => store.transaction(() => store.read(() => 0))).toThrow('inside another')
  })

  it('survives the end of the process, also when the store was not closed', () => {
    stored(fixture.open(), (tx) => tx.settings.set('a', { b: [1, null] }))
    expect(stored(fixture.open(), (tx) => tx.settings.get('a'))).toEqual({ b: [1, null] })
  })
})

describe('a checkpoint', () => {
  it('cuts the log to nothing', () => {
    const store = fixture.open()
    stored(store, (tx) => tx.settings.set('a', 'x'.repeat(10_000)))
    expect(statSync(`${fixture.path}-wal`).size).toBeGreaterThan(10_000)
    expect(store.checkpoint()).toEqual({ ok: true, value: { truncated: true } })
    expect(statSync(`${fixture.path}-wal`).size).toBe(0)
  })

  it('says when somebody who is reading holds on to the log', () => {
    const store = fixture.open()
    stored(store, (tx) => tx.settings.set('a', 1))
    const reader = rawDatabase(fixture.path, { readonly: true })
    reader.exec('BEGIN; SELECT * FROM settings')
    stored(store, (tx) => tx.settings.set('a', 2))
    expect(store.checkpoint()).toEqual({ ok: true, value: { truncated: false } })
    reader.close()
    expect(store.checkpoint()).toEqual({ ok: true, value: { truncated: true } })
  })

  it('leaves no trace of what was deleted, in the file or in the log', () => {
    // Without a key, so that a trace would be seen.
    const db = new Database(fixture.path)
    expect(insist(db).ok).toBe(true)
    const secret = 'UNMISTAKABLE-990001198512311235'
    db.exec('CREATE TABLE trace (value TEXT)')
    db.prepare('INSERT INTO trace VALUES (?)').run(secret.repeat(200))
    db.pragma('wal_checkpoint(TRUNCATE)')
    expect(readFileSync(fixture.path).includes(secret)).toBe(true)
    db.exec('DELETE FROM trace')
    db.pragma('wal_checkpoint(TRUNCATE)')
    for (const file of readdirSync(fixture.folder)) {
      expect(readFileSync(`${fixture.folder}/${file}`).includes(secret), file).toBe(false)
    }
    db.close()
  })
})

describe('settings', () => {
  it('do not show what is the store’s own', () => {
    const store = fixture.open()
    expect(() => store.read((view) => view.settings.get('store.subject-key'))).toThrow('belongs to the store')
    expect(() => store.transaction((tx) => tx.settings.set('store.subject-key', 1))).toThrow('belongs to the store')
    expect(() => store.transaction((tx) => tx.settings.remove('store.subject-key'))).toThrow('belongs to the store')
  })

  it('keep null apart from nothing', () => {
    const store = fixture.open()
    stored(store, (tx) => tx.settings.set('a', null))
    expect(stored(store, (tx) => [tx.settings.get('a'), tx.settings.get('b')])).toEqual([null, undefined])
  })
})

/** Rows of endorsements, outbox and audit, seen from outside. */
function counts({ path }: StoreFixture): number[] {
  const db = rawDatabase(path, { readonly: true })
  try {
    return ['endorsements', 'outbox', 'audit'].map((table) =>
      Number(db.prepare(`SELECT COUNT(*) FROM ${table}`).pluck().get()),
    )
  } finally {
    db.close()
  }
}
