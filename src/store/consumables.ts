import type { Statement } from 'better-sqlite3-multiple-ciphers'
import type { Connection } from './connection.ts'

/** What one job of a device used up: `{ role: 'receipt-printer', counter: 'paperMm', amount: 142 }`. */
export interface Usage {
  readonly role: string
  readonly counter: string
  readonly amount: number
}

/** One counter since somebody last put a full one in. */
export interface Consumable {
  readonly role: string
  readonly counter: string
  /** Used since `since`, in the counter's own unit. */
  readonly value: number
  /** Milliseconds since the epoch. */
  readonly since: number
  /** What a full one lasts; null where nobody knows. */
  readonly capacity: number | null
  /** Used on an average day of the last seven (of those since the first use); null before the first. */
  readonly perDay: number | null
}

export interface ConsumableReader {
  all(): readonly Consumable[]
}

export interface Consumables extends ConsumableReader {
  use(usage: Usage): void
  /** A full one was put in: counting begins anew. `capacity` replaces the known one where given. */
  replaced(role: string, counter: string, capacity?: number): void
}

/** The rate is taken from this many days, today included. */
const RATE_DAYS = 7
const DAY_MS = 86_400_000
/** Days of use that are kept. */
const KEEP_DAYS = 60

type Row = Omit<Consumable, 'perDay'>

export class ConsumableTable implements Consumables {
  readonly #now: () => number
  readonly #all: Statement<[], Row>
  readonly #use: Statement<[{ role: string; counter: string; amount: number; now: number }]>
  readonly #useDay: Statement<[{ role: string; counter: string; amount: number; day: number }]>
  readonly #forget: Statement<[number]>
  readonly #replaced: Statement<[{ role: string; counter: string; capacity: number | null; now: number }]>
  readonly #rate: Statement<[string, string, number], { total: number | null; firstDay: number | null }>

  constructor(db: Connection, now: () => number) {
    this.#now = now
    this.#all = db.prepare('SELECT role, counter, value, since, capacity FROM consumables ORDER BY role, counter')
    this.#use =
      db.prepare(`INSERT INTO consumables (role, counter, value, since) VALUES (@role, @counter, @amount, @now)
      ON CONFLICT (role, counter) DO UPDATE SET value = value + @amount`)
    this.#useDay = db.prepare(`INSERT INTO consumable_days (role, counter, day, amount)
      VALUES (@role, @counter, @day, @amount) ON CONFLICT (role, counter, day) DO UPDATE SET amount = amount + @amount`)
    this.#forget = db.prepare('DELETE FROM consumable_days WHERE day < ?')
    this.#replaced = db.prepare(`INSERT INTO consumables (role, counter, value, since, capacity)
      VALUES (@role, @counter, 0, @now, @capacity)
      ON CONFLICT (role, counter) DO UPDATE SET value = 0, since = @now, capacity = coalesce(@capacity, capacity)`)
    this.#rate = db.prepare(`SELECT SUM(amount) AS total, MIN(day) AS firstDay FROM consumable_days
      WHERE role = ? AND counter = ? AND day > ?`)
  }

  all(): readonly Consumable[] {
    return this.#all.all().map((row) => ({ ...row, perDay: this.#perDay(row.role, row.counter) }))
  }

  use({ role, counter, amount }: Usage): void {
    if (!(amount >= 0)) throw new Error(`a usage of ${amount}`)
    const now = this.#now()
    this.#use.run({ role, counter, amount, now })
    this.#useDay.run({ role, counter, amount, day: dayOf(now) })
    this.#forget.run(dayOf(now) - KEEP_DAYS)
  }

  replaced(role: string, counter: string, capacity?: number): void {
    this.#replaced.run({ role, counter, capacity: capacity ?? null, now: this.#now() })
  }

  #perDay(role: string, counter: string): number | null {
    const today = dayOf(this.#now())
    const rate = this.#rate.get(role, counter, today - RATE_DAYS)
    if (rate === undefined || rate.total === null || rate.firstDay === null) return null
    return rate.total / (today - rate.firstDay + 1)
  }
}

/** Days since the epoch in China's time (UTC+8, no summer time). */
function dayOf(now: number): number {
  return Math.floor((now + 8 * 3_600_000) / DAY_MS)
}
