import { createCanvas, type Canvas } from '@napi-rs/canvas'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectOk } from '../lib/result.ts'
import { decodeBitmap } from './bitmap.ts'
import { decodePicture } from './decode.ts'
import type { Image } from './image.ts'
import { readPictureHeader } from './picture-size.ts'

/** A 24-bit bitmap as portrait decoders write it: rows bottom first, padded to four bytes, blue before red. */
function bitmap24(
  width: number,
  height: number,
  pixel: (x: number, y: number) => readonly [number, number, number],
  topDown = false,
): Uint8Array {
  const stride = Math.ceil((width * 3) / 4) * 4
  const bytes = bitmapHeader(width, topDown ? -height : height, 24, 54, 54 + stride * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [red, green, blue] = pixel(x, y)
      bytes.set([blue, green, red], 54 + (topDown ? y : height - 1 - y) * stride + 3 * x)
    }
  }
  return bytes
}

function bitmapHeader(width: number, height: number, bits: number, pixels: number, size: number): Uint8Array {
  const bytes = Buffer.alloc(size)
  bytes.write('BM')
  bytes.writeUInt32LE(size, 2)
  bytes.writeUInt32LE(pixels, 10)
  bytes.writeUInt32LE(40, 14)
  bytes.writeInt32LE(width, 18)
  bytes.writeInt32LE(height, 22)
  bytes.writeUInt16LE(1, 26)
  bytes.writeUInt16LE(bits, 28)
  return new Uint8Array(bytes)
}

function colourAt(image: Image, x: number, y: number): number[] {
  const at = (y * image.width + x) * image.channels
  return Array.from(image.data.slice(at, at + 3))
}

async function decoded(bytes: Uint8Array): Promise<Image> {
  return expectOk(await decodePicture(bytes), 'a good picture')
}

/** 40×20, the left quarter blue, the rest red. */
function twoColours(): Canvas {
  const canvas = createCanvas(40, 20)
  const context = canvas.getContext('2d')
  context.fillStyle = '#ff0000'
  context.fillRect(0, 0, 40, 20)
  context.fillStyle = '#0000ff'
  context.fillRect(0, 0, 10, 20)
  return canvas
}

describe('a bitmap of a portrait decoder', () => {
  it('keeps every pixel of 102×126 in its place and colour', () => {
    const colour = (x: number, y: number): readonly [number, number, number] => [x, y, (x * y) % 251]
    const image = decodeBitmap(bitmap24(102, 126, colour))!
    expect([image.width, image.height]).toEqual([102, 126])
    for (const [x, y] of [
      [0, 0],
      [101, 0],
      [0, 125],
      [101, 125],
      [50, 60],
    ] as const)
      expect(colourAt(image, x, y)).toEqual([...colour(x, y)])
  })

  it('may also run from the top down', () => {
    expect(colourAt(decodeBitmap(bitmap24(3, 2, (x, y) => [x, y, 9], true))!, 2, 1)).toEqual([2, 1, 9])
  })

  it('may be grey with a palette and comes out with three channels', () => {
    const bytes = new Uint8Array([...bitmapHeader(2, 1, 8, 54 + 1024, 54 + 1024), 7, 255, 0, 0])
    for (let index = 0; index < 256; index++) bytes.set([index, index, index, 0], 54 + 4 * index)
    const image = decodeBitmap(bytes)!
    expect(image.channels).toBe(3)
    expect(colourAt(image, 0, 0)).toEqual([7, 7, 7])
    expect(colourAt(image, 1, 0)).toEqual([255, 255, 255])
  })

  it('is refused when bytes are missing', () => {
    expect(decodeBitmap(bitmap24(10, 10, () => [1, 2, 3]).subarray(0, 300))).toBeUndefined()
  })
})

describe('decoding a picture', () => {
  it.each(['jpeg', 'png', 'webp'] as const)('reads %s', async (format) => {
    const image = await decoded(await twoColours().encode(format as 'jpeg'))
    expect([image.width, image.height]).toEqual([40, 20])
    expect(colourAt(image, 35, 10)[0]).toBeGreaterThan(230)
    expect(colourAt(image, 3, 10)[2]).toBeGreaterThan(230)
  })

  it('turns a photograph upright as its EXIF orientation says', async () => {
    const jpeg = twoColours().toBuffer('image/jpeg')
    const tiff = Buffer.from('49492a0008000000010012010300010000000600000000000000', 'hex')
    const exif = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 8 + tiff.length]), Buffer.from('Exif\0\0'), tiff])
    const image = await decoded(Buffer.concat([jpeg.subarray(0, 2), exif, jpeg.subarray(2)]))
    expect([image.width, image.height]).toEqual([20, 40])
    expect(colourAt(image, 10, 3)[2]).toBeGreaterThan(230)
  })

  it('shows transparent parts white', async () => {
    expect(colourAt(await decoded(createCanvas(4, 4).toBuffer('image/png')), 1, 1)).toEqual([255, 255, 255])
  })

  it('reduces a large photograph to what faces need', async () => {
    const image = await decoded(createCanvas(3200, 800).toBuffer('image/jpeg'))
    expect([image.width, image.height]).toEqual([1600, 400])
  })

  it('refuses what is no picture, whatever the bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect((await decodePicture(bytes)).ok).toBe(false)
      }),
    )
  })

  it('refuses a forged size before decoding a byte of it', async () => {
    const png = Buffer.from(createCanvas(2, 2).toBuffer('image/png'))
    png.writeUInt32BE(100_000, 16)
    png.writeUInt32BE(100_000, 20)
    expect(await decodePicture(png)).toEqual({
      ok: false,
      error: { code: 'TOO_LARGE', width: 100_000, height: 100_000 },
    })
  })

  it('says that a picture is damaged when only its header is whole', async () => {
    const png = twoColours().toBuffer('image/png').subarray(0, 40)
    expect(await decodePicture(png)).toMatchObject({ ok: false, error: { code: 'DAMAGED' } })
  })
})

describe('the header of a picture', () => {
  it.each(['jpeg', 'png', 'webp'] as const)('tells the size of %s', async (format) => {
    const bytes = await createCanvas(321, 123).encode(format as 'jpeg')
    expect(readPictureHeader(bytes)).toMatchObject({ width: 321, height: 123 })
  })
})
