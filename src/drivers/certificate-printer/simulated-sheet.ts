import type { Bitmap } from '../raster/bitmap.ts'

/** Ink of one character or picture column block; positions of its top left corner on the page. */
export interface Ink {
  readonly xMm: number
  readonly yMm: number
  readonly widthMm: number
  /** The character, or an empty string for graphics. */
  readonly text: string
  /** Its dots at 180 dpi; absent where the simulator runs without lettering. */
  readonly dots: Bitmap | undefined
}

/** A page a citizen puts into the printer: what is on it stays on it. */
export class SimulatedSheet {
  readonly widthMm: number
  readonly heightMm: number
  readonly inks: Ink[] = []

  constructor(widthMm: number, heightMm: number) {
    this.widthMm = widthMm
    this.heightMm = heightMm
  }

  /** The text between two heights, as a reader sees it: top to bottom, left to right. */
  textBetween(topMm: number, bottomMm: number): string {
    const inside = this.inks.filter((ink) => ink.yMm >= topMm && ink.yMm < bottomMm)
    return inside
      .toSorted((a, b) => a.yMm - b.yMm || a.xMm - b.xMm)
      .map((ink) => ink.text)
      .join('')
  }

  /** Numbers (from 1) of the rows that have ink. */
  inkedRows(rows: { readonly count: number; readonly firstYMm: number; readonly pitchMm: number }): readonly number[] {
    return Array.from({ length: rows.count }, (_, index) => index + 1).filter((row) => {
      const top = rows.firstYMm + (row - 1) * rows.pitchMm
      return this.inks.some((ink) => ink.yMm >= top && ink.yMm < top + rows.pitchMm)
    })
  }
}
