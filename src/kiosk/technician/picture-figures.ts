import type { CameraFrame } from '../../ipc/messages.ts'

/** How good a picture is for a face: measured on every second dot, which is enough and takes a quarter of the time. */
export interface PictureFigures {
  /** Mean luma, 0 (black) to 255. */
  readonly brightness: number
  /** Variance of the Laplacian of luma: a picture out of focus has little of it. */
  readonly sharpness: number
}

export function figuresOf({ width, height, rgba }: Pick<CameraFrame, 'width' | 'height' | 'rgba'>): PictureFigures {
  // ITU-R BT.601 luma, in integers.
  const luma = (x: number, y: number): number => {
    const at = (y * width + x) * 4
    return ((rgba[at] ?? 0) * 77 + (rgba[at + 1] ?? 0) * 150 + (rgba[at + 2] ?? 0) * 29) >> 8
  }
  let sum = 0
  let edges = 0
  let squares = 0
  let count = 0
  for (let y = 1; y < height - 1; y += 2) {
    for (let x = 1; x < width - 1; x += 2) {
      const here = luma(x, y)
      const edge = 4 * here - luma(x - 1, y) - luma(x + 1, y) - luma(x, y - 1) - luma(x, y + 1)
      sum += here
      edges += edge
      squares += edge * edge
      count += 1
    }
  }
  if (count === 0) return { brightness: 0, sharpness: 0 }
  return { brightness: sum / count, sharpness: squares / count - (edges / count) ** 2 }
}
