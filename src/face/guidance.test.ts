import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FivePoints } from './landmarks.ts'
import { guidanceFor, type FaceFacts } from './guidance.ts'
import { exposureOf, placementOf, poseOf } from './quality.ts'

/** A mean head in distances between the eyes: x right, y down, z towards the camera. */
const HEAD = {
  leftEye: [-0.5, 0, 0],
  rightEye: [0.5, 0, 0],
  nose: [0, 0.572, 0.55],
  leftMouth: [-0.41, 1.155, 0],
  rightMouth: [0.41, 1.155, 0],
} as const

/** The head turned by angles in degrees, seen from afar, 100 pixels between the eyes. */
function turned(yaw: number, pitch: number, roll: number): FivePoints {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180
  const [y, p, r] = [radians(yaw), radians(pitch), radians(roll)]
  const seen = ([x, height, depth]: readonly [number, number, number]) => {
    const tilted = height * Math.cos(p) + depth * Math.sin(p)
    const forward = -height * Math.sin(p) + depth * Math.cos(p)
    const sideways = x * Math.cos(y) + forward * Math.sin(y)
    return {
      x: 320 + 100 * (sideways * Math.cos(r) - tilted * Math.sin(r)),
      y: 200 + 100 * (sideways * Math.sin(r) + tilted * Math.cos(r)),
    }
  }
  return {
    leftEye: seen(HEAD.leftEye),
    rightEye: seen(HEAD.rightEye),
    nose: seen(HEAD.nose),
    leftMouth: seen(HEAD.leftMouth),
    rightMouth: seen(HEAD.rightMouth),
  }
}

const GOOD: FaceFacts = {
  placement: { size: 0.45, offX: 0.02, offY: 0.05, cut: false },
  pose: { yaw: 3, pitch: -4, roll: 1 },
  exposure: { brightness: 130, burnt: 0, sharpness: 200 },
  movement: 0.02,
}

describe('where a head looks', () => {
  it('is straight ahead for a mean head that looks straight ahead', () => {
    const { yaw, pitch, roll } = poseOf(turned(0, 0, 0))
    for (const angle of [yaw, pitch, roll]) expect(Math.abs(angle)).toBeLessThan(0.5)
  })

  it.each([-35, -20, -10, 10, 20, 35])('is seen turned by %s degrees within ten', (yaw) => {
    expect(Math.abs(poseOf(turned(yaw, 0, 0)).yaw - yaw)).toBeLessThan(10)
  })

  it.each([-20, -10, 10, 20])('is seen tilted by %s degrees within ten', (pitch) => {
    expect(Math.abs(poseOf(turned(0, pitch, 0)).pitch - pitch)).toBeLessThan(10)
  })

  it('leans as far as the head leans, which changes neither yaw nor pitch', () => {
    fc.assert(
      fc.property(fc.integer({ min: -60, max: 60 }), (roll) => {
        const straight = poseOf(turned(15, 5, 0))
        const leaning = poseOf(turned(15, 5, roll))
        expect(leaning.roll - straight.roll).toBeCloseTo(roll, 4)
        expect(leaning.yaw).toBeCloseTo(straight.yaw, 4)
        expect(leaning.pitch).toBeCloseTo(straight.pitch, 4)
      }),
    )
  })
})

describe('the light on a face', () => {
  const flat = (value: number) => ({
    width: 112,
    height: 112,
    planeCount: 3 as const,
    planes: new Float32Array(3 * 112 * 112).fill(value),
  })

  it('is its mean luminance, and a flat face has no sharpness', () => {
    expect(exposureOf(flat(90)).brightness).toBeCloseTo(90, 3)
    expect(exposureOf(flat(90)).sharpness).toBeCloseTo(0, 3)
    expect(exposureOf(flat(255)).burnt).toBe(1)
  })

  it('is sharper with fine detail than with the same detail blurred', () => {
    const stripes = (width: number): number => {
      const image = flat(0)
      for (const at of image.planes.keys()) image.planes[at] = 128 + 60 * Math.sin(((at % 112) * 2 * Math.PI) / width)
      return exposureOf(image).sharpness
    }
    expect(stripes(4)).toBeGreaterThan(10 * stripes(16))
  })
})

describe('the guidance', () => {
  it('is nothing but "good" for a good frame', () => {
    expect(guidanceFor(GOOD)).toBe('GOOD')
  })

  it.each([
    ['TOO_FAR', { placement: { ...GOOD.placement, size: 0.1 } }],
    ['TOO_CLOSE', { placement: { ...GOOD.placement, size: 0.95 } }],
    ['OFF_CENTRE', { placement: { ...GOOD.placement, offX: 0.3 } }],
    ['OFF_CENTRE', { placement: { ...GOOD.placement, cut: true } }],
    ['TOO_DARK', { exposure: { ...GOOD.exposure, brightness: 20 } }],
    ['TOO_BRIGHT', { exposure: { ...GOOD.exposure, brightness: 240 } }],
    ['TOO_BRIGHT', { exposure: { ...GOOD.exposure, burnt: 0.6 } }],
    ['TURN_TO_CAMERA', { pose: { ...GOOD.pose, yaw: -40 } }],
    ['HOLD_STILL', { exposure: { ...GOOD.exposure, sharpness: 1 } }],
    ['HOLD_STILL', { movement: 0.8 }],
  ] as const)('is %s when that is in the way', (expected, change) => {
    expect(guidanceFor({ ...GOOD, ...change })).toBe(expected)
  })

  it('asks to come closer before anything that a small face makes hard to judge', () => {
    expect(
      guidanceFor({
        ...GOOD,
        placement: { ...GOOD.placement, size: 0.1 },
        exposure: { brightness: 10, burnt: 0, sharpness: 0 },
      }),
    ).toBe('TOO_FAR')
  })
})

describe('the place of a face in the frame', () => {
  it('is cut when the mouth lies below the frame', () => {
    const points = turned(0, 0, 0)
    expect(placementOf({ left: 220, top: 100, right: 420, bottom: 400 }, points, 640, 480).cut).toBe(false)
    expect(placementOf({ left: 220, top: 100, right: 420, bottom: 400 }, points, 640, 300).cut).toBe(true)
  })

  it('is told in shares of the frame', () => {
    const placement = placementOf({ left: 0, top: 0, right: 160, bottom: 240 }, turned(0, 0, 0), 640, 480)
    expect(placement.size).toBe(0.5)
    expect(placement.offX).toBe(0.375)
    expect(placement.offY).toBe(0.25)
  })
})
