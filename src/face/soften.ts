import type { PlanarImage } from './image.ts'

/**
 * Takes the finest detail out of a picture: a Gaussian blur of `sigma` pixels, the edge repeated outwards. 0 gives the
 * picture itself. It makes a sharp photograph and a small, compressed portrait look alike to a network, and smooths
 * the blocks of the compression.
 */
export function soften(image: PlanarImage, sigma: number): PlanarImage {
  if (sigma === 0) return image
  const { width, height, planeCount, planes } = image
  const kernel = gaussian(sigma)
  const across = new Float32Array(planes.length)
  const softened = new Float32Array(planes.length)
  for (let row = 0; row < height * planeCount; row++) blurLine(planes, across, row * width, 1, width, kernel)
  for (let plane = 0; plane < planeCount; plane++) {
    for (let x = 0; x < width; x++) blurLine(across, softened, plane * width * height + x, width, height, kernel)
  }
  return { width, height, planeCount, planes: softened }
}

/** Half of a symmetric kernel, from its middle outwards; the whole sums to one. */
function gaussian(sigma: number): Float32Array {
  const reach = Math.ceil(3 * sigma)
  const half = Float32Array.from({ length: reach + 1 }, (_, at) => Math.exp(-(at * at) / (2 * sigma * sigma)))
  const sum = half.reduce((total, weight) => total + 2 * weight, 0) - 1
  return half.map((weight) => weight / sum)
}

function blurLine(
  from: Float32Array,
  to: Float32Array,
  start: number,
  step: number,
  count: number,
  kernel: Float32Array,
): void {
  for (let at = 0; at < count; at++) {
    let sum = (kernel[0] as number) * (from[start + at * step] as number)
    for (let off = 1; off < kernel.length; off++) {
      const before = at - off < 0 ? 0 : at - off
      const after = at + off >= count ? count - 1 : at + off
      sum +=
        (kernel[off] as number) * ((from[start + before * step] as number) + (from[start + after * step] as number))
    }
    to[start + at * step] = sum
  }
}
