import { Bitmap, stack } from '../raster/bitmap.ts'
import type { Lettering } from '../raster/lettering.ts'
import { columnsOfCharacter } from '../typeset/columns.ts'
import { CHARACTER_DOTS, COLUMN_DOTS, stampCharacter } from './line-picture.ts'

/** A piece of paper that lies in the tray, or the one still under the head. */
export interface PrintedPaper {
  readonly picture: Bitmap
  /** The text lines as a reader would type them, pictures left out. */
  readonly text: readonly string[]
}

export interface PenStyle {
  readonly widthScale: number
  readonly heightScale: number
  readonly bold: boolean
  readonly inverse: boolean
}

/** From the head to the knife: what is cut next begins with this much blank paper. */
const KNIFE_DISTANCE = 88

/** What physically appears: a line buffer, a head that inks rows, a roll that only moves forward, and a knife. */
export class SimulatedPaper {
  readonly dots: number
  /** Pieces the knife has separated, in order. */
  readonly documents: PrintedPaper[] = []
  cuts = 0
  /** Lines that did not fit and that the printer broke by itself, wherever that was. */
  overflows = 0
  private readonly lettering: Lettering | undefined
  private strips: Bitmap[] = []
  private text: string[] = []
  private cells: { character: string; left: number; width: number; style: PenStyle }[] = []
  private x = 0

  constructor(dots: number, lettering: Lettering | undefined) {
    this.dots = dots
    this.lettering = lettering
    this.startPiece()
  }

  /** Puts a character into the line buffer; a full line is printed first, as printers do. Returns dots advanced. */
  write(character: string, style: PenStyle, pitch: number, centred: boolean): number {
    const width = columnsOfCharacter(character) * COLUMN_DOTS * style.widthScale
    let advanced = 0
    if (this.x + width > this.dots) {
      this.overflows++
      advanced = this.lineFeed(pitch, centred)
    }
    this.cells.push({ character, left: this.x, width, style })
    this.x += width
    return advanced
  }

  /** Prints the line buffer and advances by the pitch or the height of the tallest character, whichever is more. */
  lineFeed(pitch: number, centred: boolean): number {
    const height = Math.max(pitch, ...this.cells.map((cell) => CHARACTER_DOTS * cell.style.heightScale))
    const strip = new Bitmap(this.dots, height)
    const shift = centred ? (this.dots - this.x) >> 1 : 0
    for (const cell of this.cells) this.ink(strip, cell, shift)
    if (this.cells.length > 0) this.text.push(this.cells.map((cell) => cell.character).join(''))
    this.strips.push(strip)
    this.cells = []
    this.x = 0
    return height
  }

  /** Inks a picture at once and advances by its height. */
  picture(picture: Bitmap, centred: boolean): number {
    const strip = new Bitmap(this.dots, picture.height)
    strip.stamp(picture, centred ? (this.dots - picture.width) >> 1 : 0, 0)
    this.strips.push(strip)
    return picture.height
  }

  feed(dots: number): number {
    this.strips.push(new Bitmap(this.dots, dots))
    return dots
  }

  cut(): void {
    this.cuts++
    this.documents.push(this.piece())
    this.startPiece()
  }

  /** Forgets the line buffer (reset, power loss); what is inked stays. */
  dropLineBuffer(): void {
    this.cells = []
    this.x = 0
  }

  /** The piece under the head, not cut yet. */
  piece(): PrintedPaper {
    return { picture: stack(this.strips), text: this.text }
  }

  private startPiece(): void {
    this.strips = [new Bitmap(this.dots, KNIFE_DISTANCE)]
    this.text = []
  }

  private ink(
    strip: Bitmap,
    cell: { character: string; left: number; width: number; style: PenStyle },
    shift: number,
  ): void {
    if (this.lettering === undefined) return
    const left = cell.left + shift
    if (!this.lettering.hasGlyph(cell.character.codePointAt(0) ?? 0)) {
      strip.fill(left + 2, 2, cell.width - 4, CHARACTER_DOTS - 4)
      return
    }
    const heightScale = cell.style.heightScale >= 2 ? 2 : 1
    stampCharacter(strip, cell.character, left, cell.width, { ...cell.style, heightScale }, this.lettering)
  }
}
