import { wipe, type Image } from './image.ts'

/**
 * An image with copies of half, a quarter … of its size, made when first asked for: several stages reduce the same
 * frame, and each does it from the nearest copy.
 */
export class Picture {
  readonly image: Image
  private readonly copies: Image[] = []

  constructor(image: Image) {
    this.image = image
  }

  get width(): number {
    return this.image.width
  }

  get height(): number {
    return this.image.height
  }

  /** The image halved `times` times, or as often as it can be: no side shorter than one pixel. */
  halved(times: number): { readonly image: Image; readonly times: number } {
    let [image, done] = [this.image, 0]
    while (done < times && image.width > 1 && image.height > 1) {
      const copy = this.copies[done] ?? halve(image)
      this.copies[done] = copy
      image = copy
      done++
    }
    return { image, times: done }
  }

  /** Wipes the copies; the image itself belongs to whoever made it. */
  wipeCopies(): void {
    for (const copy of this.copies) wipe(copy.data)
    this.copies.length = 0
  }
}

/** Half the size, each pixel the mean of four; an odd last row or column is left out. */
function halve(image: Image): Image {
  const { channels, data } = image
  const isAligned = data.byteOffset % 4 === 0
  return channels === 4 && isAligned ? halveWords(image) : halveBytes(image)
}

/** RGBA pixels as 32-bit words: two channels are added up at once, which is four times as fast. */
function halveWords(image: Image): Image {
  const words = new Uint32Array(image.data.buffer, image.data.byteOffset, image.width * image.height)
  const width = image.width >> 1
  const height = image.height >> 1
  const half = new Uint32Array(width * height)
  const EVEN = 0x00ff00ff
  const ROUND = 0x00020002
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0, from = 2 * y * image.width; x < width; x++, from += 2, to++) {
      const first = words[from] as number
      const second = words[from + 1] as number
      const third = words[from + image.width] as number
      const fourth = words[from + image.width + 1] as number
      const even = (first & EVEN) + (second & EVEN) + (third & EVEN) + (fourth & EVEN) + ROUND
      const odd =
        ((first >>> 8) & EVEN) + ((second >>> 8) & EVEN) + ((third >>> 8) & EVEN) + ((fourth >>> 8) & EVEN) + ROUND
      half[to] = ((even >>> 2) & EVEN) | (((odd >>> 2) & EVEN) << 8)
    }
  }
  return { width, height, channels: 4, data: new Uint8Array(half.buffer) }
}

function halveBytes(image: Image): Image {
  const { channels, data } = image
  const width = image.width >> 1
  const height = image.height >> 1
  const stride = image.width * channels
  const half = new Uint8Array(width * height * 3)
  for (let at = 0; at < half.length; at++) {
    const pixel = Math.trunc(at / 3)
    const x = pixel % width
    const from = 2 * ((pixel - x) / width) * stride + 2 * x * channels + (at % 3)
    const sum =
      (data[from] as number) +
      (data[from + channels] as number) +
      (data[from + stride] as number) +
      (data[from + stride + channels] as number)
    half[at] = (sum + 2) >> 2
  }
  return { width, height, channels: 3, data: half }
}
