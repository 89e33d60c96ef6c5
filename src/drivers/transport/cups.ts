import { systemClock, delay, type Clock } from '../../lib/clock.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { IppClient, STATUS, type IppFault } from '../ipp/client.ts'
import { LOCAL_CUPS, parseIppServer } from '../ipp/server.ts'
import { flagOf, numbersOf } from '../ipp/value.ts'
import { formatAddress, type PortAddress } from './address.ts'
import type { Transport, TransportError } from './transport.ts'

export type CupsAddress = Extract<PortAddress, { kind: 'cups' }>

/** What a print server says of a raw queue; of the printer behind it, nobody knows. */
export type QueueState = 'ACCEPTING' | 'STOPPED' | 'REJECTING' | 'NOT_FOUND' | 'NO_SERVER'

/** What became of a job handed to a queue. */
type QueueOutcome =
  /** The back end took every byte. Whether paper came out, only some back ends know. */
  | 'COMPLETED'
  /** Cancelled or aborted by somebody else: a part may be on paper. */
  | 'GAVE_UP'
  /** It waited in a stopped queue until its time was over and was taken back: nothing was sent to the printer. */
  | 'TAKEN_BACK'
  /** It was under way when its time was over; it was cancelled, but a part may be on paper. */
  | 'TOO_LATE'
  /** The server went away with the job. */
  | 'LOST'

/** A line on which bytes only go, one whole job at a time: a raw queue of a print server (CUPS). */
export interface PrintQueue extends Transport {
  state(): Promise<QueueState>
  /**
   * Hands a job over and waits for the queue to be done with it, at most `deadlineMs`; a job that waits longer is taken
   * back, so that nothing comes out when somebody enables the queue tomorrow.
   * @param title stands in the server's log: never personal
   */
  printJob(bytes: Uint8Array, title: string, deadlineMs: number): Promise<Result<QueueOutcome, TransportError>>
}

export function isPrintQueue(transport: Transport): transport is PrintQueue {
  return 'printJob' in transport
}

const POLL_MS = 250
const USER = 'kiosk'
/** RFC 8011 section 5.4.11 printer-state, 5.3.7 job-state. */
const PRINTER_STOPPED = 5
const JOB = { pending: 3, held: 4, canceled: 7, aborted: 8, completed: 9 } as const
/** Raw means: no filter touches the bytes. */
const RAW = 'application/vnd.cups-raw'
/** The queue wants to know a sheet; a raw one pays no heed to it. */
const ANY_SHEET = [8000, 29_700] as const

/** A raw CUPS queue; no server named: the machine's own. Reading never gives anything. */
export function cupsTransport(address: CupsAddress, clock: Clock = systemClock): PrintQueue {
  return new CupsQueue(address, clock)
}

class CupsQueue implements PrintQueue {
  readonly name: string
  private readonly queue: string
  private readonly clock: Clock
  private readonly client: IppClient

  constructor(address: CupsAddress, clock: Clock) {
    this.name = formatAddress(address)
    this.queue = address.queue
    this.clock = clock
    const server = address.server === undefined ? ok(LOCAL_CUPS) : parseIppServer(address.server)
    if (!server.ok) throw new Error(server.error)
    this.client = new IppClient({ server: server.value, clock, userName: USER })
  }

  onBytes(): () => void {
    return () => undefined
  }

  onGone(): () => void {
    return () => undefined
  }

  /** There is no line to hold: opening asks whether the queue exists. */
  async open(): Promise<Result<void, TransportError>> {
    const state = await this.state()
    if (state === 'NOT_FOUND') return err({ code: 'NOT_FOUND', detail: `${this.name}: there is no such queue` })
    return state === 'NO_SERVER' ? err({ code: 'REFUSED', detail: `${this.name}: no print server answers` }) : ok()
  }

  /** Bytes without a job would come out as a sheet of their own: a queue is never asked a question. */
  write(): Promise<Result<void, TransportError>> {
    throw new Error(`${this.name} takes whole jobs only`)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  async state(): Promise<QueueState> {
    const told = await this.client.printer(this.queue, ['printer-state', 'printer-is-accepting-jobs'])
    if (!told.ok)
      return told.error.code === 'REFUSED' && told.error.status === STATUS.NOT_FOUND ? 'NOT_FOUND' : 'NO_SERVER'
    if (flagOf(told.value, 'printer-is-accepting-jobs') === false) return 'REJECTING'
    return numbersOf(told.value, 'printer-state')[0] === PRINTER_STOPPED ? 'STOPPED' : 'ACCEPTING'
  }

  async printJob(bytes: Uint8Array, title: string, deadlineMs: number): Promise<Result<QueueOutcome, TransportError>> {
    const until = this.clock.monotonic() + deadlineMs
    const job = { jobName: title, document: bytes, documentFormat: RAW, copies: 1, sheet: ANY_SHEET }
    const handed = await this.client.print(this.queue, job)
    if (!handed.ok) return this.notHanded(handed.error)
    let last: number | undefined
    do {
      await delay(this.clock, POLL_MS)
      const told = await this.client.job(this.queue, handed.value, ['job-state'])
      if (!told.ok && told.error.code === 'REFUSED') return ok('GAVE_UP')
      if (told.ok) last = numbersOf(told.value, 'job-state')[0]
      if (last === JOB.completed) return ok('COMPLETED')
      if (last === JOB.canceled || last === JOB.aborted) return ok('GAVE_UP')
    } while (this.clock.monotonic() < until)
    return ok(await this.takeBack(handed.value, last))
  }

  private async takeBack(jobId: number, state: number | undefined): Promise<QueueOutcome> {
    const cancelled = await this.client.cancel(this.queue, jobId, { purge: false })
    if (!cancelled.ok && cancelled.error.code !== 'REFUSED') return 'LOST'
    return cancelled.ok && (state === JOB.pending || state === JOB.held) ? 'TAKEN_BACK' : 'TOO_LATE'
  }

  /** Refused or never reached: nothing was printed. Otherwise the server may have taken it. */
  private notHanded(fault: IppFault): Result<QueueOutcome, TransportError> {
    switch (fault.code) {
      case 'NO_SERVER':
      case 'REFUSED':
        return err({ code: 'REFUSED', detail: `${this.name}: ${fault.detail}` })
      case 'BAD_ANSWER':
      case 'TIMED_OUT':
        return ok('LOST')
    }
  }
}
