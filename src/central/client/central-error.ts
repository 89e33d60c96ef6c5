import type { Problem } from '../contract/problem.ts'

/**
 * Why the centre did not do what was asked. Closed, and free of anything personal: it may be logged as it is.
 * Only `REFUSED` is a decision of the centre; after all others it is unknown whether the request took effect.
 */
export type CentralError =
  /** No connection: refused, no route, name not found, reset. */
  | { readonly code: 'UNREACHABLE'; readonly detail: string }
  /** The deadline of the call passed, also when the answer was dripping in. */
  | { readonly code: 'TIMED_OUT'; readonly afterMs: number }
  /** The centre (or a proxy before it) answered 5xx without a problem document of ours. */
  | { readonly code: 'CENTRE_DOWN'; readonly status: number }
  /** The answer is not what the contract says; nothing of it is used. */
  | { readonly code: 'NONSENSE'; readonly detail: string }
  | { readonly code: 'REFUSED'; readonly problem: Problem }
  /** Our clock is wrong: add `offsetMs` to it to get the centre's. Nothing may be endorsed. */
  | { readonly code: 'CLOCK_SKEW'; readonly offsetMs: number }
  | { readonly code: 'NOT_ENROLLED'; readonly reason: 'UNKNOWN_KEY' | 'KEY_REVOKED' }
