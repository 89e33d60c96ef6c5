import type { LineImpairment } from '../transport/impaired-line.ts'
import type { AnswerFault as SpoiledAnswer } from '../transport/simulated-answers.ts'
import type { Trouble } from './simulated-status.ts'

/** What a simulated printer says; `presenter` is DLE EOT 20. */
export const ANSWER_KINDS = ['real-time', 'automatic', 'barrier', 'process-id', 'presenter'] as const
export type AnswerKind = (typeof ANSWER_KINDS)[number]

/** Silence on `process-id`: the id is withheld, as by clones or after a cleared buffer. */
export type AnswerFault = SpoiledAnswer<AnswerKind>

/** What goes wrong with paper, knife and power, and when. Lines, cuts and bytes are counted over the simulator's life, from 1. */
export interface ReceiptPrinterFaults {
  readonly paperOutAtLine?: number
  readonly coverOpenAtLine?: number
  /** The cover is opened while the nth cut is made: the cut happens, the printer stops. */
  readonly coverOpenAtCut?: number
  readonly jamAtLine?: number
  readonly overheatAtLine?: number
  /** The nth cut jams the knife; the receipt hangs on the roll. */
  readonly cutterErrorAtCut?: number
  /** The nth receipt is stuck on its way out of the presenter. */
  readonly exitBlockedAtCut?: number
  /** Stops when it has obeyed so many bytes, in the middle of a line or of a command. */
  readonly stop?: { readonly trouble: Trouble; readonly byte: number }
  readonly nearEnd?: boolean
  /** Switched off: takes bytes, does nothing. */
  readonly off?: boolean
  /** Pushes its status after every so many received bytes. */
  readonly statusStormEveryBytes?: number
  /** Loses power when it has received so many bytes, and the line hangs up. */
  readonly powerLossAtByte?: number
  /** The cable is pulled when it has received so many bytes; the printer keeps what it has. */
  readonly hangUpAtByte?: number
  readonly answers?: readonly AnswerFault[]
  /** What a bad or slow cable does to its answers. */
  readonly line?: LineImpairment
}
