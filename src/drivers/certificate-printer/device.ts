import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { err, expectOk, ok, type Result } from '../../lib/result.ts'
import { loadLettering } from '../raster/lettering.ts'
import type { DeviceReport } from '../report.ts'
import type { Transport } from '../transport/transport.ts'
import { originUnits } from './codec.ts'
import {
  CertificatePrinterDriver,
  type DocumentRefusal,
  type ExpectedDocument,
  type InspectedDocument,
  type RowProof,
  type WaitFailure,
  type WriteFailure,
  type WriteStage,
} from './driver.ts'
import type { Calibration, CertificatePrinterProfile } from './profile.ts'
import { encodeRow, needsLettering, type GlyphMissing } from './row-encoder.ts'
import { layoutRow, leftmostMm, type LayoutError, type RowJob, type Segment } from './row-layout.ts'
import { layoutRuler } from './ruler.ts'
import type { RowTemplate } from './row-template.ts'
import {
  STATE_MEANINGS,
  type CertificatePrinterFault,
  type CertificatePrinterState,
  type StateMeaning,
} from './status.ts'

export interface CertificatePrinterStatus extends StateMeaning {
  readonly state: CertificatePrinterState
}

export interface CertificatePrinterOptions {
  readonly transport: Transport
  readonly profile: CertificatePrinterProfile
  readonly template: RowTemplate
  readonly calibration: Calibration
  readonly clock: Clock
  readonly log: Log
  /** Fonts a site adds for rare names, tried after the shipped one. */
  readonly extraFonts?: readonly string[]
}

export type RowFailure = WriteFailure | LayoutError | GlyphMissing

export type RulerStage = 'insert' | 'printing'

/** `TIMED_OUT`: no page was put in, or an old one was not taken out; nothing was printed. */
export type RulerFailure = WaitFailure | WriteFailure

/** A certificate printer as the kiosk sees it: wait for the document, print one row, wait until it is taken. */
export class CertificatePrinter {
  private readonly driver: CertificatePrinterDriver
  private readonly options: CertificatePrinterOptions

  constructor(options: CertificatePrinterOptions) {
    this.options = options
    const { transport, profile, clock, log } = options
    this.driver = new CertificatePrinterDriver(transport, profile, this.rowDocument().originUnits, clock, log)
  }

  /** The printer's state with its meaning; opens the line when it is not open. Bounded, never throws. */
  async status(): Promise<CertificatePrinterStatus> {
    const state = await this.driver.status()
    return { state, ...STATE_MEANINGS[state] }
  }

  /** How it is, for the supervisor and the board. Bounded (about three seconds), never throws. */
  async report(signal: AbortSignal): Promise<DeviceReport> {
    if (signal.aborted) return reportOf('NO_ANSWER')
    return reportOf(await this.driver.status())
  }

  /**
   * Waits until a document is in the slot. `seen` is false where the model cannot tell: then the citizen is asked.
   * @param deadlineMs how long the citizen is given
   */
  async waitForDocument(
    signal: AbortSignal,
    deadlineMs: number,
  ): Promise<Result<{ readonly seen: boolean }, WaitFailure>> {
    const found = await this.driver.waitForDocument(signal, deadlineMs)
    return found.ok ? ok({ seen: found.value === 'DOCUMENT_IN' }) : found
  }

  /**
   * Whether the document that is in is the record page, as far as this model can tell. Puts no ink on it; a model that
   * measures takes up to six seconds. Ask before an authorization is spent on a print.
   */
  inspectDocument(): Promise<Result<InspectedDocument, DocumentRefusal>> {
    return this.driver.inspect(this.rowDocument())
  }

  /**
   * Prints one row of the record page and gives the document back. `ok` only when the printer proved it. A row that
   * would not fit, or that holds a character nobody can draw, is refused before anything moves.
   * @param inspected what `inspectDocument` just said; without it the document is inspected first
   */
  async printRow(
    job: RowJob,
    onStage: (stage: WriteStage) => void = () => undefined,
    inspected?: InspectedDocument,
  ): Promise<Result<RowProof, RowFailure>> {
    const row = await this.compose(job)
    if (!row.ok) return row
    const { bytes, segments } = row.value
    return this.driver.write({ bytes, lines: linesOf(segments), document: this.rowDocument(), inspected, onStage })
  }

  /** The bytes `printRow` would send for the row, and where each piece of text lies (for the preview on the screen). */
  async compose(
    job: RowJob,
  ): Promise<
    Result<{ readonly bytes: Uint8Array; readonly segments: readonly Segment[] }, LayoutError | GlyphMissing>
  > {
    const { template, profile, calibration, extraFonts } = this.options
    const segments = layoutRow(template, job, profile)
    if (!segments.ok) return segments
    const lettering = needsLettering(segments.value, profile) ? await loadLettering(extraFonts) : undefined
    const page = { heightMm: template.page.heightMm, baseMm: leftmostMm(template) }
    const bytes = encodeRow(segments.value, page, calibration, profile, lettering)
    return bytes.ok ? ok({ bytes: bytes.value, segments: segments.value }) : err(bytes.error)
  }

  /** By how much this machine's print is moved. */
  get calibration(): Calibration {
    return this.options.calibration
  }

  /** The record page, millimetres. */
  get pageMm(): { readonly width: number; readonly height: number } {
    const { widthMm: width, heightMm: height } = this.options.template.page
    return { width, height }
  }

  /**
   * Prints the ruler page moved by `trial`, in place of the site's calibration, and gives it back. A document that lies in
   * the printer already comes out first: it may be somebody's certificate. Then a page is waited for, at most a minute;
   * without one nothing is printed. Any page will do, so its length is not compared.
   * @param isIn asks somebody whether the page is in, for a model that cannot tell
   */
  async printRuler(
    trial: Calibration,
    signal: AbortSignal,
    onStage: (stage: RulerStage) => void,
    isIn?: () => Promise<boolean>,
  ): Promise<Result<RowProof, RulerFailure>> {
    const { template, profile } = this.options
    const ruler = layoutRuler(template, trial, profile)
    const document = { originUnits: originUnits(ruler.baseMm, trial.dxMm), lengthMm: null }
    const page = { heightMm: template.page.heightMm, baseMm: ruler.baseMm }
    const bytes = expectOk(
      encodeRow(ruler.segments, page, trial, profile, undefined, ruler.dots),
      'a ruler is digits and dots',
    )
    this.driver.expect(document.originUnits)
    const printed = await this.rulerOnto(signal, onStage, isIn, () =>
      this.driver.write({
        ...{ bytes, document, inspected: undefined, onStage: () => undefined },
        lines: linesOf([...ruler.segments, ...ruler.dots]),
      }),
    )
    this.driver.expect(this.rowDocument().originUnits)
    return printed
  }

  private async rulerOnto(
    signal: AbortSignal,
    onStage: (stage: RulerStage) => void,
    isIn: (() => Promise<boolean>) | undefined,
    write: () => Promise<Result<RowProof, RulerFailure>>,
  ): Promise<Result<RowProof, RulerFailure>> {
    const emptied = await this.emptySlot(signal)
    if (!emptied.ok) return emptied
    onStage('insert')
    const found = await this.driver.waitForDocument(signal, HANDS_MS)
    if (!found.ok) return found
    if (found.value === 'UNREPORTED' && (isIn === undefined || !(await isIn())))
      return err({ code: 'TIMED_OUT', state: 'UNREPORTED' })
    if (signal.aborted) return err({ code: 'CANCELLED' })
    onStage('printing')
    return write()
  }

  /** Gives a document back without printing (the citizen changed their mind, or it is the wrong page). */
  eject(): Promise<Result<void, CertificatePrinterFault>> {
    return this.driver.eject()
  }

  /** Waits until the slot is empty. */
  async waitForRemoval(
    signal: AbortSignal,
    deadlineMs: number,
  ): Promise<Result<{ readonly seen: boolean }, WaitFailure>> {
    const gone = await this.driver.waitFor(['READY', 'UNREPORTED'], signal, deadlineMs)
    return gone.ok ? ok({ seen: gone.value === 'READY' }) : gone
  }

  close(): Promise<void> {
    return this.driver.close()
  }

  private rowDocument(): ExpectedDocument {
    const { template, calibration } = this.options
    const { heightMm: expected, toleranceMm: tolerance } = template.page
    return {
      originUnits: originUnits(leftmostMm(template), calibration.dxMm),
      lengthMm: { expected, tolerance },
    }
  }

  private async emptySlot(signal: AbortSignal): Promise<Result<void, WaitFailure>> {
    const state = await this.driver.status()
    if (state !== 'DOCUMENT_IN' && state !== 'DOCUMENT_EJECTED') return ok()
    if (state === 'DOCUMENT_IN') {
      const ejected = await this.driver.eject()
      if (!ejected.ok) return err({ code: 'FAULT', state: ejected.error })
    }
    const gone = await this.driver.waitFor(['READY', 'UNREPORTED'], signal, HANDS_MS)
    return gone.ok ? ok() : gone
  }
}

/** How long a technician is given to put a page in or to take one out, milliseconds. */
const HANDS_MS = 60_000

/** Passes of the head. */
function linesOf(items: readonly { readonly yMm: number }[]): number {
  return new Set(items.map(({ yMm }) => yMm)).size
}

/** Which states ask somebody to come, and which are how it should be. */
function toneOf(state: CertificatePrinterState): DeviceReport['tone'] {
  if (state === 'READY') return 'good'
  if (state === 'DOCUMENT_IN') return 'info'
  return state === 'DOCUMENT_EJECTED' || state === 'UNREPORTED' ? 'warning' : 'bad'
}

function reportOf(state: CertificatePrinterState): DeviceReport {
  const answered = state !== 'NO_ANSWER' && state !== 'LINE_LOST'
  return { state, tone: toneOf(state), ...STATE_MEANINGS[state], answered }
}
