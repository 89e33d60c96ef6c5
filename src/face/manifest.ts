import { z } from 'zod'

/**
 * `models.json` tells the engine everything about the networks it runs, so that a site can put others in their place
 * without touching code. Pre-processing is `(value − mean) × scale` on channels of 0..255 in the given order.
 */
const channelInput = z.strictObject({
  /** Name of the network's input tensor, NCHW float32 with one picture. */
  name: z.string().min(1),
  width: z.int().min(16).max(1024),
  height: z.int().min(16).max(1024),
  channels: z.enum(['RGB', 'BGR', 'GREY']),
  mean: z.number(),
  scale: z.number().positive(),
})

const file = {
  /** File name beside the manifest. */
  file: z.string().regex(/^[\w.-]+$/, 'a plain file name, without folders'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hexadecimal digits'),
  input: channelInput,
}

const place = z.tuple([z.number(), z.number()])
/** Left eye, right eye, nose, left and right mouth corner. */
const fivePlaces = z.tuple([place, place, place, place, place])

const detection = z.strictObject({
  ...file,
  /**
   * `scores`: for each place, that there is none and that there is a face, 0..1. `boxes`: left, top, right, bottom as
   * fractions of the input (corners already decoded from the network's anchors).
   */
  outputs: z.strictObject({ scores: z.string(), boxes: z.string() }),
  /** Least score of a face, 0..1. */
  minScore: z.number().min(0).max(1),
  /** Least score of a place in a reference picture where the landmarks are tried before "no face" is said. */
  minScoreTried: z.number().min(0).max(1),
  /** Boxes overlapping a better one by more than this are the same face. */
  maxOverlap: z.number().min(0).max(1),
})

const landmarks = z.strictObject({
  ...file,
  output: z.string(),
  /**
   * Where left eye, right eye, nose, left and right mouth corner lie in the crop that suits the network best, as
   * fractions of its side. The first look is at the square around the detector's box; the next ones are cut by this.
   */
  points: fivePlaces,
})

const feature = z.strictObject({
  ...file,
  output: z.string(),
  length: z.int().min(16).max(4096),
  /** Where left eye, right eye, nose, left and right mouth corner belong in the network's input, in pixels. */
  template: fivePlaces,
  /** Share of this network in the score, relative to the others. */
  weight: z.number().positive(),
})

const liveness = z.strictObject({
  ...file,
  output: z.string(),
  /** Side of the square crop as a multiple of the height of the face's box. */
  cropScale: z.number().positive(),
  /** Index of the class that means a living face. */
  liveClass: z.int().min(0),
  /** Least probability of the live class, 0..1. */
  threshold: z.number().min(0).max(1),
})

const decision = z.strictObject({
  /** Least cosine of two pictures of one person; fixed by the false-accept rate (see docs/model-card.md). */
  threshold: z.number().min(-1).max(1),
  /** From here the recorded band is HIGH; between, it is MEDIUM; below the threshold, LOW. */
  high: z.number().min(-1).max(1),
})

export const modelsManifest = z.strictObject({
  /** Recorded with every verification; change it whenever a file or a figure here changes. */
  algorithm: z.string().regex(/^[\w.+-]{1,40}$/),
  licence: z.string(),
  source: z.string(),
  detection,
  landmarks,
  /** One or more networks; their features are joined, so that the score is the weighted mean of their cosines. */
  features: z.array(feature).min(1).max(4),
  liveness,
  decision,
})

export type ModelsManifest = z.infer<typeof modelsManifest>
export type FivePlaces = z.infer<typeof fivePlaces>
export type ChannelInput = z.infer<typeof channelInput>
export type DetectionModel = ModelsManifest['detection']
export type LandmarkModel = ModelsManifest['landmarks']
export type FeatureModel = ModelsManifest['features'][number]
export type LivenessModel = ModelsManifest['liveness']
export type Decision = ModelsManifest['decision']
