import { createActor, type Actor } from 'xstate'
import type { IntentMessage } from '../../ipc/intent.ts'
import type { Snapshot } from '../../ipc/snapshot.ts'
import type { CancelTimer, Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Display, House, VisitEvent } from './events.ts'
import type { VisitMachine } from './machine.ts'
import { Presence, type PresenceLimits } from './presence.ts'
import { project, type Projection } from './project.ts'

export interface StageOptions {
  readonly machine: VisitMachine
  readonly house: House
  readonly clock: Clock
  readonly log: Log
  readonly limits: PresenceLimits
  readonly header: Snapshot['header']
  readonly cameraLabel: string | null
  readonly publish: (snapshot: Snapshot) => void
  readonly onVisitEnded: () => void
  readonly onStaffCalled: () => void
}

const plainDisplay: Display = { largePrint: false, highContrast: false, lowReach: false }

/** Events that show somebody is there, besides taps. */
const signsOfLife: ReadonlySet<VisitEvent['type']> = new Set([
  'CARD_IN_FIELD',
  'CARD_REMARK',
  'CARD_READ',
  'SCANNED',
  'CERTIFICATE_IN',
  'ITEM_TAKEN',
])

/**
 * Where a visit is played: owns the statechart's actor and the countdown, turns every state into a snapshot and decides
 * which taps still mean something. It knows no device and no centre.
 */
export class Stage {
  private readonly options: StageOptions
  private readonly actor: Actor<VisitMachine>
  private readonly presence: Presence
  private display = plainDisplay
  private staffCalled = false
  private projection: Projection
  private seq = 0
  private viewId = 0

  constructor(options: StageOptions) {
    this.options = options
    const { clock } = options
    this.actor = createActor(options.machine, {
      input: { house: options.house },
      clock: {
        setTimeout: (callback: (...args: unknown[]) => void, ms: number) => clock.setTimer(ms, callback),
        clearTimeout: (cancel: CancelTimer | undefined) => cancel?.(),
      },
    })
    this.presence = new Presence(clock, options.limits, (why) => {
      options.log.info('visit.expired', { why })
      this.send({ type: 'EXPIRED', why })
      if (this.projection.visiting) this.presence.start()
      this.publish()
    })
    this.projection = project(this.actor.getSnapshot(), options.cameraLabel)
  }

  start(): void {
    this.actor.subscribe({
      next: () => this.changed(),
      error: (error: unknown) => {
        throw error
      },
    })
    this.actor.start()
  }

  stop(): void {
    this.presence.stop()
    this.actor.stop()
  }

  /** A tap. One that was meant for another task than the one now on the screen is dropped. */
  receive({ viewId, intent }: IntentMessage): void {
    this.presence.touch()
    switch (intent.type) {
      case 'SET_DISPLAY':
        this.setDisplay(intent)
        break
      case 'CALL_STAFF':
        if (intent.open && !this.staffCalled) this.options.onStaffCalled()
        this.staffCalled = intent.open
        break
      case 'ACTIVITY':
      case 'STILL_HERE':
        break
      default:
        if (viewId === this.viewId) this.actor.send(intent)
        else this.options.log.debug('intent.stale', { intent: intent.type })
    }
    this.publish()
  }

  /** What devices and the house report. */
  send(event: VisitEvent): void {
    if (signsOfLife.has(event.type) || (event.type === 'FACE_SEEN' && event.guidance !== 'NO_FACE'))
      this.presence.touch()
    this.actor.send(event)
  }

  /** Whether something must not be disturbed now: a card in the field, ink on its way. */
  get held(): boolean {
    return this.projection.held
  }

  /** Sends the current snapshot again, to a renderer that has just loaded. */
  publish(): void {
    this.options.publish(this.snapshot())
  }

  snapshot(): Snapshot {
    const { view, problem } = this.projection
    this.seq += 1
    return {
      seq: this.seq,
      viewId: this.viewId,
      header: this.options.header,
      display: this.display,
      countdown: this.presence.countdown(),
      staffCalled: this.staffCalled,
      problem,
      view,
    }
  }

  private changed(): void {
    const before = this.projection
    this.projection = project(this.actor.getSnapshot(), this.options.cameraLabel)
    if (this.projection.task !== before.task) {
      this.viewId += 1
      this.noteTrouble()
    }
    if (this.projection.visiting && !before.visiting) this.presence.start()
    if (!this.projection.visiting && before.visiting) this.presence.stop()
    this.presence.hold(this.projection.held)
    const ended = before.view.screen !== 'S00' && this.projection.view.screen === 'S00'
    if (ended) this.forget()
    this.publish()
    if (ended) this.options.onVisitEnded()
  }

  /** The line a technician finds when a citizen calls. */
  private noteTrouble(): void {
    const { problem, view } = this.projection
    if (problem === null) return
    const detail = this.actor.getSnapshot().context.trouble?.detail ?? null
    this.options.log.warn('visit.trouble', { code: problem.code, screen: view.screen, detail })
  }

  private forget(): void {
    this.display = plainDisplay
    this.staffCalled = false
    this.presence.slowDown(false)
  }

  private setDisplay(wanted: {
    largePrint?: boolean | undefined
    highContrast?: boolean | undefined
    lowReach?: boolean | undefined
  }): void {
    this.display = {
      largePrint: wanted.largePrint ?? this.display.largePrint,
      highContrast: wanted.highContrast ?? this.display.highContrast,
      lowReach: wanted.lowReach ?? this.display.lowReach,
    }
    this.presence.slowDown(this.display.largePrint)
  }
}
