import { fitSimilarity, invert } from './geometry.ts'
import type { PlanarImage } from './image.ts'
import { asList, placesOf, type FivePoints } from './landmarks.ts'
import type { FeatureModel } from './manifest.ts'
import type { Picture } from './picture.ts'
import { resample } from './resample.ts'

/** A face cut out for one network. */
export interface Cut {
  readonly model: FeatureModel
  readonly face: PlanarImage
}

/**
 * Cuts the aligned face out of the picture for each network, in the size of its input. Networks that want the same
 * share one cut. `undefined` when the five points coincide.
 */
export function cutAligned(
  picture: Picture,
  points: FivePoints,
  models: readonly FeatureModel[],
): readonly Cut[] | undefined {
  const cuts: Cut[] = []
  for (const model of models) {
    const shared = cuts.find((cut) => wantSame(cut.model, model))
    const map = shared === undefined ? fitSimilarity(asList(points), placesOf(model.template)) : undefined
    if (shared !== undefined) cuts.push({ model, face: shared.face })
    else if (map === undefined) return undefined
    else {
      const { width, height } = model.input
      cuts.push({ model, face: resample(picture, { width, height, toSource: invert(map), outside: 0 }) })
    }
  }
  return cuts
}

function wantSame(first: FeatureModel, second: FeatureModel): boolean {
  return (
    first.input.width === second.input.width &&
    first.input.height === second.input.height &&
    first.template.every(([x, y], index) => x === second.template[index]?.[0] && y === second.template[index][1])
  )
}
