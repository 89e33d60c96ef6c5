import type { LineImpairment } from '../transport/impaired-line.ts'
import type { CommandName } from './codec/command.ts'

/** What a simulated reader does wrong, once or more often, when it answers. */
export type SamFault = When & Misbehaviour

interface When {
  /** Only answers to this command; any if absent. */
  readonly on?: CommandName
  /** Lets so many matching answers pass first. */
  readonly skip?: number
  /** How many answers are spoiled, default 1; 0 means for ever. */
  readonly times?: number
}

export type Misbehaviour =
  | { readonly kind: 'silence' }
  /** The right answer, so many milliseconds late: into the next exchange. */
  | { readonly kind: 'late'; readonly ms: number }
  | { readonly kind: 'wrong-checksum' }
  /** The length field is off by so much. */
  | { readonly kind: 'wrong-length'; readonly by: number }
  /** Only the first bytes arrive. */
  | { readonly kind: 'truncated'; readonly at: number }
  /** The first bytes arrive, and right behind them the whole answer. */
  | { readonly kind: 'torn'; readonly at: number }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'sw3'; readonly code: number }
  /** The cable is pulled after so many bytes. */
  | { readonly kind: 'hang-up'; readonly at: number }
  /** The card leaves the field after so many bytes of the answer; the rest never comes. */
  | { readonly kind: 'card-lifted'; readonly at: number }
  /** The frame some handhelds send instead of an answer; it breaks the length rule. */
  | { readonly kind: 'vendor-time-out' }

/** Layout of read answers in the field: total bytes 1295, 1297, 1809 or 2321. */
export type ReadLayout = 'plain' | 'no-fingerprint' | 'fingerprint-512' | 'fingerprint-1024'

export interface SamFaultScript {
  readonly line?: LineImpairment
  readonly layout?: ReadLayout
  readonly faults?: readonly SamFault[]
}
