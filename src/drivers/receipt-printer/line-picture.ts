import { Bitmap } from '../raster/bitmap.ts'
import type { Lettering } from '../raster/lettering.ts'
import { qrSymbol } from '../raster/qr.ts'
import { columnsOfCharacter } from '../typeset/columns.ts'
import type { Line, QrLine, TextLine } from './layout.ts'

/** Height of a normal character and width of a column, in dots of a 203 dpi head (font A: 12 × 24). */
export const CHARACTER_DOTS = 24
export const COLUMN_DOTS = 12
/** Paper advanced by a line: the character and a third of its height in air. */
const AIR_DOTS = 8

/** Paper a line advances, in dots. */
export function linePitch(line: Line): number {
  switch (line.kind) {
    case 'text':
      return CHARACTER_DOTS * line.heightScale + AIR_DOTS
    case 'blank':
      return CHARACTER_DOTS
    case 'qr':
      return qrPicture(line).height
  }
}

/** What a line looks like on paper `dots` wide: the preview draws this, and the encoder sends it where letters fail. */
export function linePicture(line: Line, dots: number, lettering: Lettering): Bitmap {
  switch (line.kind) {
    case 'text':
      return textPicture(line, dots, lettering)
    case 'blank':
      return new Bitmap(dots, linePitch(line))
    case 'qr': {
      const symbol = qrPicture(line)
      const out = new Bitmap(dots, symbol.height)
      out.stamp(symbol, (dots - symbol.width) >> 1, 0)
      return out
    }
  }
}

/** The symbol as the printer draws it, without quiet zone: the paper beside it is quiet enough. */
function qrPicture(line: QrLine): Bitmap {
  const symbol = qrSymbol(line.data, line.level)
  const out = new Bitmap(symbol.width * line.moduleDots, symbol.height * line.moduleDots)
  out.stamp(symbol, 0, 0, line.moduleDots, line.moduleDots)
  return out
}

function textPicture(line: TextLine, dots: number, lettering: Lettering): Bitmap {
  const out = new Bitmap(dots, linePitch(line))
  for (const run of line.runs) {
    let left = run.column * COLUMN_DOTS
    for (const character of run.text) {
      const width = columnsOfCharacter(character) * COLUMN_DOTS * line.widthScale
      stampCharacter(out, character, left, width, line, lettering)
      left += width
    }
  }
  return out
}

/** How a character looks: the one place that knows emphasis (struck twice, one dot apart) and inversion. */
export function stampCharacter(
  out: Bitmap,
  character: string,
  left: number,
  width: number,
  style: Pick<TextLine, 'heightScale' | 'bold' | 'inverse'>,
  lettering: Lettering,
): void {
  const height = CHARACTER_DOTS * style.heightScale
  const glyph = lettering.glyph(character, width, height)
  if (style.inverse) {
    const cell = new Bitmap(width, height)
    cell.stamp(glyph, 0, 0)
    if (style.bold) cell.stamp(glyph, 1, 0)
    out.stamp(cell.inverted(), left, 0)
    return
  }
  out.stamp(glyph, left, 0)
  if (style.bold) out.stamp(glyph, left + 1, 0)
}
