/** Length of a side of the square in each corner of the screen that counts, in pixels of the 1080 × 1920 canvas. */
export const CORNER = 120
/** All four touches within this time. */
const WITHIN_MS = 5_000

/** A touch, in pixels from the left upper corner of a page `width` × `height`; `at` in milliseconds of any steady clock. */
export interface Touch {
  readonly x: number
  readonly y: number
  readonly at: number
}

interface Page {
  readonly width: number
  readonly height: number
  /** Side of a corner's square in the same pixels. */
  readonly corner: number
}

type Corner = 'top-left' | 'top-right' | 'bottom-right' | 'bottom-left'
const order: readonly Corner[] = ['top-left', 'top-right', 'bottom-right', 'bottom-left']

/**
 * The technician's way in: the four corners touched clockwise from the upper left. A touch anywhere else begins anew, so
 * nobody comes in by using the screen. It only looks on: a button under a touch is pressed as ever.
 */
export class CornerGesture {
  private readonly touched: number[] = []

  /** Whether this touch completes the gesture. */
  touch({ x, y, at }: Touch, page: Page): boolean {
    const corner = cornerAt(x, y, page)
    if (corner !== order[this.touched.length]) this.touched.length = 0
    if (corner !== order[this.touched.length]) return false
    this.touched.push(at)
    if (this.touched.length < order.length) return false
    const [first = at] = this.touched.splice(0)
    return at - first <= WITHIN_MS
  }
}

function cornerAt(x: number, y: number, { width, height, corner }: Page): Corner | null {
  const row = y < corner ? 'top' : y >= height - corner ? 'bottom' : null
  const side = x < corner ? 'left' : x >= width - corner ? 'right' : null
  return row === null || side === null ? null : `${row}-${side}`
}
