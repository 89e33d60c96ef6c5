import type { KioskState } from './kiosk-keeper.ts'
import type { PageState } from './page-keeper.ts'

/** What lies over the page. */
export type Cover =
  | { readonly kind: 'none' }
  | { readonly kind: 'recovering' }
  | { readonly kind: 'out-of-service'; readonly technician: string }

/**
 * What the person sees, from how the two processes are. The page may be shown only when the kiosk behind it runs and
 * what it shows is fresh; otherwise a plain page says so.
 * @param stale the page shows what a kiosk process that is gone told it
 */
export function coverFor(kiosk: KioskState, page: PageState, stale: boolean): Cover {
  if (kiosk.kind === 'refused') return { kind: 'out-of-service', technician: `${kiosk.code}: ${kiosk.technician}` }
  if (kiosk.kind === 'down' && kiosk.outOfService) return { kind: 'out-of-service', technician: kiosk.cause }
  if (page.kind === 'down' && page.outOfService) return { kind: 'out-of-service', technician: page.cause }
  if (kiosk.kind === 'down' || page.kind === 'down' || stale) return { kind: 'recovering' }
  return { kind: 'none' }
}
