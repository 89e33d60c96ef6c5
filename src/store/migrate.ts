import { writing, type Connection } from './connection.ts'

/** One numbered step of the schema, one file each in `migrations/`. A released migration is never edited. */
export interface Migration {
  /** 1, 2, 3 … without gaps; `PRAGMA user_version` after it. */
  readonly version: number
  /** What it brings, for the log. */
  readonly name: string
  readonly sql: string
}

/**
 * Brings the schema up to the last of `migrations`, each step in a transaction of its own together with its version
 * number: a cut in the middle leaves the store at the step before, and the next start goes on from there.
 * @returns the names of the steps that ran
 */
export function migrate(db: Connection, migrations: readonly Migration[]): readonly string[] {
  const transact = writing(db)
  const ran: string[] = []
  for (const [index, migration] of migrations.entries()) {
    if (migration.version !== index + 1) throw new Error(`migration ${migration.name} is out of order`)
    if (migration.version <= Number(db.pragma('user_version', { simple: true }))) continue
    transact(() => {
      db.exec(migration.sql)
      db.pragma(`user_version = ${migration.version}`)
    })
    ran.push(migration.name)
  }
  return ran
}
