import { withoutRealTimePairs, isRealTimePair } from '../raster/real-time.ts'
import type { Bitmap } from '../raster/bitmap.ts'

/**
 * `GS v 0` (1D 76 30 m xL xH yL yH d…), normal density, in bands of at most `MAX_BAND_BYTES`.
 *
 * Printers obey the real-time commands DLE EOT, DLE ENQ and DLE DC4 (10 04, 10 05, 10 14) even inside picture data.
 * Where such a pair crosses two rows the band is cut between them; where it lies within a row one dot beside an inked
 * dot is inked as well (10 → 18), which nobody sees in text and no QR reader minds.
 */
export function rasterCommands(picture: Bitmap): readonly Uint8Array[] {
  const bands: Uint8Array[] = []
  const rowsPerBand = Math.max(1, Math.floor(MAX_BAND_BYTES / picture.stride))
  let rows: Uint8Array[] = []
  const flush = () => {
    if (rows.length > 0) bands.push(band(picture.stride, rows))
    rows = []
  }
  for (let y = 0; y < picture.height; y++) {
    const row = withoutRealTimePairs(picture.data.subarray(y * picture.stride, (y + 1) * picture.stride))
    const before = rows.at(-1)?.at(-1)
    const crosses = before !== undefined && isRealTimePair(before, row[0] ?? 0)
    if (rows.length === rowsPerBand || crosses) flush()
    rows.push(row)
  }
  flush()
  return bands
}

/** One band is at most this long, so that recovery from a half-received one needs few filling bytes. */
export const MAX_BAND_BYTES = 1728

function band(stride: number, rows: readonly Uint8Array[]): Uint8Array {
  const header = [0x1d, 0x76, 0x30, 0, stride & 0xff, stride >> 8, rows.length & 0xff, rows.length >> 8]
  const out = new Uint8Array(header.length + stride * rows.length)
  out.set(header)
  rows.forEach((row, index) => out.set(row, header.length + index * stride))
  return out
}
