import { describe, expect, it } from 'vitest'
import { soften } from './soften.ts'

const point = { width: 21, height: 21, planeCount: 1 as const, planes: new Float32Array(441) }
point.planes[10 * 21 + 10] = 100

describe('softening', () => {
  it('spreads a point as a Gaussian of the asked width and loses nothing of it', () => {
    const { planes } = soften(point, 1)
    expect(planes.reduce((sum, value) => sum + value, 0)).toBeCloseTo(100, 2)
    expect(planes[10 * 21 + 10]! / planes[10 * 21 + 11]!).toBeCloseTo(Math.exp(0.5), 3)
    expect(planes[10 * 21 + 12]!).toBeCloseTo(planes[12 * 21 + 10]!, 5)
  })

  it('leaves a flat picture flat up to its edge, and sharpness 0 leaves any picture alone', () => {
    const flat = { ...point, planes: new Float32Array(441).fill(80) }
    for (const value of soften(flat, 2).planes) expect(value).toBeCloseTo(80, 3)
    expect(soften(point, 0)).toBe(point)
  })
})
