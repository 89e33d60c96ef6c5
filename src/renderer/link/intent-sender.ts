import type { KioskBridge } from '../../ipc/bridge.ts'
import type { Intent } from '../../ipc/intent.ts'

/** A second press that means the same within this time is a trembling hand, not a wish. */
const REPEAT_MS = 600
/** Touches are reported as activity no more often than this. */
const ACTIVITY_EVERY_MS = 2_000

/**
 * Sends intents with the view that was on screen when the finger came down, so that the kiosk can drop a press meant
 * for a screen that is gone. Repeated presses of the same thing are sent once.
 */
export class IntentSender {
  private readonly bridge: Pick<KioskBridge, 'send'>
  private readonly currentView: () => number
  private readonly monotonic: () => number
  private viewAtFingerDown: number | null = null
  private lastSent = { what: '', at: Number.NEGATIVE_INFINITY }
  private lastActivity = Number.NEGATIVE_INFINITY

  constructor(bridge: Pick<KioskBridge, 'send'>, currentView: () => number, monotonic: () => number) {
    this.bridge = bridge
    this.currentView = currentView
    this.monotonic = monotonic
  }

  /** A finger, pen or key came down anywhere. */
  fingerDown(): void {
    this.viewAtFingerDown = this.currentView()
    const now = this.monotonic()
    if (now - this.lastActivity < ACTIVITY_EVERY_MS) return
    this.lastActivity = now
    this.bridge.send({ viewId: this.viewAtFingerDown, intent: { type: 'ACTIVITY' } })
  }

  send(intent: Intent): void {
    const viewId = this.viewAtFingerDown ?? this.currentView()
    const what = JSON.stringify([viewId, intent])
    const now = this.monotonic()
    if (what === this.lastSent.what && now - this.lastSent.at < REPEAT_MS) return
    this.lastSent = { what, at: now }
    this.bridge.send({ viewId, intent })
  }
}
