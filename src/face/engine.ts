import type { Clock } from '../lib/clock.ts'
import { err, ok, type Result } from '../lib/result.ts'
import { cutAligned, type Cut } from './align.ts'
import { similarityOf, type Feature } from './compare.ts'
import { Detector, viewOf, type DetectedFace } from './detect.ts'
import { embed } from './embed.ts'
import { boxCentre, boxHeight, distance, type Box } from './geometry.ts'
import { guidanceFor } from './guidance.ts'
import { wipe, type Image } from './image.ts'
import { LandmarkFinder } from './landmarks.ts'
import { LivenessJudge } from './liveness.ts'
import { locate, locateInPortrait, type LocatedFace } from './locate.ts'
import type { FeatureModel, ModelsManifest } from './manifest.ts'
import { Picture } from './picture.ts'
import { loadNetworks, type ModelProblem, type Networks } from './models.ts'
import { MOST_FACES, type Observation, type StageMs } from './protocol.ts'
import { exposureOf, placementOf, poseOf } from './quality.ts'
import { StageClock } from './stage-clock.ts'

/** A face taken from a reference portrait. */
export interface EnrolledFace {
  /** The person's template: wipe it with the visit. */
  readonly feature: Feature
  readonly box: Box
  /** Other faces in the picture that could as well be meant. */
  readonly others: number
  readonly stageMs: StageMs
}

/** What a frame showed; an `Observation` without the frame's number. */
export type FrameReading = Omit<Observation, 'seq'>
type Judgement = Omit<FrameReading, 'stageMs' | 'faces'>

/** A second face at least this high, compared with the first, means that two people stand before the camera. */
const SECOND_PERSON = 0.5

/**
 * All stages over one set of networks. Not re-entrant: one picture at a time. It keeps no picture and no feature; of
 * the frame before it remembers where the face was.
 */
export class FaceEngine {
  readonly manifest: ModelsManifest
  private readonly networks: Networks
  private readonly clock: Clock
  private readonly detector: Detector
  private readonly finder: LandmarkFinder
  private readonly judge: LivenessJudge
  private lastBox: Box | undefined

  private constructor(networks: Networks, clock: Clock) {
    this.networks = networks
    this.clock = clock
    this.manifest = networks.manifest
    this.detector = new Detector(networks.detection, networks.manifest.detection)
    this.finder = new LandmarkFinder(networks.landmarks, networks.manifest.landmarks)
    this.judge = new LivenessJudge(networks.liveness, networks.manifest.liveness)
  }

  /** Loads the networks that the manifest file names. */
  static async load(manifestFile: string, clock: Clock): Promise<Result<FaceEngine, ModelProblem>> {
    const networks = await loadNetworks(manifestFile)
    return networks.ok ? ok(new FaceEngine(networks.value, clock)) : networks
  }

  /** The feature of the face in a portrait (effort `reference`): about a third of a second. */
  async enrol(image: Image): Promise<Result<EnrolledFace, 'NO_FACE'>> {
    const picture = new Picture(image)
    const stages = new StageClock(this.clock)
    const portrait = await locateInPortrait(picture, this.detector, this.finder, stages)
    stages.begin('align')
    const cuts = portrait === undefined ? undefined : cutAligned(picture, portrait.face.points, this.featureModels())
    picture.wipeCopies()
    if (portrait === undefined || cuts === undefined) {
      this.wipeInputs()
      return err('NO_FACE')
    }
    stages.begin('feature')
    const feature = await embed(cuts, this.networks.features, 'reference')
    wipeCuts(cuts)
    this.wipeInputs()
    return ok({ feature, box: portrait.face.box, others: portrait.others, stageMs: stages.end() })
  }

  /**
   * Reads one camera frame (effort `live`). The cheap stages come first, so that a frame which cannot count costs
   * little: only a good frame of a living face gets a feature, and only if there is a reference to compare with.
   */
  async read(frame: Image, reference: Feature | undefined): Promise<FrameReading> {
    const stages = new StageClock(this.clock)
    const picture = new Picture(frame)
    const reading = await this.readStages(picture, reference, stages)
    picture.wipeCopies()
    this.wipeInputs()
    this.lastBox = reading.box
    return { ...reading, stageMs: stages.end() }
  }

  /** Forgets where the last face was and what the networks' inputs hold. */
  forget(): void {
    this.lastBox = undefined
    this.wipeInputs()
  }

  async close(): Promise<void> {
    await Promise.all(this.all().map((network) => network.close()))
  }

  private async readStages(
    picture: Picture,
    reference: Feature | undefined,
    stages: StageClock,
  ): Promise<Omit<FrameReading, 'stageMs'>> {
    stages.begin('detect')
    const faces = await this.detector.find(picture, viewOf(picture, 0))
    const judgement = await this.judgeFaces(picture, faces, reference, stages)
    return { ...judgement, faces: faces.slice(0, MOST_FACES).map(({ box, score }) => ({ box, score })) }
  }

  private async judgeFaces(
    picture: Picture,
    [first, second]: readonly DetectedFace[],
    reference: Feature | undefined,
    stages: StageClock,
  ): Promise<Judgement> {
    if (first === undefined) return { guidance: 'NO_FACE' }
    if (second !== undefined && isSecondPerson(first, second)) return { guidance: 'TWO_FACES', box: first.box }

    stages.begin('landmarks')
    const face = await locate(picture, first, this.finder, 1)
    if (face === undefined) return { guidance: 'NO_FACE' }

    stages.begin('align')
    const cuts = cutAligned(picture, face.points, this.featureModels())
    if (cuts === undefined) return { guidance: 'NO_FACE' }
    const judgement = await this.judgeFace(picture, face, cuts, reference, stages)
    wipeCuts(cuts)
    return judgement
  }

  private async judgeFace(
    picture: Picture,
    { box, points }: LocatedFace,
    cuts: readonly Cut[],
    reference: Feature | undefined,
    stages: StageClock,
  ): Promise<Judgement> {
    const guidance = guidanceFor({
      placement: placementOf(box, points, picture.width, picture.height),
      pose: poseOf(points),
      exposure: exposureOf((cuts[0] as Cut).face),
      movement: this.lastBox === undefined ? 0 : distance(boxCentre(this.lastBox), boxCentre(box)) / boxHeight(box),
    })
    if (guidance !== 'GOOD') return { guidance, box }

    stages.begin('liveness')
    const liveness = await this.judge.judge(picture, box)
    if (liveness < this.manifest.liveness.threshold) return { guidance: 'NOT_LIVE', box, liveness }
    if (reference === undefined) return { guidance, box, liveness }

    stages.begin('feature')
    const feature = await embed(cuts, this.networks.features, 'live')
    const score = similarityOf(feature, reference)
    wipe(feature)
    return { guidance, box, liveness, score }
  }

  private featureModels(): readonly FeatureModel[] {
    return this.manifest.features
  }

  private wipeInputs(): void {
    for (const network of this.all()) network.wipe()
  }

  private all() {
    const { detection, landmarks, liveness, features } = this.networks
    return [detection, landmarks, liveness, ...features.map((feature) => feature.network)]
  }
}

function wipeCuts(cuts: readonly Cut[]): void {
  for (const { face } of cuts) wipe(face.planes)
}

function isSecondPerson(first: DetectedFace, second: DetectedFace): boolean {
  const [small, large] = [boxHeight(first.box), boxHeight(second.box)].sort((one, other) => one - other)
  return (small ?? 0) >= SECOND_PERSON * (large ?? 0)
}
