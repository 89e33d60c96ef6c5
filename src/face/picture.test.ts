import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Image } from './image.ts'
import { Picture } from './picture.ts'

const rgba = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 3 }))
  .chain(([width, height, shift]) =>
    fc
      .uint8Array({ minLength: width * height * 4 + shift, maxLength: width * height * 4 + shift })
      .map((bytes): Image => ({ width, height, channels: 4, data: bytes.subarray(shift) })),
  )

describe('the copies of a picture', () => {
  it('are the mean of four pixels each, rounded, wherever the bytes lie in memory', () => {
    fc.assert(
      fc.property(rgba, (image) => {
        const { image: half, times } = new Picture(image).halved(1)
        if (times === 0) return
        const at = (x: number, y: number, channel: number): number => image.data[(y * image.width + x) * 4 + channel]!
        for (let y = 0; y < half.height; y++) {
          for (let x = 0; x < half.width; x++) {
            for (let channel = 0; channel < 3; channel++) {
              const sum =
                at(2 * x, 2 * y, channel) +
                at(2 * x + 1, 2 * y, channel) +
                at(2 * x, 2 * y + 1, channel) +
                at(2 * x + 1, 2 * y + 1, channel)
              expect(half.data[(y * half.width + x) * half.channels + channel]).toBe(Math.floor((sum + 2) / 4))
            }
          }
        }
      }),
    )
  })

  it('are made once and end at one pixel', () => {
    const picture = new Picture({ width: 8, height: 4, channels: 3, data: new Uint8Array(96).fill(7) })
    expect(picture.halved(1).image).toBe(picture.halved(1).image)
    expect(picture.halved(9)).toMatchObject({ times: 2, image: { width: 2, height: 1 } })
  })

  it('are wiped with the picture’s turn; the picture itself is not', () => {
    const picture = new Picture({ width: 4, height: 4, channels: 4, data: new Uint8Array(64).fill(200) })
    const { image: half } = picture.halved(1)
    picture.wipeCopies()
    expect(half.data.every((value) => value === 0)).toBe(true)
    expect(picture.image.data.every((value) => value === 200)).toBe(true)
  })
})
