import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { loadLettering } from '../raster/lettering.ts'
import type { Transport } from '../transport/transport.ts'
import {
  CertificatePrinterDriver,
  type RowProof,
  type WaitFailure,
  type WriteFailure,
  type WriteStage,
} from './driver.ts'
import type { Calibration, CertificatePrinterProfile } from './profile.ts'
import { encodeRow, needsLettering, type GlyphMissing } from './row-encoder.ts'
import { layoutRow, type LayoutError, type RowJob, type Segment } from './row-layout.ts'
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

/** A certificate printer as the kiosk sees it: wait for the document, print one row, wait until it is taken. */
export class CertificatePrinter {
  private readonly driver: CertificatePrinterDriver
  private readonly options: CertificatePrinterOptions

  constructor(options: CertificatePrinterOptions) {
    this.options = options
    this.driver = new CertificatePrinterDriver(options.transport, options.profile, options.clock, options.log)
  }

  /** The printer's state with its meaning; opens the line when it is not open. Bounded, never throws. */
  async status(): Promise<CertificatePrinterStatus> {
    const state = await this.driver.status()
    return { state, ...STATE_MEANINGS[state] }
  }

  /**
   * Waits until a document is in the slot. `seen` is false where the model cannot tell: then the citizen is asked.
   * @param deadlineMs how long the citizen is given
   */
  async waitForDocument(
    signal: AbortSignal,
    deadlineMs: number,
  ): Promise<Result<{ readonly seen: boolean }, WaitFailure>> {
    await this.driver.prepare()
    const found = await this.driver.waitFor(['DOCUMENT_IN', 'UNREPORTED'], signal, deadlineMs)
    return found.ok ? ok({ seen: found.value === 'DOCUMENT_IN' }) : found
  }

  /**
   * Prints one row of the record page and gives the document back. `ok` only when the printer proved it. A row that
   * would not fit, or that holds a character nobody can draw, is refused before anything moves.
   */
  async printRow(
    job: RowJob,
    onStage: (stage: WriteStage) => void = () => undefined,
  ): Promise<Result<RowProof, RowFailure>> {
    const row = await this.compose(job)
    if (!row.ok) return row
    const { height, tolerance } = this.page()
    const lines = new Set(row.value.segments.map((segment) => segment.yMm)).size
    return this.driver.write({ bytes: row.value.bytes, lines, pageHeightMm: height, toleranceMm: tolerance, onStage })
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
    const bytes = encodeRow(segments.value, template.page.heightMm, calibration, profile, lettering)
    return bytes.ok ? ok({ bytes: bytes.value, segments: segments.value }) : err(bytes.error)
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

  private page(): { readonly height: number; readonly tolerance: number } {
    return { height: this.options.template.page.heightMm, tolerance: this.options.template.page.toleranceMm }
  }
}
