import { expandGrey, type Image } from './image.ts'

/**
 * Decodes an uncompressed bitmap of 8 (grey or palette) or 24 bits a pixel: what decoders of the ID card's portrait
 * write. Layout: BITMAPFILEHEADER (pixel offset at 10), BITMAPINFOHEADER (width 18, height 22, bits 28, compression
 * 30, colours 46), palette of four bytes each, rows padded to four bytes, bottom row first unless the height is
 * negative, colours in the order blue, green, red. `undefined` for anything else or a file that is too short.
 */
export function decodeBitmap(bytes: Uint8Array): Image | undefined {
  if (bytes.length < 54 || bytes[0] !== 0x42 || bytes[1] !== 0x4d) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const layout: Layout = {
    pixels: view.getUint32(10, true),
    palette: 14 + view.getUint32(14, true),
    width: view.getInt32(18, true),
    height: Math.abs(view.getInt32(22, true)),
    topDown: view.getInt32(22, true) < 0,
  }
  const bits = view.getUint16(28, true)
  const uncompressed = view.getUint32(30, true) === 0
  const stride = Math.ceil((layout.width * bits) / 32) * 4
  if (!uncompressed || layout.width <= 0 || layout.height <= 0) return undefined
  if (layout.pixels + stride * layout.height > bytes.length) return undefined
  if (bits === 24) return colourBitmap(bytes, layout, stride)
  if (bits === 8 && layout.palette + 1024 <= layout.pixels) return paletteBitmap(bytes, layout, stride)
  return undefined
}

interface Layout {
  readonly pixels: number
  readonly palette: number
  readonly width: number
  readonly height: number
  readonly topDown: boolean
}

function rowStart(layout: Layout, stride: number, y: number): number {
  return layout.pixels + (layout.topDown ? y : layout.height - 1 - y) * stride
}

function colourBitmap(bytes: Uint8Array, layout: Layout, stride: number): Image {
  const { width, height } = layout
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    const row = rowStart(layout, stride, y)
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * 3
      data[to] = bytes[row + 3 * x + 2] ?? 0
      data[to + 1] = bytes[row + 3 * x + 1] ?? 0
      data[to + 2] = bytes[row + 3 * x] ?? 0
    }
  }
  return { width, height, channels: 3, data }
}

function paletteBitmap(bytes: Uint8Array, layout: Layout, stride: number): Image {
  const { width, height } = layout
  const indices = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    const row = rowStart(layout, stride, y)
    indices.set(bytes.subarray(row, row + width), y * width)
  }
  const image = expandGrey(width, height, indices)
  const data = new Uint8Array(image.data.length)
  for (const [at, index] of image.data.entries()) {
    data[at] = bytes[layout.palette + 4 * index + 2 - (at % 3)] ?? 0
  }
  return { width, height, channels: 3, data }
}
