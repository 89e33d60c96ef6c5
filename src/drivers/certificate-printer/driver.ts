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

/** Nothing was sent that could become ink. */
export type DocumentRefusal =
  | {
      readonly code: 'NOT_STARTED'
      /** `NOT_SET_UP`: the document was in before the printer could be set up; it has to be put in again. */
      readonly state: CertificatePrinterFault | 'NO_DOCUMENT' | 'NOT_SET_UP'
    }
  /** The measured document is not the page of the template. */
  | { readonly code: 'WRONG_DOCUMENT'; readonly measuredMm: number; readonly expectedMm: number }

export type WriteFailure =
  | DocumentRefusal
  /** The printer reported that it stopped; part of the row may be on the page. */
  | { readonly code: 'STOPPED'; readonly state: CertificatePrinterFault; readonly ink: 'possible' }
  /** Nobody can say what is on the page; a person has to look. Never tried again by itself. */
  | {
      readonly code: 'PROOF_UNKNOWN'
      readonly why: 'NO_ANSWER' | 'LINE_LOST' | 'MODEL_CANNOT_PROVE' | 'DOCUMENT_GONE' | 'NOT_EJECTED'
    }

export type WriteStage = 'checking' | 'printing' | 'ejecting' | 'ejected'

/** The document that has to be in the printer. */
export interface ExpectedDocument {
  /** Where PR2 counts its columns from, 1/120"; other protocols have no set-up of their own. */
  readonly originUnits: number
  /** Compared with the measured length where the model can measure; `null` for any page. */
  readonly lengthMm: { readonly expected: number; readonly tolerance: number } | null
}

/** That the right document was seen in the printer. */
export interface InspectedDocument {
  /** `null` where the model cannot measure. */
  readonly measuredMm: number | null
}

export interface WriteJob {
  readonly bytes: Uint8Array
  readonly lines: number
  readonly document: ExpectedDocument
  /** The document that lies in the printer was inspected already: it is not measured again. */
  readonly inspected: InspectedDocument | undefined
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
const SEE_OUT_MS = 3000
const WRITE_MS = 10_000
const CHUNK_BYTES = 512

/** The conversation with one certificate printer: one exchange at a time, each with a deadline. */
export class CertificatePrinterDriver {
  private readonly lock = new Lock()
  private readonly line: Conversation<CertificateAnswer>
  private readonly profile: CertificatePrinterProfile
  private readonly clock: Clock
  private readonly log: Log
  /** The origin this printer was last told, as far as nothing says that it has forgotten it. */
  private origin: number | undefined
  /**
   * Part of a row, or half a command, may still be in its buffer: this process just began, the line was away, or a row
   * stopped. A question would complete the command, an eject would print the rest onto whatever page is in.
   */
  private leftovers = true

  /** The origin the next document needs. */
  private wanted: number

  /** @param originUnits where PR2 counts columns from on the page this printer is there for, 1/120" */
  constructor(transport: Transport, profile: CertificatePrinterProfile, originUnits: number, clock: Clock, log: Log) {
    this.wanted = originUnits
    this.line = new Conversation(transport, clock, new CertificateAnswerParser(profile.pr2?.measureDigits))
    transport.onGone(() => {
      this.origin = undefined
      this.leftovers = true
    })
    this.profile = profile
    this.clock = clock
    this.log = log
  }

  /** Asks for the state; at most about three seconds when the printer says nothing. */
  status(): Promise<CertificatePrinterState> {
    return this.lock.run(async () => {
      const state = await this.ask()
      // Whoever puts a document in before he is asked to shall not find the printer unprepared.
      if (state === 'READY' && this.origin !== this.wanted) await this.setUp(this.wanted)
      return state
    })
  }

  /** Names the origin the next document needs; the printer is told when its slot is empty. */
  expect(originUnits: number): void {
    this.wanted = originUnits
  }

  /**
   * Polls until a document is in. Before it goes in, the printer is set up: afterwards it refuses that. The line is free
   * between two questions.
   */
  async waitForDocument(
    signal: AbortSignal,
    deadlineMs: number,
  ): Promise<Result<CertificatePrinterState, WaitFailure>> {
    let fresh = true
    return this.poll(['DOCUMENT_IN', 'UNREPORTED'], signal, deadlineMs, async (state) => {
      if (state !== 'READY' && state !== 'UNREPORTED') return
      // Told anew for every document: somebody may have switched it off and on between two questions.
      if (fresh || this.origin !== this.wanted) await this.setUp(this.wanted)
      fresh = false
    })
  }

  /** Polls until the printer is in one of `wanted`; the line is free between two questions. */
  waitFor(
    wanted: readonly CertificatePrinterState[],
    signal: AbortSignal,
    deadlineMs: number,
  ): Promise<Result<CertificatePrinterState, WaitFailure>> {
    return this.poll(wanted, signal, deadlineMs, () => Promise.resolve())
  }

  /** Looks at the document that is in: it is there, the printer is set up, and its length is that of the page. */
  inspect(document: ExpectedDocument): Promise<Result<InspectedDocument, DocumentRefusal>> {
    return this.lock.run(() => this.inspectNow(document))
  }

  /** Writes a row, ejects, and waits for the proof. Sends the row at most once, and only onto a document that is seen. */
  write(job: WriteJob): Promise<Result<RowProof, WriteFailure>> {
    return this.lock.run(() => this.writeNow(job))
  }

  /** Gives the document back without printing; resolves when it is seen out, or after three seconds where nobody can tell. */
  eject(): Promise<Result<void, CertificatePrinterFault>> {
    return this.lock.run(async () => {
      const state = await this.ask()
      if (isFault(state)) return err(state)
      if (state === 'DOCUMENT_EJECTED') return ok()
      const written = await this.line.write(ejectBytes(this.profile), WRITE_MS)
      return written.ok ? this.seeOut() : err('LINE_LOST')
    })
  }

  close(): Promise<void> {
    return this.lock.run(() => {
      this.origin = undefined
      return this.line.close()
    })
  }

  private async ask(): Promise<CertificatePrinterState> {
    const opened = await this.line.open()
    if (opened.ok && this.leftovers) await this.forgetRow()
    const state = opened.ok ? await askState(this.line, this.profile) : 'LINE_LOST'
    if (state === 'NO_ANSWER' || state === 'LINE_LOST') this.origin = undefined
    return state
  }

  private async poll(
    wanted: readonly CertificatePrinterState[],
    signal: AbortSignal,
    deadlineMs: number,
    meet: (state: CertificatePrinterState) => Promise<void>,
  ): Promise<Result<CertificatePrinterState, WaitFailure>> {
    const end = this.clock.monotonic() + deadlineMs
    for (;;) {
      if (signal.aborted) return err({ code: 'CANCELLED' })
      const state = await this.lock.run(async () => {
        const found = await this.ask()
        await meet(found)
        return found
      })
      if (wanted.includes(state)) return ok(state)
      if (isFault(state)) return err({ code: 'FAULT', state })
      if (this.clock.monotonic() >= end) return err({ code: 'TIMED_OUT', state })
      await delay(this.clock, POLL_MS)
    }
  }

  private async seeOut(): Promise<Result<void, CertificatePrinterFault>> {
    const end = this.clock.monotonic() + SEE_OUT_MS
    while (this.clock.monotonic() < end) {
      const state = await this.ask()
      if (isFault(state)) return err(state)
      if (state !== 'DOCUMENT_IN') return ok()
      await delay(this.clock, EJECT_POLL_MS)
    }
    return ok()
  }

  private async setUp(originUnits: number): Promise<void> {
    if (this.profile.protocol !== 'pr2') return
    const written = await this.line.write(pr2.setUp(originUnits), WRITE_MS)
    this.origin = written.ok ? originUnits : undefined
    if (!written.ok) this.log.warn('certificate-printer.prepare-failed', { why: written.error.code })
  }

  private async writeNow(job: WriteJob): Promise<Result<RowProof, WriteFailure>> {
    const began = this.clock.monotonic()
    job.onStage('checking')
    const found = job.inspected === undefined ? await this.inspectNow(job.document) : await this.stillIn()
    if (!found.ok) return found
    job.onStage('printing')
    const stopped = (await this.send(job.bytes)) ?? (await this.ejectAfter(job))
    const ms = this.clock.monotonic() - began
    this.log.info('certificate-printer.written', { outcome: stopped?.code ?? 'PRINTED', bytes: job.bytes.length, ms })
    if (stopped !== undefined) {
      // A model that cannot prove anything has got all of the row and the eject behind it.
      this.leftovers = stopped.code !== 'PROOF_UNKNOWN' || stopped.why !== 'MODEL_CANNOT_PROVE'
      if (this.leftovers) await this.forgetRow()
      return err(stopped)
    }
    job.onStage('ejected')
    return ok({ method: 'ejected-after-print', ms })
  }

  private async inspectNow(document: ExpectedDocument): Promise<Result<InspectedDocument, DocumentRefusal>> {
    const there = await this.stillIn()
    if (!there.ok) return there
    if (this.profile.protocol === 'pr2' && this.origin !== document.originUnits)
      return err({ code: 'NOT_STARTED', state: 'NOT_SET_UP' })
    if (document.lengthMm === null) return ok({ measuredMm: null })
    const measuredMm = await askLengthMm(this.line, this.profile)
    if (measuredMm === undefined) return ok({ measuredMm: null })
    if (typeof measuredMm === 'string') return err({ code: 'NOT_STARTED', state: measuredMm })
    const { expected: expectedMm, tolerance } = document.lengthMm
    if (Math.abs(measuredMm - expectedMm) <= tolerance) return ok({ measuredMm })
    this.log.warn('certificate-printer.wrong-document', { measuredMm, expectedMm })
    return err({ code: 'WRONG_DOCUMENT', measuredMm, expectedMm })
  }

  /** Two readings must agree: one alone may be a stray answer, and ink does not come off. */
  private async stillIn(): Promise<Result<InspectedDocument, DocumentRefusal>> {
    for (let reading = 0; reading < 2; reading++) {
      const state = await this.ask()
      if (isFault(state)) return err({ code: 'NOT_STARTED', state })
      if (state === 'READY' || state === 'DOCUMENT_EJECTED') return err({ code: 'NOT_STARTED', state: 'NO_DOCUMENT' })
    }
    return ok({ measuredMm: null })
  }

  /** Whether a document was really given back: seen once more in the slot, or already taken out of it. */
  private async seenEjected(): Promise<boolean> {
    const again = await askState(this.line, this.profile)
    return again === 'DOCUMENT_EJECTED' || again === 'READY'
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

  /** What is left of the row must not come out on the next citizen's page. */
  private async forgetRow(): Promise<void> {
    const written = await this.line.write(forgetBytes(this.profile), WRITE_MS)
    this.leftovers = !written.ok
    if (!written.ok) this.log.warn('certificate-printer.row-not-forgotten', { why: written.error.code })
  }

  /**
   * Gives the page back and sees it out. PR2 answers in turn: the answer to a question behind the eject says that row and
   * eject were obeyed. Slip printers answer at any time, so they must not fall silent.
   */
  private async ejectAfter(job: WriteJob): Promise<WriteFailure | undefined> {
    job.onStage('ejecting')
    const written = await this.line.write(ejectBytes(this.profile), WRITE_MS)
    if (!written.ok) return { code: 'PROOF_UNKNOWN', why: 'LINE_LOST' }
    if (this.profile.statusMethod === 'none') return { code: 'PROOF_UNKNOWN', why: 'MODEL_CANNOT_PROVE' }
    const end = this.clock.monotonic() + job.lines * this.profile.msPerLine + EJECT_MARGIN_MS
    if (this.profile.statusMethod === 'pr2') {
      const heard = await this.line.ask(pr2.askStatus, end - this.clock.monotonic(), statusOf)
      if (typeof heard === 'string') return { code: 'PROOF_UNKNOWN', why: heard === 'SILENCE' ? 'NO_ANSWER' : heard }
    }
    let state: CertificatePrinterState = 'NO_ANSWER'
    let wasSilent = false
    while (this.clock.monotonic() < end) {
      state = await askState(this.line, this.profile)
      if (state === 'DOCUMENT_EJECTED' && (await this.seenEjected()))
        return wasSilent ? { code: 'PROOF_UNKNOWN', why: 'NO_ANSWER' } : undefined
      // Absent without having been given back: somebody pulled it out from under the head.
      if (state === 'READY') return { code: 'PROOF_UNKNOWN', why: 'DOCUMENT_GONE' }
      // One that fell silent may have lost its power, and the row with it; many give the page back when it returns.
      wasSilent ||= state === 'NO_ANSWER' && this.profile.statusMethod !== 'pr2'
      const stop = state === 'NO_ANSWER' ? undefined : afterStop(state)
      if (stop !== undefined) return stop
      await delay(this.clock, EJECT_POLL_MS)
    }
    return { code: 'PROOF_UNKNOWN', why: state === 'NO_ANSWER' ? 'NO_ANSWER' : 'NOT_EJECTED' }
  }
}

function statusOf(answer: CertificateAnswer): number | undefined {
  return answer.kind === 'pr2-status' ? answer.code : undefined
}

function afterStop(state: CertificatePrinterState): WriteFailure | undefined {
  if (state === 'NO_ANSWER' || state === 'LINE_LOST') return { code: 'PROOF_UNKNOWN', why: state }
  return isFault(state) ? { code: 'STOPPED', state, ink: 'possible' } : undefined
}
