import { z } from 'zod'
import { GLYPH_ZONES } from '../typeset/printer-font.ts'

const Codes = z.array(z.int().min(0).max(255))

/**
 * What differs between models of flat-bed passbook printers, as data: `assets/printers/<model>.json`.
 * Values that no public source gives stand in `unverified` until somebody has seen them on a unit.
 */
const Shape = z.strictObject({
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
      /** ASCII digits of the measured length; absent where it is one binary byte. */
      measureDigits: z.int().min(1).max(5).optional(),
      /** Elementary steps of the vertical position, as the printer is set up; 240 where absent. */
      stepsPerInch: z.literal([240, 216]).optional(),
    })
    .optional(),
  /** Milliseconds one printed line takes at most, feed included. */
  msPerLine: z.int().min(50).max(10_000),
  unverified: z.array(z.string()),
})

export type CertificatePrinterProfile = z.infer<typeof Shape>

/** A profile that does not say what the answers mean is refused: a guess would be print on a page that is not there. */
export const CertificatePrinterProfile: z.ZodType<CertificatePrinterProfile> = Shape.superRefine((profile, context) => {
  for (const message of contradictions(profile)) context.addIssue({ code: 'custom', message })
})

const NEEDED = ['ready', 'documentPresent', 'documentAbsent', 'documentEjected'] as const
const STATUS = ['ready', 'coverOpen', 'jam'] as const
const DOCUMENT = ['documentPresent', 'documentAbsent', 'documentEjected'] as const

function contradictions({ protocol, statusMethod, pr2 }: CertificatePrinterProfile): readonly string[] {
  if (statusMethod === 'pr2' && protocol !== 'pr2') return [`${protocol} has no PR2 status`]
  if (statusMethod === 'dle-eot-slip' && protocol === 'pr2') return ['PR2 does not answer DLE EOT']
  if (statusMethod !== 'pr2') return []
  if (pr2 === undefined) return ['statusMethod pr2 needs the codes of the answers: pr2']
  const missing = NEEDED.filter((name) => pr2[name].length === 0).map((name) => `pr2.${name} has no code`)
  return [...missing, ...shared(pr2, STATUS), ...shared(pr2, DOCUMENT)]
}

/** One code with two meanings. */
function shared(
  pr2: NonNullable<CertificatePrinterProfile['pr2']>,
  names: readonly ((typeof STATUS)[number] | (typeof DOCUMENT)[number])[],
): readonly string[] {
  const codes = names.flatMap((name) => [...new Set(pr2[name])])
  const twice = new Set(codes.filter((code, at) => codes.indexOf(code) !== at))
  return [...twice].map((code) => `code ${String(code)} means two of ${names.map((name) => `pr2.${name}`).join(', ')}`)
}

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
