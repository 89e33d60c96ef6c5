import { crc32, deflateSync } from 'node:zlib'
import type { Bitmap } from './bitmap.ts'

/** The picture as a 1-bit greyscale PNG (W3C PNG, colour type 0): ink black, paper white. */
export function toPng(bitmap: Bitmap): Uint8Array {
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, bitmap.width)
  view.setUint32(4, bitmap.height)
  header.set([1, 0, 0, 0, 0], 8)
  const raw = new Uint8Array((bitmap.stride + 1) * bitmap.height)
  for (let y = 0; y < bitmap.height; y++) {
    const at = y * (bitmap.stride + 1)
    for (let byte = 0; byte < bitmap.stride; byte++) {
      raw[at + 1 + byte] = ~(bitmap.data[y * bitmap.stride + byte] ?? 0)
    }
  }
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', new Uint8Array()),
  ])
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

function chunk(type: string, data: Uint8Array): Uint8Array {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const out = Buffer.alloc(named.length + 8)
  out.writeUInt32BE(data.length, 0)
  named.copy(out, 4)
  out.writeUInt32BE(crc32(named), named.length + 4)
  return out
}
