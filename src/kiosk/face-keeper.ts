import { FaceClient } from '../face/client.ts'
import { assetPath } from '../lib/assets.ts'
import type { CancelTimer, Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { text, type TextRef } from '../ipc/text.ts'

/** What the first screen takes from the first snapshot until it is drawn, in milliseconds, with a little to spare. */
const FIRST_SCREEN_MS = 400
/** Wait before a face process that ended is started again, in milliseconds; doubled each time up to the last. */
const RESTART_MS = [500, 2_000, 10_000, 60_000] as const

/**
 * Keeps a face process running beside the kiosk. While there is none, the home offers the other way to verify; a model
 * that is missing or altered is not tried again.
 */
export class FaceKeeper {
  private readonly entry: string
  /** Folder of the models and their list. */
  readonly modelsDir: string
  private readonly clock: Clock
  private readonly log: Log
  private readonly changed: (unavailable: TextRef | null) => void
  private current: FaceClient | null = null
  private failures = 0
  private stopped = false
  private cancel: CancelTimer = () => undefined

  constructor(
    place: { readonly entry: string; readonly modelsDir: string | undefined },
    clock: Clock,
    log: Log,
    changed: (unavailable: TextRef | null) => void,
  ) {
    this.entry = place.entry
    this.modelsDir = place.modelsDir ?? assetPath('models')
    this.clock = clock
    this.log = log
    this.changed = changed
  }

  get client(): FaceClient | null {
    return this.current
  }

  /** Starts it when the first screen has had the processors to itself for a moment: loading the models takes them all. */
  startSoon(): void {
    this.cancel = this.clock.setTimer(FIRST_SCREEN_MS, () => void this.start())
  }

  private async start(): Promise<void> {
    const { entry, modelsDir, clock, log } = this
    const started = await FaceClient.start({ entry, modelsDir, clock, log })
    if (!started.ok) {
      log.error('face.cannot-start', { ...started.error })
      this.changed(text(started.error.code === 'UNABLE' ? 'closed.MODEL_MISSING' : 'closed.FACE_STARTING'))
      if (started.error.code !== 'UNABLE') this.again()
      return
    }
    if (this.stopped) {
      await started.value.stop()
      return
    }
    this.current = started.value
    this.failures = 0
    started.value.onGone((gone) => {
      log.warn('face.gone', { reason: gone.reason })
      this.current = null
      this.changed(text('closed.FACE_STARTING'))
      this.again()
    })
    this.changed(null)
  }

  async stop(): Promise<void> {
    this.stopped = true
    this.cancel()
    await this.current?.stop()
  }

  private again(): void {
    if (this.stopped) return
    const wait = RESTART_MS[Math.min(this.failures, RESTART_MS.length - 1)] ?? 60_000
    this.failures += 1
    this.cancel = this.clock.setTimer(wait, () => void this.start())
  }
}
