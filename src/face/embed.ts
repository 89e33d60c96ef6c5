import { alignment, cutAligned } from './align.ts'
import { directionOf, joinFeatures, type Feature } from './compare.ts'
import { mirror, wipe, type Image, type PlanarImage } from './image.ts'
import type { FivePoints } from './landmarks.ts'
import type { FeatureNetwork } from './models.ts'
import { soften } from './soften.ts'

/** One way to show a face to the networks. */
interface FaceView {
  /** Blur in pixels of the network's input. */
  readonly softness: number
  readonly mirrored: boolean
}

/**
 * How much work a face is worth. The features of both are of one kind and may be compared: `reference` is the mean
 * direction of six views, sharp to soft and each mirrored; `live` is the one view nearest to it.
 */
export type Effort = 'live' | 'reference'

const VIEWS: Readonly<Record<Effort, readonly FaceView[]>> = {
  live: [{ softness: 1, mirrored: false }],
  reference: [0, 1, 2].flatMap((softness) => [
    { softness, mirrored: false },
    { softness, mirrored: true },
  ]),
}

/**
 * The feature of the face at `points`: each network's mean vector as a direction, joined by weight, so that the cosine
 * of two features is the weighted mean of the networks' cosines. `undefined` when the points coincide.
 */
export async function embed(
  image: Image,
  points: FivePoints,
  networks: readonly FeatureNetwork[],
  effort: Effort,
): Promise<Feature | undefined> {
  const parts: { readonly direction: Feature; readonly weight: number }[] = []
  for (const feature of networks) {
    const map = alignment(points, feature.model)
    if (map === undefined) return undefined
    const face = cutAligned(image, map, feature.model)
    const directions: Feature[] = []
    for (const { softness, mirrored } of VIEWS[effort]) {
      const soft = soften(face, softness)
      const view = mirrored ? mirror(soft) : soft
      directions.push(await directionIn(feature, view))
      if (view !== face) wipe(view.planes)
      if (soft !== face) wipe(soft.planes)
    }
    wipe(face.planes)
    parts.push({ direction: directionOf(directions), weight: feature.model.weight })
    for (const direction of directions) wipe(direction)
  }
  const joined = joinFeatures(parts)
  for (const { direction } of parts) wipe(direction)
  return joined
}

async function directionIn({ model, network }: FeatureNetwork, view: PlanarImage): Promise<Feature> {
  const [vector] = await network.run(view, [model.output])
  if (vector?.length !== model.length) throw new Error(`${model.file} gives no vector of ${model.length}`)
  const direction = directionOf([vector])
  wipe(vector)
  return direction
}
