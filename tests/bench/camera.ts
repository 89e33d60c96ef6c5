import { createCanvas, loadImage } from '@napi-rs/canvas'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDir } from '../../scripts/electron/paths.ts'
import type { CameraFrame } from '../../src/ipc/messages.ts'
import { renderCamera } from '../../src/rig/faces.ts'

/** The end of every JPEG. */
const END_OF_IMAGE = Buffer.from([0xff, 0xd9])

/** The Motion-JPEG of the demo owner before the machine, rendered once. */
export async function ownerVideo(): Promise<string> {
  const path = join(cacheDir, 'demo-owner.mjpeg')
  if (!existsSync(path)) await renderCamera('owner', path)
  return path
}

/** Its first `count` pictures as the renderer would hand them over. */
export async function ownerFrames(count: number): Promise<readonly Omit<CameraFrame, 'seq'>[]> {
  const video = readFileSync(await ownerVideo())
  const frames: Omit<CameraFrame, 'seq'>[] = []
  for (let at = 0; frames.length < count && at < video.length;) {
    const end = video.indexOf(END_OF_IMAGE, at) + END_OF_IMAGE.length
    const picture = await loadImage(video.subarray(at, end))
    const { width, height } = picture
    const context = createCanvas(width, height).getContext('2d')
    context.drawImage(picture, 0, 0)
    frames.push({ width, height, rgba: new Uint8Array(context.getImageData(0, 0, width, height).data) })
    at = end
  }
  return frames
}
