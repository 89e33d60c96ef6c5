import { expectOk } from '../../lib/result.ts'
import { loadDialect } from './dialect.ts'
import { encodeReceipt, paperDots } from './encoder.ts'
import { layoutReceipt } from './layout.ts'
import type { PrintJob } from './outcome.ts'
import type { ReceiptPrinterProfile } from './profile.ts'
import type { Receipt } from './receipt.ts'

/** What stands on paper behind an unfinished slip, in characters that every Chinese font of a printer holds. */
const VOID_MARK: Receipt = {
  receipt: 1,
  blocks: [
    { type: 'rule' },
    { type: 'text', text: '上一张未打完 作废', align: 'center', size: 'tall', bold: true },
    { type: 'rule' },
  ],
}

/** A knife takes its time, and the rest of the old slip may still come out before it, milliseconds. */
const REST_MS = 3000

/**
 * The separating line, cut off together with what hangs on the roll before it. Where there is no knife, the line alone
 * tells the two slips apart.
 */
export async function voidMark(profile: ReceiptPrinterProfile, id: string): Promise<PrintJob> {
  const lines = layoutReceipt(VOID_MARK, profile.columns)
  const dialect = await loadDialect(profile.dialect, profile.columns)
  const bytes = expectOk(encodeReceipt(lines, profile, dialect, undefined), 'every font holds the mark')
  const dots = paperDots(lines)
  const expectedMs = Math.ceil((dots / profile.dotLinesPerSecond) * 1000) + REST_MS
  return { id, bytes, paperDots: dots, expectedMs, onSilence: 'refuse' }
}
