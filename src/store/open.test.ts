import Database from 'better-sqlite3-multiple-ciphers'
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../lib/log.ts'
import { authorize, copyStore, rawDatabase, stored, StoreFixture } from '../../tests/support/store.ts'
import { insist } from './connection.ts'
import { describeStoreError, asStoreFault, type StoreError } from './faults.ts'
import { SCHEMA_VERSION } from './migrations/all.ts'
import { openStore } from './store.ts'

let fixture: StoreFixture
beforeEach(() => {
  fixture = new StoreFixture()
})
afterEach(() => {
  fixture.dispose()
})

describe('a store from a newer program', () => {
  it('is refused and stays as it is, byte for byte', () => {
    fixture.open().close()
    edit(fixture.path, (db) => db.pragma(`user_version = ${SCHEMA_VERSION + 1}`))
    const before = contents(fixture)
    expect(refusal(fixture)).toEqual({ code: 'STORE_TOO_NEW', found: SCHEMA_VERSION + 1, supported: SCHEMA_VERSION })
    expect(contents(fixture)).toEqual(before)
  })

  it('is refused and stays as it is when only its log says so', () => {
    const store = fixture.open()
    expect(store.checkpoint().ok).toBe(true)
    const newer = rawDatabase(fixture.path)
    newer.pragma(`user_version = ${SCHEMA_VERSION + 1}`)
    const copy = new StoreFixture()
    copyStore(fixture.path, copy.path)
    newer.close()
    const before = contents(copy)
    expect(refusal(copy).code).toBe('STORE_TOO_NEW')
    expect(contents(copy)).toEqual(before)
    copy.dispose()
  })
})

describe('what is not a kiosk store is refused and left alone:', () => {
  it('the database of another program', () => {
    edit(fixture.path, (db) => db.exec('CREATE TABLE invoices (id INTEGER PRIMARY KEY)'))
    expectUntouchedRefusal(fixture, 'NOT_A_KIOSK_STORE')
  })

  it('an empty database of nobody', () => {
    edit(fixture.path, (db) => db.pragma('journal_mode = WAL'))
    expectUntouchedRefusal(fixture, 'NOT_A_KIOSK_STORE')
  })

  it('a folder in its place', () => {
    mkdirSync(fixture.path)
    expect(refusal(fixture).code).toBe('STORE_UNAVAILABLE')
  })
})

describe('a damaged store is refused and left alone:', () => {
  it('cut to nothing', () => {
    fixture.open().close()
    truncateSync(fixture.path)
    expectUntouchedRefusal(fixture, 'STORE_CORRUPT')
  })

  it('cut to nothing beside its log, which SQLite would delete', () => {
    const store = fixture.open()
    stored(store, (tx) => tx.settings.set('a', 1))
    const copy = new StoreFixture()
    writeFileSync(`${copy.path}-wal`, readFileSync(`${fixture.path}-wal`))
    writeFileSync(copy.path, '')
    expectUntouchedRefusal(copy, 'STORE_CORRUPT')
    rmSync(copy.path)
    expectUntouchedRefusal(copy, 'STORE_CORRUPT')
    copy.dispose()
  })

  it('overwritten from the start, which looks like a wrong key', () => {
    fixture.open().close()
    overwrite(fixture.path, 0, 512)
    expectUntouchedRefusal(fixture, 'KEY_REFUSED')
  })

  it('cut in the middle', () => {
    fillAndClose(fixture)
    truncateSync(fixture.path, 20_000)
    expectDamageRefusal(fixture)
  })

  it.each([1, 2, 5, 11])('page %i overwritten', (page) => {
    fillAndClose(fixture)
    overwrite(fixture.path, 4096 * page, 4096)
    expectDamageRefusal(fixture)
  })

  it('without the secret of its subjects', () => {
    fixture.open().close()
    edit(fixture.path, (db) => db.exec('DELETE FROM settings'))
    expect(refusal(fixture).code).toBe('STORE_CORRUPT')
  })
})

describe('a large store', () => {
  it('opens without reading its history, and the check in a quiet hour finds the damage there, once and for all', () => {
    const store = fixture.open()
    stored(store, (tx) => {
      for (let n = 0; n < 20; n++) {
        tx.outbox.add({ aggregate: 'a', kind: 'k', payload: 'x'.repeat(1_000_000), idempotencyKey: `key-${n}` })
      }
      authorize(tx.endorsements, 1)
    })
    expect(store.checkIntegrity()).toEqual({ ok: true, value: undefined })
    store.close()
    const pages = readFileSync(fixture.path)
    const rootOfOutbox = Number(editAndGet(fixture.path, "SELECT rootpage FROM sqlite_schema WHERE name = 'outbox'"))
    writeFileSync(fixture.path, pages.fill(0xa5, (rootOfOutbox - 1) * 4096, rootOfOutbox * 4096))
    const damaged = fixture.open()
    expect(stored(damaged, (tx) => tx.endorsements.inFlight())).toHaveLength(1)
    expect(damaged.checkIntegrity()).toMatchObject({ ok: false, error: { code: 'STORE_CORRUPT' } })
    expect(damaged.read((view) => view.endorsements.inFlight())).toMatchObject({ ok: false })
  })

  it('is refused when a fact is damaged', () => {
    const store = fixture.open()
    stored(store, (tx) => {
      tx.outbox.add({ aggregate: 'a', kind: 'k', payload: 'x'.repeat(20_000_000), idempotencyKey: 'key' })
      authorize(tx.endorsements, 1)
    })
    store.close()
    const pages = readFileSync(fixture.path)
    const root = Number(editAndGet(fixture.path, "SELECT rootpage FROM sqlite_schema WHERE name = 'endorsements'"))
    writeFileSync(fixture.path, pages.fill(0xa5, (root - 1) * 4096, root * 4096))
    expectDamageRefusal(fixture)
  })
})

describe('a store that is damaged while it is open', () => {
  it('says so once and for all: after the first contradiction nothing more is read or written', () => {
    fillAndClose(fixture)
    const store = fixture.open()
    overwrite(fixture.path, 4096, readFileSync(fixture.path).length - 4096)
    const first = store.read((view) => [view.outbox.due(1000), view.audit.latest(1000), view.endorsements.inFlight()])
    expect(first).toMatchObject({ ok: false, error: { code: 'STORE_CORRUPT' } })
    expect(store.transaction((tx) => tx.settings.set('a', 1))).toEqual(first)
    expect(store.checkpoint()).toEqual(first)
  })
})

describe('a disk', () => {
  it('that refuses a write-ahead log is refused', () => {
    expect(insist(new Database(':memory:'))).toMatchObject({
      ok: false,
      error: { code: 'DURABILITY_REFUSED', pragma: 'journal_mode', wanted: 'WAL', got: 'memory' },
    })
  })

  it.skipIf(!canMount())(
    'that fills up loses nothing that was acknowledged, and the store goes on when there is room again',
    () => {
      run('mount', '-t', 'tmpfs', '-o', 'size=640k', 'tmpfs', fixture.folder)
      try {
        const store = fixture.open()
        const filler = join(fixture.folder, 'filler')
        writeFileSync(filler, Buffer.alloc(64 * 1024))
        let kept = 0
        for (;;) {
          const added = store.transaction((tx) => {
            tx.outbox.add({ aggregate: 'a', kind: 'k', payload: 'x'.repeat(4000), idempotencyKey: `key-${kept}` })
          })
          if (!added.ok) {
            expect(added.error.code).toBe('DISK_FULL')
            break
          }
          kept++
        }
        expect(kept).toBeGreaterThan(3)
        rmSync(filler)
        expect(stored(store, (tx) => tx.outbox.depth().pending)).toBe(kept)
        stored(store, (tx) => tx.outbox.add({ aggregate: 'a', kind: 'k', payload: 1, idempotencyKey: `key-${kept}` }))
        store.close()
        expect(stored(fixture.open(), (tx) => tx.outbox.depth().pending)).toBe(kept + 1)
      } finally {
        run('umount', '-l', fixture.folder)
      }
    },
  )

  it('that another program has locked is named', () => {
    fixture.open().close()
    const other = rawDatabase(fixture.path)
    other.exec('BEGIN IMMEDIATE')
    const mine = rawDatabase(fixture.path, { timeout: 0 })
    try {
      mine.exec('BEGIN IMMEDIATE')
      expect.fail('the lock was not held')
    } catch (error) {
      expect(asStoreFault(error).code).toBe('STORE_BUSY')
    } finally {
      mine.close()
      other.close()
    }
  })
})

it('a bug is not taken for a failure of the world', () => {
  const bug = new TypeError('undefined is not a function')
  expect(() => asStoreFault(bug)).toThrow(bug)
})

it('every refusal tells the technician what happened and what to do', () => {
  const errors: StoreError[] = [
    { code: 'DISK_FULL', detail: 'd' },
    { code: 'IO_ERROR', detail: 'd' },
    { code: 'STORE_CORRUPT', detail: 'd' },
    { code: 'STORE_BUSY', detail: 'd' },
    { code: 'STORE_UNAVAILABLE', detail: 'd' },
    { code: 'STORE_TOO_NEW', found: 9, supported: 1 },
    { code: 'NOT_A_KIOSK_STORE', detail: 'd' },
    { code: 'DURABILITY_REFUSED', pragma: 'p', wanted: 'w', got: 'g' },
    { code: 'KEY_MISSING', place: 'p' },
    { code: 'KEY_UNSAFE', place: 'p', detail: 'd' },
    { code: 'KEY_DAMAGED', place: 'p' },
    { code: 'KEY_REFUSED', path: 'p' },
  ]
  const lines = errors.map(describeStoreError)
  expect(new Set(lines).size).toBe(errors.length)
  for (const line of lines) expect(line).toMatch(/\b(free|copy|close|check|install)\b/i)
})

function refusal({ path, clock }: StoreFixture): StoreError {
  const opened = openStore({ path, clock, log: silentLog })
  if (opened.ok) throw new Error('it was opened')
  return opened.error
}

function expectUntouchedRefusal(at: StoreFixture, code: StoreError['code']): void {
  const before = contents(at)
  expect(refusal(at).code).toBe(code)
  expect(contents(at)).toEqual(before)
}

/** SQLite may leave an index of an empty log behind when it has looked; the database itself must be as it was. */
function expectDamageRefusal(at: StoreFixture): void {
  const before = readFileSync(at.path)
  expect(refusal(at).code).toBe('STORE_CORRUPT')
  expect(readFileSync(at.path).equals(before)).toBe(true)
}

function contents({ folder }: StoreFixture): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .filter((file) => !leftByLooking(folder, file))
      .map((file) => [file, readFileSync(join(folder, file)).toString('base64')]),
  )
}

/** An index, or an empty log, that SQLite makes to look at a store whose kiosk is not running. */
function leftByLooking(folder: string, file: string): boolean {
  return file.endsWith('-shm') || (file.endsWith('-wal') && statSync(join(folder, file)).size === 0)
}

function edit(path: string, change: (db: Database.Database) => unknown): void {
  const db = rawDatabase(path)
  change(db)
  db.close()
}

function editAndGet(path: string, query: string): unknown {
  let found: unknown
  edit(path, (db) => (found = db.prepare(query).pluck().get()))
  return found
}

function overwrite(path: string, offset: number, length: number): void {
  const bytes = readFileSync(path)
  bytes.fill(0xa5, offset, offset + length)
  writeFileSync(path, bytes)
}

function fillAndClose(at: StoreFixture): void {
  const store = at.open()
  stored(store, (tx) => {
    for (let n = 1; n <= 200; n++) {
      const key = authorize(tx.endorsements, n)
      tx.outbox.add({ aggregate: key, kind: 'k', payload: 'x'.repeat(200), idempotencyKey: key })
      tx.audit.append({ actor: 'kiosk', action: 'a', target: key, result: 'OK' })
    }
  })
  store.close()
  expect(existsSync(`${at.path}-wal`)).toBe(false)
}

function run(program: string, ...args: string[]): void {
  execFileSync(program, args, { stdio: 'ignore' })
}

function canMount(): boolean {
  const probe = new StoreFixture()
  try {
    run('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe.folder)
    run('umount', '-l', probe.folder)
    return true
  } catch {
    return false
  } finally {
    probe.dispose()
  }
}
