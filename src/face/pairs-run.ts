import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { wipe } from './image.ts'
import { similarityOf, type Feature } from './compare.ts'
import { decodePicture } from './decode.ts'
import type { FaceEngine } from './engine.ts'
import { ratesOf, type PairRates } from './pair-rates.ts'
import type { PicturePair } from './pairs-file.ts'
import type { StageMs } from './protocol.ts'
import type { Clock } from '../lib/clock.ts'

/** Why a picture has no feature. */
type Refusal = 'FILE_MISSING' | 'NOT_A_PICTURE' | 'TOO_LARGE' | 'DAMAGED' | 'NO_FACE'

interface PairLine {
  readonly path_a: string
  readonly path_b: string
  readonly same: boolean | null
  readonly score: number | null
  /** Which picture was refused and why, as `a: NO_FACE`; `null` with a score. */
  readonly reason: string | null
}

export interface PairsReport {
  readonly algorithm: string
  readonly threshold: number
  readonly pairs: readonly PairLine[]
  readonly summary: PairRates & {
    readonly images: number
    readonly facesNotFound: number
    readonly unreadable: number
    /** Mean milliseconds an image. */
    readonly msPerImage: StageMs & { readonly decode: number; readonly total: number }
  }
}

/** Judges every pair; each distinct picture is read once, and `progress` is told after each. */
export async function judgePairs(
  engine: FaceEngine,
  pairs: readonly PicturePair[],
  root: string,
  clock: Clock,
  progress: (done: number, total: number) => void,
): Promise<PairsReport> {
  const files = [...new Set(pairs.flatMap((pair) => [pair.pathA, pair.pathB]))]
  const features = new Map<string, Feature | Refusal>()
  const times = new Times()
  for (const [index, file] of files.entries()) {
    features.set(file, await featureOfFile(engine, path.resolve(root, file), clock, times))
    progress(index + 1, files.length)
  }
  const { threshold } = engine.manifest.decision
  const lines = pairs.map((pair) => judgeLine(pair, features))
  const judged = lines.flatMap(({ same, score }) => (same === null ? [] : [{ same, score }]))
  const refusals = [...features.values()].filter((value) => typeof value === 'string')
  const facesNotFound = refusals.filter((refusal) => refusal === 'NO_FACE').length
  for (const feature of features.values()) if (typeof feature !== 'string') wipe(feature)
  return {
    algorithm: engine.manifest.algorithm,
    threshold,
    pairs: lines,
    summary: {
      ...ratesOf(judged, threshold),
      images: files.length,
      facesNotFound,
      unreadable: refusals.length - facesNotFound,
      msPerImage: times.mean(files.length),
    },
  }
}

function judgeLine(pair: PicturePair, features: ReadonlyMap<string, Feature | Refusal>): PairLine {
  const line = { path_a: pair.pathA, path_b: pair.pathB, same: pair.same ?? null }
  const first = features.get(pair.pathA) ?? 'FILE_MISSING'
  const second = features.get(pair.pathB) ?? 'FILE_MISSING'
  if (typeof first !== 'string' && typeof second !== 'string') {
    return { ...line, score: Math.round(similarityOf(first, second) * 1e6) / 1e6, reason: null }
  }
  const reasons = [typeof first === 'string' ? `a: ${first}` : [], typeof second === 'string' ? `b: ${second}` : []]
  return { ...line, score: null, reason: reasons.flat().join(', ') }
}

async function featureOfFile(engine: FaceEngine, file: string, clock: Clock, times: Times): Promise<Feature | Refusal> {
  const begun = clock.monotonic()
  const bytes = await readFile(file).catch(() => undefined)
  if (bytes === undefined) return 'FILE_MISSING'
  const picture = await decodePicture(bytes)
  const decoded = clock.monotonic()
  times.add('decode', decoded - begun)
  if (!picture.ok) return picture.error.code
  const enrolled = await engine.enrol(picture.value)
  wipe(picture.value.data)
  times.add('total', clock.monotonic() - begun)
  if (!enrolled.ok) return enrolled.error
  for (const [stage, ms] of Object.entries(enrolled.value.stageMs)) times.add(stage as keyof StageMs, ms)
  return enrolled.value.feature
}

type TimeName = keyof StageMs | 'decode' | 'total'

class Times {
  private readonly spent: Record<TimeName, number> = {
    decode: 0,
    detect: 0,
    landmarks: 0,
    align: 0,
    feature: 0,
    liveness: 0,
    total: 0,
  }

  add(name: TimeName, ms: number): void {
    this.spent[name] += ms
  }

  mean(count: number): Record<TimeName, number> {
    const each = (name: TimeName): number => Math.round((this.spent[name] / Math.max(1, count)) * 100) / 100
    return {
      decode: each('decode'),
      detect: each('detect'),
      landmarks: each('landmarks'),
      align: each('align'),
      feature: each('feature'),
      liveness: each('liveness'),
      total: each('total'),
    }
  }
}
