import type { PaperUsage } from '../drivers/receipt-printer/usage.ts'
import type { StoreWriter } from '../store/store.ts'

/** Counts what a slip took of roll and knife, in the transaction that settles its job. */
export function addPaperUsage(tx: StoreWriter, { paperMm, cuts }: PaperUsage): void {
  const role = 'receipt-printer'
  if (paperMm > 0) tx.consumables.use({ role, counter: 'paperMm', amount: paperMm })
  if (cuts > 0) tx.consumables.use({ role, counter: 'cuts', amount: cuts })
}
