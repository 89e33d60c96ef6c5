import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compose,
  distance,
  fitSimilarity,
  intersectionOverUnion,
  invert,
  transform,
  turnAbout,
  type Box,
  type Point,
} from './geometry.ts'

const coordinate = fc.double({ min: -500, max: 500, noNaN: true })
const point = fc.record({ x: coordinate, y: coordinate })
const similarity = fc
  .record({
    scale: fc.double({ min: 0.05, max: 20, noNaN: true }),
    angle: fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
    tx: coordinate,
    ty: coordinate,
  })
  .map(({ scale, angle, tx, ty }) => ({ a: scale * Math.cos(angle), b: scale * Math.sin(angle), tx, ty }))
const FIVE: readonly Point[] = [
  { x: 38, y: 52 },
  { x: 74, y: 51 },
  { x: 56, y: 72 },
  { x: 42, y: 92 },
  { x: 71, y: 92 },
]

describe('the similarity fit', () => {
  it('finds any turn, scale and shift of five points exactly', () => {
    fc.assert(
      fc.property(similarity, (map) => {
        const moved = FIVE.map((each) => transform(map, each))
        const fit = fitSimilarity(FIVE, moved)!
        for (const [index, each] of FIVE.entries())
          expect(distance(transform(fit, each), moved[index]!)).toBeLessThan(1e-6)
      }),
    )
  })

  it('does no worse than any similarity near it when the points disagree', () => {
    const squares = (map: { a: number; b: number; tx: number; ty: number }, to: readonly Point[]): number =>
      FIVE.reduce((sum, each, index) => sum + distance(transform(map, each), to[index]!) ** 2, 0)
    fc.assert(
      fc.property(
        fc.array(point, { minLength: 5, maxLength: 5 }),
        fc.double({ min: -0.1, max: 0.1, noNaN: true }),
        (to, step) => {
          const fit = fitSimilarity(FIVE, to)!
          const best = squares(fit, to)
          for (const key of ['a', 'b', 'tx', 'ty'] as const) {
            expect(squares({ ...fit, [key]: fit[key] + step }, to)).toBeGreaterThanOrEqual(best - 1e-6)
          }
        },
      ),
    )
  })

  it('never mirrors a face: five mirrored points do not fit', () => {
    const mirrored = FIVE.map(({ x, y }) => ({ x: -x, y }))
    const fit = fitSimilarity(FIVE, mirrored)!
    expect(Math.max(...FIVE.map((each, index) => distance(transform(fit, each), mirrored[index]!)))).toBeGreaterThan(10)
  })

  it('has no answer when all points coincide', () => {
    expect(
      fitSimilarity(
        [
          { x: 1, y: 1 },
          { x: 1, y: 1 },
        ],
        [
          { x: 0, y: 0 },
          { x: 5, y: 5 },
        ],
      ),
    ).toBeUndefined()
  })
})

describe('maps', () => {
  it('are undone by their inverse and chained by compose', () => {
    fc.assert(
      fc.property(similarity, similarity, point, (first, second, start) => {
        expect(distance(transform(invert(first), transform(first, start)), start)).toBeLessThan(1e-6)
        const stepwise = transform(second, transform(first, start))
        expect(distance(transform(compose(first, second), start), stepwise)).toBeLessThan(1e-5)
      }),
    )
  })

  it('leave the centre of a turn where it is', () => {
    const centre = { x: 7, y: -3 }
    expect(distance(transform(turnAbout(centre, 1.1, 2.5), centre), centre)).toBeLessThan(1e-9)
  })
})

describe('the overlap of two boxes', () => {
  const box = fc
    .tuple(
      coordinate,
      coordinate,
      fc.double({ min: 1, max: 99, noNaN: true }),
      fc.double({ min: 1, max: 99, noNaN: true }),
    )
    .map(([left, top, width, height]): Box => ({ left, top, right: left + width, bottom: top + height }))

  it('is symmetric, within 0 and 1, and 1 only for the same box', () => {
    fc.assert(
      fc.property(box, box, (first, second) => {
        const overlap = intersectionOverUnion(first, second)
        expect(overlap).toBeCloseTo(intersectionOverUnion(second, first), 12)
        expect(overlap).toBeGreaterThanOrEqual(0)
        expect(overlap).toBeLessThanOrEqual(1)
        expect(intersectionOverUnion(first, first)).toBeCloseTo(1, 9)
      }),
    )
  })

  it('is a third for boxes that share half of each', () => {
    expect(
      intersectionOverUnion({ left: 0, top: 0, right: 2, bottom: 1 }, { left: 1, top: 0, right: 3, bottom: 1 }),
    ).toBeCloseTo(1 / 3)
  })
})
