import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Detector, suppressOverlaps, viewOf, type DetectedFace } from './detect.ts'
import { intersectionOverUnion } from './geometry.ts'
import type { DetectionModel } from './manifest.ts'
import type { Network } from './network.ts'
import { Picture } from './picture.ts'

const MODEL: DetectionModel = {
  file: 'none.onnx',
  sha256: '0'.repeat(64),
  input: { name: 'input', width: 320, height: 240, channels: 'RGB', mean: 0, scale: 1 },
  outputs: { scores: 'scores', boxes: 'boxes' },
  minScore: 0.6,
  minScoreTried: 0.05,
  maxOverlap: 0.3,
}

/** A network that sees a face in the middle quarter of whatever it is shown, and half sees one in the corner. */
const network = {
  run: () =>
    Promise.resolve([
      Float32Array.of(0.1, 0.9, 0.7, 0.3, 0.95, 0.05),
      Float32Array.of(0.25, 0.25, 0.75, 0.75, 0, 0, 0.1, 0.1, 0, 0, 1, 1),
    ]),
} as unknown as Network

describe('the detector', () => {
  const picture = new Picture({ width: 400, height: 600, channels: 3, data: new Uint8Array(400 * 600 * 3) })
  const find = (margin: number, minScore?: number) =>
    new Detector(network, MODEL).find(picture, viewOf(picture, margin), minScore)

  it('gives the corners of a face in pixels of the picture, whatever bars fill the input', async () => {
    // 400×600 in a 4:3 input is 800×600 with bars of 200 at each side.
    const [face, ...others] = await find(0)
    expect(face!.box).toEqual({ left: 0, top: 150, right: 400, bottom: 450 })
    expect(face!.score).toBeCloseTo(0.9)
    expect(others).toEqual([])
  })

  it('takes the margin of the view off again', async () => {
    const [face] = await find(0.5)
    expect(face!.box).toEqual({ left: -200, top: 0, right: 600, bottom: 600 })
  })

  it('tells of unsure places only when asked', async () => {
    expect(await find(0, 0.2)).toHaveLength(2)
  })
})

describe('of overlapping boxes', () => {
  const coordinate = fc.integer({ min: 0, max: 60 })
  const face = fc
    .tuple(
      coordinate,
      coordinate,
      fc.integer({ min: 5, max: 40 }),
      fc.integer({ min: 5, max: 40 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    .map(([left, top, width, height, score]): DetectedFace => ({
      box: { left, top, right: left + width, bottom: top + height },
      score,
    }))

  it('the best stays, no two kept ones overlap too much, and every dropped one overlaps a better one', () => {
    fc.assert(
      fc.property(fc.array(face, { maxLength: 30 }), (faces) => {
        const kept = suppressOverlaps(faces, 0.3)
        if (faces.length > 0) expect(kept[0]!.score).toBe(Math.max(...faces.map((each) => each.score)))
        for (const [index, one] of kept.entries()) {
          for (const other of kept.slice(index + 1)) {
            expect(intersectionOverUnion(one.box, other.box)).toBeLessThanOrEqual(0.3)
            expect(one.score).toBeGreaterThanOrEqual(other.score)
          }
        }
        for (const dropped of faces.filter((each) => !kept.includes(each))) {
          expect(
            kept.some((each) => each.score >= dropped.score && intersectionOverUnion(each.box, dropped.box) > 0.3),
          ).toBe(true)
        }
      }),
    )
  })
})

describe('a view with a margin', () => {
  it('is wider than the picture by the margin on each side', () => {
    const image = { width: 100, height: 200, channels: 3, data: new Uint8Array() } as const
    expect(viewOf(image, 0.2).region).toEqual({ left: -20, top: -40, right: 120, bottom: 240 })
  })
})
