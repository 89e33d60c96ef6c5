import type { LineImpairment } from '../transport/impaired-line.ts'
import type { AnswerFault as SpoiledAnswer } from '../transport/simulated-answers.ts'

/** What a simulated certificate printer says: DLE EOT 1, 2, 3 and 5; status, document and length of PR2. */
export const ANSWER_KINDS = ['printer', 'offline', 'error', 'slip', 'status', 'document', 'length'] as const
export type AnswerKind = (typeof ANSWER_KINDS)[number]

/** What it does wrong when it answers. */
export type AnswerFault = SpoiledAnswer<AnswerKind>

/** What goes wrong, and when; all off by default. Lines and bytes are counted over the life of the simulator, from 1. */
export interface CertificatePrinterFaults {
  readonly jamAtLine?: number
  readonly coverOpenAtLine?: number
  /** A hand pulls the document out after this line. */
  readonly pulledAtLine?: number
  /** Loses power when it has received so many bytes, and the line hangs up. */
  readonly powerLossAtByte?: number
  /** The cable is pulled when it has received so many bytes; the printer keeps what it has, and prints it. */
  readonly hangUpAtByte?: number
  /** Loses power for two seconds when it has received so many bytes, and gives the page back when it returns. */
  readonly resetAtByte?: number
  readonly jamAtEject?: boolean
  /** Goes silent when it has received so many bytes, and stops printing: it hangs. */
  readonly hangAtByte?: number
  /** Says every document is so long, in its own units (PR2). */
  readonly measuredUnits?: number
  readonly answers?: readonly AnswerFault[]
  /** What a bad or slow cable does to its answers. */
  readonly line?: LineImpairment
}
