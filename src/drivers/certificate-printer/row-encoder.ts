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

/**
 * The bytes that write a row: every segment at its own absolute position, nothing relative, no line feed.
 * @param heightMm length of the page
 */
export function encodeRow(
  segments: readonly Segment[],
  heightMm: number,
  calibration: Calibration,
  profile: CertificatePrinterProfile,
  lettering: Lettering | undefined,
): Result<Uint8Array, GlyphMissing> {
  const characters = undrawable(segments, profile, lettering)
  if (characters.length > 0) return err({ code: 'GLYPH_MISSING', characters })
  const placed = segments.map((segment) => ({
    ...segment,
    xMm: segment.xMm + calibration.dxMm,
    yMm: segment.yMm + calibration.dyMm,
  }))
  return ok(
    profile.protocol === 'esc-p2' ? encodeEscp2(placed, heightMm, profile, lettering) : encodePr2(placed, profile),
  )
}

/** The bytes that give the document back. */
export function ejectBytes(profile: CertificatePrinterProfile): Uint8Array {
  return profile.protocol === 'esc-p2' ? escp2.eject : pr2.eject
}

/** The bytes that empty the printer's buffers, where the model has such a command. */
export function forgetBytes(profile: CertificatePrinterProfile): Uint8Array | undefined {
  if (profile.protocol === 'pr2') return pr2.forget
  return profile.statusMethod === 'dle-eot-slip' ? FORGET_SLIP : undefined
}

function encodeEscp2(
  segments: readonly Segment[],
  heightMm: number,
  profile: CertificatePrinterProfile,
  lettering: Lettering | undefined,
): Uint8Array {
  const out: Uint8Array[] = [escp2.begin(heightMm)]
  let line: number | undefined
  for (const segment of segments) {
    if (segment.yMm !== line) {
      if (line !== undefined) out.push(escp2.printLine)
      out.push(escp2.down(segment.yMm))
      line = segment.yMm
    }
    out.push(escp2.across(segment.xMm))
    out.push(...(isNative(segment.text, profile.glyphs) ? nativeText(segment, profile) : [picture(segment, lettering)]))
  }
  return Buffer.concat([...out, escp2.printLine])
}

function encodePr2(segments: readonly Segment[], profile: CertificatePrinterProfile): Uint8Array {
  const out: Uint8Array[] = [pr2.pitch, pr2.chinese]
  let line: number | undefined
  for (const segment of segments) {
    if (segment.yMm !== line) out.push(pr2.down(segment.yMm))
    line = segment.yMm
    out.push(pr2.across(segment.xMm, profile.wideMm / 2), ...nativeText(segment, profile))
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
