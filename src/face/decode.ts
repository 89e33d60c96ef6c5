import { err, ok, type Result } from '../lib/result.ts'
import { decodeBitmap } from './bitmap.ts'
import type { Image } from './image.ts'
import { readPictureHeader, type PictureHeader } from './picture-size.ts'

/** Why a file cannot be shown to the engine. */
export type PictureProblem =
  | { readonly code: 'NOT_A_PICTURE' }
  | { readonly code: 'TOO_LARGE'; readonly width: number; readonly height: number }
  | { readonly code: 'DAMAGED'; readonly detail: string }

/** A picture of more pixels is refused unread: a forged header must not cost gigabytes. */
const MOST_PIXELS = 64_000_000
/** Longer sides are reduced while decoding: a face for recognition needs 112 pixels. */
const LONGEST_SIDE = 1600

/**
 * Decodes JPEG, PNG, WebP or BMP bytes to RGB(A), turned upright as its EXIF orientation says, grey expanded to three
 * channels, transparency on white, and no side longer than 1600 pixels.
 */
export async function decodePicture(bytes: Uint8Array): Promise<Result<Image, PictureProblem>> {
  const header = readPictureHeader(bytes)
  if (header === undefined) return err({ code: 'NOT_A_PICTURE' })
  const { width, height } = header
  if (width * height > MOST_PIXELS) return err({ code: 'TOO_LARGE', width, height })
  const bitmap = header.format === 'bmp' && Math.max(width, height) <= LONGEST_SIDE ? decodeBitmap(bytes) : undefined
  return bitmap === undefined ? decodeOnCanvas(bytes, header) : ok(bitmap)
}

/** Skia decodes, turns upright and reduces; it is loaded only when a file needs it (about 30 MB). */
async function decodeOnCanvas(bytes: Uint8Array, header: PictureHeader): Promise<Result<Image, PictureProblem>> {
  const { createCanvas, loadImage } = await import('@napi-rs/canvas')
  try {
    const picture = await loadImage(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    const reduction = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height))
    const width = Math.max(1, Math.round(picture.width * reduction))
    const height = Math.max(1, Math.round(picture.height * reduction))
    const canvas = createCanvas(width, height)
    const context = canvas.getContext('2d')
    context.fillStyle = '#ffffff'
    context.fillRect(0, 0, width, height)
    context.imageSmoothingQuality = 'high'
    context.drawImage(picture, 0, 0, width, height)
    return ok({ width, height, channels: 4, data: context.getImageData(0, 0, width, height).data })
  } catch (problem) {
    return err({
      code: 'DAMAGED',
      detail: `${header.format}: ${problem instanceof Error ? problem.message : 'unreadable'}`,
    })
  }
}
