import { err, ok, type Result } from '../../lib/result.ts'
import type { Lettering } from '../raster/lettering.ts'
import { AUTOMATIC_STATUS_ON } from './codec.ts'
import type { Dialect } from './dialect.ts'
import { isNative, nativeBytes } from '../typeset/printer-font.ts'
import type { Line, QrLine, TextLine } from './layout.ts'
import { CHARACTER_DOTS, linePicture, linePitch } from './line-picture.ts'
import type { ReceiptPrinterProfile } from './profile.ts'
import { rasterCommands } from './raster-band.ts'

/** The receipt holds characters that neither the printer nor the shipped fonts can draw; nothing was sent. */
export interface GlyphMissing {
  readonly code: 'GLYPH_MISSING'
  readonly characters: readonly string[]
}

/** Whether some line has to be sent as a picture, so that the lettering must be loaded before `encodeReceipt`. */
export function needsLettering(lines: readonly Line[], profile: ReceiptPrinterProfile): boolean {
  return lines.some((line) => line.kind === 'text' && !drawnByPrinter(line, profile))
}

/**
 * The bytes of a whole receipt: reset, every line, cut. Status and proof commands are the driver's.
 * Lines the printer's font cannot draw become pictures; nothing that a printer obeys in real time occurs in the data.
 * @param lettering needed only where `needsLettering` says so
 */
export function encodeReceipt(
  lines: readonly Line[],
  profile: ReceiptPrinterProfile,
  dialect: Dialect,
  lettering: Lettering | undefined,
): Result<Uint8Array, GlyphMissing> {
  const absent = missingCharacters(lines, profile, lettering)
  if (absent.length > 0) return err({ code: 'GLYPH_MISSING', characters: absent })
  const out: Uint8Array[] = [dialect.begin, ...(profile.automaticStatus ? [AUTOMATIC_STATUS_ON] : []), CHINESE_ON]
  let pitch = 0
  for (const line of lines) {
    // A code advances by its own height; to ask for its pitch would draw it once more.
    const wanted = line.kind === 'qr' ? pitch : linePitch(line)
    if (wanted !== pitch) {
      out.push(Uint8Array.of(0x1b, 0x33, wanted))
      pitch = wanted
    }
    out.push(...encodeLine(line, profile, dialect, lettering))
  }
  out.push(parting(profile, dialect))
  return ok(Buffer.concat(out))
}

/** FS & – characters from 81 hex up are taken in pairs. Sent although it is the default of Chinese models. */
const CHINESE_ON = Uint8Array.of(0x1c, 0x26)
/** ESC d 5: without a cutter the last line must come out past the tear bar. */
const FEED_TO_TEAR_BAR = Uint8Array.of(0x1b, 0x64, 5)

/** GS V 65 0: feed to the knife and cut through. */
const CUT_THROUGH = Uint8Array.of(0x1d, 0x56, 0x41, 0)

function parting(profile: ReceiptPrinterProfile, dialect: Dialect): Uint8Array {
  if (profile.cutter === 'none') return FEED_TO_TEAR_BAR
  const partialByGsV = dialect.cut[0] === 0x1d && dialect.cut[1] === 0x56
  return profile.cutter === 'full' && partialByGsV ? CUT_THROUGH : dialect.cut
}

function encodeLine(
  line: Line,
  profile: ReceiptPrinterProfile,
  dialect: Dialect,
  lettering: Lettering | undefined,
): readonly Uint8Array[] {
  switch (line.kind) {
    case 'blank':
      return [dialect.lineFeed]
    case 'qr':
      return profile.qr === 'native'
        ? nativeQr(line, dialect)
        : rasterCommands(linePicture(line, profile.dots, NO_LETTERS))
    case 'text':
      if (drawnByPrinter(line, profile)) return nativeText(line, profile, dialect)
      if (lettering === undefined) throw new Error('a line needs the lettering that was not loaded')
      return rasterCommands(linePicture(line, profile.dots, lettering))
  }
}

/** A text line: gaps are spaces of normal width, so that every clone puts the runs where the layout put them. */
function nativeText(line: TextLine, profile: ReceiptPrinterProfile, dialect: Dialect): readonly Uint8Array[] {
  const scaled = line.widthScale > 1 || line.heightScale > 1
  const styled = scaled || line.bold || line.inverse
  const on = [
    ...(scaled ? [dialect.size(line.widthScale, line.heightScale)] : []),
    ...(line.bold ? [dialect.bold] : []),
    ...(line.inverse ? [dialect.inverse] : []),
  ]
  const out: Uint8Array[] = []
  let column = 0
  for (const run of line.runs) {
    if (run.column > column) out.push(Buffer.alloc(run.column - column, 0x20))
    const bytes = Array.from(run.text, (character) => native(character, profile))
    out.push(...on, ...bytes, ...(styled ? [dialect.plain] : []))
    column = run.column + bytes.reduce((sum, pair) => sum + pair.length, 0) * line.widthScale
  }
  return [...out, dialect.lineFeed]
}

function native(character: string, profile: ReceiptPrinterProfile): Uint8Array {
  const bytes = nativeBytes(character, profile.glyphs)
  if (bytes === undefined) throw new Error('a character outside the printer font reached the text encoder')
  return bytes
}

/** GS ( k: QR model 2, module size, level, store, print; centred. */
function nativeQr(line: QrLine, dialect: Dialect): readonly Uint8Array[] {
  const length = line.data.length + 3
  return [
    dialect.align('center'),
    Uint8Array.of(0x1d, 0x28, 0x6b, 4, 0, 0x31, 0x41, 0x32, 0),
    Uint8Array.of(0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x43, line.moduleDots),
    Uint8Array.of(0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x45, 0x30 + 'LMQH'.indexOf(line.level)),
    Uint8Array.of(0x1d, 0x28, 0x6b, length & 0xff, length >> 8, 0x31, 0x50, 0x30),
    line.data,
    Uint8Array.of(0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x51, 0x30),
    dialect.align('left'),
  ]
}

function drawnByPrinter(line: TextLine, profile: ReceiptPrinterProfile): boolean {
  return line.runs.every((run) => isNative(run.text, profile.glyphs))
}

function missingCharacters(
  lines: readonly Line[],
  profile: ReceiptPrinterProfile,
  lettering: Lettering | undefined,
): readonly string[] {
  if (lettering === undefined) return []
  const asPictures = lines.filter((line) => line.kind === 'text' && !drawnByPrinter(line, profile)) as TextLine[]
  return [...new Set(asPictures.flatMap((line) => line.runs.flatMap((run) => lettering.missing(run.text))))]
}

/** A QR picture has no letters in it. */
const NO_LETTERS: Lettering = {
  hasGlyph: () => false,
  missing: () => [],
  glyph: () => {
    throw new Error('a QR picture has no letters')
  },
}

/** Dots of paper a receipt takes, for judging how long printing may last. */
export function paperDots(lines: readonly Line[]): number {
  return lines.reduce((sum, line) => sum + linePitch(line), 0) + CUTTER_DOTS
}

/** Head to cutter, about 15 mm. */
const CUTTER_DOTS = CHARACTER_DOTS * 5
