import type { Clock } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import {
  CAPABILITY_BYTES,
  CLEAR_SCREEN,
  decodeCapability,
  decodePenReport,
  REPORT,
  type PadCapability,
} from './codec.ts'

/** What the pad's HID handle must do; node-hid's `HIDAsync` does. */
export interface PadHandle {
  getFeatureReport(id: number, length: number): Promise<Uint8Array>
  sendFeatureReport(report: Buffer): Promise<unknown>
  on(event: 'data', listener: (report: Uint8Array) => void): unknown
  on(event: 'error', listener: (cause: unknown) => void): unknown
  close(): Promise<void>
}

/** A point of a signature, 0 to 1 from the left and from the top. */
export interface StrokePoint {
  readonly x: number
  readonly y: number
}

export type PadFault = 'NOT_OPEN' | 'NO_ANSWER' | 'NOT_A_PAD' | 'LOST' | 'CANCELLED'

const FEATURE_MS = 1000
/** A signature ends when the pen has been away for this long. */
const REST_MS = 1500
/** A hand writes for seconds; a pad that floods is cut off here. */
const MAX_POINTS = 20_000

/** A Wacom STU signature pad. Unverified on hardware: the kiosk's own touch screen is the way that is tested. */
export class SignaturePad {
  private readonly open: () => Promise<PadHandle>
  private readonly clock: Clock
  private handle: PadHandle | undefined
  private capability: PadCapability | undefined

  constructor(open: () => Promise<PadHandle>, clock: Clock) {
    this.open = open
    this.clock = clock
  }

  /** Opens the pad and asks how large it is. */
  async start(): Promise<Result<PadCapability, PadFault>> {
    if (this.handle && this.capability) return ok(this.capability)
    const opened = await withDeadline(this.clock, FEATURE_MS, () => attempt(this.open()))
    if (!opened.ok || !opened.value) return err('NOT_OPEN')
    const handle = opened.value
    const said = await withDeadline(this.clock, FEATURE_MS, () =>
      attempt(handle.getFeatureReport(REPORT.capability, CAPABILITY_BYTES)),
    )
    const capability = said.ok && said.value ? decodeCapability(said.value) : undefined
    if (!capability) {
      await attempt(handle.close())
      return err(said.ok && said.value ? 'NOT_A_PAD' : 'NO_ANSWER')
    }
    this.handle = handle
    this.capability = capability
    return ok(capability)
  }

  /**
   * Empties the pad and collects one signature: strokes of points, ended by the pen resting away. Personal: it belongs to
   * the visit. @param deadlineMs the whole time, milliseconds; what was written by then counts
   */
  async sign(signal: AbortSignal, deadlineMs: number): Promise<Result<readonly (readonly StrokePoint[])[], PadFault>> {
    const started = await this.start()
    const { handle } = this
    if (!started.ok) return started
    if (!handle) return err('NOT_OPEN')
    const cleared = await withDeadline(this.clock, FEATURE_MS, () =>
      attempt(handle.sendFeatureReport(Buffer.from(CLEAR_SCREEN))),
    )
    if (!cleared.ok) return err('NO_ANSWER')
    const strokes = new Strokes(started.value)
    return new Promise((resolve) => {
      let cancelRest = (): void => undefined
      const finish = (result: Result<readonly (readonly StrokePoint[])[], PadFault>) => {
        cancelRest()
        cancelDeadline()
        signal.removeEventListener('abort', cancelled)
        resolve(result)
      }
      const cancelled = () => finish(err('CANCELLED'))
      const cancelDeadline = this.clock.setTimer(deadlineMs, () => finish(ok(strokes.finished())))
      signal.addEventListener('abort', cancelled, { once: true })
      if (signal.aborted) cancelled()
      handle.on('error', () => {
        this.handle = undefined
        finish(err('LOST'))
      })
      handle.on('data', (report) => {
        if (!strokes.take(report)) return
        cancelRest()
        cancelRest = strokes.any ? this.clock.setTimer(REST_MS, () => finish(ok(strokes.finished()))) : cancelRest
      })
    })
  }

  async close(): Promise<void> {
    const { handle } = this
    this.handle = undefined
    if (handle) await withDeadline(this.clock, FEATURE_MS, () => attempt(handle.close())).then(() => undefined)
  }
}

/** The strokes so far: a stroke lasts while the pen touches. */
class Strokes {
  private readonly done: StrokePoint[][] = []
  private current: StrokePoint[] | undefined
  private points = 0
  private readonly size: PadCapability

  constructor(size: PadCapability) {
    this.size = size
  }

  get any(): boolean {
    return this.points > 0
  }

  /** @returns whether the report was one of the pen */
  take(report: Uint8Array): boolean {
    const pen = decodePenReport(report)
    if (!pen) return false
    if (!pen.near || !pen.touching) {
      this.current = undefined
      return true
    }
    if (this.points >= MAX_POINTS) return true
    if (!this.current) this.done.push((this.current = []))
    this.current.push({ x: Math.min(1, pen.x / this.size.maxX), y: Math.min(1, pen.y / this.size.maxY) })
    this.points++
    return true
  }

  finished(): readonly (readonly StrokePoint[])[] {
    return this.done
  }
}

function attempt<T>(work: Promise<T>): Promise<T | undefined> {
  return work.then(
    (value) => value,
    () => undefined,
  )
}
