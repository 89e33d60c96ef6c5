import { z } from 'zod'
import { auditHeadWords } from '../central/contract/station.ts'
import type { Result } from '../lib/result.ts'
import type { StoreFault } from '../store/faults.ts'
import type { Store, StoreWriter } from '../store/store.ts'
import { addEvent } from './services/annual-review/records.ts'

const TOLD = 'audit.head-told'
const Told = z.object({ seq: z.int().min(0) })

/**
 * Tells the centre where the audit chain ends, and what it says now at the row that was told last: from then on nobody can
 * cut the chain off or write it anew without the centre's noticing, whatever he does to this store. Each night and at each
 * planned restart, after the chain was verified. `now` is milliseconds since the epoch.
 */
export function reportAuditHead(store: Store, now: number): Result<void, StoreFault> {
  return store.transaction((tx) => {
    const { seq, hash } = tx.audit.head()
    const told = Told.safeParse(tx.settings.get(TOLD))
    const after = told.success ? { seq: told.data.seq, hash: hashAt(tx, seq, told.data.seq) } : null
    addEvent(tx, 'AUDIT_HEAD', auditHeadWords({ seq, hash, after }), now)
    tx.settings.set(TOLD, { seq })
  })
}

function hashAt(tx: StoreWriter, head: number, seq: number): string | null {
  if (seq > head) return null
  return tx.audit.latest(head - seq + 1).find((row) => row.seq === seq)?.hash ?? null
}
