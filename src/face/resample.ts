import { scaleOf, type Similarity } from './geometry.ts'
import type { Image, PlanarImage } from './image.ts'
import type { Picture } from './picture.ts'

export interface Sampling {
  /** Columns and rows of the result. */
  readonly width: number
  readonly height: number
  /** From a point of the result to a point of the source. */
  readonly toSource: Similarity
  /** The value of points outside the source (0..255), or its nearest pixel. */
  readonly outside: number | 'edge'
  /** Where to put the planes, so that frame after frame uses the same memory; new memory by default. */
  readonly into?: Float32Array
}

/**
 * Resamples a picture through a similarity into red, green and blue planes, linear between pixel centres. Reductions are
 * anti-aliased: from the copy of the picture that is less than twice as dense as the result, each result pixel is the
 * mean of a grid of points. (Catmull-Rom interpolation of small portraits was tried and changed no rate.)
 */
export function resample(picture: Picture, sampling: Sampling): PlanarImage {
  const { image, times } = picture.halved(Math.max(0, Math.floor(Math.log2(scaleOf(sampling.toSource) + 1e-6))))
  const { a, b, tx, ty } = sampling.toSource
  const part = 2 ** -times
  const toSource = { a: a * part, b: b * part, tx: tx * part, ty: ty * part }
  const taps = scaleOf(toSource) > 1.6 ? 2 : 1
  const planes = sampling.into ?? new Float32Array(3 * sampling.width * sampling.height)
  const job = { ...sampling, toSource, taps, planes }
  if (toSource.b === 0 && toSource.a > 0) resampleUpright(image, job)
  else resampleTurned(image, job)
  return { width: sampling.width, height: sampling.height, planeCount: 3, planes }
}

interface Job extends Sampling {
  /** Points for one pixel of the result, per axis. */
  readonly taps: number
  readonly planes: Float32Array
}

/** Which pixels of a source line make up each pixel of a result line. */
interface Shares {
  readonly count: number
  /** Source pixels that may take part in one result pixel. */
  readonly span: number
  /** The first of them, by result pixel. */
  readonly first: Int32Array
  /** `span` weights by result pixel. */
  readonly weights: Float32Array
  /** Sum of the weights: less than one where points lie outside the picture. */
  readonly inside: Float32Array
}

/** Without a turn, columns and rows may be resampled one after the other: the same result, several times faster. */
function resampleUpright(image: Image, job: Job): void {
  const { width, height, toSource, taps, outside, planes } = job
  const columns = sharesOf(width, toSource.a, toSource.tx, image.width, taps, outside === 'edge')
  const rows = sharesOf(height, toSource.a, toSource.ty, image.height, taps, outside === 'edge')
  planes.fill(0)
  const lines = new Map<number, Float32Array>()
  for (let y = 0; y < height; y++) {
    for (let at = 0; at < rows.span; at++) {
      const weight = rows.weights[y * rows.span + at] as number
      if (weight === 0) continue
      const from = (rows.first[y] as number) + at
      let line = lines.get(from)
      if (line === undefined) {
        line = narrowLine(image, from, columns)
        lines.set(from, line)
        lines.delete(from - 2 * rows.span)
      }
      addLine(line, weight, planes, y * width, width, width * height)
    }
    if (outside !== 'edge') addBackground(planes, outside, rows.inside[y] as number, columns, y * width)
  }
}

/** The shares of a line of `count` result pixels, `scale` source pixels apart, in a source line of `length`. */
function sharesOf(count: number, scale: number, shift: number, length: number, taps: number, edge: boolean): Shares {
  const room = Math.min(length, Math.ceil(scale) + 1)
  const first = new Int32Array(count)
  const loose = new Float32Array(count * room)
  const inside = new Float32Array(count)
  let span = 1
  for (let index = 0; index < count; index++) {
    const start = (index + 0.5 / taps) * scale + shift - 0.5
    const from = Math.max(0, Math.min(length - room, Math.floor(start)))
    first[index] = from
    for (let tap = 0; tap < taps; tap++) {
      const point = start + (tap / taps) * scale
      if (!edge && (point < -0.5 || point > length - 0.5)) continue
      const place = Math.max(0, Math.min(length - 1, point))
      const part = place - Math.trunc(place)
      const at = Math.trunc(place) - from
      const weight = index * room + at
      loose[weight] = (loose[weight] as number) + (1 - part) / taps
      if (part > 0) loose[weight + 1] = (loose[weight + 1] as number) + part / taps
      inside[index] = (inside[index] as number) + 1 / taps
      span = Math.max(span, at + (part > 0 ? 2 : 1))
    }
  }
  // Often fewer pixels than there was room for take part: a pixel of a plain copy is made of one.
  const weights = new Float32Array(count * span)
  for (let index = 0; index < count; index++)
    weights.set(loose.subarray(index * room, index * room + span), index * span)
  return { count, span, first, weights, inside }
}

/** One source row resampled to the result's columns: red, green and blue one after the other. */
function narrowLine(image: Image, row: number, columns: Shares): Float32Array {
  const { channels, data } = image
  const { count, span, first, weights } = columns
  const start = row * image.width * channels
  const line = new Float32Array(3 * count)
  for (let x = 0; x < count; x++) {
    let from = start + (first[x] as number) * channels
    let red = 0
    let green = 0
    let blue = 0
    for (let at = x * span; at < (x + 1) * span; at++) {
      const weight = weights[at] as number
      red += weight * (data[from] as number)
      green += weight * (data[from + 1] as number)
      blue += weight * (data[from + 2] as number)
      from += channels
    }
    line[x] = red
    line[count + x] = green
    line[2 * count + x] = blue
  }
  return line
}

function addLine(
  line: Float32Array,
  weight: number,
  planes: Float32Array,
  at: number,
  width: number,
  size: number,
): void {
  for (let plane = 0; plane < 3; plane++) {
    const to = plane * size + at
    const from = plane * width
    for (let x = 0; x < width; x++) planes[to + x] = (planes[to + x] as number) + weight * (line[from + x] as number)
  }
}

function addBackground(planes: Float32Array, background: number, rowInside: number, columns: Shares, at: number): void {
  const size = planes.length / 3
  for (let x = 0; x < columns.count; x++) {
    const missing = (1 - rowInside * (columns.inside[x] as number)) * background
    if (missing < 1e-4) continue
    for (let to = at + x; to < planes.length; to += size) planes[to] = (planes[to] as number) + missing
  }
}

function resampleTurned(image: Image, job: Job): void {
  const { width, height, toSource, taps, outside, planes } = job
  const { data, channels } = image
  const { a, b, tx, ty } = toSource
  const [right, bottom] = [image.width - 1, image.height - 1]
  const stride = image.width * channels
  const size = width * height
  const count = taps * taps
  const weight = 1 / count
  // Where the points of a result pixel lie in the source, from where its corner lies.
  const pointsX = new Float64Array(count)
  const pointsY = new Float64Array(count)
  for (let tap = 0; tap < count; tap++) {
    const u = ((tap % taps) + 0.5) / taps
    const v = (Math.trunc(tap / taps) + 0.5) / taps
    pointsX[tap] = a * u - b * v + tx - 0.5
    pointsY[tap] = b * u + a * v + ty - 0.5
  }
  for (let at = 0, row = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      const cornerX = a * column - b * row
      const cornerY = b * column + a * row
      let red = 0
      let green = 0
      let blue = 0
      for (let tap = 0; tap < count; tap++) {
        const x = cornerX + (pointsX[tap] as number)
        const y = cornerY + (pointsY[tap] as number)
        if (outside !== 'edge' && (x < -0.5 || y < -0.5 || x > right + 0.5 || y > bottom + 0.5)) {
          red += outside
          green += outside
          blue += outside
          continue
        }
        const inX = x < 0 ? 0 : x > right ? right : x
        const inY = y < 0 ? 0 : y > bottom ? bottom : y
        const left = Math.trunc(inX)
        const top = Math.trunc(inY)
        const partX = inX - left
        const partY = inY - top
        const from = top * stride + left * channels
        const next = left < right ? channels : 0
        const under = top < bottom ? stride : 0
        const w11 = partX * partY
        const w10 = partX - w11
        const w01 = partY - w11
        const w00 = 1 - partX - w01
        const [f00, f10, f01, f11] = [from, from + next, from + under, from + next + under]
        red +=
          w00 * (data[f00] as number) +
          w10 * (data[f10] as number) +
          w01 * (data[f01] as number) +
          w11 * (data[f11] as number)
        green +=
          w00 * (data[f00 + 1] as number) +
          w10 * (data[f10 + 1] as number) +
          w01 * (data[f01 + 1] as number) +
          w11 * (data[f11 + 1] as number)
        blue +=
          w00 * (data[f00 + 2] as number) +
          w10 * (data[f10 + 2] as number) +
          w01 * (data[f01 + 2] as number) +
          w11 * (data[f11 + 2] as number)
      }
      planes[at] = red * weight
      planes[size + at] = green * weight
      planes[2 * size + at] = blue * weight
    }
  }
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
