/**
 * Measures the face engine on pairs of pictures of which one is made harder: small, compressed, grey, dark, faded, turned
 * or covered. `node scripts/face-eval.ts --csv FILE --root DIR [--conditions card,dark]` prints one line per condition: the rates
 * over (first as it is, second harder) and (second as it is, first harder). docs/model-card.md quotes its figures.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { createCanvas, loadImage, type Canvas } from '@napi-rs/canvas'
import { similarityOf, type Feature } from '../src/face/compare.ts'
import { FaceEngine } from '../src/face/engine.ts'
import type { Box } from '../src/face/geometry.ts'
import type { Image } from '../src/face/image.ts'
import { ratesOf, type ScoredPair } from '../src/face/pair-rates.ts'
import { readPairs } from '../src/face/pairs-file.ts'
import { systemClock } from '../src/lib/clock.ts'
import { seededRandom, type Random } from '../src/lib/random.ts'
import { expectOk } from '../src/lib/result.ts'

type Condition = (source: Canvas, face: Box, random: Random) => Canvas

/** What is done to a picture, and the JPEG quality it is stored with afterwards. */
const CONDITIONS: Readonly<Record<string, { readonly change: Condition; readonly quality: number }>> = {
  'as-is': { change: (source) => source, quality: 100 },
  card: { change: (source, face) => portrait(source, face, 102, 126, 1.7), quality: 15 },
  'card-worst': { change: (source, face) => portrait(source, face, 102, 126, 1.9), quality: 8 },
  'card-grey': { change: (source, face) => eachPixel(portrait(source, face, 102, 126, 1.55), grey), quality: 10 },
  'face-30px': { change: (source, face) => portrait(source, face, 160, 120, 4), quality: 80 },
  tight: { change: (source, face) => portrait(source, face, 120, 130, 1), quality: 70 },
  turned: { change: (source, face, random) => turned(source, face, random() < 0.5 ? -14 : 14), quality: 85 },
  dark: {
    change: (source, _, random) =>
      eachPixel(copy(source), (rgb) => rgb.map((v) => v * 0.25 + 12 * (random() + random() - 1))),
    quality: 80,
  },
  faded: { change: (source) => eachPixel(copy(source), (rgb) => rgb.map((value) => value * 0.35 + 110)), quality: 80 },
  covered: { change: covered, quality: 85 },
}

function drawing(width: number, height: number, draw: (context: ReturnType<Canvas['getContext']>) => void): Canvas {
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  context.imageSmoothingQuality = 'high'
  context.fillStyle = '#e8e8e8'
  context.fillRect(0, 0, width, height)
  draw(context)
  return canvas
}

function copy(source: Canvas): Canvas {
  return drawing(source.width, source.height, (context) => context.drawImage(source, 0, 0))
}

/** The face in the middle of a picture of the given size, which is `room` times as high as the face. */
function portrait(source: Canvas, face: Box, width: number, height: number, room: number): Canvas {
  const scale = height / ((face.bottom - face.top) * room)
  if (scale < 0.5) {
    const half = drawing(Math.ceil(source.width / 2), Math.ceil(source.height / 2), (context) =>
      context.drawImage(source, 0, 0, source.width / 2, source.height / 2),
    )
    const halfFace = { left: face.left / 2, top: face.top / 2, right: face.right / 2, bottom: face.bottom / 2 }
    return portrait(half, halfFace, width, height, room)
  }
  return drawing(width, height, (context) => {
    context.translate(width / 2, height / 2)
    context.scale(scale, scale)
    context.drawImage(source, -(face.left + face.right) / 2, -(face.top + face.bottom) / 2)
  })
}

function turned(source: Canvas, face: Box, degrees: number): Canvas {
  const [x, y] = [(face.left + face.right) / 2, (face.top + face.bottom) / 2]
  return drawing(source.width, source.height, (context) => {
    context.translate(x, y)
    context.rotate((degrees * Math.PI) / 180)
    context.drawImage(source, -x, -y)
  })
}

/** The mouth, one eye, or the forehead behind a plain patch. */
function covered(source: Canvas, { left, top, right, bottom }: Box, random: Random): Canvas {
  const [width, height] = [right - left, bottom - top]
  const patches = [
    [left, top + 0.68 * height, width, 0.34 * height],
    [left, top + 0.05 * height, 0.46 * width, 0.5 * height],
    [left - 0.1 * width, top - 0.05 * height, 1.2 * width, 0.3 * height],
  ] as const
  const patch = patches[Math.floor(random() * patches.length)]!
  const canvas = copy(source)
  const context = canvas.getContext('2d')
  context.fillStyle = '#555555'
  context.fillRect(...patch)
  return canvas
}

function grey([red = 0, green = 0, blue = 0]: readonly number[]): readonly number[] {
  const value = 0.3 * red + 0.59 * green + 0.11 * blue
  return [value, value, value]
}

function eachPixel(canvas: Canvas, change: (rgb: readonly number[]) => readonly number[]): Canvas {
  const context = canvas.getContext('2d')
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height)
  for (let at = 0; at < pixels.data.length; at += 4) pixels.data.set(change([...pixels.data.subarray(at, at + 3)]), at)
  context.putImageData(pixels, 0, 0)
  return canvas
}

async function canvasOf(bytes: Buffer): Promise<Canvas> {
  const picture = await loadImage(bytes)
  const part = Math.min(1, 1600 / Math.max(picture.width, picture.height))
  const [width, height] = [Math.round(picture.width * part), Math.round(picture.height * part)]
  return drawing(width, height, (context) => context.drawImage(picture, 0, 0, width, height))
}

function imageOf(canvas: Canvas): Image {
  const { width, height } = canvas
  return { width, height, channels: 4, data: canvas.getContext('2d').getImageData(0, 0, width, height).data }
}

const { values } = parseArgs({
  options: { csv: { type: 'string' }, root: { type: 'string' }, conditions: { type: 'string' } },
})
if (values.csv === undefined || values.root === undefined) throw new Error('--csv FILE --root DIR [--conditions A,B]')
const root = values.root
const pairs = expectOk(readPairs(readFileSync(values.csv, 'utf8')), 'a pairs file')
const files = [...new Set(pairs.flatMap((pair) => [pair.pathA, pair.pathB]))]
const models = path.join(import.meta.dirname, '../assets/models/models.json')
const engine = expectOk(await FaceEngine.load(models, systemClock), 'the shipped models')
const plain = new Map<string, { canvas: Canvas; face: Box; feature: Feature }>()
for (const file of files) {
  const canvas = await canvasOf(readFileSync(path.join(root, file)))
  const enrolled = await engine.enrol(imageOf(canvas))
  if (enrolled.ok) plain.set(file, { canvas, face: enrolled.value.box, feature: enrolled.value.feature })
}
const { threshold } = engine.manifest.decision
for (const name of values.conditions?.split(',') ?? Object.keys(CONDITIONS)) {
  const condition = CONDITIONS[name]
  if (condition === undefined) throw new Error(`conditions: ${Object.keys(CONDITIONS).join(', ')}`)
  const random = seededRandom(1)
  const harder = new Map<string, Feature>()
  for (const [file, { canvas, face }] of plain) {
    const changed = await canvasOf(await condition.change(canvas, face, random).encode('jpeg', condition.quality))
    const enrolled = await engine.enrol(imageOf(changed))
    if (enrolled.ok) harder.set(file, enrolled.value.feature)
  }
  const score = (first: string, second: string, same: boolean): ScoredPair => {
    const [one, other] = [plain.get(first)?.feature, harder.get(second)]
    return { same, score: one === undefined || other === undefined ? null : similarityOf(one, other) }
  }
  const scored = pairs.flatMap(({ pathA, pathB, same = false }) => [
    score(pathA, pathB, same),
    score(pathB, pathA, same),
  ])
  const rates = ratesOf(scored, threshold)
  const percent = (rate: number | null): string => `${((rate ?? NaN) * 100).toFixed(1)} %`
  console.log(
    `${name.padEnd(11)} refused ${files.length - harder.size}/${files.length}` +
      `  TAR at FAR 1e-2 ${percent(rates.tarAtFar1e2)} (${rates.thresholdAtFar1e2?.toFixed(3)})` +
      `  at 1e-3 ${percent(rates.tarAtFar1e3)} (${rates.thresholdAtFar1e3?.toFixed(3)})` +
      `  at ${threshold}: TAR ${percent(rates.tarAtThreshold)}, FAR ${percent(rates.farAtThreshold)} of ${rates.impostorPairs}`,
  )
}
await engine.close()
