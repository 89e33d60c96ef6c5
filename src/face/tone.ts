import type { Image } from './image.ts'
import type { Picture } from './picture.ts'
import { resample } from './resample.ts'
import { soften } from './soften.ts'

/**
 * The same picture with its light spread over the whole range: the darkest hundredth becomes black, the brightest
 * white, and the middle is lifted towards medium grey. A detector that knows daylight finds faces in a dark, faded or
 * backlit picture only so.
 */
export function spreadLight(image: Image): Image {
  const { low, middle, high } = percentiles(image)
  const gain = 1 / Math.max(8, high - low)
  const position = Math.min(0.95, Math.max(0.05, (middle - low) * gain))
  const exponent = Math.min(1.2, Math.max(0.5, Math.log(0.45) / Math.log(position)))
  const table = Uint8Array.from(
    { length: 256 },
    (_, value) => 255 * Math.min(1, Math.max(0, (value - low) * gain)) ** exponent,
  )
  return { ...image, data: image.data.map((value) => table[value] as number) }
}

/** Luminance below which one, fifty and ninety-nine hundredths of the pixels lie. */
function percentiles(image: Image): { readonly low: number; readonly middle: number; readonly high: number } {
  const { data, channels } = image
  const counts = new Uint32Array(256)
  for (let at = 0; at < data.length; at += channels) {
    const grey = 0.299 * (data[at] as number) + 0.587 * (data[at + 1] as number) + 0.114 * (data[at + 2] as number)
    const level = Math.trunc(grey)
    counts[level] = (counts[level] ?? 0) + 1
  }
  const below = (share: number): number => {
    let left = (share * data.length) / channels
    return counts.findIndex((count) => (left -= count) <= 0)
  }
  return { low: below(0.01), middle: below(0.5), high: below(0.99) }
}

/** The same picture without the grain of a sensor in the dark: softened by a seventy-fifth of its longer side. */
export function smoothGrain(picture: Picture): Image {
  const { width, height } = picture
  const planar = resample(picture, { width, height, toSource: { a: 1, b: 0, tx: 0, ty: 0 }, outside: 'edge' })
  const { planes } = soften(planar, Math.max(width, height) / 75)
  const data = new Uint8Array(width * height * 3)
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let plane = 0; plane < 3; plane++) data[3 * pixel + plane] = planes[plane * width * height + pixel] as number
  }
  planar.planes.fill(0)
  planes.fill(0)
  return { width, height, channels: 3, data }
}
