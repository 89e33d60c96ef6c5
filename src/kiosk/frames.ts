import type { CameraFrame } from '../ipc/messages.ts'

/** Where camera pictures arrive from the renderer. One taker at a time; without one they are overwritten and dropped. */
export class Frames {
  private taker: ((frame: CameraFrame) => Promise<void>) | null = null

  /** Hands pictures to `taker` until the returned function is called. */
  take(taker: (frame: CameraFrame) => Promise<void>): () => void {
    this.taker = taker
    return () => {
      if (this.taker === taker) this.taker = null
    }
  }

  /** Resolves when the picture is no longer needed; it has been overwritten by then. */
  async arrived(frame: CameraFrame): Promise<void> {
    try {
      await this.taker?.(frame)
    } finally {
      frame.rgba.fill(0)
    }
  }
}
