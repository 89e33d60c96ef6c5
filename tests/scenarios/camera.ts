import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCanvas, loadImage } from '@napi-rs/canvas'
import { renderCamera, type DemoFace } from '../../src/rig/faces.ts'
import { PEOPLE, pixelsOf, renderFace } from '../support/faces.ts'
import type { Picture } from '../support/visitor.ts'

/** Somebody whose face is not the owner's, as the camera sees him and as he is registered. */
export async function impostor(): Promise<{ readonly picture: Picture; readonly portrait: Buffer }> {
  const [seen, registered] = await Promise.all([
    renderFace(PEOPLE.bo, { width: 640, height: 480, faceHeight: 0.45 }),
    renderFace(PEOPLE.bo, { width: 358, height: 441, faceHeight: 0.55, light: 1.05 }),
  ])
  return { picture: pixelsOf(seen).data, portrait: await registered.encode('jpeg', 85) }
}

const END_OF_JPEG = Buffer.from([0xff, 0xd9])

/** What the camera sees of a person standing before the machine: the demo's film, as the page would send it. */
export async function filmOf(face: DemoFace, pictures: number): Promise<Picture[]> {
  const folder = mkdtempSync(join(tmpdir(), 'kiosk-film-'))
  try {
    const path = join(folder, `${face}.mjpeg`)
    await renderCamera(face, path)
    return await Promise.all(jpegsOf(readFileSync(path)).slice(0, pictures).map(decode))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function jpegsOf(film: Buffer): Buffer[] {
  const pictures: Buffer[] = []
  for (let at = 0; at < film.length;) {
    const end = film.indexOf(END_OF_JPEG, at) + END_OF_JPEG.length
    pictures.push(film.subarray(at, end))
    at = end
  }
  return pictures
}

async function decode(jpeg: Buffer): Promise<Picture> {
  const context = createCanvas(640, 480).getContext('2d')
  context.drawImage(await loadImage(jpeg), 0, 0)
  return Uint8Array.from(context.getImageData(0, 0, 640, 480).data)
}
