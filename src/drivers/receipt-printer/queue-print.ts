import { err, ok, type Result } from '../../lib/result.ts'
import type { PrintQueue, QueueState } from '../transport/cups.ts'
import type { PrintFailure, PrintJob, PrintProof } from './outcome.ts'
import type { ReceiptPrinterProfile } from './profile.ts'
import type { PrinterState } from './status.ts'
import { NO_USAGE, wholeUsage } from './usage.ts'

/** A queue that works on a receipt longer than this beyond the paper's own time is stuck. */
const QUEUE_MARGIN_MS = 10_000

const QUEUE_STATES: Readonly<Record<QueueState, PrinterState>> = {
  ACCEPTING: 'UNREPORTED',
  STOPPED: 'OFFLINE',
  REJECTING: 'OFFLINE',
  NOT_FOUND: 'LINE_LOST',
  NO_SERVER: 'LINE_LOST',
}

/** What the queue tells of the printer: at best that nobody knows. */
export async function queueState(queue: PrintQueue): Promise<PrinterState> {
  return QUEUE_STATES[await queue.state()]
}

/**
 * Prints through a raw queue. The way is one-way: that the queue is done means that the bytes were handed over, and
 * counts as proof only where the profile says that this back end asks the printer.
 */
export async function printThroughQueue(
  queue: PrintQueue,
  job: PrintJob,
  profile: ReceiptPrinterProfile,
): Promise<Result<Omit<PrintProof, 'ms'>, PrintFailure>> {
  const handed = await queue.printJob(job.bytes, `receipt ${job.id}`, job.expectedMs + QUEUE_MARGIN_MS)
  if (!handed.ok) return err({ code: 'NOT_STARTED', state: 'OFFLINE' })
  const usage = wholeUsage(job.paperDots, profile)
  switch (handed.value) {
    case 'COMPLETED':
      return profile.queueReports
        ? ok({ method: 'queue', usage })
        : err({ code: 'PROOF_UNKNOWN', why: 'HANDED_OVER', usage })
    case 'TAKEN_BACK':
      return err({ code: 'NOT_PRINTED', state: 'OFFLINE', remainder: 'clear-requested', usage: NO_USAGE })
    case 'GAVE_UP':
    case 'TOO_LATE':
      return err({ code: 'PROOF_UNKNOWN', why: 'QUEUE_GAVE_UP', usage })
    case 'LOST':
      return err({ code: 'PROOF_UNKNOWN', why: 'LINE_LOST', usage })
  }
}
