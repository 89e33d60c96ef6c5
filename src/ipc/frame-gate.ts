/** How long a frame may be on its way before it is given up and the next one let through. */
const GIVE_UP_MS = 1_000

/**
 * Lets one camera frame at a time through: pictures are dropped, never queued, so that what the kiosk looks at is always
 * fresh and a slow face process cannot fill the memory of the others.
 */
export class FrameGate {
  private openFrom = 0
  private readonly monotonic: () => number

  /** @param monotonic milliseconds from any origin */
  constructor(monotonic: () => number) {
    this.monotonic = monotonic
  }

  /** Whether the next frame may go; when it may, the gate is shut until `open` or one second has passed. */
  pass(): boolean {
    const now = this.monotonic()
    if (now < this.openFrom) return false
    this.openFrom = now + GIVE_UP_MS
    return true
  }

  /** The frame under way has arrived. */
  open(): void {
    this.openFrom = 0
  }
}
