import type { Clock } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { Lock } from '../../lib/lock.ts'
import type { Log } from '../../lib/log.ts'
import { ok, type Result } from '../../lib/result.ts'
import { IppClient, type IppFault } from '../ipp/client.ts'
import type { IppServer } from '../ipp/server.ts'
import type { DeviceReport } from '../report.ts'
import { MEANINGS } from './meanings.ts'
import {
  PRINT_TIMES,
  printDocument,
  type PrintFailure,
  type PrintOptions,
  type PrintProof,
  type PrintTimes,
} from './print.ts'
import { lookAtQueue, stateOfFault } from './queue.ts'
import type { DocumentPrinterState, Supply } from './status.ts'

export interface DocumentPrinterOptions {
  readonly server: IppServer
  /** Name of the queue on that server. */
  readonly queue: string
  /** IPP `media-source` of the tray with blank A4; the queue's own choice when absent. */
  readonly tray?: string | undefined
  readonly clock: Clock
  readonly log: Log
  readonly times?: Partial<PrintTimes>
}

export interface DocumentPrinterStatus {
  readonly state: DocumentPrinterState
  readonly supplies: readonly Supply[]
  /** The queue's own keywords, for the technician. */
  readonly reasons: readonly string[]
}

/** Owner of our jobs in the queue; leftovers are recognized by it. */
const USER = 'road-transport-kiosk'
const STATUS_MS = 3_000

/** An A4 printer behind a print server, as the kiosk sees it. One job at a time. */
export class DocumentPrinter {
  private readonly options: DocumentPrinterOptions
  private readonly client: IppClient
  private readonly lock = new Lock()

  constructor(options: DocumentPrinterOptions) {
    this.options = options
    this.client = new IppClient({ server: options.server, clock: options.clock, userName: USER })
  }

  /** How queue and printer are, and what is left of toner. Bounded by 3 s, never throws. */
  async status(signal?: AbortSignal): Promise<DocumentPrinterStatus> {
    const { clock, queue } = this.options
    const looked = await withDeadline(clock, STATUS_MS, (expired) =>
      lookAtQueue(this.client, queue, signal === undefined ? expired : AbortSignal.any([expired, signal])),
    )
    if (!looked.ok) return { state: 'NO_ANSWER', supplies: [], reasons: [] }
    if (!looked.value.ok) return { state: stateOfFault(looked.value.error), supplies: [], reasons: [] }
    return looked.value.value
  }

  async report(signal: AbortSignal): Promise<DeviceReport> {
    const { state } = await this.status(signal)
    return { state, ...MEANINGS[state], answered: state !== 'NO_SERVER' && state !== 'NO_ANSWER' }
  }

  /**
   * Prints a PDF of A4 pages and waits for the end of the job, at most two minutes. `ok` says how far that is proved.
   * @param jobId the stored print job's id; it is the job's name in the queue, so it must not be personal
   */
  print(pdf: Uint8Array, jobId: string, options: PrintOptions = {}): Promise<Result<PrintProof, PrintFailure>> {
    const { queue, clock, log, times, tray } = this.options
    const hands = { client: this.client, queue, clock, log, times: { ...PRINT_TIMES, ...times } }
    return this.lock.run(() => printDocument(hands, pdf, jobId, { ...options, tray: options.tray ?? tray }))
  }

  /**
   * Takes our unfinished jobs out of the queue: once at every start, so that paper of a citizen who is long gone never
   * comes out for the next one. The answer is their number.
   */
  discardLeftovers(): Promise<Result<number, IppFault>> {
    return this.lock.run(async () => {
      const jobs = await this.client.unfinishedJobs(this.options.queue)
      if (!jobs.ok) return jobs
      for (const { id } of jobs.value) {
        const purged = await this.client.cancel(this.options.queue, id, { purge: true })
        if (!purged.ok) return purged
      }
      return ok(jobs.value.length)
    })
  }
}
