import type { Statement } from 'better-sqlite3-multiple-ciphers'
import type { Storable } from '../lib/personal.ts'
import type { Connection } from './connection.ts'

export interface SettingsReader {
  /** The JSON value under `key`, or undefined. The caller validates it: it may be from an older program. */
  get(key: string): unknown
}

/** What the kiosk must remember and nobody configures: counters, the last good readiness report, the device key's name. */
export interface Settings extends SettingsReader {
  /** Stores any JSON value that is nobody's; null is a value. */
  set<T>(key: string, value: T & Storable<T>): void
  remove(key: string): void
}

/** Keys of the store's own; they are not reachable through `Settings`. */
const RESERVED = 'store.'

export class SettingsTable implements Settings {
  readonly #now: () => number
  readonly #get: Statement<[string], { value: string }>
  readonly #set: Statement<[{ key: string; value: string; now: number }]>
  readonly #remove: Statement<[string]>

  constructor(db: Connection, now: () => number) {
    this.#now = now
    this.#get = db.prepare('SELECT value FROM settings WHERE key = ?')
    this.#set = db.prepare(`INSERT INTO settings (key, value, updated_at) VALUES (@key, @value, @now)
      ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`)
    this.#remove = db.prepare('DELETE FROM settings WHERE key = ?')
  }

  get(key: string): unknown {
    const row = this.#get.get(open(key))
    return row && (JSON.parse(row.value) as unknown)
  }

  set<T>(key: string, value: T & Storable<T>): void {
    const text = JSON.stringify(value) as string | undefined
    if (text === undefined) throw new Error(`setting ${key} must be a JSON value`)
    this.#set.run({ key: open(key), value: text, now: this.#now() })
  }

  remove(key: string): void {
    this.#remove.run(open(key))
  }
}

function open(key: string): string {
  if (key.startsWith(RESERVED)) throw new Error(`setting ${key} belongs to the store`)
  return key
}
