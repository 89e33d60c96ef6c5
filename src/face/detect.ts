import {
  boxHeight,
  boxWidth,
  intersectionOverUnion,
  rasterToBox,
  transform,
  type Box,
  type Similarity,
} from './geometry.ts'
import type { Picture } from './picture.ts'
import type { DetectionModel } from './manifest.ts'
import type { Network } from './network.ts'
import { resample } from './resample.ts'

/** A face found: its box in pixels of the picture and how sure the detector is, 0..1. */
export interface DetectedFace {
  readonly box: Box
  readonly score: number
}

/** The part of the plane that the detector is shown, and how. */
export interface View {
  readonly region: Box
  readonly outside: number | 'edge'
}

/**
 * The whole picture, widened by `padding` × its size on each side, or cut when it is negative. A face that fills the
 * picture is found only when there is something around it.
 */
export function viewOf(picture: Pick<Picture, 'width' | 'height'>, padding: number): View {
  const dx = picture.width * padding
  const dy = picture.height * padding
  return {
    region: { left: -dx, top: -dy, right: picture.width + dx, bottom: picture.height + dy },

    outside: 127,
  }
}

export class Detector {
  private readonly network: Network
  readonly model: DetectionModel

  constructor(network: Network, model: DetectionModel) {
    this.network = network
    this.model = model
  }

  /** Faces in `view` with at least `minScore`, best first, in pixels of the picture. */
  async find(picture: Picture, view: View, minScore = this.model.minScore): Promise<readonly DetectedFace[]> {
    const { width, height } = this.model.input
    const toSource = rasterToBox(letterbox(view.region, width / height), width)
    const shown = resample(picture, { width, height, toSource, outside: view.outside, into: this.network.scratch })
    const { scores: scoresName, boxes: boxesName } = this.model.outputs
    const [scores, boxes] = await this.network.run(shown, [scoresName, boxesName])
    if (scores === undefined || boxes === undefined) throw new Error('a detector has two outputs')
    const found: DetectedFace[] = []
    for (let row = 0; 2 * row < scores.length; row++) {
      const score = scores[2 * row + 1] as number
      if (score >= minScore)
        found.push({ box: boxOf(boxes.subarray(4 * row, 4 * row + 4), width, height, toSource), score })
    }
    return suppressOverlaps(found, this.model.maxOverlap)
  }
}

/** A row of the network's boxes: left, top, right, bottom as fractions of its input. */
function boxOf(row: Float32Array, width: number, height: number, toSource: Similarity): Box {
  const [left = 0, top = 0, right = 0, bottom = 0] = row
  const leftTop = transform(toSource, { x: left * width, y: top * height })
  const rightBottom = transform(toSource, { x: right * width, y: bottom * height })
  return { left: leftTop.x, top: leftTop.y, right: rightBottom.x, bottom: rightBottom.y }
}

/** Non-maximum suppression: of boxes that overlap by more than `maxOverlap` only the best-scored stays; best first. */
export function suppressOverlaps(faces: readonly DetectedFace[], maxOverlap: number): readonly DetectedFace[] {
  const kept: DetectedFace[] = []
  for (const face of [...faces].sort((first, second) => second.score - first.score)) {
    if (kept.every((better) => intersectionOverUnion(better.box, face.box) <= maxOverlap)) kept.push(face)
  }
  return kept
}

/** The smallest box of the given width : height around `region` with the same centre. */
function letterbox(region: Box, aspect: number): Box {
  const width = boxWidth(region)
  const height = boxHeight(region)
  const growX = Math.max(0, height * aspect - width) / 2
  const growY = Math.max(0, width / aspect - height) / 2
  return {
    left: region.left - growX,
    top: region.top - growY,
    right: region.right + growX,
    bottom: region.bottom + growY,
  }
}
