import type { Clock } from '../../lib/clock.ts'
import { Lock } from '../../lib/lock.ts'
import type { Log } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { Transport } from '../transport/transport.ts'
import { AUTOMATIC_STATUS_ON, CLEAR_BY_DC4, CLEAR_BY_ENQUIRY, RESET } from './codec.ts'
import { PrinterConversation } from './conversation.ts'
import { askState } from './inquiry.ts'
import type { ReceiptPrinterProfile } from './profile.ts'
import { hardFault, Prover, type Verdict } from './proof.ts'
import { MAX_BAND_BYTES } from './raster-band.ts'
import { isFault, type PrinterFault, type PrinterState } from './status.ts'

/** The printer itself said that the receipt is printed and cut. */
export interface PrintProof {
  readonly method: 'process-id' | 'barrier'
  /** From the first question to the proof. */
  readonly ms: number
}

export type PrintFailure =
  /** Before the first byte: nothing is on paper. */
  | { readonly code: 'NOT_STARTED'; readonly state: PrinterFault }
  /** The printer stopped in the middle. `remainder` warns whether the rest may still come out by itself. */
  | {
      readonly code: 'NOT_PRINTED'
      readonly state: PrinterFault
      readonly remainder: 'clear-requested' | 'may-still-print'
    }
  /** Bytes were sent and nothing tells what became of them. Whoever prints value does not try again by itself. */
  | { readonly code: 'PROOF_UNKNOWN'; readonly why: 'NO_ANSWER' | 'LINE_LOST' | 'MODEL_CANNOT_PROVE' }

export interface PrintJob {
  readonly id: string
  readonly bytes: Uint8Array
  /** How long printing should take once the data is there, milliseconds. */
  readonly expectedMs: number
  /** What to do with a printer that answers no question: `refuse` (a kiosk), or `send` (a technician at the bench). */
  readonly onSilence: 'refuse' | 'send'
}

const CHUNK_BYTES = 1024
/** A serial line at 9600 baud takes 1.1 s for a chunk; a printer that takes none for this long has stopped. */
const CHUNK_MS = 5000

/** The conversation with one receipt printer: one exchange at a time, each with a deadline. Opens its line by itself. */
export class ReceiptPrinterDriver {
  private readonly lock = new Lock()
  private readonly conversation: PrinterConversation
  private readonly prover: Prover
  private readonly profile: ReceiptPrinterProfile
  private readonly clock: Clock
  private readonly log: Log
  /** A command may be half received; it is filled up before anything else is said. */
  private halfSent = false

  constructor(transport: Transport, profile: ReceiptPrinterProfile, clock: Clock, log: Log) {
    this.conversation = new PrinterConversation(transport, clock)
    this.prover = new Prover(this.conversation, profile, clock)
    this.profile = profile
    this.clock = clock
    this.log = log
  }

  /** Asks for the state; at most about three seconds when the printer says nothing. */
  status(): Promise<PrinterState> {
    return this.lock.run(() => this.ask())
  }

  /** Prints and waits for proof. Sends the job at most once, whatever happens. */
  print(job: PrintJob): Promise<Result<PrintProof, PrintFailure>> {
    return this.lock.run(() => this.printNow(job))
  }

  close(): Promise<void> {
    return this.lock.run(() => this.conversation.close())
  }

  private async printNow(job: PrintJob): Promise<Result<PrintProof, PrintFailure>> {
    const began = this.clock.monotonic()
    const before = await this.preflight(job.onSilence)
    const silent = before === 'NO_ANSWER'
    if (isFault(before) && !(silent && job.onSilence === 'send')) return err({ code: 'NOT_STARTED', state: before })
    const ability = silent ? 'none' : await this.prover.ability()
    await this.prover.settle(job.expectedMs)
    const troubled = await this.send(job.bytes)
    const verdict = troubled ?? (await this.prover.prove(ability, job.id, job.expectedMs))
    const ms = this.clock.monotonic() - began
    this.log.info('receipt-printer.printed', { bytes: job.bytes.length, ability, verdict: verdict.verdict, ms })
    switch (verdict.verdict) {
      case 'PROVEN':
        return ok({ method: ability === 'process-id' ? 'process-id' : 'barrier', ms })
      case 'UNKNOWN':
        return err({ code: 'PROOF_UNKNOWN', why: verdict.why })
      case 'REFUTED':
        return err({ code: 'NOT_PRINTED', state: verdict.state, remainder: await this.forgetJob() })
    }
  }

  private async preflight(onSilence: PrintJob['onSilence']): Promise<PrinterState> {
    const state = await this.ask()
    if (state !== 'NO_ANSWER' || onSilence === 'send') return state
    await this.fillHalfCommand()
    return this.ask()
  }

  private async ask(): Promise<PrinterState> {
    const opened = await this.conversation.open()
    if (!opened.ok) return 'LINE_LOST'
    if (this.halfSent) await this.fillHalfCommand()
    return askState(this.conversation, this.profile)
  }

  /** Sends in chunks and stops at once when the printer reports that it cannot go on. */
  private async send(bytes: Uint8Array): Promise<Verdict | undefined> {
    this.conversation.automatic = undefined
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      const fault = hardFault(this.conversation.automatic)
      if (fault !== undefined) {
        this.halfSent = true
        return { verdict: 'REFUTED', state: fault }
      }
      const written = await this.conversation.write(bytes.subarray(at, at + CHUNK_BYTES), CHUNK_MS)
      if (written.ok) continue
      this.halfSent = true
      if (written.error.code !== 'TIMED_OUT') return { verdict: 'UNKNOWN', why: 'LINE_LOST' }
      const state = await askState(this.conversation, this.profile)
      if (isFault(state) && state !== 'NO_ANSWER' && state !== 'LINE_LOST') return { verdict: 'REFUTED', state }
      return { verdict: 'UNKNOWN', why: state === 'LINE_LOST' ? 'LINE_LOST' : 'NO_ANSWER' }
    }
    return undefined
  }

  /** Asks the printer to forget the rest of a refuted job, where the model has a way to say so. */
  private async forgetJob(): Promise<'clear-requested' | 'may-still-print'> {
    if (this.profile.clearBuffer === 'none') return 'may-still-print'
    const command = this.profile.clearBuffer === 'dle-dc4-8' ? CLEAR_BY_DC4 : CLEAR_BY_ENQUIRY
    const written = await this.conversation.write(command, CHUNK_MS)
    return written.ok ? 'clear-requested' : 'may-still-print'
  }

  /**
   * Gets a printer out of a command it received half of (after a crash or a torn line): zeros up to the longest command
   * we ever send, then a reset. Zeros alone print nothing.
   */
  private async fillHalfCommand(): Promise<void> {
    const listen = this.profile.automaticStatus ? AUTOMATIC_STATUS_ON : new Uint8Array()
    const filling = Buffer.concat([Buffer.alloc(LONGEST_COMMAND), RESET, listen])
    const written = await this.conversation.write(filling, CHUNK_MS)
    if (written.ok) this.halfSent = false
    this.log.warn('receipt-printer.recovery', { sent: written.ok })
  }
}

/** A raster band with its header; QR data is shorter. */
const LONGEST_COMMAND = MAX_BAND_BYTES + 8
