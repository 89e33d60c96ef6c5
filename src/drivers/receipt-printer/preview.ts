import { err, ok, type Result } from '../../lib/result.ts'
import { stack, type Bitmap } from '../raster/bitmap.ts'
import type { Lettering } from '../raster/lettering.ts'
import type { GlyphMissing } from './encoder.ts'
import type { Line } from './layout.ts'
import { linePicture } from './line-picture.ts'

/**
 * The paper before it is printed, dot for dot: drawn from the same lines and by the same pen as the pictures the
 * encoder sends; a test holds it against what the simulated printer inked.
 */
export function previewReceipt(
  lines: readonly Line[],
  dots: number,
  lettering: Lettering,
): Result<Bitmap, GlyphMissing> {
  const text = lines.flatMap((line) => (line.kind === 'text' ? line.runs.map((run) => run.text) : [])).join('')
  const characters = lettering.missing(text)
  if (characters.length > 0) return err({ code: 'GLYPH_MISSING', characters })
  return ok(stack(lines.map((line) => linePicture(line, dots, lettering))))
}
