import { Bitmap } from '../raster/bitmap.ts'
import type { Lettering } from '../raster/lettering.ts'
import { columnsOfCharacter } from '../typeset/columns.ts'
import { characterOfPair } from '../typeset/printer-font.ts'
import type { Ink, SimulatedSheet } from './simulated-sheet.ts'

/** What the interpreters move and fire. */
export interface SimulatedHead {
  /** Position in millimetres from the corner of the page. */
  xMm: number
  yMm: number
  /** Puts a character into the line buffer and moves right. */
  character(character: string, wideMm: number): void
  /** Puts 24-pin columns into the line buffer and moves right. */
  columns(data: Uint8Array): void
  /** Prints the line buffer. */
  fire(): void
  drop(): void
}

const DOT_MM = 25.4 / 180
const PINS = 24

/** The print head over whatever is inserted; ink that misses the page lands on the platen. */
export function simulatedHead(
  sheet: () => SimulatedSheet | undefined,
  lettering: Lettering | undefined,
  fired: () => void,
  onPlaten: (text: string) => void,
): SimulatedHead {
  let buffer: Ink[] = []
  return {
    xMm: 0,
    yMm: 0,
    character(character, wideMm) {
      const columns = columnsOfCharacter(character)
      const widthMm = (wideMm * columns) / 2
      buffer.push({
        xMm: this.xMm,
        yMm: this.yMm,
        widthMm,
        text: character,
        dots: drawn(character, columns, lettering),
      })
      this.xMm += widthMm
    },
    columns(data) {
      const dots = new Bitmap(data.length / 3, PINS)
      for (let x = 0; x < dots.width; x++) {
        for (let y = 0; y < PINS; y++) if ((data[x * 3 + (y >> 3)] ?? 0) & (0x80 >> (y & 7))) dots.ink(x, y)
      }
      const widthMm = dots.width * DOT_MM
      buffer.push({ xMm: this.xMm, yMm: this.yMm, widthMm, text: '', dots })
      this.xMm += widthMm
    },
    fire() {
      const page = sheet()
      for (const ink of buffer) {
        const onPage = page !== undefined && ink.xMm + ink.widthMm <= page.widthMm && ink.yMm <= page.heightMm
        if (onPage) page.inks.push(ink)
        else onPlaten(ink.text)
      }
      const any = buffer.length > 0
      buffer = []
      this.xMm = 0
      if (any) fired()
    },
    drop() {
      buffer = []
    },
  }
}

function drawn(character: string, columns: 1 | 2, lettering: Lettering | undefined): Bitmap | undefined {
  if (lettering?.hasGlyph(character.codePointAt(0) ?? 0) !== true) return undefined
  return lettering.glyph(character, (PINS / 2) * columns, PINS)
}

/** A double-byte character of the printer's font, or a mark where the font has a hole. */
export function decodePair(lead: number, trail: number): string {
  return characterOfPair(lead, trail, 'gb18030-2byte') ?? '\ufffd'
}
