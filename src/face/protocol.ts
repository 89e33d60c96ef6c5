import { z } from 'zod'

/**
 * What the kiosk and the face process say to each other. Buffers travel as bytes (structured clone), so the channel
 * must be opened with `serialization: 'advanced'`. Scores cross this channel and are recorded nowhere.
 */

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected bytes')

/** Largest file taken for a reference portrait. */
const MOST_REFERENCE_BYTES = 20_000_000
/** Longest side of a camera frame, in pixels. */
const LONGEST_FRAME_SIDE = 1920

const frame = z
  .strictObject({
    type: z.literal('frame'),
    /** Counts up with every frame the camera delivered. */
    seq: z.int().min(0),
    width: z.int().min(64).max(LONGEST_FRAME_SIDE),
    height: z.int().min(64).max(LONGEST_FRAME_SIDE),
    /** width × height × 4 bytes. */
    rgba: bytes,
  })
  .refine((value) => value.rgba.length === value.width * value.height * 4, 'rgba must hold width × height × 4 bytes')

export const toFaceProcess = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('reference'),
    id: z.int(),
    bytes: bytes.refine((value) => value.length <= MOST_REFERENCE_BYTES, 'too many bytes'),
  }),
  frame,
  /** Wipes the reference and every buffer; `noughts` overwrite what the line itself has kept of the last picture. */
  z.strictObject({ type: z.literal('forget'), id: z.int(), noughts: bytes }),
  /** "I am here, are you?": answered with `alive`; without one for a while the process ends itself. */
  z.strictObject({ type: z.literal('heartbeat') }),
  z.strictObject({ type: z.literal('stop') }),
])

/** What keeps this frame from counting, or `GOOD`. Each has a line for the citizen in the text file. */
export const guidance = z.enum([
  'NO_FACE',
  'TWO_FACES',
  'TOO_FAR',
  'TOO_CLOSE',
  'OFF_CENTRE',
  'TURN_TO_CAMERA',
  'TOO_DARK',
  'TOO_BRIGHT',
  'HOLD_STILL',
  'NOT_LIVE',
  'GOOD',
])

const referenceProblem = z.enum(['UNREADABLE', 'NO_FACE', 'TWO_FACES'])

const box = z.strictObject({ left: z.number(), top: z.number(), right: z.number(), bottom: z.number() })

const stageMs = z.strictObject({
  detect: z.number(),
  landmarks: z.number(),
  align: z.number(),
  feature: z.number(),
  liveness: z.number(),
})

/** More faces than this at a kiosk are a crowd. */
export const MOST_FACES = 8

const observation = z.strictObject({
  type: z.literal('observation'),
  seq: z.int(),
  guidance,
  /** Every face the detector is sure of, best first, with how sure it is (0..1): for the technician's camera screen. */
  faces: z.array(z.strictObject({ box, score: z.number() })).max(MOST_FACES),
  /** The face in pixels of the frame. */
  box: box.optional(),
  /** Cosine to the reference, −1..1; only for a `GOOD` frame when a reference is set. */
  score: z.number().optional(),
  /** Probability of a living face, 0..1; when the frame got that far. */
  liveness: z.number().optional(),
  stageMs,
})

const modelProblem = z.strictObject({
  code: z.enum(['MANIFEST_MISSING', 'MANIFEST_INVALID', 'MODEL_MISSING', 'MODEL_ALTERED', 'MODEL_UNUSABLE']),
  file: z.string(),
})

export const fromFaceProcess = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('ready'),
    algorithm: z.string(),
    decision: z.strictObject({ threshold: z.number(), high: z.number() }),
    loadMs: z.number(),
  }),
  /** The process ends after this. */
  z.strictObject({ type: z.literal('unable'), problem: modelProblem }),
  z.strictObject({ type: z.literal('reference'), id: z.int(), problem: referenceProblem.optional() }),
  observation,
  /** A newer frame came before this one's turn. */
  z.strictObject({ type: z.literal('superseded'), seq: z.int() }),
  z.strictObject({ type: z.literal('forgotten'), id: z.int() }),
  /** The answer to a heartbeat: the thread that would look at a frame turns. */
  z.strictObject({ type: z.literal('alive') }),
])

export type ToFaceProcess = z.infer<typeof toFaceProcess>
export type FromFaceProcess = z.infer<typeof fromFaceProcess>
export type Frame = Omit<z.infer<typeof frame>, 'type'>
export type Guidance = z.infer<typeof guidance>
export type ReferenceProblem = z.infer<typeof referenceProblem>
export type Observation = Omit<z.infer<typeof observation>, 'type'>
export type StageMs = z.infer<typeof stageMs>
