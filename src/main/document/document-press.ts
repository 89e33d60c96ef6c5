import type { DocumentToRender, RenderedDocument } from '../../ipc/messages.ts'
import type { Clock } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { Lock } from '../../lib/lock.ts'
import type { Log } from '../../lib/log.ts'
import { exactA4 } from './a4.ts'

/** A hidden window with one document in it. */
export interface DocumentWindow {
  /** Loads the document and prints it. Rejects when Chromium cannot. */
  toPdf(): Promise<Uint8Array<ArrayBuffer>>
  /** Called when the window's process ends by itself. */
  onCrash(listener: (reason: string) => void): void
  /** Ends the window's process and empties what its session keeps. */
  destroy(): Promise<void>
}

export interface DocumentPressOptions {
  readonly clock: Clock
  readonly log: Log
  readonly open: (document: DocumentToRender) => DocumentWindow
}

/** A page takes about a second with a cold window on two slow cores. */
const RENDER_MS = 15_000
/** Documents that may wait; a kiosk prints one at a time. */
const MAX_WAITING = 4
/** A page with a hundred rows has 300 kB; what is far beyond that is not ours. */
const MAX_PDF_BYTES = 16 * 1024 * 1024

/** Makes PDFs, one after another, each in a window that is thrown away afterwards. Never throws. */
export class DocumentPress {
  private readonly options: DocumentPressOptions
  private readonly lock = new Lock()
  private waiting = 0

  constructor(options: DocumentPressOptions) {
    this.options = options
  }

  async render(document: DocumentToRender): Promise<RenderedDocument> {
    if (this.waiting >= MAX_WAITING) return { ok: false, code: 'BUSY' }
    this.waiting++
    const outcome = await this.lock.run(() => this.renderNow(document))
    this.waiting--
    if (!outcome.ok) this.options.log.error('document-not-rendered', { code: outcome.code })
    return outcome
  }

  private async renderNow(document: DocumentToRender): Promise<RenderedDocument> {
    const { clock, log, open } = this.options
    let window: DocumentWindow | undefined
    try {
      const opened = (window = open(document))
      const crashed = new Promise<RenderedDocument>((resolve) => {
        opened.onCrash((reason) => {
          log.error('document-window-crashed', { reason })
          resolve({ ok: false, code: 'CRASHED' })
        })
      })
      const printed = opened.toPdf().then(checked, (error: unknown) => {
        log.warn('document-window-failed', { error: error instanceof Error ? error.message : 'unknown' })
        return FAILED
      })
      const outcome = await withDeadline(clock, RENDER_MS, () => Promise.race([printed, crashed]))
      return outcome.ok ? outcome.value : { ok: false, code: 'TIMED_OUT' }
    } catch (error) {
      log.error('document-window-not-opened', { error: error instanceof Error ? error.message : 'unknown' })
      return FAILED
    } finally {
      await window?.destroy().catch((error: unknown) => {
        log.error('document-window-not-emptied', { error: error instanceof Error ? error.message : 'unknown' })
      })
    }
  }
}

const FAILED: RenderedDocument = { ok: false, code: 'FAILED' }

function checked(pdf: Uint8Array<ArrayBuffer>): RenderedDocument {
  const isPdf = Buffer.from(pdf.subarray(0, 5)).toString('latin1') === '%PDF-'
  const exact = isPdf && pdf.length <= MAX_PDF_BYTES ? exactA4(pdf) : null
  return exact === null ? FAILED : { ok: true, pdf: exact }
}
