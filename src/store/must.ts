import { expectOk } from '../lib/result.ts'
import type { Store, StoreReader, StoreWriter } from './store.ts'

/**
 * For whoever cannot go on without the store: one that is full or broken ends the process, and the next start finds what
 * was stored before.
 */

/** Runs `work` as one transaction; its rows survive a power cut when this has returned. */
export function mustWrite<T>(store: Pick<Store, 'transaction'>, work: (tx: StoreWriter) => T): T {
  return expectOk(store.transaction(work), 'store cannot be written')
}

export function mustRead<T>(store: Pick<Store, 'read'>, work: (view: StoreReader) => T): T {
  return expectOk(store.read(work), 'store cannot be read')
}
