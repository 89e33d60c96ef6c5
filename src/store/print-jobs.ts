import type { Statement } from 'better-sqlite3-multiple-ciphers'
import type { ImpersonalText } from '../lib/personal.ts'
import { redact } from '../lib/redact.ts'
import type { Connection } from './connection.ts'
import type { EndorsementKey } from './endorsement.ts'

/** Where one job on one printer stands. Never printed again from `UNKNOWN` by itself. */
export type PrintJobState = 'REQUESTED' | 'PRINTING' | 'CONFIRMED' | 'REFUTED' | 'UNKNOWN'

/** The one table of legal steps; anything else is a bug and throws. */
export const PRINT_JOB_STEPS: Readonly<Record<PrintJobState, readonly PrintJobState[]>> = {
  REQUESTED: ['PRINTING', 'REFUTED'],
  PRINTING: ['CONFIRMED', 'REFUTED', 'UNKNOWN'],
  UNKNOWN: ['CONFIRMED', 'REFUTED'],
  CONFIRMED: [],
  REFUTED: [],
}

export interface PrintJobRequest {
  readonly jobId: ImpersonalText
  /** Null for paper that belongs to no endorsement: a slip, a list, a calibration page. */
  readonly endorsementKey: EndorsementKey | null
  /** Code of the document, for instance `P01`. */
  readonly document: ImpersonalText
  /** Role of the printer in the site file. */
  readonly role: ImpersonalText
  /** 1 for the first paper, 2 for 补打 第1次. */
  readonly attempt: number
  /** SHA-256 of the bytes for the printer, 64 hex digits: the bytes themselves are not kept. */
  readonly sha256: string
}

export interface PrintJob extends PrintJobRequest {
  /** Ascending number of the job on this kiosk. */
  readonly serial: number
  readonly state: PrintJobState
  /** Why it was refuted or is unknown. */
  readonly reason: ImpersonalText | null
  readonly requestedAt: number
  readonly startedAt: number | null
  readonly settledAt: number | null
}

/** The four printable characters that an ESC/POS printer echoes when the paper is done (`GS ( H` function 48). */
export function processIdOf(job: PrintJob): string {
  return String(job.serial % 10_000).padStart(4, '0')
}

export interface PrintJobReader {
  find(jobId: string): PrintJob | undefined
  ofEndorsement(key: EndorsementKey): readonly PrintJob[]
  /** Jobs nobody has settled, oldest first. */
  unsettled(): readonly PrintJob[]
}

/** Verbs of a print job; each returns the job as it now is, an illegal step throws. */
export interface PrintJobs extends PrintJobReader {
  request(request: PrintJobRequest): PrintJob
  start(jobId: string): PrintJob
  confirm(jobId: string): PrintJob
  refute(jobId: string, reason: ImpersonalText): PrintJob
  markUnknown(jobId: string, reason: ImpersonalText): PrintJob
}

const COLUMNS = `serial, job_id AS jobId, endorsement_key AS endorsementKey, document, role, attempt, sha256, state, reason,
  requested_at AS requestedAt, started_at AS startedAt, settled_at AS settledAt`

export class PrintJobTable implements PrintJobs {
  readonly #now: () => number
  readonly #insert: Statement<[PrintJobRequest & { requestedAt: number }]>
  readonly #update: Statement<[PrintJob]>
  readonly #find: Statement<[string], PrintJob>
  readonly #ofEndorsement: Statement<[string], PrintJob>
  readonly #unsettled: Statement<[], PrintJob>

  constructor(db: Connection, now: () => number) {
    this.#now = now
    this.#insert = db.prepare(`INSERT INTO print_jobs
      (job_id, endorsement_key, document, role, attempt, sha256, state, requested_at)
      VALUES (@jobId, @endorsementKey, @document, @role, @attempt, @sha256, 'REQUESTED', @requestedAt)`)
    this.#update = db.prepare(`UPDATE print_jobs SET state = @state, reason = @reason, started_at = @startedAt,
      settled_at = @settledAt WHERE serial = @serial`)
    this.#find = db.prepare(`SELECT ${COLUMNS} FROM print_jobs WHERE job_id = ?`)
    this.#ofEndorsement = db.prepare(`SELECT ${COLUMNS} FROM print_jobs WHERE endorsement_key = ? ORDER BY serial`)
    this.#unsettled = db.prepare(
      `SELECT ${COLUMNS} FROM print_jobs WHERE state IN ('REQUESTED', 'PRINTING', 'UNKNOWN') ORDER BY serial`,
    )
  }

  find(jobId: string): PrintJob | undefined {
    return this.#find.get(jobId)
  }

  ofEndorsement(key: EndorsementKey): readonly PrintJob[] {
    return this.#ofEndorsement.all(key)
  }

  unsettled(): readonly PrintJob[] {
    return this.#unsettled.all()
  }

  request(request: PrintJobRequest): PrintJob {
    this.#insert.run({ ...request, requestedAt: this.#now() })
    return this.#require(request.jobId)
  }

  start(jobId: string): PrintJob {
    return this.#move(jobId, 'PRINTING', null)
  }

  confirm(jobId: string): PrintJob {
    return this.#move(jobId, 'CONFIRMED', null)
  }

  refute(jobId: string, reason: ImpersonalText): PrintJob {
    return this.#move(jobId, 'REFUTED', reason)
  }

  markUnknown(jobId: string, reason: ImpersonalText): PrintJob {
    return this.#move(jobId, 'UNKNOWN', reason)
  }

  #move(jobId: string, state: PrintJobState, reason: ImpersonalText | null): PrintJob {
    const job = this.#require(jobId)
    if (!PRINT_JOB_STEPS[job.state].includes(state)) {
      throw new Error(`print job ${jobId} cannot go from ${job.state} to ${state}`)
    }
    const now = this.#now()
    const time = state === 'PRINTING' ? { startedAt: now } : { settledAt: now }
    const moved: PrintJob = { ...job, ...time, state, reason: reason === null ? null : redact(reason) }
    this.#update.run(moved)
    return moved
  }

  #require(jobId: string): PrintJob {
    const job = this.find(jobId)
    if (job === undefined) throw new Error(`no print job ${jobId}`)
    return job
  }
}
