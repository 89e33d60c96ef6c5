import type { CancelTimer, Clock } from '../../lib/clock.ts'
import type { DeviceReport, DeviceRole } from '../report.ts'
import { FlapCount } from './flap-count.ts'
import type { FloodGate } from './flood-gate.ts'
import type { SupervisorPace } from './pace.ts'
import {
  CHECKING,
  FLOODING,
  gone,
  sameStanding,
  standingOf,
  UNSTEADY,
  type DeviceChange,
  type DeviceStanding,
  type SupervisedDevice,
} from './standing.ts'

/** A device with its role, and the gate in its line where it has one. */
export interface Supervised {
  readonly role: DeviceRole
  readonly device: SupervisedDevice
  readonly gate?: FloodGate | undefined
}

interface PostSurroundings {
  readonly clock: Clock
  readonly pace: SupervisorPace
  /** True while a visit holds the devices: nobody asks a printer for its state in the middle of a row. */
  readonly busy: () => boolean
  readonly onChange: (change: DeviceChange) => void
}

/** What one question brought; `HUNG` is a report that did not settle in time or settled by throwing. */
type Outcome = DeviceReport | 'HUNG'

/**
 * The watch over one device, with its own timer and its own patience: whatever this device does, no other post notices.
 * At most one question is under way; while one hangs, further rounds only count its silence.
 */
export class Post {
  readonly supervised: Supervised
  private readonly around: PostSurroundings
  private readonly flaps: FlapCount
  private readonly leaveGate: () => void
  private cancel: CancelTimer = () => undefined
  private asking: Promise<Outcome> | undefined
  private rounding: Promise<void> | undefined
  private held: DeviceStanding = CHECKING
  private heldSince: number
  private misses = 0
  private backOffMs: number
  private stopped = false

  constructor(supervised: Supervised, around: PostSurroundings) {
    this.supervised = supervised
    this.around = around
    this.flaps = new FlapCount(around.pace.flapWindowMs)
    this.backOffMs = around.pace.backOffMs
    this.heldSince = around.clock.now()
    this.leaveGate = supervised.gate?.onFlood(() => this.flooded()) ?? (() => undefined)
  }

  get standing(): DeviceStanding {
    return this.held
  }

  /** Wall clock of the last change, milliseconds since the epoch. */
  get since(): number {
    return this.heldSince
  }

  start(): void {
    void this.check()
  }

  /** Asks at once, whatever the timer says, or waits for the question under way. Bounded, also when the device hangs. */
  async check(): Promise<DeviceStanding> {
    this.rounding ??= this.round().finally(() => (this.rounding = undefined))
    await this.rounding
    return this.held
  }

  stop(): void {
    this.stopped = true
    this.cancel()
    this.leaveGate()
  }

  private async round(): Promise<void> {
    if (this.stopped) return
    this.cancel()
    const { clock, pace, busy } = this.around
    let nextMs = pace.pollMs
    if (this.supervised.gate?.flood === 'SHUT') this.become(FLOODING)
    else if (!busy()) {
      await this.ask()
      nextMs = this.nextMs()
    }
    if (!this.isStopped()) this.cancel = clock.setTimer(nextMs, () => void this.check())
  }

  /** Asked anew, since the compiler believes that nothing changes while we wait. */
  private isStopped(): boolean {
    return this.stopped
  }

  private nextMs(): number {
    const { pollMs, missRetryMs, backOffMaxMs, misses } = this.around.pace
    if (this.misses === 0) return pollMs
    if (this.misses < misses) return missRetryMs
    const wait = this.backOffMs
    this.backOffMs = Math.min(wait * 2, backOffMaxMs)
    return wait
  }

  private async ask(): Promise<void> {
    const outcome = await this.question()
    if (this.stopped) return
    const { clock, pace } = this.around
    const missed = outcome === 'HUNG' || !isAnswer(outcome)
    this.flaps.say(missed ? 'MISSED' : outcome.state, clock.monotonic())
    if (!missed) {
      this.misses = 0
      this.backOffMs = pace.backOffMs
      this.become(this.believed(standingOf(outcome)))
      return
    }
    // What the shut line could not say is no sign that the device has gone.
    if (this.supervised.gate?.flood === 'SHUT') return
    this.misses += 1
    if (this.misses < pace.misses) {
      if (this.held !== CHECKING) this.become(this.believed(this.held))
      return
    }
    this.become(gone(outcome === 'HUNG' ? undefined : outcome))
    // Whatever state the line is in, the next question opens it afresh. A hung device is not waited for.
    if (this.asking === undefined && !this.around.busy()) void this.supervised.device.close().catch(() => undefined)
  }

  /** The answer of a question, asked only when none is under way; `HUNG` after `reportMs`. */
  private question(): Promise<Outcome> {
    const { clock, pace } = this.around
    if (this.asking === undefined) {
      const signal = new AbortController()
      const asking = settled(this.supervised.device, signal.signal)
      this.asking = asking
      void asking.then(() => {
        if (this.asking === asking) this.asking = undefined
      })
      return this.patience(asking, pace.reportMs, clock, () => signal.abort())
    }
    // Still under way: it is waited for a little, and what it says at last is what the device said.
    return this.patience(this.asking, pace.missRetryMs, clock, () => undefined)
  }

  private patience(asking: Promise<Outcome>, ms: number, clock: Clock, giveUp: () => void): Promise<Outcome> {
    return new Promise((resolve) => {
      const cancel = clock.setTimer(ms, () => {
        giveUp()
        resolve('HUNG')
      })
      void asking.then((outcome) => {
        cancel()
        resolve(outcome)
      })
    })
  }

  /** A device that changes its mind all the time is not believed before it has stood still; nor is one that flooded. */
  private believed(standing: DeviceStanding): DeviceStanding {
    if (this.supervised.gate?.flood === 'TRIAL') return FLOODING
    const { clock, pace } = this.around
    if (this.held.state === UNSTEADY.state) {
      if (this.misses > 0 || this.flaps.steadyFor(clock.monotonic()) < pace.steadyMs) return UNSTEADY
      this.flaps.forget()
      return standing
    }
    return this.flaps.count > pace.flaps ? UNSTEADY : standing
  }

  private flooded(): void {
    if (this.stopped) return
    this.misses = 0
    this.become(FLOODING)
  }

  private become(standing: DeviceStanding): void {
    const before = this.held
    this.held = standing
    if (sameStanding(before, standing)) return
    const at = this.around.clock.now()
    this.heldSince = at
    const kind = standing.state === 'GONE' ? 'GONE' : before.state === 'GONE' ? 'BACK' : 'CHANGED'
    const { role } = this.supervised
    this.around.onChange({ role, kind, from: before.state, to: standing.state, standing, at })
  }
}

/** Asks; a promise that rejects, or a call that throws, is a device that hangs. */
async function settled(device: SupervisedDevice, signal: AbortSignal): Promise<Outcome> {
  try {
    return await device.report(signal)
  } catch {
    return 'HUNG'
  }
}

/** An answer that contradicts itself (works although it is bad, is usable although it never spoke) is none. */
function isAnswer({ answered, usable, tone }: DeviceReport): boolean {
  return answered && !(usable && tone === 'bad')
}
