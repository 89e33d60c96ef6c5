import Database from 'better-sqlite3'
import { err, ok, type Result } from '../lib/result.ts'
import { asStoreFault, type StoreError } from './faults.ts'

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

/** Opens the file for reading and writing; creates it when it is not there. */
export function connect(path: string): Result<Connection, StoreError> {
  return openWith(path, {}, PRAGMAS)
}

/** Opens an existing file for looking only: no checkpoint, no write, whatever the caller does. */
export function connectReadOnly(path: string): Result<Connection, StoreError> {
  return openWith(path, { readonly: true, fileMustExist: true }, [...PRAGMAS, ['query_only', 'ON', 1]])
}

function openWith(path: string, options: Database.Options, pragmas: typeof PRAGMAS): Result<Connection, StoreError> {
  let db: Connection | undefined
  try {
    db = new Database(path, options)
    for (const [pragma, wanted, readBack] of pragmas) {
      db.pragma(`${pragma} = ${wanted}`)
      const got: unknown = db.pragma(pragma, { simple: true })
      if (got !== readBack) {
        db.close()
        return err({ code: 'DURABILITY_REFUSED', pragma, wanted, got: String(got) })
      }
    }
    return ok(db)
  } catch (error) {
    db?.close()
    return err(asStoreFault(error))
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
