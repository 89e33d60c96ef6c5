import type { CentralDatabase } from '../store/database.ts'

type Value = string | number | Buffer | boolean | null

/** Writes one row; the column names are the keys. For seeds only: names come from our own code. */
export function insertRow(database: CentralDatabase, table: string, row: Readonly<Record<string, Value>>): void {
  const columns = Object.keys(row)
  const values = Object.values(row).map((value) => (typeof value === 'boolean' ? Number(value) : value))
  database
    .prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
    .run(values)
}
