import { z } from 'zod'
import { GLYPH_ZONES } from '../typeset/printer-font.ts'

/** Dots per millimetre of a 203 dpi head, which nearly all receipt printers have. */
export const DOTS_PER_MM = 8

const fields = {
  kind: z.literal('receipt-printer'),
  /** For people: maker and model. */
  name: z.string().min(1),
  /** Width of the roll. */
  paperWidthMm: z.union([z.literal(58), z.literal(80)], 'the roll is 58 or 80 mm wide'),
  /** Columns of normal width: 48 on 80 mm paper, 32 on 58 mm, at 12 dots each. */
  columns: z.int().min(16).max(96),
  /** Dots of the print head; at least 12 per column. */
  dots: z.int().min(192).max(1152),
  /** Whose dialect of ESC/POS: some makers want binary arguments (`ESC E 01`), some take digits (`ESC E 31`). */
  dialect: z.enum(['epson', 'generic', 'citizen', 'sii', 'fit']),
  /** Which characters its Chinese font holds; all others are printed as pictures. */
  glyphs: z.enum(GLYPH_ZONES),
  qr: z.enum(['native', 'raster']),
  /** How far the knife goes through; the feed to it is done by the cut command itself. `none`: a tear bar. */
  cutter: z.enum(['full', 'partial', 'none']),
  /** Cuts the maker promises of a knife; the forecast warns before. */
  cutterLife: z.int().min(10_000).max(20_000_000),
  /** A second paper sensor that sees the roll getting thin. Without one its bits are ignored: clones let them float. */
  nearEndSensor: z.boolean(),
  /** Length of a full roll where the site does not say otherwise. */
  rollMm: z.int().min(5_000).max(1_000_000),
  /** A mouth that holds the cut receipt until somebody takes it; `custom-6-byte` answers DLE EOT 20. */
  presenter: z.enum(['none', 'custom-6-byte']),
  /**
   * `auto`: asked once; the printer's answers decide between process-id, barrier and real-time and are remembered.
   * `presenter`: the receipt is seen in the mouth.
   */
  proof: z.enum(['auto', 'process-id', 'barrier', 'presenter', 'real-time', 'none']),
  /** Answers DLE EOT n. */
  realTimeStatus: z.boolean(),
  /** Pushes its state by itself (GS a). */
  automaticStatus: z.boolean(),
  /** How to make it forget a job it stopped in: DLE DC4 fn 8 (unverified in public sources), DLE ENQ 2, or no way. */
  clearBuffer: z.enum(['dle-dc4-8', 'dle-enq-2', 'none']),
  /** How a presenter takes back a piece that is void: GS e 2 (Pyramid Reliance; unverified for others), or it stays in the mouth. */
  retract: z.enum(['gs-e-2', 'none']).default('none'),
  /** How to make it try its knife again once the paper is out of it: DLE ENQ 2, or only by switching it off and on. */
  recovery: z.enum(['dle-enq-2', 'none']),
  /**
   * Behind a CUPS queue only: the queue's back end asks the printer and finishes a job when it is printed. False for the
   * usual back ends (usb, socket), which finish when the bytes are gone.
   */
  queueReports: z.boolean(),
  /** Print speed in dot lines per second (150 mm/s at 203 dpi is 1200); bounds the wait for proof. */
  dotLinesPerSecond: z.int().min(100).max(4000),
  /** Names of the fields above that nobody has seen on a real unit. */
  unverified: z.array(z.string()),
}

/**
 * What differs between models of receipt printers, as data: `assets/printers/<model>.json`. A new model is a new file.
 * Fields that contradict each other are refused, each with the field's name.
 */
export const ReceiptPrinterProfile = z.strictObject(fields).superRefine((profile, context) => {
  const refuse = (field: keyof typeof fields, message: string): void => {
    context.addIssue({ code: 'custom', path: [field], message })
  }
  if (profile.dots < profile.columns * 12)
    refuse('dots', `${profile.columns} columns need ${profile.columns * 12} dots`)
  if (profile.dots > profile.paperWidthMm * DOTS_PER_MM)
    refuse('dots', `${profile.paperWidthMm} mm of paper have room for ${profile.paperWidthMm * DOTS_PER_MM} dots`)
  if (profile.presenter !== 'none' && profile.cutter === 'none') refuse('presenter', 'a presenter needs a cutter')
  if (profile.presenter !== 'none' && !profile.realTimeStatus)
    refuse('presenter', 'a presenter is asked by DLE EOT: realTimeStatus must be true')
  if (profile.retract !== 'none' && profile.presenter === 'none')
    refuse('retract', 'there is no presenter to take it back')
  if (profile.proof === 'presenter' && profile.presenter === 'none')
    refuse('proof', 'there is no presenter to prove it')
  if (profile.proof === 'real-time' && !profile.realTimeStatus) refuse('proof', 'realTimeStatus is false')
  if (profile.proof === 'auto' && !profile.realTimeStatus && !profile.automaticStatus)
    refuse('proof', 'a printer that answers nothing cannot be asked: say "none", "barrier" or "process-id"')
  for (const name of profile.unverified)
    if (!Object.hasOwn(fields, name)) refuse('unverified', `there is no field "${name}"`)
})

export type ReceiptPrinterProfile = z.infer<typeof ReceiptPrinterProfile>
