import type { Cut } from './align.ts'
import { directionOf, joinFeatures, type Feature } from './compare.ts'
import { mirror, wipe, type PlanarImage } from './image.ts'
import type { FeatureNetwork } from './models.ts'
import { soften } from './soften.ts'

/** The ways a face is shown to the networks. */
interface FaceViews {
  /** Blurs, in pixels of the network's input. */
  readonly softness: readonly number[]
  /** Each of them mirrored, too. */
  readonly mirrored: boolean
}

/**
 * How much work a face is worth. The features of both are of one kind and may be compared: `reference` is the mean
 * direction of six views, sharp to soft and each mirrored; `live` is the one view nearest to it.
 */
export type Effort = 'live' | 'reference'

const VIEWS: Readonly<Record<Effort, FaceViews>> = {
  live: { softness: [1], mirrored: false },
  reference: { softness: [0, 1, 2], mirrored: true },
}

/**
 * The feature of an aligned face: each network's mean vector as a direction, joined by weight, so that the cosine of two
 * features is the weighted mean of the networks' cosines. `cuts` are those of `networks`, in their order.
 */
export async function embed(
  cuts: readonly Cut[],
  networks: readonly FeatureNetwork[],
  effort: Effort,
): Promise<Feature> {
  const views = new Map<PlanarImage, readonly PlanarImage[]>()
  for (const { face } of cuts) if (!views.has(face)) views.set(face, viewsOf(face, effort))
  const parts: { readonly direction: Feature; readonly weight: number }[] = []
  for (const [index, { model, network }] of networks.entries()) {
    const shown = cuts[index] === undefined ? undefined : views.get(cuts[index].face)
    if (shown === undefined) throw new Error('one cut for each network')
    const directions: Feature[] = []
    for (const view of shown) directions.push(await directionIn({ model, network }, view))
    parts.push({ direction: directionOf(directions), weight: model.weight })
    for (const direction of directions) wipe(direction)
  }
  const joined = joinFeatures(parts)
  for (const { direction } of parts) wipe(direction)
  for (const view of [...views.values()].flat()) wipe(view.planes)
  return joined
}

function viewsOf(face: PlanarImage, effort: Effort): readonly PlanarImage[] {
  const { softness, mirrored } = VIEWS[effort]
  const soft = softness.map((sigma) => soften(face, sigma))
  return mirrored ? [...soft, ...soft.map(mirror)] : soft
}

async function directionIn({ model, network }: FeatureNetwork, view: PlanarImage): Promise<Feature> {
  const [vector] = await network.run(view, [model.output])
  if (vector?.length !== model.length) throw new Error(`${model.file} gives no vector of ${model.length}`)
  const direction = directionOf([vector])
  wipe(vector)
  return direction
}
