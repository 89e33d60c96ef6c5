import type { PrinterFault } from './status.ts'
import type { PaperUsage } from './usage.ts'

/** The printer itself said that the receipt is printed and cut. */
export interface PrintProof {
  readonly method: 'process-id' | 'barrier' | 'presenter' | 'queue'
  /** From the first question to the proof. */
  readonly ms: number
  readonly usage: PaperUsage
}

export type PrintFailure =
  /** Before the first byte: nothing is on paper. */
  | { readonly code: 'NOT_STARTED'; readonly state: PrinterFault }
  /** The printer stopped in the middle. `remainder` warns whether the rest may still come out by itself. */
  | {
      readonly code: 'NOT_PRINTED'
      readonly state: PrinterFault
      readonly remainder: 'clear-requested' | 'may-still-print'
      readonly usage: PaperUsage
    }
  /** Bytes were sent and nothing tells what became of them. Whoever prints value does not try again by itself. */
  | {
      readonly code: 'PROOF_UNKNOWN'
      /** `HANDED_OVER`: a print queue took it; `QUEUE_GAVE_UP`: the queue stopped working on it. */
      readonly why: 'NO_ANSWER' | 'LINE_LOST' | 'MODEL_CANNOT_PROVE' | 'HANDED_OVER' | 'QUEUE_GAVE_UP'
      readonly usage: PaperUsage
    }

export interface PrintJob {
  readonly id: string
  readonly bytes: Uint8Array
  /** Paper it takes, in dots of the head. */
  readonly paperDots: number
  /** How long printing should take once the data is there, milliseconds. */
  readonly expectedMs: number
  /** What to do with a printer that answers no question: `refuse` (a kiosk), or `send` (a technician at the bench). */
  readonly onSilence: 'refuse' | 'send'
}
