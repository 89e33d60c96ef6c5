import { delay, type Clock } from '../../lib/clock.ts'
import { Lock } from '../../lib/lock.ts'
import type { Log } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { Conversation } from '../conversation.ts'
import type { Transport } from '../transport/transport.ts'
import { CertificateAnswerParser, pr2, type CertificateAnswer } from './codec.ts'
import { askLengthMm, askState } from './inquiry.ts'
import type { CertificatePrinterProfile } from './profile.ts'
import { ejectBytes, forgetBytes } from './row-encoder.ts'
import { isFault, type CertificatePrinterFault, type CertificatePrinterState } from './status.ts'

/** The printer obeyed the eject command that stood behind the row in its buffer, so the row was printed before. */
export interface RowProof {
  readonly method: 'ejected-after-print'
  readonly ms: number
}

export type WriteFailure =
  /** Before the first byte: no ink. */
  | { readonly code: 'NOT_STARTED'; readonly state: CertificatePrinterFault | 'NO_DOCUMENT' }
  /** The measured document is not the page of the template: no ink. */
  | { readonly code: 'WRONG_DOCUMENT'; readonly measuredMm: number; readonly expectedMm: number }
  /** The printer reported that it stopped; part of the row may be on the page. */
  | { readonly code: 'STOPPED'; readonly state: CertificatePrinterFault; readonly ink: 'possible' }
  /** Nobody can say what is on the page; a person has to look. Never tried again by itself. */
  | {
      readonly code: 'PROOF_UNKNOWN'
      readonly why: 'NO_ANSWER' | 'LINE_LOST' | 'MODEL_CANNOT_PROVE' | 'DOCUMENT_GONE' | 'NOT_EJECTED'
    }

export type WriteStage = 'checking' | 'printing' | 'ejecting' | 'ejected'

export interface WriteJob {
  readonly bytes: Uint8Array
  readonly lines: number
  readonly pageHeightMm: number
  readonly toleranceMm: number
  readonly onStage: (stage: WriteStage) => void
}

export type WaitFailure =
  | { readonly code: 'TIMED_OUT'; readonly state: CertificatePrinterState }
  | { readonly code: 'CANCELLED' }
  | { readonly code: 'FAULT'; readonly state: CertificatePrinterFault }

const POLL_MS = 300
/** An ejected document must be seen before a quick hand has taken it. */
const EJECT_POLL_MS = 100
const EJECT_MARGIN_MS = 8000
const WRITE_MS = 10_000
const CHUNK_BYTES = 512

/** The conversation with one certificate printer: one exchange at a time, each with a deadline. */
export class CertificatePrinterDriver {
  private readonly lock = new Lock()
  private readonly line: Conversation<CertificateAnswer>
  private readonly profile: CertificatePrinterProfile
  private readonly clock: Clock
  private readonly log: Log

  constructor(transport: Transport, profile: CertificatePrinterProfile, clock: Clock, log: Log) {
    this.line = new Conversation(transport, clock, new CertificateAnswerParser())
    this.profile = profile
    this.clock = clock
    this.log = log
  }

  /** Asks for the state; at most about three seconds when the printer says nothing. */
  status(): Promise<CertificatePrinterState> {
    return this.lock.run(() => this.ask())
  }

  /** Set-up that a printer takes only while no document is in. */
  prepare(): Promise<void> {
    return this.lock.run(async () => {
      if (this.profile.protocol !== 'pr2' || (await this.ask()) !== 'READY') return
      const written = await this.line.write(pr2.begin, WRITE_MS)
      if (!written.ok) this.log.warn('certificate-printer.prepare-failed', { why: written.error.code })
    })
  }

  /** Polls until the printer is in one of `wanted`; the line is free between two questions. */
  async waitFor(
    wanted: readonly CertificatePrinterState[],
    signal: AbortSignal,
    deadlineMs: number,
  ): Promise<Result<CertificatePrinterState, WaitFailure>> {
    const end = this.clock.monotonic() + deadlineMs
    for (;;) {
      if (signal.aborted) return err({ code: 'CANCELLED' })
      const state = await this.status()
      if (wanted.includes(state)) return ok(state)
      if (isFault(state)) return err({ code: 'FAULT', state })
      if (this.clock.monotonic() >= end) return err({ code: 'TIMED_OUT', state })
      await delay(this.clock, POLL_MS)
    }
  }

  /** Writes a row, ejects, and waits for the proof. Sends the row at most once, and only onto a document that is seen. */
  write(job: WriteJob): Promise<Result<RowProof, WriteFailure>> {
    return this.lock.run(() => this.writeNow(job))
  }

  /** Gives the document back without printing. */
  eject(): Promise<Result<void, CertificatePrinterFault>> {
    return this.lock.run(async () => {
      const state = await this.ask()
      if (isFault(state)) return err(state)
      const written = await this.line.write(ejectBytes(this.profile), WRITE_MS)
      return written.ok ? ok() : err('LINE_LOST')
    })
  }

  close(): Promise<void> {
    return this.lock.run(() => this.line.close())
  }

  private async ask(): Promise<CertificatePrinterState> {
    const opened = await this.line.open()
    return opened.ok ? askState(this.line, this.profile) : 'LINE_LOST'
  }

  private async writeNow(job: WriteJob): Promise<Result<RowProof, WriteFailure>> {
    const began = this.clock.monotonic()
    job.onStage('checking')
    const refusal = await this.refusal(job)
    if (refusal !== undefined) return err(refusal)
    job.onStage('printing')
    const stopped = (await this.send(job.bytes)) ?? (await this.ejectAfter(job))
    const ms = this.clock.monotonic() - began
    this.log.info('certificate-printer.written', { outcome: stopped?.code ?? 'PRINTED', bytes: job.bytes.length, ms })
    if (stopped !== undefined) {
      await this.forgetRow()
      return err(stopped)
    }
    job.onStage('ejected')
    return ok({ method: 'ejected-after-print', ms })
  }

  /** Why not to start, if there is a reason. */
  private async refusal(job: WriteJob): Promise<WriteFailure | undefined> {
    const state = await this.ask()
    if (isFault(state)) return { code: 'NOT_STARTED', state }
    if (state === 'READY' || state === 'DOCUMENT_EJECTED') return { code: 'NOT_STARTED', state: 'NO_DOCUMENT' }
    const measuredMm = await askLengthMm(this.line, this.profile)
    if (measuredMm === undefined || Math.abs(measuredMm - job.pageHeightMm) <= job.toleranceMm) return undefined
    return { code: 'WRONG_DOCUMENT', measuredMm, expectedMm: job.pageHeightMm }
  }

  private async send(bytes: Uint8Array): Promise<WriteFailure | undefined> {
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      const written = await this.line.write(bytes.subarray(at, at + CHUNK_BYTES), WRITE_MS)
      if (written.ok) continue
      if (written.error.code !== 'TIMED_OUT') return { code: 'PROOF_UNKNOWN', why: 'LINE_LOST' }
      return afterStop(await askState(this.line, this.profile)) ?? { code: 'PROOF_UNKNOWN', why: 'NO_ANSWER' }
    }
    return undefined
  }

  /** What is left of the row must not come out on the next citizen's page. Where no command helps, power does. */
  private async forgetRow(): Promise<void> {
    const command = forgetBytes(this.profile)
    if (command === undefined) return
    const written = await this.line.write(command, WRITE_MS)
    if (!written.ok) this.log.warn('certificate-printer.row-not-forgotten', { why: written.error.code })
  }

  private async ejectAfter(job: WriteJob): Promise<WriteFailure | undefined> {
    job.onStage('ejecting')
    const written = await this.line.write(ejectBytes(this.profile), WRITE_MS)
    if (!written.ok) return { code: 'PROOF_UNKNOWN', why: 'LINE_LOST' }
    if (this.profile.statusMethod === 'none') return { code: 'PROOF_UNKNOWN', why: 'MODEL_CANNOT_PROVE' }
    const end = this.clock.monotonic() + job.lines * this.profile.msPerLine + EJECT_MARGIN_MS
    let state: CertificatePrinterState = 'NO_ANSWER'
    while (this.clock.monotonic() < end) {
      state = await askState(this.line, this.profile)
      if (state === 'DOCUMENT_EJECTED') return undefined
      // Absent without having been given back: somebody pulled it out from under the head.
      if (state === 'READY') return { code: 'PROOF_UNKNOWN', why: 'DOCUMENT_GONE' }
      // PR2 questions wait in the buffer behind the row: silence only means that it is still printing.
      const stop = state === 'NO_ANSWER' ? undefined : afterStop(state)
      if (stop !== undefined) return stop
      await delay(this.clock, EJECT_POLL_MS)
    }
    return { code: 'PROOF_UNKNOWN', why: state === 'NO_ANSWER' ? 'NO_ANSWER' : 'NOT_EJECTED' }
  }
}

function afterStop(state: CertificatePrinterState): WriteFailure | undefined {
  if (state === 'NO_ANSWER' || state === 'LINE_LOST') return { code: 'PROOF_UNKNOWN', why: state }
  return isFault(state) ? { code: 'STOPPED', state, ink: 'possible' } : undefined
}
