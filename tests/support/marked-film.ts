import { closeSync, openSync, renameSync, writeSync } from 'node:fs'
import type { Picture } from './visitor.ts'

/** Size of the film's pictures, as the kiosk asks the camera for them. */
const [WIDTH, HEIGHT] = [640, 480]
const FRAMES_PER_SECOND = 20

/** Rows of black and white pixels that nobody else has; their bytes are the same whoever converts the colours. */
const LOW_BARS = Array.from({ length: 96 }, (_, index) => ((index * index * 7 + index * 3) >> 3) % 2 === 1)
const HIGH_BARS = LOW_BARS.map((white, index) => (index % 5 === 0 ? white : !white))
/** Where the bars are: on the left, where no face is. */
const [LOW_ROW, HIGH_ROW] = [470, 8]
/** A patch of a colour so loud that every conversion clips it to the same bytes; it lies within the mirror on the screen. */
const PATCH = { left: 288, top: 400, width: 64, height: 64 } as const

const [BLACK, WHITE, GREY] = [16, 235, 120]
const [LOUD_LUMA, LOUD_CHROMA, NO_CHROMA] = [107, 240, 128]

const pixelsOf = (bars: readonly boolean[]): Uint8Array =>
  Uint8Array.from(bars.flatMap((white) => (white ? [255, 255, 255, 255] : [0, 0, 0, 255])))

/** What is looked for of a marked film: as the camera gives it, as the page takes it, and as the screen shows it in any size. */
export const FILM_TRACES = {
  'camera picture, luma': Uint8Array.from(HIGH_BARS, (white) => (white ? WHITE : BLACK)),
  'camera picture': pixelsOf(HIGH_BARS),
  'camera picture, lower edge': pixelsOf(LOW_BARS),
  'camera picture, lower edge on the screen': Uint8Array.from(
    Array.from({ length: 16 }, () => [255, 0, 255, 255]).flat(),
  ),
} as const

/**
 * Writes a film for Chromium's fake camera (`--use-file-for-fake-video-capture`, Y4M: no compression that would change the
 * marks). Without pictures nobody stands before the camera. Chromium opens the file each time the camera is opened.
 */
export function writeMarkedFilm(path: string, pictures: readonly Picture[]): void {
  const file = openSync(`${path}.part`, 'w')
  try {
    writeSync(file, `YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FRAMES_PER_SECOND}:1 Ip A1:1 C420mpeg2\n`)
    for (const picture of pictures.length === 0 ? [null] : pictures) {
      writeSync(file, 'FRAME\n')
      for (const plane of marked(planesOf(picture))) writeSync(file, plane)
    }
  } finally {
    closeSync(file)
  }
  renameSync(`${path}.part`, path)
}

type Planes = readonly [luma: Uint8Array, blue: Uint8Array, red: Uint8Array]

/** RGBA to studio-range Y′CbCr, 4:2:0 (ITU-R BT.601). */
function planesOf(picture: Picture | null): Planes {
  const luma = new Uint8Array(WIDTH * HEIGHT).fill(GREY)
  const blue = new Uint8Array(luma.length / 4).fill(NO_CHROMA)
  const red = new Uint8Array(luma.length / 4).fill(NO_CHROMA)
  if (picture === null) return [luma, blue, red]
  for (let row = 0; row < HEIGHT; row++) {
    for (let column = 0; column < WIDTH; column++) {
      const at = (row * WIDTH + column) * 4
      const [r = 0, g = 0, b = 0] = picture.subarray(at, at + 3)
      luma[row * WIDTH + column] = 16 + (65.738 * r + 129.057 * g + 25.064 * b) / 256
      if (row % 2 === 1 || column % 2 === 1) continue
      const half = (row / 2) * (WIDTH / 2) + column / 2
      blue[half] = 128 + (-37.945 * r - 74.494 * g + 112.439 * b) / 256
      red[half] = 128 + (112.439 * r - 94.154 * g - 18.285 * b) / 256
    }
  }
  return [luma, blue, red]
}

function marked(planes: Planes): Planes {
  const paint = (row: number, column: number, luma: number, chroma: number): void => {
    planes[0][row * WIDTH + column] = luma
    const half = (row >> 1) * (WIDTH / 2) + (column >> 1)
    planes[1][half] = planes[2][half] = chroma
  }
  for (const [bars, top] of [
    [LOW_BARS, LOW_ROW],
    [HIGH_BARS, HIGH_ROW],
  ] as const)
    for (const row of [top, top + 1])
      bars.forEach((white, column) => paint(row, column, white ? WHITE : BLACK, NO_CHROMA))
  const { left, top, width, height } = PATCH
  for (let row = top; row < top + height; row++)
    for (let column = left; column < left + width; column++) paint(row, column, LOUD_LUMA, LOUD_CHROMA)
  return planes
}
