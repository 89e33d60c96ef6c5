import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expandGrey, mirror, type Image } from './image.ts'
import { Picture } from './picture.ts'
import { luminance, resample } from './resample.ts'

const IDENTITY = { a: 1, b: 0, tx: 0, ty: 0 }

function picture(width: number, height: number, value: (x: number, y: number, channel: number) => number): Image {
  const data = new Uint8Array(width * height * 3)
  for (let at = 0; at < data.length; at++) {
    const pixel = Math.floor(at / 3)
    data[at] = value(pixel % width, Math.floor(pixel / width), at % 3)
  }
  return { width, height, channels: 3, data }
}

function shown(
  image: Image,
  width: number,
  height: number,
  scale: number,
  outside: number | 'edge' = 'edge',
): Float32Array {
  return resample(new Picture(image), { width, height, toSource: { a: scale, b: 0, tx: 0, ty: 0 }, outside }).planes
}

describe('resampling', () => {
  it('changes nothing at scale one and splits the channels into planes', () => {
    const image = picture(5, 4, (x, y, channel) => 40 * channel + 7 * x + y)
    const { planes } = resample(new Picture(image), { width: 5, height: 4, toSource: IDENTITY, outside: 0 })
    for (const [at, value] of image.data.entries())
      expect(planes[(at % 3) * 20 + Math.floor(at / 3)]).toBeCloseTo(value, 4)
  })

  it('ignores the alpha of RGBA frames', () => {
    const rgb = picture(3, 3, (x, y) => 20 * x + y)
    const data = new Uint8Array(36).fill(9)
    for (const [at, value] of rgb.data.entries()) data[Math.floor(at / 3) * 4 + (at % 3)] = value
    expect(shown({ width: 3, height: 3, channels: 4, data }, 3, 3, 1)).toEqual(shown(rgb, 3, 3, 1))
  })

  it('keeps a ramp a ramp when it enlarges', () => {
    const planes = shown(
      picture(10, 3, (x) => 20 * x),
      40,
      3,
      0.25,
    )
    for (let x = 2; x < 38; x++) expect(planes[x]).toBeCloseTo(20 * ((x + 0.5) / 4 - 0.5), 3)
  })

  it('keeps the mean of a fine chequerboard when it reduces, whatever the factor', () => {
    const board = picture(240, 240, (x, y) => ((x + y) % 2) * 255)
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 24 }), (factor) => {
        const side = Math.floor(240 / factor)
        const farthest = shown(board, side, side, factor).reduce(
          (most, value) => Math.max(most, Math.abs(value - 127.5)),
          0,
        )
        expect(farthest).toBeLessThan(15)
      }),
    )
  })

  it('puts the asked value outside the picture, or repeats its edge', () => {
    const grey = picture(2, 2, () => 50)
    expect(shown(grey, 6, 1, 1, 127)[5]).toBe(127)
    expect(shown(grey, 6, 1, 1, 'edge')[5]).toBe(50)
  })

  it('gives the same by columns and rows as point by point', () => {
    const noise = picture(37, 29, (x, y, channel) => (x * 71 + y * 131 + channel * 59 + x * y) % 256)
    const numbers = {
      tx: fc.double({ min: -20, max: 20, noNaN: true }),
      ty: fc.double({ min: -20, max: 20, noNaN: true }),
    }
    fc.assert(
      fc.property(
        fc.record({ a: fc.double({ min: 0.1, max: 3.9, noNaN: true }), ...numbers }),
        fc.constantFrom('edge' as const, 127),
        ({ a, tx, ty }, outside) => {
          const shape = { width: 11, height: 7, outside }
          const upright = resample(new Picture(noise), { ...shape, toSource: { a, b: 0, tx, ty } }).planes
          // A turn too small to move a point by a thousandth of a pixel takes the other way through the code.
          const turned = resample(new Picture(noise), { ...shape, toSource: { a, b: 1e-9, tx, ty } }).planes
          for (const [at, value] of upright.entries()) expect(Math.abs(value - turned[at]!)).toBeLessThan(0.05)
        },
      ),
    )
  })

  it('refuses to read beyond what it is given: every value lies between the darkest and the brightest pixel', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 48, maxLength: 48 }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        (data, a, b) => {
          const image: Image = { width: 4, height: 4, channels: 3, data }
          const { planes } = resample(new Picture(image), {
            width: 5,
            height: 5,
            toSource: { a, b, tx: 1, ty: 2 },
            outside: 'edge',
          })
          for (const value of planes) {
            expect(value).toBeGreaterThanOrEqual(Math.min(...data) - 1e-3)
            expect(value).toBeLessThanOrEqual(Math.max(...data) + 1e-3)
          }
        },
      ),
    )
  })
})

describe('a grey picture', () => {
  it('has the same value in all three channels, so that no stage sees a colour', () => {
    expect(expandGrey(2, 1, Uint8Array.of(3, 200))).toEqual({
      width: 2,
      height: 1,
      channels: 3,
      data: Uint8Array.of(3, 3, 3, 200, 200, 200),
    })
  })

  it('keeps its values as luminance', () => {
    const planar = resample(new Picture(expandGrey(2, 1, Uint8Array.of(3, 200))), {
      width: 2,
      height: 1,
      toSource: IDENTITY,
      outside: 0,
    })
    const { planes, planeCount } = luminance(planar)
    expect(planeCount).toBe(1)
    expect(planes[0]).toBeCloseTo(3, 4)
    expect(planes[1]).toBeCloseTo(200, 3)
  })
})

describe('mirroring', () => {
  it('turns each row around and twice gives the picture back', () => {
    const planar = { width: 3, height: 2, planeCount: 1, planes: Float32Array.of(1, 2, 3, 4, 5, 6) } as const
    expect(mirror(planar).planes).toEqual(Float32Array.of(3, 2, 1, 6, 5, 4))
    expect(mirror(mirror(planar))).toEqual(planar)
  })
})
