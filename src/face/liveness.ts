import { boxCentre, boxHeight, boxWidth, rasterToBox, squareAround, type Box } from './geometry.ts'
import type { Picture } from './picture.ts'
import type { LivenessModel } from './manifest.ts'
import type { Network } from './network.ts'
import { resample } from './resample.ts'

export class LivenessJudge {
  private readonly network: Network
  private readonly model: LivenessModel

  constructor(network: Network, model: LivenessModel) {
    this.network = network
    this.model = model
  }

  /** Probability 0..1 that the face in `box` is a living one before the camera, not a print or a screen. */
  async judge(picture: Picture, box: Box): Promise<number> {
    const { width, height } = this.model.input
    const region = surroundings(picture, box, this.model.cropScale)
    const crop = resample(picture, {
      width,
      height,
      toSource: rasterToBox(region, width),

      outside: 'edge',
      into: this.network.scratch,
    })
    const [logits] = await this.network.run(crop, [this.model.output])
    if (logits === undefined) throw new Error('a liveness network has an output')
    return softmax(logits)[this.model.liveClass] ?? 0
  }
}

/**
 * The square around a face in which paper edges and screen frames show. It is made smaller, then moved, to lie
 * within the picture: the network knows no black borders.
 */
export function surroundings(picture: Pick<Picture, 'width' | 'height'>, box: Box, scale: number): Box {
  const side = Math.min(boxHeight(box) * scale, picture.width, picture.height)
  const wanted = squareAround(boxCentre(box), side)
  const dx = Math.max(0, -wanted.left) - Math.max(0, wanted.right - picture.width)
  const dy = Math.max(0, -wanted.top) - Math.max(0, wanted.bottom - picture.height)
  const left = wanted.left + dx
  const top = wanted.top + dy
  return { left, top, right: left + boxWidth(wanted), bottom: top + boxHeight(wanted) }
}

export function softmax(logits: Float32Array): readonly number[] {
  const most = Math.max(...logits)
  const powers = Array.from(logits, (logit) => Math.exp(logit - most))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}
