import { boxHeight, boxWidth, intersectionOverUnion, rasterToBox, transform, type Box } from './geometry.ts'
import type { Image } from './image.ts'
import type { DetectionModel } from './manifest.ts'
import type { Network } from './network.ts'
import { resample } from './resample.ts'

/** A face found: its box in pixels of the picture and how sure the detector is, 0..1. */
export interface DetectedFace {
  readonly box: Box
  readonly score: number
}

/** A place and size at which the detector looks, as fractions of its input. */
interface Anchor {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Anchors of a single-shot detector, in the order of its output rows: stride, then row, column, size. */
export function anchorsOf(model: DetectionModel): readonly Anchor[] {
  const { width, height } = model.input
  return model.anchors.flatMap(({ stride, sizes }) => {
    const columns = Math.ceil(width / stride)
    const rows = Math.ceil(height / stride)
    return Array.from({ length: rows * columns }, (_, cell) => ({
      x: ((cell % columns) + 0.5) * (stride / width),
      y: (Math.floor(cell / columns) + 0.5) * (stride / height),
    })).flatMap((centre) => sizes.map((size) => ({ ...centre, width: size / width, height: size / height })))
  })
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
export function viewOf(image: Image, padding: number): View {
  const dx = image.width * padding
  const dy = image.height * padding
  return {
    region: { left: -dx, top: -dy, right: image.width + dx, bottom: image.height + dy },

    outside: 127,
  }
}

export class Detector {
  private readonly network: Network
  readonly model: DetectionModel
  private readonly anchors: readonly Anchor[]

  constructor(network: Network, model: DetectionModel) {
    this.network = network
    this.model = model
    this.anchors = anchorsOf(model)
  }

  /** Faces in `view` with at least `minScore`, best first, in pixels of the picture. */
  async find(image: Image, view: View, minScore = this.model.minScore): Promise<readonly DetectedFace[]> {
    const { width, height } = this.model.input
    const toSource = rasterToBox(letterbox(view.region, width / height), width)
    const shown = resample(image, { width, height, toSource, outside: view.outside })
    const { scores: scoresName, boxes: boxesName } = this.model.outputs
    const [scores, boxes] = await this.network.run(shown, [scoresName, boxesName])
    if (scores === undefined || boxes === undefined) throw new Error('a detector has two outputs')
    const found: DetectedFace[] = []
    for (const [row, anchor] of this.anchors.entries()) {
      const score = scores[2 * row + 1] as number
      if (score < minScore) continue
      const raw = this.decode(anchor, boxes, row)
      const leftTop = transform(toSource, { x: raw.left * width, y: raw.top * height })
      const rightBottom = transform(toSource, { x: raw.right * width, y: raw.bottom * height })
      found.push({ box: { left: leftTop.x, top: leftTop.y, right: rightBottom.x, bottom: rightBottom.y }, score })
    }
    return suppressOverlaps(found, this.model.maxOverlap)
  }

  /** The network's boxes are corners (x1, y1, x2, y2) in fractions of its input, already decoded (measured). */
  private decode(_anchor: Anchor, boxes: Float32Array, row: number): Box {
    const [left = 0, top = 0, right = 0, bottom = 0] = boxes.subarray(4 * row, 4 * row + 4)
    return { left, top, right, bottom }
  }
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
