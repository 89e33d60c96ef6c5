/** A4 in points: ISO 216, 210 mm × 297 mm. */
const A4_POINTS = [595.275_59, 841.889_76] as const
/** Half a millimetre: more is another sheet, not Chromium's rounding. */
const ROUNDING_POINTS = 1.42

const MEDIA_BOX = /\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/g

/**
 * Makes the sheets of a PDF exactly A4. Chromium rounds the size of a page (594.96 × 841.92 points), and a printer that
 * takes the difference for another format would scale or ask for paper. The numbers are replaced by others of the same
 * length, so nothing in the file moves. Null when a sheet is not A4.
 */
export function exactA4(pdf: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | null {
  const exact = new Uint8Array(pdf)
  const text = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength).toString('latin1')
  let sheets = 0
  for (const match of text.matchAll(MEDIA_BOX)) {
    const sides = [match[1] ?? '', match[2] ?? '']
    const isA4 = sides.every((side, index) => Math.abs(Number(side) - (A4_POINTS[index] ?? 0)) < ROUNDING_POINTS)
    if (!isA4) return null
    const box = `[0 0 ${sides.map((side, index) => sameLength(A4_POINTS[index] ?? 0, side.length)).join(' ')}]`
    exact.set(Buffer.from(box, 'latin1'), match.index + match[0].indexOf('['))
    sheets++
  }
  return sheets === 0 ? null : exact
}

function sameLength(points: number, length: number): string {
  const whole = String(Math.trunc(points)).length
  return points.toFixed(Math.max(0, length - whole - 1)).padStart(length)
}
