import {
  boxCentre,
  boxHeight,
  compose,
  fitSimilarity,
  invert,
  mean,
  rasterToBox,
  scaleOf,
  squareAround,
  transform,
  type Box,
  type Point,
  type Similarity,
} from './geometry.ts'
import { mirror, wipe, type PlanarImage } from './image.ts'
import type { FivePlaces, LandmarkModel } from './manifest.ts'
import type { Picture } from './picture.ts'
import type { Network } from './network.ts'
import { luminance, resample } from './resample.ts'

/** The 68 points of the iBUG 300-W scheme, in pixels of the picture. */
export type Landmarks = readonly Point[]

/** What alignment needs, in pixels of the picture; left and right as the viewer sees them. */
export interface FivePoints {
  readonly leftEye: Point
  readonly rightEye: Point
  readonly nose: Point
  readonly leftMouth: Point
  readonly rightMouth: Point
}

export class LandmarkFinder {
  private readonly network: Network
  private readonly model: LandmarkModel

  constructor(network: Network, model: LandmarkModel) {
    this.network = network
    this.model = model
  }

  /** A first look at the square around a detector's box. */
  async firstLook(picture: Picture, box: Box): Promise<Landmarks> {
    return this.find(picture, rasterToBox(squareAround(boxCentre(box), boxHeight(box)), 1))
  }

  /**
   * A better look: the crop is turned upright, centred and scaled by the points known so far. It cuts the error of the
   * points by more than half where the detector's box is poor (docs/model-card.md). `undefined` when they coincide.
   */
  async lookAgain(picture: Picture, known: FivePoints, also: 'mirrored' | 'plain'): Promise<Landmarks | undefined> {
    const toSource = this.cropAround(known)
    return toSource === undefined ? undefined : this.find(picture, toSource, also)
  }

  /** The last look: the mean over crops moved a little each way, and their mirror images. */
  async settle(picture: Picture, known: FivePoints): Promise<Landmarks | undefined> {
    const toSource = this.cropAround(known)
    if (toSource === undefined) return undefined
    const looks: Landmarks[] = []
    for (const [tx, ty] of NUDGES)
      looks.push(await this.find(picture, compose({ a: 1, b: 0, tx, ty }, toSource), 'mirrored'))
    return Array.from({ length: POINT_COUNT }, (_, index) => mean(looks.map((points) => points[index] as Point)))
  }

  /** From the unit square to the picture, such that the known points come to lie where the network wants them. */
  private cropAround(known: FivePoints): Similarity | undefined {
    const fit = fitSimilarity(asList(known), placesOf(this.model.points))
    return fit === undefined || scaleOf(fit) === 0 ? undefined : invert(fit)
  }

  /** Finds the points in the square of the picture onto which `toSource` maps the unit square. */
  private async find(picture: Picture, toSource: Similarity, also: 'mirrored' | 'plain' = 'plain'): Promise<Landmarks> {
    const { width, height } = this.model.input
    const perPixel: Similarity = { a: toSource.a / width, b: toSource.b / width, tx: toSource.tx, ty: toSource.ty }
    const into = this.network.scratch
    const crop = luminance(resample(picture, { width, height, toSource: perPixel, outside: 'edge', into }))
    const plain = await this.run(crop)
    const points = also === 'plain' ? plain : meanOfMirrored(plain, await this.run(mirror(crop)))
    wipe(crop.planes)
    return points.map((point) => transform(toSource, point))
  }

  private async run(crop: PlanarImage): Promise<Landmarks> {
    const [points] = await this.network.run(crop, [this.model.output])
    if (points?.length !== 2 * POINT_COUNT) throw new Error(`a landmark network gives ${POINT_COUNT} points`)
    return Array.from({ length: POINT_COUNT }, (_, index) => ({
      x: points[2 * index] as number,
      y: points[2 * index + 1] as number,
    }))
  }
}

const POINT_COUNT = 68

/** Shifts of the crop for the last look, as fractions of its side. */
const NUDGES = [
  [0, 0],
  [0.03, 0],
  [-0.03, 0],
  [0, 0.03],
  [0, -0.03],
] as const

/** The index of each point's partner on the other side of the face, in the 68-point scheme. */
const PARTNERS: readonly number[] = [
  ...[16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0], // jaw
  ...[26, 25, 24, 23, 22, 21, 20, 19, 18, 17], // brows
  ...[27, 28, 29, 30, 35, 34, 33, 32, 31], // nose
  ...[45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40], // eyes
  ...[54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55], // lips, outside
  ...[64, 63, 62, 61, 60, 67, 66, 65], // lips, inside
]

/** The mean of points found in a crop and, after mirroring them back, in its mirror image; in fractions of the crop. */
function meanOfMirrored(plain: Landmarks, mirrored: Landmarks): Landmarks {
  return plain.map((point, index) => {
    const partner = mirrored[PARTNERS[index] ?? 0] as Point
    return { x: (point.x + 1 - partner.x) / 2, y: (point.y + partner.y) / 2 }
  })
}

/** The five alignment points: eye centres from the lid points, the tip of the nose, the mouth corners. */
export function fivePoints(landmarks: Landmarks): FivePoints {
  const at = (...indices: number[]): Point => mean(indices.map((index) => landmarks[index] as Point))
  return {
    leftEye: at(37, 38, 40, 41),
    rightEye: at(43, 44, 46, 47),
    nose: at(30),
    leftMouth: at(48, 60),
    rightMouth: at(54, 64),
  }
}

export function asList(points: FivePoints): readonly Point[] {
  return [points.leftEye, points.rightEye, points.nose, points.leftMouth, points.rightMouth]
}

/** Places of a manifest as points. */
export function placesOf(places: FivePlaces): readonly Point[] {
  return places.map(([x, y]) => ({ x, y }))
}
