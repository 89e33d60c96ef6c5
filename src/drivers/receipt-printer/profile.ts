import { z } from 'zod'
import { GLYPH_ZONES } from '../typeset/printer-font.ts'

/**
 * What differs between models of receipt printers, as data: `assets/printers/<model>.json`. A new model is a new file.
 */
export const ReceiptPrinterProfile = z.strictObject({
  kind: z.literal('receipt-printer'),
  /** For people: maker and model. */
  name: z.string().min(1),
  /** Columns of normal width: 48 on 80 mm paper, 32 on 58 mm, at 12 dots each. */
  columns: z.int().min(16).max(96),
  /** Dots of the print head; at least 12 per column. */
  dots: z.int().min(192).max(1152),
  /** Whose dialect of ESC/POS: some makers want binary arguments (`ESC E 01`), some take digits (`ESC E 31`). */
  dialect: z.enum(['epson', 'generic', 'citizen', 'sii', 'fit']),
  /** Which characters its Chinese font holds; all others are printed as pictures. */
  glyphs: z.enum(GLYPH_ZONES),
  qr: z.enum(['native', 'raster']),
  /** Feed from the last line to the cutter is done by the cut command itself. */
  cutter: z.boolean(),
  /** `auto`: asked once; the printer's answers decide between the three and are remembered. */
  proof: z.enum(['auto', 'process-id', 'barrier', 'real-time', 'none']),
  /** Answers DLE EOT n. */
  realTimeStatus: z.boolean(),
  /** Pushes its state by itself (GS a). */
  automaticStatus: z.boolean(),
  /** How to make it forget a job it stopped in: DLE DC4 fn 8 (unverified in public sources), DLE ENQ 2, or no way. */
  clearBuffer: z.enum(['dle-dc4-8', 'dle-enq-2', 'none']),
  /** Print speed in dot lines per second (150 mm/s at 203 dpi is 1200); bounds the wait for proof. */
  dotLinesPerSecond: z.int().min(100).max(4000),
  /** Which of the above nobody has seen on a real unit. */
  unverified: z.array(z.string()),
})

export type ReceiptPrinterProfile = z.infer<typeof ReceiptPrinterProfile>
