import { fitSimilarity, invert, type Similarity } from './geometry.ts'
import type { Image, PlanarImage } from './image.ts'
import { asList, placesOf, type FivePoints } from './landmarks.ts'
import type { FeatureModel } from './manifest.ts'
import { resample } from './resample.ts'

/**
 * From the picture to the feature network's input, in which eyes, nose and mouth lie where it was trained to see
 * them. `undefined` when the five points coincide.
 */
export function alignment(points: FivePoints, model: FeatureModel): Similarity | undefined {
  return fitSimilarity(asList(points), placesOf(model.template))
}

/** Cuts the aligned face out of the picture, in the size of the network's input. */
export function cutAligned(image: Image, map: Similarity, model: FeatureModel): PlanarImage {
  const { width, height } = model.input
  return resample(image, { width, height, toSource: invert(map), outside: 0 })
}
