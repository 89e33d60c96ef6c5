import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { softmax, surroundings } from './liveness.ts'

describe('the surroundings shown to the liveness network', () => {
  it('are a square within the picture that holds the middle of the face', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 600 }),
        fc.integer({ min: 0, max: 440 }),
        fc.integer({ min: 20, max: 400 }),
        (left, top, size) => {
          const image = { width: 640, height: 480, channels: 4, data: new Uint8Array() } as const
          const box = { left, top, right: Math.min(640, left + size), bottom: Math.min(480, top + size) }
          const region = surroundings(image, box, 2.7)
          expect(region.right - region.left).toBeCloseTo(region.bottom - region.top, 6)
          expect(region.left).toBeGreaterThanOrEqual(-1e-6)
          expect(region.top).toBeGreaterThanOrEqual(-1e-6)
          expect(region.right).toBeLessThanOrEqual(640 + 1e-6)
          expect(region.bottom).toBeLessThanOrEqual(480 + 1e-6)
          expect((box.left + box.right) / 2).toBeGreaterThanOrEqual(region.left - 1e-6)
          expect((box.left + box.right) / 2).toBeLessThanOrEqual(region.right + 1e-6)
        },
      ),
    )
  })

  it('are 2.7 heights of the face wide where there is room', () => {
    const image = { width: 1000, height: 1000, channels: 4, data: new Uint8Array() } as const
    const region = surroundings(image, { left: 450, top: 450, right: 530, bottom: 550 }, 2.7)
    expect(region.right - region.left).toBeCloseTo(270, 6)
  })
})

describe('class probabilities', () => {
  it('sum to one, keep their order and bear large logits', () => {
    const [first, second, third] = softmax(Float32Array.of(900, 901, -900))
    expect(first! + second! + third!).toBeCloseTo(1, 9)
    expect(second!).toBeCloseTo(Math.E / (1 + Math.E), 6)
    expect(third!).toBe(0)
  })
})
