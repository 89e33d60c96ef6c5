import { DOTS_PER_MM, type ReceiptPrinterProfile } from './profile.ts'

/** What one job took of the printer's supplies. */
export interface PaperUsage {
  /** Paper that went past the head, millimetres; an upper bound where the printer stopped in the middle. */
  readonly paperMm: number
  /** Strokes of the knife, also one that failed. */
  readonly cuts: number
}

/** A job that was not begun. */
export const NO_USAGE: PaperUsage = { paperMm: 0, cuts: 0 }

export function addUsage(one: PaperUsage, other: PaperUsage): PaperUsage {
  return { paperMm: one.paperMm + other.paperMm, cuts: one.cuts + other.cuts }
}

/** What a job of `dots` used when it was printed, or may have been. */
export function wholeUsage(dots: number, profile: ReceiptPrinterProfile): PaperUsage {
  return { paperMm: Math.ceil(dots / DOTS_PER_MM), cuts: profile.cutter === 'none' ? 0 : 1 }
}

/** The line the head was in. */
const LINE_DOTS = 64

/**
 * What a job of `dots` used at most that was refuted `ms` after its first byte: no printer is faster than its speed. The
 * knife moved only if it is the knife that failed.
 */
export function partUsage(dots: number, ms: number, knifeFailed: boolean, profile: ReceiptPrinterProfile): PaperUsage {
  const past = Math.min(dots, (profile.dotLinesPerSecond * ms) / 1000 + LINE_DOTS)
  return { paperMm: Math.ceil((knifeFailed ? dots : past) / DOTS_PER_MM), cuts: knifeFailed ? 1 : 0 }
}
