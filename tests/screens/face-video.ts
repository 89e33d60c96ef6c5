import { createCanvas, loadImage } from '@napi-rs/canvas'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A face in a sample picture of `@vladmandic/face-api` (MIT): the middle and the width of what the camera is to see. */
const sample = join(import.meta.dirname, '..', '..', 'node_modules', '@vladmandic', 'face-api', 'demo', 'sample6.jpg')
const view = { x: 0.397, y: 0.335, width: 0.2 }

/** Writes a still film of one face for Chromium's fake camera; null where the sample pictures are not installed. */
export async function writeFaceVideo(path: string): Promise<string | null> {
  if (!existsSync(sample)) return null
  const picture = await loadImage(sample)
  const canvas = createCanvas(640, 480)
  const width = picture.width * view.width
  const height = width * 0.75
  canvas
    .getContext('2d')
    .drawImage(
      picture,
      picture.width * view.x - width / 2,
      picture.height * view.y - height / 2,
      width,
      height,
      0,
      0,
      640,
      480,
    )
  const frame = await canvas.encode('jpeg', 85)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, Buffer.concat(Array.from({ length: 10 }, () => frame)))
  return path
}
