import { createCanvas } from '@napi-rs/canvas'
import jsqr from 'jsqr'
import { expect, test } from 'vitest'
import { drawQr } from './qr-code.tsx'

test.each(['https://pay.example.invalid/p?c=99000126000000000018', '缴款识别码 0018'])(
  'the drawn code of %s reads back',
  (value) => {
    const { path, size } = drawQr(value)
    const scale = 6
    const canvas = createCanvas(size * scale, size * scale)
    const context = canvas.getContext('2d')
    context.fillStyle = '#fff'
    context.fillRect(0, 0, canvas.width, canvas.height)
    context.fillStyle = '#000'
    for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g))
      context.fillRect(Number(x) * scale, Number(y) * scale, scale, scale)
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
    const read = jsqr as unknown as (
      data: Uint8ClampedArray,
      width: number,
      height: number,
    ) => { binaryData: number[] } | null
    const found = read(new Uint8ClampedArray(data), canvas.width, canvas.height)
    expect(new TextDecoder().decode(Uint8Array.from(found?.binaryData ?? []))).toBe(value)
  },
)
