/** What the first bytes of a picture file promise, read before anything is decoded so that a forged size costs nothing. */
export interface PictureHeader {
  readonly format: 'jpeg' | 'png' | 'webp' | 'bmp'
  readonly width: number
  readonly height: number
}

/** Reads format and size from a file's header; `undefined` when it is none of the formats accepted or too short. */
export function readPictureHeader(bytes: Uint8Array): PictureHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const header = jpegHeader(view) ?? pngHeader(view) ?? webpHeader(view) ?? bmpHeader(view)
  return header !== undefined && header.width > 0 && header.height > 0 ? header : undefined
}

function startsWith(view: DataView, at: number, ascii: string): boolean {
  if (view.byteLength < at + ascii.length) return false
  return Array.from(ascii, (letter) => letter.charCodeAt(0)).every((code, index) => view.getUint8(at + index) === code)
}

/** PNG (ISO/IEC 15948) 5.2 and 11.2.2: signature, then IHDR with width and height. */
function pngHeader(view: DataView): PictureHeader | undefined {
  if (view.byteLength < 24 || !startsWith(view, 1, 'PNG\r\n') || !startsWith(view, 12, 'IHDR')) return undefined
  return { format: 'png', width: view.getUint32(16), height: view.getUint32(20) }
}

/** BMP: BITMAPFILEHEADER (14 bytes), then BITMAPINFOHEADER; the height is negative when rows run downwards. */
function bmpHeader(view: DataView): PictureHeader | undefined {
  if (view.byteLength < 54 || !startsWith(view, 0, 'BM')) return undefined
  return { format: 'bmp', width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) }
}

/** JPEG (ITU-T T.81) annex B: segments up to the first frame header (SOF0…SOF15 without DHT, JPG, DAC). */
function jpegHeader(view: DataView): PictureHeader | undefined {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return undefined
  for (let at = 2; at + 9 <= view.byteLength;) {
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) {
      at += 1
      continue
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (isFrame) return { format: 'jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    at += 2 + view.getUint16(at + 2)
  }
  return undefined
}

/** WebP (RFC 9649) 2.4–2.7: lossy, lossless and extended headers. */
function webpHeader(view: DataView): PictureHeader | undefined {
  if (view.byteLength < 30 || !startsWith(view, 0, 'RIFF') || !startsWith(view, 8, 'WEBP')) return undefined
  if (startsWith(view, 12, 'VP8 ')) {
    return { format: 'webp', width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  }
  if (startsWith(view, 12, 'VP8L')) {
    const bits = view.getUint32(21, true)
    return { format: 'webp', width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  if (startsWith(view, 12, 'VP8X')) {
    const width = (view.getUint32(24, true) & 0xffffff) + 1
    const height = (view.getUint32(26, true) >>> 8) + 1
    return { format: 'webp', width, height }
  }
  return undefined
}
