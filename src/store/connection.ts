import Database from 'better-sqlite3-multiple-ciphers'
import { err, ok, type Result } from '../lib/result.ts'
import { asStoreFault, type StoreError } from './faults.ts'
import type { StoreKey } from './key.ts'

export type Connection = Database.Database

/**
 * What every connection sets, and must hear back. better-sqlite3 is compiled so that a WAL database commits with
 * `synchronous=NORMAL`, which loses acknowledged rows at a power cut; a file system without shared memory silently
 * keeps another journal; a pragma with a typo is silently ignored. So nothing is believed until it is read back.
 */
const PRAGMAS: readonly (readonly [name: string, wanted: string, readBack: string | number])[] = [
  ['busy_timeout', '5000', 5000],
  ['journal_mode', 'WAL', 'wal'],
  ['synchronous', 'FULL', 2],
  ['foreign_keys', 'ON', 1],
  // Deleted rows are overwritten with zeros, in the file and (after the checkpoint) in the log.
  ['secure_delete', 'ON', 1],
  // Sort spills stay off the disk.
  ['temp_store', 'MEMORY', 2],
  ['cell_size_check', 'ON', 1],
  ['trusted_schema', 'OFF', 0],
  // INSERT OR REPLACE meets the delete triggers of the audit chain too.
  ['recursive_triggers', 'ON', 1],
]

/** Who only looks cannot choose the journal, and needs no promise about what is written. */
const LOOKING: typeof PRAGMAS = [...PRAGMAS.filter(([name]) => name !== 'journal_mode'), ['query_only', 'ON', 1]]

/** Opens the file for reading and writing under its key; creates it when it is not there. */
export function connect(path: string, key: StoreKey): Result<Connection, StoreError> {
  return openWith(path, {}, key, PRAGMAS)
}

/**
 * Opens an existing file for looking only: no checkpoint, no write, whatever the caller does.
 * @param key null for a store that is not encrypted yet
 */
export function connectReadOnly(path: string, key: StoreKey | null): Result<Connection, StoreError> {
  return openWith(path, { readonly: true, fileMustExist: true }, key, LOOKING)
}

function openWith(
  path: string,
  options: Database.Options,
  key: StoreKey | null,
  pragmas: typeof PRAGMAS,
): Result<Connection, StoreError> {
  let db: Connection | undefined
  try {
    db = new Database(path, options)
    if (key !== null && !unlocked(db, key)) {
      db.close()
      return err({ code: 'KEY_REFUSED', path })
    }
    const heard = insist(db, pragmas)
    if (!heard.ok) {
      db.close()
      return heard
    }
    return ok(db)
  } catch (error) {
    db?.close()
    return err(asStoreFault(error))
  }
}

/** Sets each pragma and reads it back. */
export function insist(db: Connection, pragmas: typeof PRAGMAS = PRAGMAS): Result<void, StoreError> {
  for (const [pragma, wanted, readBack] of pragmas) {
    db.pragma(`${pragma} = ${wanted}`)
    const got: unknown = db.pragma(pragma, { simple: true })
    if (got !== readBack) return err({ code: 'DURABILITY_REFUSED', pragma, wanted, got: String(got) })
  }
  return ok()
}

/**
 * ChaCha20-Poly1305 page by page, in the file and in its log; named, so that another default of the library is not
 * met one day. `raw:` means the key itself: no pass phrase, no derivation (SQLite3 Multiple Ciphers, cipher "chacha20").
 */
export function useKey(db: Connection, key: StoreKey): void {
  db.pragma("cipher = 'chacha20'")
  db.pragma(`key = ${keyText(key)}`)
}

/** The key as the pragmas `key` and `rekey` take it. */
export function keyText(key: StoreKey): string {
  return `'raw:${key.toString('hex')}'`
}

/** Whether the key reads the first page. */
function unlocked(db: Connection, key: StoreKey): boolean {
  useKey(db, key)
  try {
    db.prepare('SELECT COUNT(*) FROM sqlite_schema').get()
    return true
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code === 'SQLITE_NOTADB') return false
    throw error
  }
}

/** Runs work as one transaction that is kept whole or not at all. */
export type Transact = (work: () => unknown) => unknown

/** A write-locked transaction from the first moment, so that nobody can come between its reading and its writing. */
export function writing(db: Connection): Transact {
  const transaction = db.transaction((work: () => unknown) => work())
  return (work) => transaction.immediate(work)
}

/** Several reads of one and the same moment. */
export function reading(db: Connection): Transact {
  const transaction = db.transaction((work: () => unknown) => work())
  return (work) => transaction.deferred(work)
}
