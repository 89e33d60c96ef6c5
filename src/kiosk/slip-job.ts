import { createHash, randomUUID } from 'node:crypto'
import type { ReceiptPrinter } from '../drivers/receipt-printer/device.ts'
import type { LeftoverMemory } from '../drivers/receipt-printer/leftover.ts'
import type { PrintFailure } from '../drivers/receipt-printer/outcome.ts'
import type { Receipt } from '../drivers/receipt-printer/receipt.ts'
import type { ImpersonalText } from '../lib/personal.ts'
import { err, ok, type Result } from '../lib/result.ts'
import type { EndorsementKey } from '../store/endorsement.ts'
import { mustRead, mustWrite } from '../store/must.ts'
import type { Store } from '../store/store.ts'
import { addPaperUsage } from './paper-usage.ts'

const ROLE = 'receipt-printer'
/** Setting: a slip was begun and never seen finished. */
const LEFTOVER = 'receiptPrinter.leftover'

export interface SlipJob {
  readonly document: ImpersonalText
  readonly endorsementKey: EndorsementKey | null
  readonly receipt: Receipt
}

/** Why a slip is not known to be in somebody's hand. */
export interface SlipTrouble {
  readonly code: PrintFailure['code'] | 'GLYPH_MISSING'
  /** The printer's state, or why nothing proves it. */
  readonly reason: string
}

/**
 * Prints a slip as a stored job: written down before the first byte, settled after the last. It is never printed twice by
 * itself.
 */
export async function printSlip(
  { printer, store }: { readonly printer: ReceiptPrinter; readonly store: Store },
  { document, endorsementKey, receipt }: SlipJob,
): Promise<Result<void, SlipTrouble>> {
  const bytes = await printer.bytesOf(receipt)
  if (!bytes.ok) return err({ code: bytes.error.code, reason: document })
  const jobId = randomUUID()
  const sha256 = createHash('sha256').update(bytes.value).digest('hex')
  mustWrite(store, (tx) => {
    tx.printJobs.request({ jobId, endorsementKey, document, role: ROLE, attempt: 1, sha256 })
    tx.printJobs.start(jobId)
  })
  const printed = await printer.print(receipt, jobId)
  if (printed.ok) {
    mustWrite(store, (tx) => {
      tx.printJobs.confirm(jobId)
      addPaperUsage(tx, printed.value.usage)
    })
    return ok()
  }
  const { error } = printed
  const reason = error.code === 'PROOF_UNKNOWN' ? error.why : error.code === 'GLYPH_MISSING' ? error.code : error.state
  mustWrite(store, (tx) => {
    if (error.code === 'PROOF_UNKNOWN') tx.printJobs.markUnknown(jobId, reason)
    else tx.printJobs.refute(jobId, reason)
    if ('usage' in error) addPaperUsage(tx, error.usage)
  })
  return err({ code: error.code, reason })
}

/**
 * Settles slips in the middle of which the kiosk stopped: nobody knows what came out of them. To be called once, before
 * anything is printed.
 */
export function settleInterruptedSlips(store: Store): void {
  mustWrite(store, (tx) => {
    const interrupted = tx.printJobs.unsettled().filter(({ role, state }) => role === ROLE && state === 'PRINTING')
    for (const { jobId } of interrupted) tx.printJobs.markUnknown(jobId, 'INTERRUPTED')
    if (interrupted.length > 0) tx.settings.set(LEFTOVER, true)
  })
}

/** Where the printer finds, after a restart too, that the paper under its head may be a former citizen's. */
export function slipLeftover(store: Store): LeftoverMemory {
  return {
    recall: () => mustRead(store, (view) => view.settings.get(LEFTOVER)) === true,
    remember: (left) => mustWrite(store, (tx) => tx.settings.set(LEFTOVER, left)),
  }
}
