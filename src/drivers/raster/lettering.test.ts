import { createCanvas, loadImage } from '@napi-rs/canvas'
import { beforeAll, describe, expect, it } from 'vitest'
import { Bitmap, stack } from './bitmap.ts'
import { parseCharacterMap, readCharacterMap } from './cmap.ts'
import { loadLettering, shippedFont, type Lettering } from './lettering.ts'
import { toPng } from './png.ts'
import { containsRealTimePair, withoutRealTimePairs } from './real-time.ts'

let lettering: Lettering
beforeAll(async () => {
  lettering = await loadLettering()
})

describe('the shipped font', () => {
  it('holds every character of the basic Chinese block and the rare ones of names', () => {
    for (let code = 0x4e00; code <= 0x9fa5; code++) expect(lettering.hasGlyph(code)).toBe(true)
    expect(lettering.missing('䶮㛃￥─□')).toEqual([])
  })

  it('knows what it lacks, each character once', () => {
    expect(lettering.missing('王𬎆、李𬎆')).toEqual(['𬎆'])
  })

  it('refuses to draw what it lacks instead of drawing a box', () => {
    expect(() => lettering.glyph('𬎆', 24, 24)).toThrow('U+2c386')
  })

  it('draws characters that differ, inside their cell', () => {
    const one = lettering.glyph('一', 24, 24)
    const many = lettering.glyph('䶮', 24, 24)
    expect([one.width, one.height]).toEqual([24, 24])
    expect(one.inkedDots()).toBeGreaterThan(10)
    expect(many.inkedDots()).toBeGreaterThan(one.inkedDots() * 3)
    expect(lettering.glyph(' ', 12, 24).inkedDots()).toBe(0)
  })

  it('tells the size of its repertoire', async () => {
    expect((await readCharacterMap(shippedFont())).size).toBe(30_890)
  })
})

describe('a character map of format 4', () => {
  it('maps its segments and leaves out what maps to no glyph', () => {
    const segments = [
      { end: 0x42, start: 0x41, delta: 5 },
      { end: 0x50, start: 0x50, delta: 0x10000 - 0x50 },
      { end: 0xffff, start: 0xffff, delta: 1 },
    ]
    const words = [
      ...[0, 1, 0, 3, 0, 12],
      ...[4, 0, 0, segments.length * 2, 0, 0, 0],
      ...segments.map((segment) => segment.end),
      0,
      ...segments.map((segment) => segment.start),
      ...segments.map((segment) => segment.delta),
      ...segments.map(() => 0),
    ]
    const view = new DataView(new ArrayBuffer(words.length * 2))
    words.forEach((word, index) => view.setUint16(index * 2, word & 0xffff))
    const map = parseCharacterMap(view)
    expect([0x40, 0x41, 0x42, 0x43, 0x50].map((code) => map.has(code))).toEqual([false, true, true, false, false])
  })
})

describe('a picture of dots', () => {
  it('survives PNG dot for dot', async () => {
    const drawn = stack([lettering.glyph('验', 24, 24), new Bitmap(31, 3), lettering.glyph('A', 12, 24)])
    const image = await loadImage(Buffer.from(toPng(drawn)))
    const canvas = createCanvas(image.width, image.height)
    const context = canvas.getContext('2d')
    context.drawImage(image, 0, 0)
    const pixels = context.getImageData(0, 0, image.width, image.height).data
    expect([image.width, image.height]).toEqual([31, 51])
    for (let y = 0; y < 51; y++) {
      for (let x = 0; x < 31; x++) expect(pixels[(y * 31 + x) * 4] === 0).toBe(drawn.dot(x, y))
    }
  })

  it('loses the ink beside the paper', () => {
    const paper = new Bitmap(9, 2)
    paper.stamp(new Bitmap(1, 1, Uint8Array.of(0x80)), 8, 1)
    paper.stamp(new Bitmap(1, 1, Uint8Array.of(0x80)), 9, 1)
    expect(paper.inkedDots()).toBe(1)
    expect(paper.inverted().inkedDots()).toBe(17)
  })
})

describe('real-time sequences in picture data', () => {
  it('are found and made harmless with one more dot', () => {
    const data = Uint8Array.of(0x10, 0x04, 0x00, 0x10, 0x10, 0x14)
    expect(containsRealTimePair(data)).toBe(true)
    expect([...withoutRealTimePairs(data)]).toEqual([0x18, 0x04, 0x00, 0x10, 0x18, 0x14])
  })
})
