import type { FaceClient } from '../../../face/client.ts'
import { beginAttempt, expire, observe, type Attempt, type VerificationRules } from '../../../face/verification.ts'
import type { CancelTimer, Clock } from '../../../lib/clock.ts'
import { reveal, type Log } from '../../../lib/log.ts'
import { err, ok, type Result } from '../../../lib/result.ts'
import type { Frames } from '../../frames.ts'
import type { VisitEvent } from '../../visit/events.ts'
import type { Identified } from '../../visit/model.ts'
import type { Trouble } from '../../visit/trouble.ts'

/** How many good frames decide and how long an attempt may take (docs/model-card.md: the threshold belongs to these). */
const RULES = { framesToPass: 3, framesToFail: 8, replaysToFail: 4, windowMs: 20_000 } as const

/** The eyes of a visit: compares what the camera sees with the reference portrait, in memory only. */
export class FaceWatch {
  private readonly client: () => FaceClient | null
  private readonly frames: Frames
  private readonly clock: Clock
  private readonly log: Log
  private readonly siteThreshold: number | undefined

  /**
   * `client` gives the running face process, or null while there is none; `siteThreshold` replaces the models' own
   * where a site has measured a better one.
   */
  constructor(
    client: () => FaceClient | null,
    frames: Frames,
    clock: Clock,
    log: Log,
    siteThreshold: number | undefined,
  ) {
    this.client = client
    this.frames = frames
    this.clock = clock
    this.log = log
    this.siteThreshold = siteThreshold
  }

  /** Hands the portrait to the face process; a portrait without one clear face cannot be compared with. */
  async prepare({ portrait }: Identified): Promise<Result<void, Trouble>> {
    const client = this.client()
    if (client === null || portrait === null) return err({ code: 'FACE_UNAVAILABLE', detail: 'no face process' })
    // The process wipes what it is given; a second attempt needs the portrait again.
    const taken = await client.setReference(Uint8Array.from(reveal(portrait)))
    if (taken.ok) return ok()
    this.log.warn('face.reference-refused', { code: taken.error.code })
    const unusable =
      taken.error.code === 'NO_FACE' || taken.error.code === 'TWO_FACES' || taken.error.code === 'UNREADABLE'
    return err({ code: unusable ? 'NO_PORTRAIT' : 'FACE_UNAVAILABLE', detail: taken.error.code })
  }

  /** Watches one attempt until it is decided or `signal` is aborted. */
  watch(tell: (event: VisitEvent) => void, signal: AbortSignal): void {
    const client = this.client()
    if (client === null) {
      tell({ type: 'FACE_GONE', trouble: { code: 'FACE_UNAVAILABLE', detail: 'no face process' } })
      return
    }
    const { threshold, high } = client.decision
    const rules: VerificationRules = { ...RULES, high, threshold: this.siteThreshold ?? threshold }
    let attempt = beginAttempt(this.clock.monotonic())
    let cancel: CancelTimer = () => undefined
    const release = this.frames.take(async (frame) => {
      const seen = await client.observe(frame)
      if (signal.aborted || attempt.verdict.kind !== 'KEEP_LOOKING') return
      if (!seen.ok) {
        if (seen.error.code === 'SUPERSEDED') return
        tell({ type: 'FACE_GONE', trouble: { code: 'FACE_UNAVAILABLE', detail: seen.error.code } })
        return
      }
      attempt = observe(attempt, seen.value, this.clock.monotonic(), rules)
      const { width, height } = frame
      const { box } = seen.value
      tell({
        type: 'FACE_SEEN',
        guidance: seen.value.guidance,
        box:
          box === undefined
            ? null
            : {
                x: box.left / width,
                y: box.top / height,
                width: (box.right - box.left) / width,
                height: (box.bottom - box.top) / height,
              },
        progress: Math.min(1, attempt.goodFrames / rules.framesToPass),
      })
      decide(attempt)
    })
    const decide = (decided: Attempt): void => {
      const { verdict } = decided
      if (verdict.kind === 'KEEP_LOOKING') return
      this.log.info('face.decided', verdict.kind === 'PASS' ? { result: 'PASS' } : { result: verdict.reason })
      tell({
        type: 'FACE_DECIDED',
        decision: {
          result: verdict.kind,
          scoreBand: decided.goodFrames === 0 ? 'NONE' : verdict.band,
          algorithmVersion: client.algorithm,
        },
      })
    }
    cancel = this.clock.setTimer(rules.windowMs, () => {
      attempt = expire(attempt, this.clock.monotonic(), rules)
      decide(attempt)
    })
    signal.addEventListener('abort', () => {
      cancel()
      release()
    })
  }

  /** The portrait and every feature are overwritten. */
  async forget(): Promise<void> {
    const client = this.client()
    if (client === null) return
    const forgotten = await client.forget()
    // A process that cannot say that it has forgotten is ended: its memory dies with it.
    if (!forgotten.ok) await client.stop()
  }
}
