import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bandOf, directionOf, joinFeatures, similarityOf } from './compare.ts'

const vector = fc
  .array(fc.float({ min: -10, max: 10, noNaN: true }), { minLength: 8, maxLength: 8 })
  .map((values) => Float32Array.from(values))
  .filter((values) => values.some((value) => Math.abs(value) > 0.1))

describe('the likeness of two faces', () => {
  it('is one for the same face, symmetric, and does not depend on the length of the vectors', () => {
    fc.assert(
      fc.property(vector, vector, fc.double({ min: 0.01, max: 100, noNaN: true }), (first, second, factor) => {
        const [one, other] = [directionOf([first]), directionOf([second])]
        expect(similarityOf(one, one)).toBeCloseTo(1, 5)
        expect(similarityOf(one, other)).toBeCloseTo(similarityOf(other, one), 6)
        expect(similarityOf(directionOf([first.map((value) => value * factor)]), other)).toBeCloseTo(
          similarityOf(one, other),
          4,
        )
      }),
    )
  })

  it('of joined features is the weighted mean of the networks’ cosines', () => {
    fc.assert(
      fc.property(vector, vector, vector, vector, (a1, a2, b1, b2) => {
        const [a, b, c, d] = [a1, a2, b1, b2].map((each) => directionOf([each])) as [never, never, never, never]
        const first = joinFeatures([
          { direction: a, weight: 3 },
          { direction: b, weight: 1 },
        ])
        const second = joinFeatures([
          { direction: c, weight: 3 },
          { direction: d, weight: 1 },
        ])
        expect(similarityOf(first, second)).toBeCloseTo(0.75 * similarityOf(a, c) + 0.25 * similarityOf(b, d), 4)
      }),
    )
  })

  it('cannot be told of features of different networks', () => {
    expect(() => similarityOf(directionOf([Float32Array.of(1, 0)]), directionOf([Float32Array.of(1, 0, 0)]))).toThrow(
      /different/,
    )
  })

  it('is not told of a vector without a direction', () => {
    expect(() => directionOf([Float32Array.of(0, 0)])).toThrow(/direction/)
    expect(() => directionOf([Float32Array.of(NaN, 0)])).toThrow(/direction/)
  })
})

describe('the band that is recorded', () => {
  it.each([
    [0.44, 'LOW'],
    [0.45, 'MEDIUM'],
    [0.59, 'MEDIUM'],
    [0.6, 'HIGH'],
  ] as const)('of %s is %s', (score, band) => {
    expect(bandOf(score, { threshold: 0.45, high: 0.6 })).toBe(band)
  })
})
