/**
 * Faces for tests and benches: the sample photographs of the development dependency `@vladmandic/face-api` (MIT), cut,
 * re-lit and re-compressed at run time; nothing of them is copied into the repository. Two renderings of one
 * photograph prove the plumbing, never the accuracy.
 */
import { createRequire } from 'node:module'
import path from 'node:path'
import { createCanvas, loadImage, type Canvas } from '@napi-rs/canvas'

/** Where a person's face is in its photograph, as shares of its width and height (measured by eye and detector). */
interface Person {
  readonly file: string
  readonly x: number
  readonly y: number
  /** Height of the face over the height of the photograph. */
  readonly height: number
}

/** People looking more or less into the camera, all different. */
export const PEOPLE = {
  /** Cut out of her photograph she looks like a picture held up: its edges lie within the liveness crop. */
  an: { file: 'sample3.jpg', x: 0.618, y: 0.263, height: 0.217 },
  bo: { file: 'sample6.jpg', x: 0.189, y: 0.403, height: 0.179 },
  dan: { file: 'sample6.jpg', x: 0.828, y: 0.269, height: 0.191 },
} as const satisfies Record<string, Person>

export interface Rendering {
  readonly width: number
  readonly height: number
  /** Height of the face over the height of the rendering. */
  readonly faceHeight: number
  /** Where the face's centre goes, as shares of width and height. */
  readonly at?: { readonly x: number; readonly y: number }
  /** Factor on all light, 1 for none. */
  readonly light?: number
  /** Clockwise turn, degrees. */
  readonly turn?: number
  /** What lies around the person is drawn too; by default it is cut away, the neighbours with it. */
  readonly wholePhotograph?: boolean
}

/** Half the width of what is shown of a photograph, in heights of the face. */
const NEIGHBOURLESS = 0.62

/** Draws the surroundings of a person's face to the asked size; what lies beyond the photograph is grey. */
export async function renderFace(person: Person, rendering: Rendering): Promise<Canvas> {
  const photograph = await loadImage(path.join(samplesFolder(), person.file))
  const { width, height, faceHeight, at = { x: 0.5, y: 0.5 }, light = 1, turn = 0, wholePhotograph = false } = rendering
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  context.fillStyle = '#9a9a9a'
  context.fillRect(0, 0, width, height)
  const scale = (faceHeight * height) / (person.height * photograph.height)
  context.imageSmoothingQuality = 'high'
  context.filter = light === 1 ? 'none' : `brightness(${light})`
  context.translate(at.x * width, at.y * height)
  context.rotate((turn * Math.PI) / 180)
  context.scale(scale, scale)
  if (!wholePhotograph) {
    const reach = NEIGHBOURLESS * person.height * photograph.height
    context.beginPath()
    context.rect(-reach, -2 * reach, 2 * reach, 4 * reach)
    context.clip()
  }
  context.drawImage(photograph, -person.x * photograph.width, -person.y * photograph.height)
  return canvas
}

/** The RGBA bytes of a rendering, as the renderer's camera delivers them. */
export function pixelsOf(canvas: Canvas): { width: number; height: number; channels: 4; data: Uint8Array } {
  const { width, height } = canvas
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height)
  return { width, height, channels: 4, data: new Uint8Array(data) }
}

function samplesFolder(): string {
  const manifest = createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')
  return path.join(path.dirname(manifest), 'demo')
}
