import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CORNER, CornerGesture, type Touch } from './corner-gesture.ts'

const page = { width: 1080, height: 1920, corner: CORNER }
const topLeft = { x: 5, y: 119 }
const topRight = { x: 961, y: 3 }
const bottomRight = { x: 1079, y: 1919 }
const bottomLeft = { x: 0, y: 1801 }

function opens(...touches: readonly Touch[]): boolean {
  const gesture = new CornerGesture()
  return touches.map((touch) => gesture.touch(touch, page)).some((opened) => opened)
}

describe('the hidden way into the console', () => {
  test('is the four corners clockwise from the upper left within five seconds', () => {
    expect(
      opens(
        { ...topLeft, at: 0 },
        { ...topRight, at: 900 },
        { ...bottomRight, at: 2_000 },
        { ...bottomLeft, at: 5_000 },
      ),
    ).toBe(true)
  })

  test('does not open a moment later than five seconds after the first touch', () => {
    expect(
      opens(
        { ...topLeft, at: 0 },
        { ...topRight, at: 900 },
        { ...bottomRight, at: 2_000 },
        { ...bottomLeft, at: 5_001 },
      ),
    ).toBe(false)
  })

  test('does not open counter-clockwise', () => {
    expect(
      opens({ ...topLeft, at: 0 }, { ...bottomLeft, at: 1 }, { ...bottomRight, at: 2 }, { ...topRight, at: 3 }),
    ).toBe(false)
  })

  test('begins anew after a touch outside of the corners, and with a second touch of the first corner', () => {
    const middle = { x: 540, y: 60 }
    expect(
      opens(
        { ...topLeft, at: 0 },
        { ...topRight, at: 1 },
        { ...middle, at: 2 },
        { ...bottomRight, at: 3 },
        { ...bottomLeft, at: 4 },
      ),
    ).toBe(false)
    expect(
      opens(
        { ...topLeft, at: 0 },
        { ...topLeft, at: 4_000 },
        { ...topRight, at: 5_000 },
        { ...bottomRight, at: 6_000 },
        { ...bottomLeft, at: 7_000 },
      ),
    ).toBe(true)
  })

  test('can be made a second time', () => {
    const gesture = new CornerGesture()
    const round = [topLeft, topRight, bottomRight, bottomLeft]
    const opened = [...round, ...round].map((touch, at) => gesture.touch({ ...touch, at }, page))
    expect(opened).toEqual([false, false, false, true, false, false, false, true])
  })

  test('is never made by touches of which none lies in the lower left corner', () => {
    const touch = fc.record({ x: fc.integer({ min: 0, max: 1079 }), y: fc.integer({ min: 0, max: 1919 }) })
    fc.assert(
      fc.property(fc.array(touch, { maxLength: 200 }), (touches) => {
        const elsewhere = touches.filter(({ x, y }) => x >= CORNER || y < 1920 - CORNER)
        expect(opens(...elsewhere.map((point, at) => ({ ...point, at })))).toBe(false)
      }),
    )
  })
})
