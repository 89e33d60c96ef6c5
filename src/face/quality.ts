import { boxAround, boxCentre, boxHeight, distance, mean, type Box, type Point } from './geometry.ts'
import type { PlanarImage } from './image.ts'
import { asList, type FivePoints } from './landmarks.ts'
import { luminance } from './resample.ts'

/**
 * Where a head looks, in degrees, 0 for straight ahead: `yaw` positive to the viewer's right, `pitch` positive
 * downwards, `roll` positive clockwise. Estimated from five points of a mean head: good to about ten degrees,
 * which is enough to say "please look at the camera".
 */
export interface Pose {
  readonly yaw: number
  readonly pitch: number
  readonly roll: number
}

/** How far the tip of the nose stands out before the eyes, in distances between the eyes, of a mean head. */
const NOSE_DEPTH = 0.55
/** Where the tip of the nose lies between the line of the eyes (0) and of the mouth (1) on a head looking straight. */
const NOSE_HEIGHT = 0.495
/** Distance from eyes to mouth in distances between the eyes. */
const FACE_LENGTH = 1.155

const DEGREES = 180 / Math.PI

export function poseOf(points: FivePoints): Pose {
  const eyes = mean([points.leftEye, points.rightEye])
  const mouth = mean([points.leftMouth, points.rightMouth])
  const span = Math.max(1e-6, distance(points.leftEye, points.rightEye))
  const across = { x: (points.rightEye.x - points.leftEye.x) / span, y: (points.rightEye.y - points.leftEye.y) / span }
  const along = (point: Point): number => (point.x - eyes.x) * across.x + (point.y - eyes.y) * across.y
  const down = (point: Point): number => (point.y - eyes.y) * across.x - (point.x - eyes.x) * across.y
  // The nose tip is compared with the line from eyes to mouth, so that a mouth off the middle is not taken for a turn.
  const sideways = (along(points.nose) - along(mouth) * NOSE_HEIGHT) / span
  const drop = down(points.nose) / Math.max(1e-6, down(mouth)) - NOSE_HEIGHT
  return {
    yaw: Math.atan2(sideways, NOSE_DEPTH) * DEGREES,
    pitch: Math.atan2(drop * FACE_LENGTH, NOSE_DEPTH) * DEGREES,
    roll: Math.atan2(across.y, across.x) * DEGREES,
  }
}

/** What light and lens did to a face, measured on its aligned cut-out. */
export interface Exposure {
  /** Mean luminance, 0..255. */
  readonly brightness: number
  /** Share of pixels burnt out (above 250), 0..1. */
  readonly burnt: number
  /** Variance of the Laplacian of the luminance: below about 20 the picture is blurred or the head moved. */
  readonly sharpness: number
}

export function exposureOf(aligned: PlanarImage): Exposure {
  const { width, height } = aligned
  const grey = luminance(aligned).planes
  let sum = 0
  let burnt = 0
  let laplacianSum = 0
  let laplacianSquares = 0
  // The middle of the cut-out: its corners are hair and background.
  const [x0, x1, y0, y1] = [width >> 2, width - (width >> 2), height >> 2, height - (height >> 3)]
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const at = y * width + x
      const value = grey[at] as number
      sum += value
      if (value > 250) burnt++
      const around =
        (grey[at - 1] as number) +
        (grey[at + 1] as number) +
        (grey[at - width] as number) +
        (grey[at + width] as number)
      const laplacian = 4 * value - around
      laplacianSum += laplacian
      laplacianSquares += laplacian * laplacian
    }
  }
  const count = (x1 - x0) * (y1 - y0)
  const meanLaplacian = laplacianSum / count
  return {
    brightness: sum / count,
    burnt: burnt / count,
    sharpness: laplacianSquares / count - meanLaplacian * meanLaplacian,
  }
}

/** Size and place of a face in the frame, as shares of the frame's height and width. */
export interface Placement {
  /** Height of the box over the height of the frame. */
  readonly size: number
  /** Distance of the box's centre from the frame's centre, over the frame's width and height. */
  readonly offX: number
  readonly offY: number
  /** The eyes, nose or mouth lie outside the frame. */
  readonly cut: boolean
}

export function placementOf(box: Box, points: FivePoints, width: number, height: number): Placement {
  const centre = boxCentre(box)
  const features = boxAround(asList(points))
  return {
    size: boxHeight(box) / height,
    offX: Math.abs(centre.x - width / 2) / width,
    offY: Math.abs(centre.y - height / 2) / height,
    cut: features.left < 0 || features.top < 0 || features.right > width || features.bottom > height,
  }
}
