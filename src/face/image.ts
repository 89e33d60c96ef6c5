/**
 * Pictures in memory. `data` is interleaved, 8 bits a channel, row by row from the top left, without padding.
 * Every stage of the face room takes a picture by value and keeps no reference to it, so the owner can `wipe` it.
 */
export interface Image {
  readonly width: number
  readonly height: number
  /** 3: RGB; 4: RGBA, of which the alpha is ignored. */
  readonly channels: 3 | 4
  readonly data: Uint8Array | Uint8ClampedArray
}

/**
 * The same picture as float planes, which is what the models eat: `planes` holds red, then green, then blue
 * (or one plane of luminance), values 0..255.
 */
export interface PlanarImage {
  readonly width: number
  readonly height: number
  readonly planeCount: 1 | 3
  readonly planes: Float32Array
}

/** Expands a one-channel picture to RGB. A grey picture that stays one channel wide ruins every later figure silently. */
export function expandGrey(width: number, height: number, grey: Uint8Array): Image {
  const data = new Uint8Array(width * height * 3)
  for (let pixel = 0; pixel < width * height; pixel++) data.fill(grey[pixel] ?? 0, pixel * 3, pixel * 3 + 3)
  return { width, height, channels: 3, data }
}

/** A picture's planes mirrored left to right. */
export function mirror(image: PlanarImage): PlanarImage {
  const { width, height, planeCount, planes } = image
  const mirrored = new Float32Array(planes.length)
  for (let row = 0; row < height * planeCount; row++) {
    const start = row * width
    for (let x = 0; x < width; x++) mirrored[start + x] = planes[start + width - 1 - x] ?? 0
  }
  return { width, height, planeCount, planes: mirrored }
}

/** Overwrites a buffer that held a face or a feature with zeros. */
export function wipe(buffer: Uint8Array | Uint8ClampedArray | Float32Array): void {
  buffer.fill(0)
}
