import type { Clock } from '../../lib/clock.ts'
import { Lock } from '../../lib/lock.ts'
import type { Log } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { isPrintQueue, type PrintQueue } from '../transport/cups.ts'
import type { Transport } from '../transport/transport.ts'
import {
  ASK_FULL_STATUS,
  askRealTime,
  AUTOMATIC_STATUS_ON,
  CLEAR_BY_DC4,
  CLEAR_BY_ENQUIRY,
  RESET,
  RETRACT,
  type Answer,
} from './codec.ts'
import { PrinterConversation } from './conversation.ts'
import { askState } from './inquiry.ts'
import { Leftover, type LeftoverMemory } from './leftover.ts'
import type { PrintFailure, PrintJob, PrintProof } from './outcome.ts'
import type { ReceiptPrinterProfile } from './profile.ts'
import { hardFault, Prover, type ProofAbility, type Verdict } from './proof.ts'
import { printThroughQueue, queueState } from './queue-print.ts'
import { MAX_BAND_BYTES } from './raster-band.ts'
import { isFault, type PrinterFault, type PrinterState } from './status.ts'
import { addUsage, NO_USAGE, partUsage, wholeUsage, type PaperUsage } from './usage.ts'
import { voidMark } from './void-mark.ts'

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
  private readonly queue: PrintQueue | undefined
  /**
   * A command may be half received; it is filled up before anything else is said, even a question: its bytes would be
   * taken for the rest. True at first, as a process before this one may have died in the middle of a picture.
   */
  private halfSent = true
  private printing = false
  private readonly leftover = new Leftover()
  /** What void marks took of the roll, until the next slip tells of it. */
  private marked: PaperUsage = NO_USAGE
  private marks = 0

  constructor(transport: Transport, profile: ReceiptPrinterProfile, clock: Clock, log: Log) {
    this.queue = isPrintQueue(transport) ? transport : undefined
    this.conversation = new PrinterConversation(transport, clock, profile)
    this.prover = new Prover(this.conversation, profile, clock)
    this.profile = profile
    this.clock = clock
    this.log = log
  }

  /** Goes on with what an earlier process wrote down of a slip that was left unfinished. To be called once, at the start. */
  keepLeftoverIn(memory: LeftoverMemory): void {
    this.leftover.keepIn(memory)
    if (this.leftover.left) this.prover.inherit()
  }

  /**
   * Asks for the state; at most about three seconds when the printer says nothing. One that is well again after it stopped
   * in a slip is made to forget the rest, marks what hangs on the roll as void and cuts it off, once.
   */
  status(): Promise<PrinterState> {
    return this.lock.run(async () => this.tidied(await this.ask()))
  }

  /** A receipt is being printed at this moment: who asks for the state would have to wait for it. */
  get isPrinting(): boolean {
    return this.printing
  }

  /** Prints and waits for proof. Sends the job at most once, whatever happens. */
  print(job: PrintJob): Promise<Result<PrintProof, PrintFailure>> {
    return this.lock.run(async () => {
      this.printing = true
      try {
        return await this.printNow(job)
      } finally {
        this.printing = false
      }
    })
  }

  /** Asks the printer what it can prove, whatever its profile says; prints nothing. */
  probe(): Promise<Result<ProofAbility, PrinterFault>> {
    return this.lock.run(async () => {
      if (this.queue) return ok(this.profile.queueReports ? 'barrier' : 'none')
      const state = await this.ask()
      if (isFault(state)) return err(state)
      return ok(state === 'UNREPORTED' ? 'none' : await this.prover.probe())
    })
  }

  /**
   * Tells a printer that stopped with a jammed knife or paper to try again: to be called when a person has removed the
   * cause. What was left of the old job is forgotten. Returns the state afterwards.
   */
  recover(): Promise<PrinterState> {
    return this.lock.run(async () => this.tidied(await this.recovered(await this.ask())))
  }

  close(): Promise<void> {
    return this.lock.run(() => this.conversation.close())
  }

  private async printNow(job: PrintJob): Promise<Result<PrintProof, PrintFailure>> {
    const began = this.clock.monotonic()
    const may = (state: PrinterState): boolean => !isFault(state) || (state === 'NO_ANSWER' && job.onSilence === 'send')
    let before = await this.preflight(job.onSilence)
    if (may(before) && this.leftover.left && !this.queue) before = await this.voidLeftover(before)
    if (isFault(before) && !may(before)) return err({ code: 'NOT_STARTED', state: before })
    const elapsed = (): number => this.clock.monotonic() - began
    if (this.queue) {
      const printed = await this.printThroughQueue(this.queue, job)
      this.log.info('receipt-printer.queued', { bytes: job.bytes.length, printed: printed.ok, ms: elapsed() })
      return printed.ok ? ok({ ...printed.value, ms: elapsed() }) : printed
    }
    const sending = this.clock.monotonic()
    const { verdict, ability } = await this.deliver(job, before)
    this.log.info('receipt-printer.printed', {
      bytes: job.bytes.length,
      ability,
      verdict: verdict.verdict,
      ms: elapsed(),
    })
    if (isOver(verdict)) this.leftover.over()
    const marked = this.marked
    this.marked = NO_USAGE
    const whole = addUsage(marked, wholeUsage(job.paperDots, this.profile))
    switch (verdict.verdict) {
      case 'PROVEN':
        return ok({ method: methodOf(ability), ms: elapsed(), usage: whole })
      case 'UNKNOWN':
        return err({ code: 'PROOF_UNKNOWN', why: verdict.why, usage: whole })
      case 'REFUTED': {
        const knifeFailed = verdict.state === 'CUTTER_ERROR'
        const part = partUsage(job.paperDots, this.clock.monotonic() - sending, knifeFailed, this.profile)
        const usage = addUsage(marked, part)
        return err({ code: 'NOT_PRINTED', state: verdict.state, remainder: await this.forgetJob(), usage })
      }
    }
  }

  /** Sends a job and waits for proof. From its first byte on something may be left under the head. */
  private async deliver(
    job: PrintJob,
    before: PrinterState,
  ): Promise<{ readonly verdict: Verdict; readonly ability: ProofAbility }> {
    const ability = await this.abilityAfter(before)
    await this.prover.settle(job.expectedMs)
    this.leftover.begun()
    const troubled = await this.send(job.bytes)
    return { verdict: troubled ?? (await this.prover.prove(ability, job.id, job.expectedMs)), ability }
  }

  private async printThroughQueue(
    queue: PrintQueue,
    job: PrintJob,
  ): Promise<Result<Omit<PrintProof, 'ms'>, PrintFailure>> {
    const mark = this.leftover.left ? await this.nextMark() : undefined
    const bytes = mark === undefined ? job.bytes : Buffer.concat([mark.bytes, job.bytes])
    this.leftover.begun()
    const printed = await printThroughQueue(queue, { ...job, bytes }, this.profile)
    const handedOver = !printed.ok && printed.error.code === 'PROOF_UNKNOWN' && printed.error.why === 'HANDED_OVER'
    if (printed.ok || handedOver) this.leftover.over()
    return printed
  }

  /** A printer that is well again does not keep an unfinished slip for the next person. */
  private async tidied(state: PrinterState): Promise<PrinterState> {
    if (!this.leftover.due || isFault(state) || this.queue) return state
    this.printing = true
    try {
      return await this.voidLeftover(state)
    } finally {
      this.printing = false
    }
  }

  /**
   * Makes the printer forget the rest of an unfinished slip where it can, and prints and cuts the void mark behind what
   * is on paper of it: whether the rest is gone or comes out, the next slip begins on a piece of its own. Returns the
   * state afterwards.
   */
  private async voidLeftover(before: PrinterState): Promise<PrinterState> {
    if ((await this.forgetJob()) === 'clear-requested') {
      // The answer says that the printer has come past the clearing, which must not take the mark with it.
      const cleared = await this.ask()
      if (isFault(cleared)) return cleared
    }
    const { verdict } = await this.deliver(await this.nextMark(), before)
    this.log.info('receipt-printer.voided', { verdict: verdict.verdict })
    if (verdict.verdict === 'REFUTED') {
      this.leftover.again()
      return verdict.state
    }
    this.leftover.tried()
    if (isOver(verdict)) {
      this.leftover.over()
      if (this.profile.retract === 'gs-e-2') await this.retract()
    }
    return this.ask()
  }

  /** A void piece that cannot be drawn in stays in the mouth, and says itself that it is void. */
  private async retract(): Promise<void> {
    const written = await this.conversation.write(RETRACT, CHUNK_MS)
    this.log.info('receipt-printer.retracted', { sent: written.ok })
  }

  private async nextMark(): Promise<PrintJob> {
    const mark = await voidMark(this.profile, `void-mark ${String(++this.marks)}`)
    this.marked = addUsage(this.marked, wholeUsage(mark.paperDots, this.profile))
    return mark
  }

  private async abilityAfter(before: PrinterState): Promise<ProofAbility> {
    if (before === 'NO_ANSWER') return 'none'
    const ability = await this.prover.ability()
    // Whose receipt stands in the mouth afterwards could not be told from the one that stood there before.
    return ability === 'presenter' && before === 'PAPER_NOT_TAKEN' ? 'real-time' : ability
  }

  private async preflight(onSilence: PrintJob['onSilence']): Promise<PrinterState> {
    const filledAlready = this.halfSent || this.queue !== undefined
    const state = await this.recovered(await this.ask())
    if (state !== 'NO_ANSWER' || onSilence === 'send' || filledAlready) return state
    await this.fillHalfCommand()
    return this.ask()
  }

  private async ask(): Promise<PrinterState> {
    if (this.queue) return queueState(this.queue)
    const opened = await this.conversation.open()
    if (!opened.ok) return 'LINE_LOST'
    if (this.halfSent) await this.fillHalfCommand()
    return askState(this.conversation, this.profile)
  }

  /** A latched knife or jam is cleared where the model can: if its cause is still there it is reported again at once. */
  private async recovered(state: PrinterState): Promise<PrinterState> {
    const latched = state === 'CUTTER_ERROR' || state === 'PAPER_JAM'
    if (!latched || this.profile.recovery === 'none' || this.queue) return state
    const written = await this.conversation.write(CLEAR_BY_ENQUIRY, CHUNK_MS)
    if (!written.ok) return state
    const after = await this.ask()
    this.log.info('receipt-printer.recovered', { from: state, to: after })
    return after
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
    // At 9600 baud the filling is on the wire for almost two seconds: questions begin when the printer has taken it.
    if (written.ok && this.profile.realTimeStatus)
      await this.conversation.ask(
        this.profile.presenter === 'none' ? askRealTime(1) : ASK_FULL_STATUS,
        FILLING_MS,
        anyState,
      )
    this.log.info('receipt-printer.filled', { sent: written.ok })
  }
}

/** Nothing of the job can be left: it came out whole, or it went to a printer of which nobody can ever know more. */
function isOver(verdict: Verdict): boolean {
  return verdict.verdict === 'PROVEN' || (verdict.verdict === 'UNKNOWN' && verdict.why === 'MODEL_CANNOT_PROVE')
}

function methodOf(ability: ProofAbility): PrintProof['method'] {
  return ability === 'process-id' || ability === 'presenter' ? ability : 'barrier'
}

/** A raster band at 9600 baud, and the printer's own time. */
const FILLING_MS = 2200

function anyState(answer: Answer): true | undefined {
  return answer.kind === 'real-time' || answer.kind === 'full' ? true : undefined
}

/** A raster band with its header; QR data is shorter. */
const LONGEST_COMMAND = MAX_BAND_BYTES + 8
