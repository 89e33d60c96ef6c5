/**
 * A black-and-white picture as a print head sees it: one bit per dot, 1 = ink, rows padded to whole bytes, most
 * significant bit leftmost – the same order that `GS v 0` and PNG use, so neither needs a conversion.
 */
export class Bitmap {
  readonly width: number
  readonly height: number
  /** Bytes in one row. */
  readonly stride: number
  readonly data: Uint8Array

  /** Width and height in dots, both at least 0. `data`, when given, is adopted, not copied. */
  constructor(width: number, height: number, data?: Uint8Array) {
    this.width = width
    this.height = height
    this.stride = (width + 7) >> 3
    this.data = data ?? new Uint8Array(this.stride * height)
    if (this.data.length !== this.stride * height) throw new Error('bitmap data does not match its size')
  }

  /** Whether there is ink at the dot; outside the picture there is none. */
  dot(x: number, y: number): boolean {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return false
    return ((this.data[y * this.stride + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) !== 0
  }

  /** Inks one dot; outside the picture the ink is lost, as beside the paper. */
  ink(x: number, y: number): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return
    const at = y * this.stride + (x >> 3)
    this.data[at] = (this.data[at] ?? 0) | (0x80 >> (x & 7))
  }

  /** Inks a filled rectangle. */
  fill(left: number, top: number, width: number, height: number): void {
    for (let y = top; y < top + height; y++) for (let x = left; x < left + width; x++) this.ink(x, y)
  }

  /** Adds the ink of `other` with its corner at (left, top); each of its dots becomes `scaleX` × `scaleY` dots. */
  stamp(other: Bitmap, left: number, top: number, scaleX = 1, scaleY = 1): void {
    for (let y = 0; y < other.height; y++) {
      for (let x = 0; x < other.width; x++) {
        if (other.dot(x, y)) this.fill(left + x * scaleX, top + y * scaleY, scaleX, scaleY)
      }
    }
  }

  /** The rows [from, to) as their own picture (a view, not a copy). */
  rows(from: number, to: number): Bitmap {
    return new Bitmap(this.width, to - from, this.data.subarray(from * this.stride, to * this.stride))
  }

  /** The picture with ink and paper exchanged. */
  inverted(): Bitmap {
    const out = new Bitmap(this.width, this.height)
    for (let y = 0; y < this.height; y++) {
      for (let x = 0; x < this.width; x++) if (!this.dot(x, y)) out.ink(x, y)
    }
    return out
  }

  /** How many dots are inked. */
  inkedDots(): number {
    let sum = 0
    for (const byte of this.data) for (let rest = byte; rest !== 0; rest &= rest - 1) sum++
    return sum
  }
}

/** Pictures one below the other, as wide as the widest. */
export function stack(pictures: readonly Bitmap[]): Bitmap {
  const width = Math.max(0, ...pictures.map((picture) => picture.width))
  const out = new Bitmap(
    width,
    pictures.reduce((sum, picture) => sum + picture.height, 0),
  )
  let top = 0
  for (const picture of pictures) {
    if (picture.width === width) out.data.set(picture.data, top * out.stride)
    else out.stamp(picture, 0, top)
    top += picture.height
  }
  return out
}
