import type { ToKiosk, ToShell } from '../../../src/ipc/messages.ts'

/** What the harness says to the kiosk process. */
export type ToSoak =
  | { readonly type: 'step' | 'leap'; readonly ms: number }
  | { readonly type: 'say'; readonly message: ToKiosk }
  | { readonly type: 'sample' }
  | { readonly type: 'end' }

/** What the process takes after its garbage was collected, bytes; `handles` are open file descriptors. */
export interface Taken {
  readonly rss: number
  readonly heap: number
  readonly handles: number
}

export type FromSoak = { readonly type: 'said'; readonly message: ToShell } | ({ readonly type: 'sampled' } & Taken)
