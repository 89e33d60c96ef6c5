import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { Bitmap } from '../raster/bitmap.ts'
import { loadLettering } from '../raster/lettering.ts'
import type { Transport } from '../transport/transport.ts'
import { loadDialect } from './dialect.ts'
import { ReceiptPrinterDriver, type PrintFailure, type PrintJob, type PrintProof } from './driver.ts'
import { encodeReceipt, needsLettering, paperDots, type GlyphMissing } from './encoder.ts'
import { layoutReceipt, type Line } from './layout.ts'
import { previewReceipt } from './preview.ts'
import type { ReceiptPrinterProfile } from './profile.ts'
import type { Receipt } from './receipt.ts'
import { STATE_MEANINGS, type PrinterState, type StateMeaning } from './status.ts'

export interface ReceiptPrinterStatus extends StateMeaning {
  readonly state: PrinterState
}

export interface ReceiptPrinterOptions {
  readonly transport: Transport
  readonly profile: ReceiptPrinterProfile
  readonly clock: Clock
  readonly log: Log
  /** Fonts a site adds for rare names, tried after the shipped one. */
  readonly extraFonts?: readonly string[]
}

/** A receipt printer as the kiosk sees it. */
export class ReceiptPrinter {
  private readonly driver: ReceiptPrinterDriver
  private readonly options: ReceiptPrinterOptions

  constructor(options: ReceiptPrinterOptions) {
    this.options = options
    this.driver = new ReceiptPrinterDriver(options.transport, options.profile, options.clock, options.log)
  }

  /** The printer's state with its meaning; opens the line when it is not open. Bounded, never throws. */
  async status(): Promise<ReceiptPrinterStatus> {
    const state = await this.driver.status()
    return { state, ...STATE_MEANINGS[state] }
  }

  /**
   * Prints a receipt and waits for proof that it came out. `ok` only when the printer proved it.
   * @param jobId the stored print job's id; its hash is what the printer echoes
   */
  async print(
    receipt: Receipt,
    jobId: string,
    onSilence: PrintJob['onSilence'] = 'refuse',
  ): Promise<Result<PrintProof, PrintFailure | GlyphMissing>> {
    const lines = this.layout(receipt)
    const bytes = await this.encode(lines)
    if (!bytes.ok) return bytes
    return this.driver.print({ id: jobId, bytes: bytes.value, expectedMs: this.expectedMs(lines), onSilence })
  }

  /** The bytes `print` would send (the demo keeps them as `receipt.bin`). */
  async bytesOf(receipt: Receipt): Promise<Result<Uint8Array, GlyphMissing>> {
    return this.encode(this.layout(receipt))
  }

  /** The paper as it will look, dot for dot. */
  async preview(receipt: Receipt): Promise<Result<Bitmap, GlyphMissing>> {
    const lettering = await loadLettering(this.options.extraFonts)
    return previewReceipt(this.layout(receipt), this.options.profile.dots, lettering)
  }

  close(): Promise<void> {
    return this.driver.close()
  }

  private layout(receipt: Receipt): readonly Line[] {
    return layoutReceipt(receipt, this.options.profile.columns)
  }

  private async encode(lines: readonly Line[]): Promise<Result<Uint8Array, GlyphMissing>> {
    const { profile, extraFonts } = this.options
    const dialect = await loadDialect(profile.dialect, profile.columns)
    const lettering = needsLettering(lines, profile) ? await loadLettering(extraFonts) : undefined
    const encoded = encodeReceipt(lines, profile, dialect, lettering)
    return encoded.ok ? ok(encoded.value) : err(encoded.error)
  }

  private expectedMs(lines: readonly Line[]): number {
    return Math.ceil((paperDots(lines) / this.options.profile.dotLinesPerSecond) * 1000) + CUT_MS
  }
}

/** A guillotine cut takes about half a second; two allow for a slow one. */
const CUT_MS = 1000
