import { z } from 'zod'
import { GLYPH_ZONES } from '../typeset/printer-font.ts'

const Codes = z.array(z.int().min(0).max(255))

/**
 * What differs between models of flat-bed passbook printers, as data: `assets/printers/<model>.json`.
 * Values that no public source gives stand in `unverified` until somebody has seen them on a unit.
 */
export const CertificatePrinterProfile = z.strictObject({
  kind: z.literal('certificate-printer'),
  name: z.string().min(1),
  protocol: z.enum(['esc-p2', 'pr2']),
  /** Which characters its Chinese font holds; all others are pictures (ESC/P2) or refused (PR2 knows no graphics). */
  glyphs: z.enum(GLYPH_ZONES),
  /** Millimetres a Chinese character advances; a Latin one half of it. 24 dots at 180 dpi are 3.387 mm. */
  wideMm: z.number().min(2).max(6),
  /** Millimetres a line takes at least. */
  lineMm: z.number().min(2).max(12),
  /** Widest print and longest document, millimetres. */
  maxWidthMm: z.number().min(80).max(450),
  maxLengthMm: z.number().min(70).max(600),
  /**
   * How it tells its state: DLE EOT 1, 2, 3 and 5 as TM slip printers do, the requests of PR2, or not at all (ESC/P2 on
   * a plain serial line has no status: printing then always ends `unknown`).
   */
  statusMethod: z.enum(['dle-eot-slip', 'pr2', 'none']),
  /** Meaning of the answer bytes of PR2 that differ or are unknown by maker. */
  pr2: z
    .strictObject({
      /** `x` of the status answer 1B 72 x. */
      ready: Codes,
      coverOpen: Codes,
      jam: Codes,
      /** `m` of the document answer 1B 42 35 m 1B 5A. */
      documentPresent: Codes,
      documentAbsent: Codes,
      documentEjected: Codes,
      /** Units of the measured length 1B 53 n, in millimetres, where the model can measure. */
      measureUnitMm: z.number().positive().optional(),
    })
    .optional(),
  /** Milliseconds one printed line takes at most, feed included. */
  msPerLine: z.int().min(50).max(10_000),
  unverified: z.array(z.string()),
})

export type CertificatePrinterProfile = z.infer<typeof CertificatePrinterProfile>

/**
 * Where this machine's paper really lies: added to every position. Positive dx moves print to the right, positive dy
 * down, in millimetres, measured with the calibration sheet.
 */
export const Calibration = z.strictObject({
  dxMm: z.number().min(-10).max(10),
  dyMm: z.number().min(-10).max(10),
})

export type Calibration = z.infer<typeof Calibration>

export const NO_CALIBRATION: Calibration = { dxMm: 0, dyMm: 0 }
