import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { err, ok, type Result } from '../lib/result.ts'
import { connectReadOnly, type Connection } from './connection.ts'
import { asStoreFault, type StoreError, type StoreFault } from './faults.ts'
import type { StoreKey } from './key.ts'

/** `PRAGMA application_id` of a kiosk store: the letters RTKS. */
export const APPLICATION_ID = 0x52_54_4b_53

/** What lies at a path, by its first bytes: nothing, a store from before encryption, or bytes that only a key reads. */
export type Form = 'ABSENT' | 'PLAIN' | 'SEALED'

/**
 * Tells what is at `path` without opening it as a database.
 *
 * An existing file is never taken for a new one: a store is born whole (birth.ts), so an empty file, or a log without
 * its database, is damage. SQLite itself would quietly delete the log of an empty database.
 */
export function formOf(path: string): Result<Form, StoreError> {
  try {
    const size = sizeOf(path)
    if (size === undefined) {
      return (sizeOf(`${path}-wal`) ?? 0) === 0 ? ok('ABSENT') : corrupt('a log without its database')
    }
    const header = readHeader(path)
    if (header === undefined) return corrupt('no SQLite header')
    return ok(header === 'UNREADABLE' ? 'SEALED' : 'PLAIN')
  } catch (error) {
    return err(asStoreFault(error))
  }
}

/** Whether an open database is one of ours and not from the future. */
export function judgeIdentity(db: Connection, supported: number): Result<void, StoreError> {
  return judge(identityOf(db), supported)
}

/**
 * Decides, without changing a byte, whether the existing file is one of ours, not from the future, and sound, as far as a
 * start may take the time to look.
 * @param supported the newest schema version this program knows
 * @param key null for a store that is not encrypted
 */
export function inspect(path: string, supported: number, key: StoreKey | null): Result<void, StoreError> {
  return lookAt(path, key, supported, (db) => {
    const judged = judgeIdentity(db, supported)
    return judged.ok ? checkAtStart(db, sizeOf(path) ?? 0) : judged
  })
}

function lookAt(
  path: string,
  key: StoreKey | null,
  supported: number,
  check: (db: Connection) => Result<void, StoreError>,
): Result<void, StoreError> {
  try {
    const header = readHeader(path)
    if (header === undefined) return corrupt('no SQLite header')
    // With a log the first page may be newer in it than in the file; without one a readable header is the truth, and a
    // foreign file is refused before SQLite has even looked at it.
    const logSize = sizeOf(`${path}-wal`) ?? 0
    const judged = header !== 'UNREADABLE' && logSize === 0 ? judge(header, supported) : ok()
    if (!judged.ok) return judged
    const opened = connectReadOnly(path, key)
    if (!opened.ok) return opened
    try {
      return check(opened.value)
    } finally {
      opened.value.close()
    }
  } catch (error) {
    return err(asStoreFault(error))
  }
}

interface Identity {
  readonly applicationId: number
  readonly version: number
}

const MAGIC = Buffer.from('SQLite format 3\0', 'latin1')

/** The database header, SQLite file format section 1.3: magic at 0, user version at 60, application id at 68, big-endian. An encrypted file has a random salt there. */
function readHeader(path: string): Identity | 'UNREADABLE' | undefined {
  const header = Buffer.alloc(100)
  const file = openSync(path, 'r')
  try {
    if (readSync(file, header, 0, 100, 0) < 100) return undefined
  } finally {
    closeSync(file)
  }
  if (!header.subarray(0, 16).equals(MAGIC)) return 'UNREADABLE'
  return { version: header.readInt32BE(60), applicationId: header.readInt32BE(68) }
}

/** A check reads about a megabyte in a millisecond from memory, but only some tens of megabytes in a second from a cold disk. */
const WHOLE_CHECK_BYTES = 16 * 1024 * 1024

/** Tables that a start builds on and that retention keeps small; the outbox and the audit chain are history. */
const FACT_TABLES = ['sqlite_schema', 'settings', 'visits', 'ratings', 'endorsements', 'print_jobs']

/**
 * A small file is checked whole, of a large one the facts: the start may not grow slower with the years. The rest of a
 * large file is for `Store.checkIntegrity` in a quiet hour.
 */
function checkAtStart(db: Connection, size: number): Result<void, StoreError> {
  if (size <= WHOLE_CHECK_BYTES) return quickCheck(db)
  for (const table of FACT_TABLES) {
    const checked = quickCheck(db, table)
    if (!checked.ok) return checked
  }
  return ok()
}

/** SQLite's check of one table with its indexes, or of the whole file. */
export function quickCheck(db: Connection, table?: string): Result<void, StoreFault> {
  const verdict = String(
    db.pragma(table === undefined ? 'quick_check(1)' : `quick_check('${table}')`, { simple: true }),
  )
  return verdict === 'ok' ? ok() : corrupt(verdict)
}

function identityOf(db: Connection): Identity {
  return {
    applicationId: Number(db.pragma('application_id', { simple: true })),
    version: Number(db.pragma('user_version', { simple: true })),
  }
}

function judge(identity: Identity, supported: number): Result<void, StoreError> {
  if (identity.applicationId !== APPLICATION_ID) {
    return err({ code: 'NOT_A_KIOSK_STORE', detail: `application id ${identity.applicationId}` })
  }
  if (identity.version > supported) return err({ code: 'STORE_TOO_NEW', found: identity.version, supported })
  return identity.version < 1 ? corrupt(`schema version ${identity.version}`) : ok()
}

function corrupt(detail: string): Result<never, StoreFault> {
  return err({ code: 'STORE_CORRUPT', detail })
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size
}
