import { createHash, randomUUID } from 'node:crypto'
import type { DocumentPrinter } from '../../drivers/document-printer/device.ts'
import type { PrintFailure, PrintOptions, PrintProof } from '../../drivers/document-printer/print.ts'
import { err, type Result } from '../../lib/result.ts'
import { mustWrite } from '../../store/must.ts'
import type { Store } from '../../store/store.ts'
import { composeDocument, type ComposeFault } from './compose.ts'
import type { DocumentDataOf, DocumentKind } from './kinds.ts'
import type { NotRendered, ShellRenderer } from './renderer.ts'

/** Why a document did not come out, or may have. `NO_PRINTER`: this site has none. */
export type DocumentFault = ComposeFault | NotRendered | PrintFailure | { readonly code: 'NO_PRINTER' }

/** A4 documents: composed here, drawn by the shell, printed over the queue; only a hash of the PDF is kept. */
export class Documents {
  private readonly printer: Pick<DocumentPrinter, 'print'> | null
  private readonly renderer: Pick<ShellRenderer, 'render'>
  private readonly store: Store

  constructor(printer: Pick<DocumentPrinter, 'print'> | null, renderer: Pick<ShellRenderer, 'render'>, store: Store) {
    this.printer = printer
    this.renderer = renderer
    this.store = store
  }

  get available(): boolean {
    return this.printer !== null
  }

  /** Prints a document once. It is never tried again by itself: whether paper came out may be unknown. */
  async print<K extends DocumentKind>(
    kind: K,
    data: DocumentDataOf<K>,
    options: PrintOptions = {},
  ): Promise<Result<PrintProof, DocumentFault>> {
    if (this.printer === null) return err({ code: 'NO_PRINTER' })
    const composed = await composeDocument(kind, data)
    if (!composed.ok) return composed
    const pdf = await this.renderer.render(composed.value)
    if (!pdf.ok) return pdf
    return this.printStored(this.printer, kind, pdf.value, options)
  }

  /** The job is stored before the first byte goes out and its outcome after the last. */
  private async printStored(
    printer: Pick<DocumentPrinter, 'print'>,
    kind: DocumentKind,
    pdf: Uint8Array,
    options: PrintOptions,
  ): Promise<Result<PrintProof, PrintFailure>> {
    const jobId = randomUUID()
    const sha256 = createHash('sha256').update(pdf).digest('hex')
    mustWrite(this.store, (tx) => {
      tx.printJobs.request({
        jobId,
        endorsementKey: null,
        document: kind,
        role: 'document-printer',
        attempt: 1,
        sha256,
      })
      tx.printJobs.start(jobId)
    })
    const printed = await printer.print(pdf, jobId, options)
    mustWrite(this.store, (tx) => {
      if (printed.ok) tx.printJobs.confirm(jobId)
      else if (printed.error.code === 'REFUTED') tx.printJobs.refute(jobId, printed.error.state)
      else tx.printJobs.markUnknown(jobId, `${printed.error.why} ${printed.error.state}`)
    })
    return printed
  }
}
