import path from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectOk } from '../lib/result.ts'
import { anchorsOf, suppressOverlaps, viewOf, type DetectedFace } from './detect.ts'
import { intersectionOverUnion } from './geometry.ts'
import type { DetectionModel } from './manifest.ts'
import { readManifest } from './models.ts'

let model: DetectionModel
beforeAll(async () => {
  const file = path.join(import.meta.dirname, '../../assets/models/models.json')
  model = expectOk(await readManifest(file), 'the shipped manifest').detection
})

describe('the anchors of the shipped detector', () => {
  it('are as many as its output has rows', () => {
    expect(anchorsOf(model)).toHaveLength(4420)
  })

  it('begin with the three smallest sizes in the left top cell and end with the largest in the right bottom one', () => {
    const anchors = anchorsOf(model)
    expect(anchors[0]!.width).toBeCloseTo(10 / 320, 12)
    expect(anchors[0]!.y).toBeCloseTo(4 / 240, 12)
    expect(anchors[2]!.width).toBeCloseTo(24 / 320, 12)
    expect(anchors[3]!.x).toBeCloseTo(12 / 320, 12)
    const last = anchors.at(-1)!
    expect([last.x * 320, last.y * 240, last.width * 320, last.height * 240].map(Math.round)).toEqual([
      288, 224, 256, 256,
    ])
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
