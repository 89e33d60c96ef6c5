import type { Statement } from 'better-sqlite3-multiple-ciphers'
import type { Connection } from './connection.ts'

/** 满意度: 1 (very dissatisfied) to 5 (very satisfied). */
export type RatingScore = 1 | 2 | 3 | 4 | 5

export interface RatingSummary {
  readonly count: number
  /** Null while nobody has rated. */
  readonly average: number | null
}

export interface RatingReader {
  /** Ratings given at or after `since`, milliseconds since the epoch. */
  summary(since: number): RatingSummary
}

export interface Ratings extends RatingReader {
  /** The rating of a visit; the last one given counts. */
  rate(visitId: string, score: RatingScore): void
}

export class RatingTable implements Ratings {
  readonly #now: () => number
  readonly #rate: Statement<[string, number, number]>
  readonly #summary: Statement<[number], RatingSummary>

  constructor(db: Connection, now: () => number) {
    this.#now = now
    this.#rate = db.prepare(`INSERT INTO ratings (visit_id, score, rated_at) VALUES (?, ?, ?)
      ON CONFLICT (visit_id) DO UPDATE SET score = excluded.score, rated_at = excluded.rated_at`)
    this.#summary = db.prepare('SELECT COUNT(*) AS count, AVG(score) AS average FROM ratings WHERE rated_at >= ?')
  }

  rate(visitId: string, score: RatingScore): void {
    this.#rate.run(visitId, score, this.#now())
  }

  summary(since: number): RatingSummary {
    return this.#summary.get(since) ?? { count: 0, average: null }
  }
}
