import { err, ok, type Result } from '../../lib/result.ts'
import type { Bitmap } from '../raster/bitmap.ts'
import type { Lettering } from '../raster/lettering.ts'
import { withoutRealTimePairs } from '../raster/real-time.ts'
import { isNative, nativeBytes } from '../typeset/printer-font.ts'
import { escp2, FORGET_SLIP, pr2 } from './codec.ts'
import type { Calibration, CertificatePrinterProfile } from './profile.ts'
import type { Segment } from './row-layout.ts'

/** Characters that neither the printer nor the fonts (or, with PR2, not the printer) can draw; nothing was sent. */
export interface GlyphMissing {
  readonly code: 'GLYPH_MISSING'
  readonly characters: readonly string[]
}

/** Whether some segment is sent as a picture, so that the lettering must be loaded before `encodeRow`. */
export function needsLettering(segments: readonly Segment[], profile: CertificatePrinterProfile): boolean {
  return profile.protocol === 'esc-p2' && segments.some((segment) => !isNative(segment.text, profile.glyphs))
}

/** Dots at 180 dpi, at most 24 high: one pass of the head. Only ESC/P2 can print them. */
export interface Dots {
  readonly xMm: number
  readonly yMm: number
  readonly dots: Bitmap
}

/** The page that is written on. */
export interface PageFrame {
  readonly heightMm: number
  /** Where PR2 counts its columns from: nothing may lie left of it. */
  readonly baseMm: number
}

/** The bytes that write a row: every segment at its own absolute position, nothing relative, no line feed. */
export function encodeRow(
  segments: readonly Segment[],
  page: PageFrame,
  calibration: Calibration,
  profile: CertificatePrinterProfile,
  lettering: Lettering | undefined,
  pictures: readonly Dots[] = [],
): Result<Uint8Array, GlyphMissing> {
  const characters = undrawable(segments, profile, lettering)
  if (characters.length > 0) return err({ code: 'GLYPH_MISSING', characters })
  if (profile.protocol === 'pr2') {
    if (pictures.length > 0) throw new Error('PR2 has no graphics')
    return ok(encodePr2(segments, page, calibration, profile))
  }
  const placed = [...segments, ...pictures].map((item) => ({
    ...item,
    xMm: item.xMm + calibration.dxMm,
    yMm: item.yMm + calibration.dyMm,
  }))
  placed.sort((one, other) => one.yMm - other.yMm || one.xMm - other.xMm)
  return ok(encodeEscp2(placed, page.heightMm, profile, lettering))
}

/** The bytes that give the document back. */
export function ejectBytes(profile: CertificatePrinterProfile): Uint8Array {
  return profile.protocol === 'esc-p2' ? escp2.eject : pr2.eject
}

/** The bytes after which the printer holds nothing of a row, and no half command. */
export function forgetBytes(profile: CertificatePrinterProfile): Uint8Array {
  if (profile.protocol === 'pr2') return pr2.forget
  return profile.statusMethod === 'dle-eot-slip' ? FORGET_SLIP : escp2.forget
}

function encodeEscp2(
  items: readonly (Segment | Dots)[],
  heightMm: number,
  profile: CertificatePrinterProfile,
  lettering: Lettering | undefined,
): Uint8Array {
  const out: Uint8Array[] = [escp2.begin(heightMm)]
  let line: number | undefined
  for (const item of items) {
    if (item.yMm !== line) {
      if (line !== undefined) out.push(escp2.printLine)
      out.push(escp2.down(item.yMm))
      line = item.yMm
    }
    out.push(escp2.across(item.xMm))
    if ('dots' in item) out.push(escp2.graphics(withoutRealTimePairs(columnsOfPins(item.dots))))
    else if (isNative(item.text, profile.glyphs)) out.push(...nativeText(item, profile))
    else out.push(picture(item, lettering))
  }
  return Buffer.concat([...out, escp2.printLine])
}

/** Columns are counted from the origin, which the printer was told with its dx before the document went in. */
function encodePr2(
  segments: readonly Segment[],
  page: PageFrame,
  calibration: Calibration,
  profile: CertificatePrinterProfile,
): Uint8Array {
  const perInch = profile.pr2?.stepsPerInch ?? 240
  const steps = (mm: number) => Math.round((mm / 25.4) * perInch)
  const out: Uint8Array[] = [pr2.pitch, pr2.chinese]
  let line: number | undefined
  for (const segment of segments) {
    if (segment.yMm !== line) out.push(pr2.down(steps(segment.yMm) + steps(calibration.dyMm)))
    line = segment.yMm
    out.push(pr2.across(segment.xMm - page.baseMm, profile.wideMm / 2), ...nativeText(segment, profile))
  }
  return Buffer.concat(out)
}

function nativeText(segment: Segment, profile: CertificatePrinterProfile): readonly Uint8Array[] {
  return Array.from(segment.text, (character) => {
    const bytes = nativeBytes(character, profile.glyphs)
    if (bytes === undefined) throw new Error('a character outside the printer font reached the text encoder')
    return bytes
  })
}

/** Pins of the head, and dots of a character cell at 180 dpi. */
const PINS = 24

function picture(segment: Segment, lettering: Lettering | undefined): Uint8Array {
  if (lettering === undefined) throw new Error('a segment needs the lettering that was not loaded')
  const width = segment.wide ? PINS : PINS / 2
  const cells = Array.from(segment.text, (character) => columnsOfPins(lettering.glyph(character, width, PINS)))
  return escp2.graphics(withoutRealTimePairs(Buffer.concat(cells)))
}

/** Three bytes a column, top pin in the highest bit of the first. */
function columnsOfPins(cell: Bitmap): Uint8Array {
  const out = new Uint8Array(cell.width * 3)
  for (let x = 0; x < cell.width; x++) {
    for (let y = 0; y < PINS; y++) {
      const at = x * 3 + (y >> 3)
      if (cell.dot(x, y)) out[at] = (out[at] ?? 0) | (0x80 >> (y & 7))
    }
  }
  return out
}

function undrawable(
  segments: readonly Segment[],
  profile: CertificatePrinterProfile,
  lettering: Lettering | undefined,
): readonly string[] {
  const foreign = segments.filter((segment) => !isNative(segment.text, profile.glyphs)).map((segment) => segment.text)
  const characters = new Set(foreign.flatMap((text) => Array.from(text)))
  const isForeign = (character: string) => nativeBytes(character, profile.glyphs) === undefined
  if (profile.protocol === 'pr2') return [...characters].filter(isForeign)
  if (lettering === undefined) return []
  return [...characters].filter((character) => !lettering.hasGlyph(character.codePointAt(0) ?? 0))
}
