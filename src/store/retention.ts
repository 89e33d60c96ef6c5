import type { Statement } from 'better-sqlite3-multiple-ciphers'
import type { Connection } from './connection.ts'

/** What may be forgotten: everything that was over before these moments (milliseconds since the epoch). */
export interface RetentionLimits {
  readonly endorsementsClosedBefore: number
  readonly visitsEndedBefore: number
  readonly messagesSentBefore: number
}

export interface Purged {
  readonly endorsements: number
  readonly printJobs: number
  readonly visits: number
  readonly messages: number
}

/** Forgets what is over and old. Nothing open is touched, and the audit chain never is. */
export class Retention {
  readonly #printJobs: Statement<[number]>
  readonly #slips: Statement<[number]>
  readonly #endorsements: Statement<[number]>
  readonly #visits: Statement<[number]>
  readonly #messages: Statement<[number]>

  constructor(db: Connection) {
    this.#printJobs = db.prepare(
      'DELETE FROM print_jobs WHERE endorsement_key IN (SELECT key FROM endorsements WHERE closed_at < ?)',
    )
    this.#slips = db.prepare('DELETE FROM print_jobs WHERE endorsement_key IS NULL AND settled_at < ?')
    this.#endorsements = db.prepare('DELETE FROM endorsements WHERE closed_at < ?')
    this.#visits = db.prepare('DELETE FROM visits WHERE ended_at < ?')
    this.#messages = db.prepare(`DELETE FROM outbox WHERE state = 'SENT' AND sent_at < ?`)
  }

  purge(limits: RetentionLimits): Purged {
    const printJobs =
      this.#printJobs.run(limits.endorsementsClosedBefore).changes +
      this.#slips.run(limits.endorsementsClosedBefore).changes
    return {
      printJobs,
      endorsements: this.#endorsements.run(limits.endorsementsClosedBefore).changes,
      visits: this.#visits.run(limits.visitsEndedBefore).changes,
      messages: this.#messages.run(limits.messagesSentBefore).changes,
    }
  }
}
