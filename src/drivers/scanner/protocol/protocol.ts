import type { RawScan } from '../codec.ts'

/** The ways scanners are spoken to, named as in site files. */
export const SCANNER_DRIVERS = ['serial', 'honeywell', 'newland', 'gm65', 'ssi', 'keyboard-wedge'] as const
export type ScannerDriverName = (typeof SCANNER_DRIVERS)[number]

/**
 * How one family of scanners is commanded and how what it sends is taken apart. Pure: it holds no line, sets no timer.
 * A family without commands (`serial`) listens only; its light is the scanner's own business.
 */
export interface ScannerProtocol {
  readonly name: ScannerDriverName
  /** Sent once after opening, in order. */
  readonly setUp: readonly Command[]
  /** Sent when a code is wanted, and when none is wanted any more. */
  readonly lightOn: readonly Command[]
  readonly lightOff: readonly Command[]
  /** A question that changes nothing, for telling whether the scanner is there; null where none is known. */
  readonly probe: Command | null
  readonly stream: () => ScannerStream
}

export interface Command {
  /** For logs and fault scripts. */
  readonly name: CommandName
  readonly bytes: Uint8Array
  /** True: the scanner answers, and silence is worth a repetition. */
  readonly answered: boolean
  /** What a repetition looks like where the protocol marks it; else `bytes` again. */
  readonly again?: Uint8Array
  /** The text a scanner repeats in front of its verdict. */
  readonly echo?: string
}

export const COMMAND_NAMES = ['wake', 'set-up', 'light-on', 'light-off', 'probe'] as const
export type CommandName = (typeof COMMAND_NAMES)[number]

/** What the bytes of a scanner turned out to be. */
export type Heard =
  | RawScan
  | { readonly kind: 'answer'; readonly verdict: Verdict }
  /** The protocol owes the scanner these bytes, at once. */
  | { readonly kind: 'reply'; readonly bytes: Uint8Array }

/** done: accepted; refused: understood and not done; resend: arrived damaged. */
export type Verdict = 'done' | 'refused' | 'resend'

/** Takes a scanner's bytes apart, cut anywhere; never throws, keeps bounded memory. */
export interface ScannerStream {
  push(chunk: Uint8Array): Heard[]
  /** True while something has begun and not ended: silence is to be reported. */
  readonly midCode: boolean
  /** The line has been silent for a moment: ends what silence ends. */
  endBySilence(): Heard[]
  /** A command goes out whose answer cannot be told from a code without knowing it. */
  expect?(command: Command): void
}
