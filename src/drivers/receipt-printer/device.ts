import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { Bitmap } from '../raster/bitmap.ts'
import { loadLettering } from '../raster/lettering.ts'
import type { DeviceReport } from '../report.ts'
import type { Transport } from '../transport/transport.ts'
import { loadDialect } from './dialect.ts'
import { ReceiptPrinterDriver } from './driver.ts'
import type { LeftoverMemory } from './leftover.ts'
import type { PrintFailure, PrintJob, PrintProof } from './outcome.ts'
import { encodeReceipt, needsLettering, paperDots, type GlyphMissing } from './encoder.ts'
import { layoutReceipt, type Line } from './layout.ts'
import { previewReceipt } from './preview.ts'
import type { ReceiptPrinterProfile } from './profile.ts'
import type { Receipt } from './receipt.ts'
import type { ProofAbility } from './proof.ts'
import { STATE_MEANINGS, type PrinterFault, type PrinterState, type StateMeaning } from './status.ts'

export interface ReceiptPrinterStatus extends StateMeaning {
  readonly state: PrinterState
}

export interface ReceiptPrinterOptions {
  readonly transport: Transport
  readonly profile: ReceiptPrinterProfile
  readonly clock: Clock
  readonly log: Log
  /** Paths of fonts a site adds for rare names, tried after the shipped one. */
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

  /** Goes on with what an earlier process wrote down of a slip that was left unfinished. To be called once, at the start. */
  keepLeftoverIn(memory: LeftoverMemory): void {
    this.driver.keepLeftoverIn(memory)
  }

  /** The printer's state with its meaning; opens the line when it is not open. Bounded, never throws. */
  async status(): Promise<ReceiptPrinterStatus> {
    const state = await this.driver.status()
    return { state, ...STATE_MEANINGS[state] }
  }

  /** How the printer is, for the board and the supervisor. Bounded, never throws; one that prints is not disturbed. */
  async report(signal: AbortSignal): Promise<DeviceReport> {
    if (this.driver.isPrinting) return PRINTING
    const state = await Promise.race([this.driver.status(), aborted(signal)])
    const { textKey, remedy, usable, tone } = STATE_MEANINGS[state]
    return { state, textKey, remedy, usable, tone, answered: state !== 'NO_ANSWER' && state !== 'LINE_LOST' }
  }

  /** Asks the printer what it can prove (GS ( H, GS r), whatever its profile says; prints nothing. */
  probe(): Promise<Result<ProofAbility, PrinterFault>> {
    return this.driver.probe()
  }

  /** Tells a printer that stopped with a jammed knife or paper to try again, after a person removed the cause. */
  async recover(): Promise<ReceiptPrinterStatus> {
    const state = await this.driver.recover()
    return { state, ...STATE_MEANINGS[state] }
  }

  /**
   * Prints a receipt and waits for proof that it came out. `ok` only when the printer proved it.
   * Proof and failure carry what the job used of roll and knife, for the counters of the consumables.
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
    const dots = paperDots(lines)
    const expectedMs = Math.ceil((dots / this.options.profile.dotLinesPerSecond) * 1000) + CUT_MS
    return this.driver.print({ id: jobId, bytes: bytes.value, paperDots: dots, expectedMs, onSilence })
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

  /** Columns of normal width the paper has. */
  get columns(): number {
    return this.options.profile.columns
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
}

const PRINTING: DeviceReport = {
  state: 'PRINTING',
  tone: 'good',
  textKey: 'device.receiptPrinter.printing',
  remedy: 'Nothing to do.',
  usable: true,
  answered: true,
}

/** Nobody waits any more: the same as no answer in time. */
function aborted(signal: AbortSignal): Promise<'NO_ANSWER'> {
  if (signal.aborted) return Promise.resolve('NO_ANSWER')
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve('NO_ANSWER'), { once: true })
  })
}

/** A guillotine cut takes about half a second; two allow for a slow one. */
const CUT_MS = 1000
