import Database from 'better-sqlite3-multiple-ciphers'
import { MIGRATIONS } from './schema.ts'

export type CentralDatabase = Database.Database

/** `RTKC`: says that a file is a store of this program before anything in it is believed. */
const APPLICATION_ID = 0x52_54_4b_43

/**
 * Opens (or creates) the centre's store. A file is WAL with `synchronous=FULL`, read back: an acknowledged endorsement
 * survives a power cut. Throws for a file of another program or of a newer version: the operator must look.
 */
export function openDatabase(path: string): CentralDatabase {
  const database = new Database(path)
  try {
    configure(database, path)
    migrate(database, path)
  } catch (error) {
    database.close()
    throw error
  }
  return database
}

function configure(database: CentralDatabase, path: string): void {
  if (path !== ':memory:') database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma('foreign_keys = ON')
  if (database.pragma('synchronous', { simple: true }) !== 2)
    throw new Error(`${path}: synchronous=FULL was not accepted`)
}

function migrate(database: CentralDatabase, path: string): void {
  const version = Number(database.pragma('user_version', { simple: true }))
  const owner = Number(database.pragma('application_id', { simple: true }))
  if (owner !== APPLICATION_ID && (owner !== 0 || version !== 0))
    throw new Error(`${path}: not a store of the central platform`)
  if (version > MIGRATIONS.length)
    throw new Error(`${path}: store version ${version}, this program knows up to ${MIGRATIONS.length}`)
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < version) continue
    database.transaction(() => {
      database.exec(sql)
      database.pragma(`application_id = ${APPLICATION_ID}`)
      database.pragma(`user_version = ${index + 1}`)
    })()
  }
}
