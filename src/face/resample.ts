import { scaleOf, type Similarity } from './geometry.ts'
import type { Image, PlanarImage } from './image.ts'

export interface Sampling {
  /** Columns and rows of the result. */
  readonly width: number
  readonly height: number
  /** From a point of the result to a point of the source. */
  readonly toSource: Similarity
  /** The value of points outside the source (0..255), or its nearest pixel. */
  readonly outside: number | 'edge'
}

/** Most points taken for one pixel of the result, per axis; a stronger reduction is prepared by halving the source. */
const MOST_TAPS = 4

/**
 * Resamples a picture through a similarity into red, green and blue planes, linear between pixel centres. Reductions are
 * anti-aliased: each result pixel is the mean of a grid of points as dense as the source. (Catmull-Rom interpolation of
 * small portraits was tried and changed no rate.)
 */
export function resample(image: Image, sampling: Sampling): PlanarImage {
  let source = image
  let { toSource } = sampling
  while (scaleOf(toSource) > MOST_TAPS && source.width > 2 && source.height > 2) {
    source = halve(source)
    toSource = { a: toSource.a / 2, b: toSource.b / 2, tx: toSource.tx / 2, ty: toSource.ty / 2 }
  }
  const taps = Math.min(MOST_TAPS, Math.max(1, Math.ceil(scaleOf(toSource) - 0.25)))
  const planes = new Float32Array(sampling.width * sampling.height * 3)
  const background = sampling.outside === 'edge' ? undefined : sampling.outside
  const plane = sampling.width * sampling.height
  const weight = 1 / (taps * taps)
  const { a, b, tx, ty } = toSource
  const pixel: Pixel = [0, 0, 0]
  for (let row = 0; row < sampling.height; row++) {
    for (let column = 0; column < sampling.width; column++) {
      pixel[0] = 0
      pixel[1] = 0
      pixel[2] = 0
      for (let v = 0; v < taps; v++) {
        const y = row + (v + 0.5) / taps
        for (let u = 0; u < taps; u++) {
          const x = column + (u + 0.5) / taps
          addLinear(source, a * x - b * y + tx - 0.5, b * x + a * y + ty - 0.5, background, pixel)
        }
      }
      const at = row * sampling.width + column
      planes[at] = pixel[0] * weight
      planes[plane + at] = pixel[1] * weight
      planes[2 * plane + at] = pixel[2] * weight
    }
  }
  return { width: sampling.width, height: sampling.height, planeCount: 3, planes }
}

type Pixel = [number, number, number]

/** Adds the value at (x, y), pixel centres being whole numbers here, to `pixel`. */
function addLinear(image: Image, x: number, y: number, background: number | undefined, pixel: Pixel): void {
  const { width, height, channels, data } = image
  if (background !== undefined && (x < -0.5 || y < -0.5 || x > width - 0.5 || y > height - 0.5)) {
    pixel[0] += background
    pixel[1] += background
    pixel[2] += background
    return
  }
  const cx = x < 0 ? 0 : x > width - 1 ? width - 1 : x
  const cy = y < 0 ? 0 : y > height - 1 ? height - 1 : y
  const x0 = Math.trunc(cx)
  const y0 = Math.trunc(cy)
  const fx = cx - x0
  const fy = cy - y0
  const right = x0 + 1 < width ? channels : 0
  const down = y0 + 1 < height ? channels * width : 0
  const at = (y0 * width + x0) * channels
  const w00 = (1 - fx) * (1 - fy)
  const w10 = fx * (1 - fy)
  const w01 = (1 - fx) * fy
  const w11 = fx * fy
  for (let channel = 0; channel < 3; channel++) {
    const start = at + channel
    pixel[channel as 0 | 1 | 2] +=
      w00 * (data[start] as number) +
      w10 * (data[start + right] as number) +
      w01 * (data[start + down] as number) +
      w11 * (data[start + right + down] as number)
  }
}

/** Half the size, each pixel the mean of four. */
function halve(image: Image): Image {
  const { channels, data } = image
  const width = image.width >> 1
  const height = image.height >> 1
  const stride = image.width * channels
  const half = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (2 * y * image.width + 2 * x) * channels
      for (let channel = 0; channel < 3; channel++) {
        const at = from + channel
        const sum =
          (data[at] as number) +
          (data[at + channels] as number) +
          (data[at + stride] as number) +
          (data[at + stride + channels] as number)
        half[(y * width + x) * 3 + channel] = (sum + 2) >> 2
      }
    }
  }
  return { width, height, channels: 3, data: half }
}

/** One plane of luminance (ITU-R BT.601 weights) from three of colour. */
export function luminance(image: PlanarImage): PlanarImage {
  const size = image.width * image.height
  const planes = new Float32Array(size)
  for (let at = 0; at < size; at++) {
    planes[at] =
      0.299 * (image.planes[at] as number) +
      0.587 * (image.planes[size + at] as number) +
      0.114 * (image.planes[2 * size + at] as number)
  }
  return { width: image.width, height: image.height, planeCount: 1, planes }
}
