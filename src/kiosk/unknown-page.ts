import type { DeviceStanding } from '../drivers/supervisor/standing.ts'
import type { Store } from '../store/store.ts'

/**
 * Whether the page in the certificate printer may be the one whose row nobody knows: it is for two people to look at
 * (docs/saga.md), and nobody else's to take. `state` is what the printer says; a store that cannot say either has one.
 */
export function mayBeUnknownPage(store: Store, state: DeviceStanding['state'] | undefined): boolean {
  if (state !== 'DOCUMENT_IN') return false
  const unlooked = store.read((view) => view.endorsements.unknown().length > 0)
  return !unlooked.ok || unlooked.value
}
