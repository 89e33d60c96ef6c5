import { delay, type Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { IppClient, IppFault } from '../ipp/client.ts'
import { numbersOf, textsOf, type IppGroup } from '../ipp/value.ts'
import { lookAtQueue, stateOfFault, type QueueView } from './queue.ts'
import { isFault, type DocumentPrinterFault, type DocumentPrinterState } from './status.ts'

export interface PrintOptions {
  /** 1 to 9. */
  readonly copies?: number
  /** IPP `media-source` of the tray; the site's, else the queue's own, when absent. */
  readonly tray?: string | undefined
}

/** What is proved when a job is done. */
export interface PrintProof {
  /**
   * `PRINTER`: the printer itself said over IPP that the job is complete. `SPOOLER`: the queue handed over every byte and
   * the printer reported no fault while it had time to print.
   */
  readonly provedBy: 'PRINTER' | 'SPOOLER'
  /** Sheets the queue counted, where it counts. */
  readonly sheets: number | null
  readonly tookMs: number
}

export type PrintFailure =
  /** Nothing came out, and nothing will. */
  | { readonly code: 'REFUTED'; readonly state: DocumentPrinterFault }
  /** Something may have come out: somebody has to look. */
  | { readonly code: 'UNKNOWN'; readonly why: UnknownWhy; readonly state: DocumentPrinterState }
type UnknownWhy = 'NO_REPLY' | 'STOPPED_HALFWAY' | 'TOO_SLOW' | 'LOST_SIGHT' | 'FAULT_AFTERWARDS'

/** How long the parts of a job may take, milliseconds. */
export interface PrintTimes {
  readonly pollMs: number
  /** From handing over to "completed": a printer asleep needs half a minute to warm up. */
  readonly jobMs: number
  /** A fault that nobody mends this long ends the job: the citizen is not kept. */
  readonly faultMs: number
  /** After "completed" of a spooler: the sheet still travels, and a jam shows only now. */
  readonly settleMs: number
}

export const PRINT_TIMES: PrintTimes = { pollMs: 500, jobMs: 90_000, faultMs: 15_000, settleMs: 6_000 }

export interface PrintHands {
  readonly client: IppClient
  readonly queue: string
  readonly clock: Clock
  readonly log: Log
  readonly times: PrintTimes
}

const A4: readonly [number, number] = [21_000, 29_700]
const JOB_ATTRIBUTES = ['job-state', 'job-state-reasons', 'job-impressions-completed', 'job-media-sheets-completed']
/** `job-state` (RFC 8011 section 5.3.7). */
const STATE = { PROCESSING: 5, STOPPED: 6, CANCELED: 7, ABORTED: 8, COMPLETED: 9 } as const

/** Prints one document and follows it to its end; the document and its name are out of the queue afterwards. */
export async function printDocument(
  hands: PrintHands,
  pdf: Uint8Array,
  jobId: string,
  { copies = 1, tray }: PrintOptions,
): Promise<Result<PrintProof, PrintFailure>> {
  const { client, queue, clock } = hands
  const before = await lookAtQueue(client, queue)
  if (!before.ok) return err({ code: 'REFUTED', state: stateOfFault(before.error) })
  if (isFault(before.value.state)) return err({ code: 'REFUTED', state: before.value.state })
  const from = clock.monotonic()
  const request = { jobName: jobId, document: pdf, documentFormat: 'application/pdf', copies, tray, sheet: A4 }
  const sent = await client.print(queue, request)
  if (!sent.ok) return notAccepted(hands, jobId, sent.error)
  const outcome = await follow(hands, sent.value, before.value)
  await forget(hands, sent.value)
  if (!outcome.ok) return outcome
  return ok({ ...outcome.value, tookMs: Math.round(clock.monotonic() - from) })
}

/** A server that refuses has nothing; one that fell silent may have the job, and then it is taken out again. */
async function notAccepted(hands: PrintHands, jobId: string, fault: IppFault): Promise<Result<never, PrintFailure>> {
  const state = stateOfFault(fault)
  if (fault.code === 'NO_SERVER' || fault.code === 'REFUSED') return err({ code: 'REFUTED', state })
  const jobs = await hands.client.unfinishedJobs(hands.queue)
  for (const job of jobs.ok ? jobs.value : []) if (job.name === jobId) await forget(hands, job.id)
  return err({ code: 'UNKNOWN', why: 'NO_REPLY', state })
}

type Followed = Result<Omit<PrintProof, 'tookMs'>, PrintFailure>

/** Watches a job until it ends, a fault stays, or its time is over. */
async function follow(hands: PrintHands, id: number, first: QueueView): Promise<Followed> {
  const { client, queue, clock, times } = hands
  const until = clock.monotonic() + times.jobMs
  const watch = new FaultWatch(clock)
  let began = false
  let job: IppGroup | undefined
  for (;;) {
    const seen = await client.job(queue, id, JOB_ATTRIBUTES)
    job = seen.ok ? seen.value : undefined
    const state = numbersOf(job, 'job-state')[0]
    if (state !== undefined && state >= STATE.PROCESSING) began = true
    if (state === STATE.COMPLETED) return settled(hands, first, sheetsOf(job))
    if (state === STATE.CANCELED || state === STATE.ABORTED) return stopped(hands, first, job, began)
    const view = await lookAtQueue(client, queue)
    watch.see(view.ok ? view.value.state : stateOfFault(view.error))
    const over = clock.monotonic() >= until
    if (over || watch.faultForMs >= times.faultMs) break
    await delay(clock, times.pollMs)
  }
  return giveUp(hands, id, first, began, watch.state)
}

/** Takes the job back. Whether paper came out is known only when it never began, or when the printer itself counts. */
async function giveUp(
  hands: PrintHands,
  id: number,
  first: QueueView,
  began: boolean,
  state: DocumentPrinterState,
): Promise<Followed> {
  const { client, queue } = hands
  const cancelled = await client.cancel(queue, id, { purge: false })
  const last = await client.job(queue, id, JOB_ATTRIBUTES)
  const end = last.ok ? numbersOf(last.value, 'job-state')[0] : undefined
  hands.log.warn('document-printer.job-cancelled', { state, took: cancelled.ok })
  if (last.ok && end === STATE.COMPLETED) return settled(hands, first, sheetsOf(last.value))
  if (!cancelled.ok || !last.ok) return err({ code: 'UNKNOWN', why: 'LOST_SIGHT', state })
  if (nothingPrinted(first, last.value, began) && isFault(state)) return err({ code: 'REFUTED', state })
  return err({ code: 'UNKNOWN', why: isFault(state) ? 'STOPPED_HALFWAY' : 'TOO_SLOW', state })
}

/** Somebody or something else ended the job: a filter that failed, an operator. */
async function stopped(
  hands: PrintHands,
  first: QueueView,
  job: IppGroup | undefined,
  began: boolean,
): Promise<Followed> {
  const after = await lookAtQueue(hands.client, hands.queue)
  const state = after.ok ? after.value.state : stateOfFault(after.error)
  hands.log.warn('document-printer.job-stopped', { reasons: textsOf(job, 'job-state-reasons').join(' '), state })
  if (nothingPrinted(first, job, began)) return err({ code: 'REFUTED', state: isFault(state) ? state : 'FAULT' })
  return err({ code: 'UNKNOWN', why: 'STOPPED_HALFWAY', state })
}

function nothingPrinted(first: QueueView, job: IppGroup | undefined, began: boolean): boolean {
  return !began || (first.printerConfirms && sheetsOf(job) === 0)
}

/** The printer's own word is enough; after a spooler's, the printer is watched while the sheet travels. */
async function settled(hands: PrintHands, first: QueueView, sheets: number | null): Promise<Followed> {
  if (first.printerConfirms) return ok({ provedBy: 'PRINTER', sheets })
  const { client, queue, clock, times } = hands
  const until = clock.monotonic() + times.settleMs
  for (;;) {
    const view = await lookAtQueue(client, queue)
    const state = view.ok ? view.value.state : stateOfFault(view.error)
    // The last sheet of the tray was this one: the tray is empty now, and the page is out.
    if (isFault(state) && state !== 'PAPER_OUT') return err({ code: 'UNKNOWN', why: 'FAULT_AFTERWARDS', state })
    if (clock.monotonic() >= until) return ok({ provedBy: 'SPOOLER', sheets })
    await delay(clock, times.pollMs)
  }
}

function sheetsOf(job: IppGroup | undefined): number | null {
  const [sheets] = numbersOf(job, 'job-media-sheets-completed')
  const [impressions] = numbersOf(job, 'job-impressions-completed')
  return sheets ?? impressions ?? null
}

/** Purges a finished job, so that neither the document nor the name stays; a server that cannot has forgotten it already. */
async function forget({ client, queue, log }: PrintHands, id: number): Promise<void> {
  const purged = await client.cancel(queue, id, { purge: true })
  if (!purged.ok && purged.error.code !== 'REFUSED')
    log.warn('document-printer.not-purged', { code: purged.error.code })
}

/** How long the same need for a person has lasted. */
class FaultWatch {
  state: DocumentPrinterState = 'READY'
  private since: number | undefined
  private readonly clock: Clock

  constructor(clock: Clock) {
    this.clock = clock
  }

  see(state: DocumentPrinterState): void {
    this.state = state
    // A queue says "connecting" while it opens the line; the job's own time limits that.
    if (!isFault(state) || state === 'OFFLINE') this.since = undefined
    else this.since ??= this.clock.monotonic()
  }

  get faultForMs(): number {
    return this.since === undefined ? 0 : this.clock.monotonic() - this.since
  }
}
