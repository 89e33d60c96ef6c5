import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createCanvas, loadImage, type Image } from '@napi-rs/canvas'

/**
 * Faces for the demo and the tests, rendered at run time from stock photographs that a development dependency ships
 * (`@vladmandic/face-api`, MIT). Portrait and camera picture of a person are two renderings of one photograph: that
 * proves the plumbing of the verification, not its accuracy (`docs/model-card.md` has the figures for that).
 */
export type DemoFace = keyof typeof places

/** Where a person's face is in which photograph: centre and height of the face in pixels, and how much light it lacks. */
const places = {
  owner: { file: 'sample5.jpg', x: 463, y: 1030, face: 235, light: 1.55 },
  other: { file: 'sample5.jpg', x: 1510, y: 505, face: 180, light: 1 },
} as const

const CAMERA = { width: 640, height: 480, frames: 40 }
/** Proportions of the portrait on an ID card, in pixels: 26 mm × 32 mm at 350 dpi. */
const PORTRAIT = { width: 358, height: 441 }

function photograph(face: DemoFace): Promise<Image> {
  const folder = dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'))
  return loadImage(join(folder, 'demo', places[face].file))
}

/** The registered portrait: JPEG, a little paler and softer than what the camera sees. */
export async function renderPortrait(face: DemoFace): Promise<Buffer> {
  const { x, y, face: height, light } = places[face]
  const canvas = createCanvas(PORTRAIT.width, PORTRAIT.height)
  const context = canvas.getContext('2d')
  const cutHeight = height * 1.75
  const cutWidth = (cutHeight * PORTRAIT.width) / PORTRAIT.height
  context.filter = `brightness(${(1.08 * light).toFixed(3)}) contrast(0.94) saturate(0.85)`
  context.drawImage(
    await photograph(face),
    x - cutWidth / 2,
    y - cutHeight * 0.52,
    cutWidth,
    cutHeight,
    0,
    0,
    PORTRAIT.width,
    PORTRAIT.height,
  )
  return canvas.encode('jpeg', 82)
}

/**
 * Writes a Motion-JPEG file for Chromium's fake camera (`--use-file-for-fake-video-capture`): the person standing
 * before the machine, swaying a little, under light that flickers a little. It loops without a jump.
 */
export async function renderCamera(face: DemoFace, path: string): Promise<void> {
  const photo = await photograph(face)
  const { x, y, face: height, light } = places[face]
  const canvas = createCanvas(CAMERA.width, CAMERA.height)
  const context = canvas.getContext('2d')
  const frames: Buffer[] = []
  for (let frame = 0; frame < CAMERA.frames; frame++) {
    const phase = (frame / CAMERA.frames) * 2 * Math.PI
    const cutHeight = height * (2.1 + 0.04 * Math.sin(phase))
    const cutWidth = (cutHeight * CAMERA.width) / CAMERA.height
    context.filter = `brightness(${(light * (0.97 + 0.03 * Math.cos(phase))).toFixed(3)})`
    context.drawImage(
      photo,
      x + 3 * Math.sin(phase) - cutWidth / 2,
      y + 2 * Math.cos(phase) - cutHeight / 2,
      cutWidth,
      cutHeight,
      0,
      0,
      CAMERA.width,
      CAMERA.height,
    )
    frames.push(await canvas.encode('jpeg', 90))
  }
  mkdirSync(dirname(path), { recursive: true })
  const partial = `${path}.${process.pid}`
  writeFileSync(partial, Buffer.concat(frames))
  renameSync(partial, path)
}
