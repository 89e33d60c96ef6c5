import type { VehicleView } from '../../ipc/snapshot.ts'

type PlateColor = VehicleView['plateColor']

/** How a plate of each colour is drawn (GA 36): classes of `plate.css` for ground, frame and characters. */
export interface PlateDesign {
  readonly ground: 'blue' | 'yellow' | 'black' | 'white' | 'green' | 'new-small' | 'new-large' | 'neutral'
  readonly text: 'light' | 'dark'
}

const designs: Readonly<Record<PlateColor, PlateDesign>> = {
  '1': { ground: 'blue', text: 'light' },
  '2': { ground: 'yellow', text: 'dark' },
  '3': { ground: 'black', text: 'light' },
  '4': { ground: 'white', text: 'dark' },
  '5': { ground: 'green', text: 'light' },
  '9': { ground: 'neutral', text: 'dark' },
  '91': { ground: 'yellow', text: 'dark' },
  '92': { ground: 'green', text: 'light' },
  '93': { ground: 'new-large', text: 'dark' },
  '94': { ground: 'new-small', text: 'dark' },
}

export function plateDesign(color: PlateColor): PlateDesign {
  return designs[color]
}

export interface PlateCell {
  readonly char: string
  /** Middle of the character, in plate units (a plate is 140 high). */
  readonly x: number
  readonly wide: boolean
}

const CELL = 49
const WIDE_CELL = 64
const GAP = 7
const DOT_GAP = 32

/** Places the characters of a plate: the province and the letter, the dot, then the number. Returns the total width too. */
export function layOutPlate(plateNo: string): { cells: PlateCell[]; dotX: number; width: number } {
  const cells: PlateCell[] = []
  let x = 20
  let dotX = 0
  for (const [index, char] of Array.from(plateNo).entries()) {
    const wide = char > '\u2fff'
    const width = wide ? WIDE_CELL : CELL
    cells.push({ char, x: x + width / 2, wide })
    x += width
    if (index === 1) {
      dotX = x + DOT_GAP / 2
      x += DOT_GAP
    } else x += GAP
  }
  return { cells, dotX, width: x - GAP + 20 }
}
