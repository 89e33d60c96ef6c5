import path from 'node:path'
import { createCanvas } from '@napi-rs/canvas'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PEOPLE, pixelsOf, renderFace, type Rendering } from '../../tests/support/faces.ts'
import { systemClock } from '../lib/clock.ts'
import { expectOk } from '../lib/result.ts'
import { similarityOf, type Feature } from './compare.ts'
import { decodePicture } from './decode.ts'
import { FaceEngine, type EnrolledFace } from './engine.ts'
import type { Image } from './image.ts'

/* The people are two renderings of one photograph each: this proves the plumbing; docs/model-card.md has the accuracy. */

let engine: FaceEngine
beforeAll(async () => {
  const manifest = path.join(import.meta.dirname, '../../assets/models/models.json')
  engine = expectOk(await FaceEngine.load(manifest, systemClock), 'the shipped models')
})
afterAll(() => engine.close())
beforeEach(() => {
  engine.forget()
})

const CARD: Rendering = { width: 102, height: 126, faceHeight: 0.55 }
const FRAME: Rendering = { width: 640, height: 480, faceHeight: 0.42, light: 0.9 }
type Name = keyof typeof PEOPLE

async function frame(name: Name, change: Partial<Rendering> = {}): Promise<Image> {
  return pixelsOf(await renderFace(PEOPLE[name], { ...FRAME, ...change }))
}

async function enrolled(name: Name, rendering = CARD, quality = 60): Promise<EnrolledFace> {
  const jpeg = await (await renderFace(PEOPLE[name], rendering)).encode('jpeg', quality)
  const image = expectOk(await decodePicture(jpeg), 'a good picture')
  return expectOk(await engine.enrol(image), `${name} has a face`)
}

describe('a portrait of an ID card', () => {
  it('matches a camera frame of its holder and of nobody else', async () => {
    const bo = await enrolled('bo')
    const dan = await enrolled('dan')
    const { threshold } = engine.manifest.decision
    const seen = await engine.read(await frame('bo'), bo.feature)
    expect(seen.guidance).toBe('GOOD')
    expect(seen.score).toBeGreaterThan(threshold)
    engine.forget()
    expect((await engine.read(await frame('bo'), dan.feature)).score).toBeLessThan(threshold)
    engine.forget()
    expect((await engine.read(await frame('dan'), dan.feature)).score).toBeGreaterThan(threshold)
  })

  it('is found when the face fills it to the edges', async () => {
    const tight = await enrolled('bo', { width: 90, height: 100, faceHeight: 0.98 })
    expect(similarityOf(tight.feature, (await enrolled('bo')).feature)).toBeGreaterThan(0.6)
  })

  it('is found dark, turned and badly compressed, and still matches', async () => {
    const poor = await enrolled('bo', { ...CARD, light: 0.3, turn: 14 }, 20)
    expect(similarityOf(poor.feature, (await enrolled('bo')).feature)).toBeGreaterThan(
      engine.manifest.decision.threshold,
    )
  })

  it('that is grey has a feature close to the coloured one', async () => {
    const colour = await renderFace(PEOPLE.dan, { width: 300, height: 360, faceHeight: 0.5 })
    const grey = createCanvas(300, 360)
    const context = grey.getContext('2d')
    context.filter = 'grayscale(1)'
    context.drawImage(colour, 0, 0)
    const [one, other] = [
      expectOk(await engine.enrol(pixelsOf(colour)), 'face'),
      expectOk(await engine.enrol(pixelsOf(grey)), 'face'),
    ]
    expect(similarityOf(one.feature, other.feature)).toBeGreaterThan(0.7)
  })

  it('without a face is refused, not guessed', async () => {
    const blank = createCanvas(102, 126)
    const context = blank.getContext('2d')
    context.fillStyle = '#b0a090'
    context.fillRect(0, 0, 102, 126)
    context.fillStyle = '#203040'
    for (let line = 0; line < 9; line++) context.fillText('道路运输证 0123456789', 4, 12 + 13 * line)
    expect(await engine.enrol(pixelsOf(blank))).toEqual({ ok: false, error: 'NO_FACE' })
  })

  it('of several people says that others could be meant', async () => {
    const group = await renderFace(PEOPLE.bo, { width: 800, height: 600, faceHeight: 0.25, wholePhotograph: true })
    expect(expectOk(await engine.enrol(pixelsOf(group)), 'faces').others).toBeGreaterThan(0)
  })
})

describe('a camera frame', () => {
  it.each([
    ['TOO_FAR', { faceHeight: 0.15 }],
    ['OFF_CENTRE', { at: { x: 0.85, y: 0.5 } }],
    ['TOO_DARK', { light: 0.15 }],
    ['TURN_TO_CAMERA', { turn: 35 }],
    ['TWO_FACES', { wholePhotograph: true, faceHeight: 0.3, at: { x: 0.4, y: 0.5 } }],
  ] as const)('that cannot count says %s', async (guidance, change) => {
    expect((await engine.read(await frame('bo', change), undefined)).guidance).toBe(guidance)
  })

  it('of an empty room says NO_FACE and costs no other stage', async () => {
    const empty = pixelsOf(createCanvas(640, 480))
    const seen = await engine.read(empty, undefined)
    expect(seen).toMatchObject({ guidance: 'NO_FACE', stageMs: { landmarks: 0, feature: 0, liveness: 0 } })
  })

  it('of a picture with edges held up is NOT_LIVE and gets no score', async () => {
    const { feature } = await enrolled('an')
    const seen = await engine.read(await frame('an'), feature)
    expect(seen.guidance).toBe('NOT_LIVE')
    expect(seen.liveness).toBeLessThan(0.5)
    expect(seen.score).toBeUndefined()
  })

  it('after a jump of the face says HOLD_STILL', async () => {
    await engine.read(await frame('bo', { at: { x: 0.35, y: 0.5 } }), undefined)
    expect((await engine.read(await frame('bo', { at: { x: 0.62, y: 0.5 } }), undefined)).guidance).toBe('HOLD_STILL')
  })

  it('before a reference is set is judged but not scored', async () => {
    const seen = await engine.read(await frame('bo'), undefined)
    expect(seen.guidance).toBe('GOOD')
    expect(seen.liveness).toBeGreaterThan(0.9)
    expect(seen.score).toBeUndefined()
  })

  it('gives a score of the same scale as the portrait, for one frame as for the full effort', async () => {
    const reference: Feature = (await enrolled('dan')).feature
    const live = (await engine.read(await frame('dan'), reference)).score!
    const full = similarityOf(expectOk(await engine.enrol(await frame('dan')), 'face').feature, reference)
    expect(Math.abs(live - full)).toBeLessThan(0.1)
  })
})
