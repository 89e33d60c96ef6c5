import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { FaceClient } from '../../src/face/client.ts'
import { FaceEngine } from '../../src/face/engine.ts'
import { rasterToBox, squareAround } from '../../src/face/geometry.ts'
import type { Image } from '../../src/face/image.ts'
import { readManifest } from '../../src/face/models.ts'
import { SESSION_OPTIONS } from '../../src/face/network.ts'
import { Picture } from '../../src/face/picture.ts'
import type { StageMs } from '../../src/face/protocol.ts'
import { resample } from '../../src/face/resample.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { silentLog } from '../../src/lib/log.ts'
import { expectOk } from '../../src/lib/result.ts'
import { PEOPLE, pixelsOf, renderFace } from '../support/faces.ts'

export interface FaceBench {
  readonly frames: number
  /** Median milliseconds of one bare `session.run` of every network once, on inputs already prepared from the same frame. */
  readonly bareMs: number
  /** Median milliseconds of the whole live pipeline on one 640×480 frame: found, landmarks twice, aligned, judged, scored. */
  readonly pipelineMs: number
  /** pipelineMs / bareMs; to stay at or below 1.35. */
  readonly ratio: number
  /** Median milliseconds of each stage. */
  readonly stageMs: StageMs
  /** Median milliseconds of the reference effort on a card-sized portrait. */
  readonly referenceMs: number
  /** Of the real face process, in a run of its own. */
  readonly process: FaceProcessBench
}

export interface FaceProcessBench {
  /** From fork to models loaded. */
  readonly startMs: number
  readonly framesShown: number
  /** Resident and proportional set size in MB after a fifth of the frames and after all; `null` where /proc has none. */
  readonly rssMbEarly: number | null
  readonly rssMbLate: number | null
  readonly pssMbLate: number | null
  readonly framesPerSecond: number
}

const MODELS = path.join(import.meta.dirname, '../../assets/models')

/** Measures both in one run, in turn, so that the machine's moods strike both alike. */
export async function benchFace(frames = 60, shown = 500): Promise<FaceBench> {
  const engine = expectOk(await FaceEngine.load(path.join(MODELS, 'models.json'), systemClock), 'the shipped models')
  const portrait = pixelsOf(await renderFace(PEOPLE.bo, { width: 102, height: 126, faceHeight: 0.55 }))
  const frame = await liveFrame()
  const reference = expectOk(await engine.enrol(portrait), 'a face')
  const bare = await bareNetworks(frame)
  const bareTimes: number[] = []
  const pipelineTimes: number[] = []
  const stages: StageMs[] = []
  for (let turn = 0; turn < frames; turn++) {
    bareTimes.push(await timed(bare))
    pipelineTimes.push(
      await timed(async () => {
        const reading = await engine.read(frame, reference.feature)
        if (reading.score === undefined) throw new Error(`the bench needs a good frame, not ${reading.guidance}`)
        stages.push(reading.stageMs)
      }),
    )
  }
  const referenceTimes: number[] = []
  for (let turn = 0; turn < 5; turn++) referenceTimes.push(await timed(() => engine.enrol(portrait)))
  await engine.close()
  const [bareMs, pipelineMs] = [median(bareTimes), median(pipelineTimes)]
  const stage = (name: keyof StageMs): number => median(stages.map((each) => each[name]))
  return {
    frames,
    bareMs,
    pipelineMs,
    ratio: pipelineMs / bareMs,
    stageMs: {
      detect: stage('detect'),
      landmarks: stage('landmarks'),
      align: stage('align'),
      feature: stage('feature'),
      liveness: stage('liveness'),
    },
    referenceMs: median(referenceTimes),
    process: await benchProcess(frame, shown),
  }
}

/** A frame that passes every check, so that every stage runs. */
async function liveFrame(): Promise<Image> {
  return pixelsOf(await renderFace(PEOPLE.bo, { width: 640, height: 480, faceHeight: 0.42, light: 0.9 }))
}

/**
 * One bare run of every network of the manifest, on the frame itself: the networks take up to a third longer on faces
 * than on made-up numbers.
 */
async function bareNetworks(frame: Image): Promise<() => Promise<void>> {
  const manifest = expectOk(await readManifest(path.join(MODELS, 'models.json')), 'the shipped manifest')
  const { detection, landmarks, features, liveness } = manifest
  const runs: (() => Promise<unknown>)[] = []
  for (const { file, input } of [detection, landmarks, ...features, liveness]) {
    const session = await InferenceSession.create(await readFile(path.join(MODELS, file)), SESSION_OPTIONS)
    const planes = input.channels === 'GREY' ? 1 : 3
    const { width, height } = input
    const shown = squareAround(
      { x: frame.width / 2, y: frame.height / 2 },
      frame.height * (input === detection.input ? 1.3 : 0.55),
    )
    const { planes: values } = resample(new Picture(frame), {
      width,
      height,
      toSource: rasterToBox(shown, width),
      outside: 'edge',
    })
    const prepared = values.subarray(0, planes * width * height).map((value) => (value - input.mean) * input.scale)
    const feeds = { [input.name]: new Tensor('float32', prepared, [1, planes, height, width]) }
    runs.push(() => session.run(feeds))
  }
  return async () => {
    for (const run of runs) await run()
  }
}

/** Shows frames to a real face process and watches its memory. */
async function benchProcess(frame: Image, shown: number): Promise<FaceProcessBench> {
  const before = childProcesses()
  const begun = performance.now()
  const entry = path.join(import.meta.dirname, '../../src/face/process.ts')
  const client = expectOk(
    await FaceClient.start({ modelsDir: MODELS, entry, log: silentLog, clock: systemClock }),
    'it starts',
  )
  const startMs = performance.now() - begun
  const pid = childProcesses().find((child) => !before.includes(child))
  const card = await (await renderFace(PEOPLE.bo, { width: 102, height: 126, faceHeight: 0.55 })).encode('png')
  expectOk(await client.setReference(new Uint8Array(card)), 'a face')
  const showFrom = performance.now()
  let rssMbEarly: number | null = null
  for (let seq = 0; seq < shown; seq++) {
    const rgba = Uint8Array.from(frame.data)
    expectOk(await client.observe({ seq, width: frame.width, height: frame.height, rgba }), 'it answers')
    if (seq === Math.floor(shown / 5)) rssMbEarly = memoryMb(pid, 'Rss')
  }
  const seconds = (performance.now() - showFrom) / 1000
  const late = { rssMbLate: memoryMb(pid, 'Rss'), pssMbLate: memoryMb(pid, 'Pss') }
  await client.stop()
  return { startMs, framesShown: shown, rssMbEarly, ...late, framesPerSecond: shown / seconds }
}

function childProcesses(): readonly string[] {
  return (readProc(`/proc/${process.pid}/task/${process.pid}/children`) ?? '').split(' ').filter((pid) => pid !== '')
}

function memoryMb(pid: string | undefined, field: 'Rss' | 'Pss'): number | null {
  const rollup = pid === undefined ? undefined : readProc(`/proc/${pid}/smaps_rollup`)
  const kilobytes = rollup?.match(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm'))?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) / 1024
}

function readProc(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((first, second) => first - second)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}
