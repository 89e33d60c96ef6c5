import type { KioskBridge } from '../../ipc/bridge.ts'

/** Size of the pictures sent to the face process. */
export const FRAME = { width: 640, height: 480 } as const
/** About ten pictures a second: the face process wants at least five and drops none at ten. */
const MIN_INTERVAL_MS = 95

interface PumpVideo {
  readonly videoWidth: number
  readonly videoHeight: number
  requestVideoFrameCallback(callback: (now: number) => void): number
  cancelVideoFrameCallback(handle: number): void
}

interface PumpCanvas {
  drawImage(
    source: PumpVideo,
    sx: number,
    sy: number,
    sw: number,
    sh: number,
    dx: number,
    dy: number,
    dw: number,
    dh: number,
  ): void
  getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray }
  clearRect(x: number, y: number, width: number, height: number): void
}

/**
 * Sends pictures of a video as 640 × 480 RGBA. One picture is under way at a time: what the camera shows meanwhile is
 * dropped, never queued. Sent pictures and the canvas are overwritten.
 */
export class FramePump {
  private readonly video: PumpVideo
  private readonly canvas: PumpCanvas
  private readonly sendFrame: KioskBridge['sendFrame']
  private handle: number | null = null
  private seq = 0
  private lastAt = Number.NEGATIVE_INFINITY
  private underWay = false

  constructor(video: PumpVideo, canvas: PumpCanvas, sendFrame: KioskBridge['sendFrame']) {
    this.video = video
    this.canvas = canvas
    this.sendFrame = sendFrame
  }

  start(): void {
    this.handle ??= this.video.requestVideoFrameCallback(this.onFrame)
  }

  stop(): void {
    if (this.handle !== null) this.video.cancelVideoFrameCallback(this.handle)
    this.handle = null
    this.canvas.clearRect(0, 0, FRAME.width, FRAME.height)
  }

  private readonly onFrame = (now: number): void => {
    this.handle = this.video.requestVideoFrameCallback(this.onFrame)
    if (this.underWay || now - this.lastAt < MIN_INTERVAL_MS || this.video.videoWidth === 0) return
    this.lastAt = now
    this.underWay = true
    const rgba = this.grab()
    const delivered = Promise.resolve(this.sendFrame({ seq: this.seq++, ...FRAME, rgba }))
    const done = (): void => {
      rgba.fill(0)
      this.underWay = false
    }
    delivered.then(done, done)
  }

  /** The middle of the picture in the ratio 4:3, scaled. */
  private grab(): Uint8Array<ArrayBuffer> {
    const { videoWidth, videoHeight } = this.video
    const scale = Math.min(videoWidth / FRAME.width, videoHeight / FRAME.height)
    const width = FRAME.width * scale
    const height = FRAME.height * scale
    const left = (videoWidth - width) / 2
    const top = (videoHeight - height) / 2
    this.canvas.drawImage(this.video, left, top, width, height, 0, 0, FRAME.width, FRAME.height)
    const { data } = this.canvas.getImageData(0, 0, FRAME.width, FRAME.height)
    return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
  }
}
