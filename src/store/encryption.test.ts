import Database from 'better-sqlite3-multiple-ciphers'
import { execFile, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyFileOf, rawDatabase, stored, StoreFixture } from '../../tests/support/store.ts'
import { silentLog } from '../lib/log.ts'
import { formOf } from './identity.ts'
import { freshKey, KeyFile } from './key.ts'
import type { ResealStep } from './reseal.ts'
import { openStore, type Store } from './store.ts'
import { changeKey, openToLook } from './unlock.ts'

const sealer = fileURLToPath(new URL('../../tests/support/store-sealer.ts', import.meta.url))
const cliFile = fileURLToPath(new URL('./cli.ts', import.meta.url))
const SECRET = 'UNMISTAKABLE-990001198512311235'
const STEPS: readonly ResealStep[] = [
  'QUIET',
  'COPIED',
  'ENCRYPTED',
  'VERIFIED',
  'REMEMBERED',
  'SWAPPED',
  'OVERWRITTEN',
]

let fixture: StoreFixture
beforeEach(() => {
  fixture = new StoreFixture()
})
afterEach(() => {
  fixture.dispose()
})

describe('a store at rest', () => {
  it('shows nothing of its rows, its schema or its identity, in the file or in the log', () => {
    const store = fixture.open()
    stored(store, (tx) => tx.settings.set('trace', SECRET.repeat(300)))
    expect(statSync(`${fixture.path}-wal`).size).toBeGreaterThan(SECRET.length * 300)
    expectNoPlaintext(fixture)
    expect(store.checkpoint().ok).toBe(true)
    expectNoPlaintext(fixture)
    expect(stored(store, (tx) => tx.settings.get('trace'))).toBe(SECRET.repeat(300))
  })

  it('is encrypted with the key itself, page by page, under another salt for every store', () => {
    fixture.open().close()
    const other = new StoreFixture()
    copyFileSync(keyFileOf(fixture.path), keyFileOf(other.path))
    other.open().close()
    const salts = [fixture, other].map(({ path }) => readFileSync(path).subarray(0, 16).toString('hex'))
    expect(new Set(salts).size).toBe(2)
    const db = rawDatabase(fixture.path)
    expect(db.pragma('cipher', { simple: true })).toBe('chacha20')
    db.close()
    other.dispose()
  })

  it('refuses a page that somebody has changed', () => {
    fixture.open().close()
    const bytes = readFileSync(fixture.path)
    bytes[3 * 4096 + 17]! ^= 1
    writeFileSync(fixture.path, bytes)
    expect(refusal(fixture)).toMatchObject({ code: 'STORE_CORRUPT' })
  })
})

describe('the key of a store', () => {
  it('is 32 random bytes in a file of its owner', () => {
    fixture.open().close()
    const file = keyFileOf(fixture.path)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      version: 1,
      current: expect.stringMatching(/^[0-9a-f]{64}$/),
      next: null,
    })
  })

  it('lies where KIOSK_STORE_KEY says, and not beside the store', () => {
    const elsewhere = new StoreFixture()
    process.env['KIOSK_STORE_KEY'] = join(elsewhere.folder, 'credential')
    try {
      fixture.open().close()
      expect(existsSync(keyFileOf(fixture.path))).toBe(false)
      expect(readdirSync(elsewhere.folder)).toEqual(['credential'])
      fixture.open().close()
    } finally {
      delete process.env['KIOSK_STORE_KEY']
      elsewhere.dispose()
    }
  })

  it.each<[string, string, (file: string) => void]>([
    ['is missing', 'KEY_MISSING', (file) => rmSync(file)],
    ['is another one', 'KEY_REFUSED', (file) => otherKey(file)],
    ['is damaged', 'KEY_DAMAGED', (file) => writeFileSync(file, '{"version":1,"current":"12"}')],
    ['can be read by others', 'KEY_UNSAFE', (file) => chmodSync(file, 0o640)],
  ])('when it %s the store is refused and stays as it is', (_, code, spoil) => {
    const store = fixture.open()
    stored(store, (tx) => tx.settings.set('a', 1))
    store.close()
    const key = keyFileOf(fixture.path)
    const good = readFileSync(key)
    spoil(key)
    const before = [readFileSync(fixture.path), existsSync(key) && readFileSync(key)]
    expect(refusal(fixture)).toMatchObject({ code })
    expect(openToLook(fixture.path)).toMatchObject({ ok: false, error: { code } })
    expect([readFileSync(fixture.path), existsSync(key) && readFileSync(key)]).toEqual(before)
    rmSync(key, { force: true })
    writeFileSync(key, good, { mode: 0o600 })
    expect(stored(fixture.open(), (tx) => tx.settings.get('a'))).toBe(1)
  })

  it.skipIf(process.getuid?.() !== 0)('is refused when it belongs to another user', () => {
    fixture.open().close()
    chownSync(keyFileOf(fixture.path), 65534, 65534)
    expect(refusal(fixture)).toMatchObject({ code: 'KEY_UNSAFE' })
  })
})

describe('a store from before encryption', () => {
  it('is encrypted at its first start with everything in it, and no plain byte is left in the folder', () => {
    const { rows, sequence } = plainStore(fixture)
    expect(readFileSync(fixture.path).includes(SECRET)).toBe(true)
    const store = fixture.open()
    expect(stored(store, (tx) => [tx.settings.get('trace'), tx.audit.verify()])).toEqual([SECRET, { ok: true, rows }])
    stored(store, (tx) => tx.audit.append({ actor: 'kiosk', action: 'a', target: 't', result: 'OK' }))
    expect(stored(store, (tx) => tx.audit.latest(1)[0]?.seq)).toBe(sequence + 1)
    expect(readdirSync(fixture.folder).filter((file) => !file.startsWith('kiosk.db-'))).toEqual([
      'kiosk.db',
      'store.key',
    ])
    expectNoPlaintext(fixture)
  })

  it('that is still open elsewhere is left alone', () => {
    plainStore(fixture)
    const other = new Database(fixture.path)
    other.prepare('SELECT COUNT(*) FROM settings').get()
    expect(refusal(fixture)).toMatchObject({ code: 'STORE_BUSY' })
    expect(formOf(fixture.path)).toEqual({ ok: true, value: 'PLAIN' })
    other.close()
    expectWhole(fixture.open())
  })

  it.each(STEPS)('whose encryption is cut off after %s opens with everything in it, encrypted', (last) => {
    plainStore(fixture)
    cutOff(fixture, 'encrypt', last)
    expectWhole(fixture.open())
    expectNoPlaintext(fixture)
    expect(readdirSync(fixture.folder).filter((file) => /\.(new|old)/.test(file))).toEqual([])
  })

  it('that is damaged or foreign is refused before a key is made', () => {
    const db = new Database(fixture.path)
    db.exec('CREATE TABLE invoices (id INTEGER)')
    db.close()
    const before = readFileSync(fixture.path)
    expect(refusal(fixture)).toMatchObject({ code: 'NOT_A_KIOSK_STORE' })
    expect(readFileSync(fixture.path)).toEqual(before)
    expect(existsSync(keyFileOf(fixture.path))).toBe(false)
  })
})

describe('a change of key', () => {
  it('makes the old key useless and keeps every row', () => {
    fill(fixture.open()).close()
    const old = new StoreFixture()
    copyFileSync(keyFileOf(fixture.path), keyFileOf(old.path))
    expect(changeKey(fixture.path, new KeyFile(keyFileOf(fixture.path)), silentLog)).toEqual({
      ok: true,
      value: undefined,
    })
    expect(openToLook(fixture.path, new KeyFile(keyFileOf(old.path)))).toMatchObject({ error: { code: 'KEY_REFUSED' } })
    expectWhole(fixture.open())
    old.dispose()
  })

  it.each(STEPS)('that is cut off after %s leaves a store that opens, and one key', (last) => {
    fill(fixture.open()).close()
    cutOff(fixture, 'rotate', last)
    const look = openToLook(fixture.path)
    expect(look.ok).toBe(true)
    if (look.ok) look.value.close()
    expectWhole(fixture.open())
    expect(JSON.parse(readFileSync(keyFileOf(fixture.path), 'utf8'))).toMatchObject({ next: null })
    expect(readdirSync(fixture.folder).filter((file) => /\.(new|old)/.test(file))).toEqual([])
  })

  it('is refused while the kiosk runs', () => {
    const store = fill(fixture.open())
    const key = readFileSync(keyFileOf(fixture.path))
    expect(changeKey(fixture.path, new KeyFile(keyFileOf(fixture.path)), silentLog)).toMatchObject({
      error: { code: 'STORE_BUSY' },
    })
    expectWhole(store)
    store.close()
    expectWhole(fixture.open())
    expect(readFileSync(keyFileOf(fixture.path))).toEqual(key)
  })

  it('is a command', async () => {
    fill(fixture.open()).close()
    const { stdout } = await promisify(execFile)(process.execPath, [cliFile, 'rotate-key', '--data', fixture.folder])
    expect(JSON.parse(stdout)).toEqual({ ok: true, key: keyFileOf(fixture.path) })
    const verified = await promisify(execFile)(process.execPath, [cliFile, 'verify', '--data', fixture.folder])
    expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true, rows: 30 })
  })
})

/** Thirty witnessed steps and one trace. */
function fill(store: Store): Store {
  stored(store, (tx) => {
    for (let n = 0; n < 30; n++) tx.audit.append({ actor: 'kiosk', action: 'a', target: SECRET, result: 'OK' })
    tx.settings.set('trace', SECRET)
  })
  return store
}

function expectWhole(store: Store): void {
  expect(stored(store, (tx) => [tx.settings.get('trace'), tx.audit.verify()])).toEqual([SECRET, { ok: true, rows: 30 }])
}

/** The store as the program before encryption left it: in the clear, without a key. */
function plainStore(at: StoreFixture): { readonly rows: number; readonly sequence: number } {
  fill(at.open()).close()
  const db = rawDatabase(at.path)
  db.pragma('journal_mode = DELETE')
  db.pragma("rekey = ''")
  db.pragma('journal_mode = WAL')
  db.close()
  rmSync(keyFileOf(at.path))
  expect(formOf(at.path)).toEqual({ ok: true, value: 'PLAIN' })
  return { rows: 30, sequence: 30 }
}

function cutOff({ path }: StoreFixture, how: 'encrypt' | 'rotate', last: ResealStep): void {
  const { signal, stderr } = spawnSync(process.execPath, [sealer, path, how, last], { encoding: 'utf8' })
  expect(signal, stderr).toBe('SIGKILL')
}

function otherKey(file: string): void {
  expect(new KeyFile(file).write({ current: freshKey(), next: null }).ok).toBe(true)
}

function expectNoPlaintext({ folder }: StoreFixture): void {
  for (const file of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, file))
    for (const word of [SECRET, 'SQLite format 3', 'CREATE TABLE', 'endorsements']) {
      expect(bytes.includes(word), `${word} in ${file}`).toBe(false)
    }
  }
}

function refusal({ path, clock }: StoreFixture): unknown {
  const opened = openStore({ path, clock, log: silentLog })
  if (opened.ok) throw new Error('it was opened')
  return opened.error
}
