import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  beginStroke,
  extendStroke,
  isSignature,
  LEAST_LENGTH,
  MAX_POINTS,
  strokeLength,
  strokePath,
  type Stroke,
  type StrokePoint,
} from './signature.ts'

const at = (x: number, y: number, ms = 0): StrokePoint => ({ x, y, pressure: 0.5, ms })
const draw = (...points: readonly StrokePoint[]): readonly Stroke[] =>
  points.slice(1).reduce(extendStroke, beginStroke([], points[0]!))

describe('a signature on the touch screen', () => {
  test('is long enough, or it is a dot or a slip of the hand', () => {
    expect(isSignature([])).toBe(false)
    expect(isSignature(draw(at(0.5, 0.5)))).toBe(false)
    expect(isSignature(draw(at(0.5, 0.5), at(0.52, 0.51)))).toBe(false)
    expect(isSignature(draw(at(0.2, 0.5), at(0.2 + LEAST_LENGTH, 0.5)))).toBe(true)
  })

  test('counts the length of all its strokes, but not the way between them', () => {
    const two = extendStroke(beginStroke(draw(at(0, 0), at(0.1, 0)), at(0.9, 0)), at(0.9, 0.2))
    expect(strokeLength(two)).toBeCloseTo(0.3)
  })

  test('leaves out points that hardly moved', () => {
    expect(draw(at(0.5, 0.5), at(0.501, 0.5), at(0.502, 0.501), at(0.51, 0.5))[0]).toHaveLength(2)
  })

  test('keeps a finger that left the field on its edge', () => {
    expect(draw(at(0.5, 0.5), at(1.4, -0.2)).at(0)?.at(-1)).toMatchObject({ x: 1, y: 0 })
  })

  test('never holds more points than it may, stays in the field and its time never goes back', () => {
    const point = fc.record({
      x: fc.double(),
      y: fc.double(),
      pressure: fc.double(),
      ms: fc.integer({ min: -1000, max: 1_000_000 }),
    })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), point), { maxLength: 300 }), (steps) => {
        const strokes = steps.reduce<readonly Stroke[]>(
          (now, [begin, next]) => (begin ? beginStroke(now, next) : extendStroke(now, next)),
          [],
        )
        for (const stroke of strokes)
          for (const [index, { x, y, pressure, ms }] of stroke.entries()) {
            for (const value of [x, y, pressure]) expect(value >= 0 && value <= 1).toBe(true)
            expect(ms).toBeGreaterThanOrEqual(stroke[index - 1]?.ms ?? 0)
          }
        expect(strokePath(strokes, 800, 300)).not.toMatch(/NaN|Infinity/)
      }),
    )
  })

  test('takes no more points once it is full', () => {
    let strokes = beginStroke([], at(0, 0))
    for (let index = 1; index < MAX_POINTS + 50; index++) strokes = extendStroke(strokes, at(index % 2, 0, index))
    strokes = beginStroke(strokes, at(0.5, 0.5))
    expect(strokes.flat()).toHaveLength(MAX_POINTS)
  })

  test('is drawn as a smooth path through the middles between its points', () => {
    expect(strokePath(draw(at(0, 0), at(0.5, 1), at(1, 0)), 100, 50)).toBe('M0 0Q50 50 75 25L100 0')
    expect(strokePath(draw(at(0.5, 0.5)), 100, 50)).toBe('M50 25h0.01')
  })
})
