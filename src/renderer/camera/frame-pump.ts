import type { KioskBridge } from '../../ipc/bridge.ts'

/** Size of the pictures sent to the face process. */
const FRAME = { width: 640, height: 480 } as const
/** About ten pictures a second: the face process wants at least five and drops none at ten. */
const MIN_INTERVAL_MS = 95

interface PumpVideo {
  requestVideoFrameCallback(callback: (now: number) => void): number
  cancelVideoFrameCallback(handle: number): void
}

/** The part of a `VideoFrame` that is used. */
interface Picture {
  readonly displayWidth: number
  readonly displayHeight: number
  copyTo(
    target: Uint8Array<ArrayBuffer>,
    options: { format: 'RGBA'; rect: { x: number; y: number; width: number; height: number } },
  ): Promise<unknown>
  close(): void
}

/**
 * Sends pictures of a video as 640 × 480 RGBA. One picture is under way at a time: what the camera shows meanwhile is
 * dropped, never queued. The one buffer they go through is overwritten after each.
 *
 * Pictures are copied out of the video and not drawn on a canvas: without a GPU Chromium keeps every video picture that
 * was ever drawn on one, 1.2 MB each, which is 12 MB a second and somebody's face.
 */
export class FramePump {
  private readonly video: PumpVideo
  private readonly take: () => Picture
  private readonly sendFrame: KioskBridge['sendFrame']
  private readonly rgba = new Uint8Array(FRAME.width * FRAME.height * 4)
  private handle: number | null = null
  private seq = 0
  private lastAt = Number.NEGATIVE_INFINITY
  private underWay = false

  /** @param take the picture that the video shows now */
  constructor(video: PumpVideo, take: () => Picture, sendFrame: KioskBridge['sendFrame']) {
    this.video = video
    this.take = take
    this.sendFrame = sendFrame
  }

  start(): void {
    this.handle ??= this.video.requestVideoFrameCallback(this.onFrame)
  }

  stop(): void {
    if (this.handle !== null) this.video.cancelVideoFrameCallback(this.handle)
    this.handle = null
  }

  private readonly onFrame = (now: number): void => {
    this.handle = this.video.requestVideoFrameCallback(this.onFrame)
    if (this.underWay || now - this.lastAt < MIN_INTERVAL_MS) return
    this.lastAt = now
    this.underWay = true
    const done = (): void => {
      this.rgba.fill(0)
      this.underWay = false
    }
    this.sendOne().then(done, done)
  }

  private async sendOne(): Promise<void> {
    const picture = this.take()
    try {
      await this.copy(picture)
    } finally {
      picture.close()
    }
    // Stopped while it was copied: nobody asks for it any more.
    if (this.handle !== null) await this.sendFrame({ seq: this.seq++, ...FRAME, rgba: this.rgba })
  }

  /** The middle of the picture in the ratio 4:3, scaled. */
  private async copy(picture: Picture): Promise<void> {
    const { displayWidth, displayHeight } = picture
    const scale = Math.min(displayWidth / FRAME.width, displayHeight / FRAME.height)
    // Colours are stored for two pixels at a time: edges lie on even ones.
    const even = (pixels: number): number => 2 * Math.floor(pixels / 2)
    const [width, height] = [even(FRAME.width * scale), even(FRAME.height * scale)]
    const rect = { x: even((displayWidth - width) / 2), y: even((displayHeight - height) / 2), width, height }
    if (width === FRAME.width && height === FRAME.height) {
      await picture.copyTo(this.rgba, { format: 'RGBA', rect })
      return
    }
    const whole = new Uint8Array(width * height * 4)
    await picture.copyTo(whole, { format: 'RGBA', rect })
    resize(whole, width, height, this.rgba)
    whole.fill(0)
  }
}

/** Fills `target`, a `FRAME`, with the means of the pixels of `source` that lie under each of its own. */
function resize(source: Uint8Array, width: number, height: number, target: Uint8Array): void {
  for (let row = 0; row < FRAME.height; row++) {
    const [top, bottom] = span(row, height / FRAME.height)
    for (let column = 0; column < FRAME.width; column++) {
      const [left, right] = span(column, width / FRAME.width)
      const pixels = (bottom - top) * (right - left)
      for (let channel = 0; channel < 4; channel++) {
        let sum = 0
        for (let y = top; y < bottom; y++)
          for (let x = left; x < right; x++) sum += source[(y * width + x) * 4 + channel] ?? 0
        target[(row * FRAME.width + column) * 4 + channel] = sum / pixels
      }
    }
  }
}

/** The whole pixels that lie under the pixel `at` of a picture `factor` times smaller; always one at least. */
function span(at: number, factor: number): readonly [from: number, to: number] {
  const from = Math.floor(at * factor)
  return [from, Math.max(from + 1, Math.floor((at + 1) * factor))]
}
