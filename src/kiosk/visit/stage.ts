import { createActor, type Actor } from 'xstate'
import type { ConsoleIntent } from '../../ipc/console.ts'
import type { IntentMessage } from '../../ipc/intent.ts'
import type { Snapshot, View } from '../../ipc/snapshot.ts'
import type { CancelTimer, Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Display, House, VisitEvent } from './events.ts'
import type { VisitMachine } from './machine.ts'
import { Presence, type Countdown, type PresenceLimits } from './presence.ts'
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
  /** The hidden gesture was made on the home screen. */
  readonly onConsole: () => void
  /** The scanner types: the page must catch its keys while a code may come. */
  readonly keyboardScans: boolean
}

/** What may take over the screen while nobody visits: the technician's console. The statechart rests at home meanwhile. */
export interface Aside {
  readonly view: View
  /** Changes exactly when the task on the screen changes; taps meant for another one are dropped. */
  readonly task: string
  readonly countdown: Countdown | null
  /** Who has opened it, for the bar at the top. */
  readonly technician: string | null
  /** Whether devices belong to the aside now. */
  readonly held: boolean
  receive(intent: ConsoleIntent): void
  touch(): void
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
  private aside: Aside | null = null
  private asideTask = ''

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
    this.aside?.touch()
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
        if (viewId === this.viewId) this.pass(intent)
        else this.options.log.debug('intent.stale', { intent: intent.type })
    }
    this.publish()
  }

  /** Whether nobody visits: the home screen (or 暂停服务 in its place) is shown. */
  get resting(): boolean {
    return !this.projection.visiting && (this.projection.view.screen === 'S00' || this.projection.view.screen === 'OUT')
  }

  /** Whether nobody at all is here: no citizen, no technician at the console, nothing in the hand of a device. */
  get alone(): boolean {
    return this.resting && this.aside === null && !this.held
  }

  /** Gives the screen to `aside`, until `closeAside`. Only while nobody visits. */
  openAside(aside: Aside): void {
    if (!this.resting) throw new Error('an aside in the middle of a visit')
    this.aside = aside
    this.asideChanged()
  }

  /** The aside shows something else. */
  asideChanged(): void {
    const { aside } = this
    if (aside === null) return
    if (aside.task !== this.asideTask) {
      this.asideTask = aside.task
      this.viewId += 1
    }
    this.publish()
  }

  /** Back to home. The page is loaded anew, so that nothing a technician typed stays in it. */
  closeAside(): void {
    if (this.aside === null) return
    this.aside = null
    this.asideTask = ''
    this.viewId += 1
    this.forget()
    this.publish()
    this.options.onVisitEnded()
  }

  /** What devices and the house report. */
  send(event: VisitEvent): void {
    if (signsOfLife.has(event.type) || (event.type === 'FACE_SEEN' && event.guidance !== 'NO_FACE'))
      this.presence.touch()
    this.actor.send(event)
  }

  /** Whether something must not be disturbed now: a card in the field, ink on its way. */
  get held(): boolean {
    return this.projection.held || (this.aside?.held ?? false)
  }

  /** Sends the current snapshot again, to a renderer that has just loaded. */
  publish(): void {
    this.options.publish(this.snapshot())
  }

  snapshot(): Snapshot {
    const { view, problem } = this.aside === null ? this.projection : { view: this.aside.view, problem: null }
    this.seq += 1
    return {
      seq: this.seq,
      viewId: this.viewId,
      header: this.options.header,
      display: this.display,
      countdown: this.aside === null ? this.presence.countdown() : this.aside.countdown,
      staffCalled: this.staffCalled,
      problem,
      view,
      ...(typeof this.aside?.technician === 'string' && { technician: this.aside.technician }),
      ...(this.options.keyboardScans && expectsCode(view) && { wedge: true }),
    }
  }

  private pass(intent: IntentMessage['intent']): void {
    if (this.aside !== null) {
      // A citizen's button cannot be on the screen now, and starting a visit must wait.
      if (isForConsole(intent)) this.aside.receive(intent)
    } else if (isForConsole(intent)) {
      if (intent.type === 'CONSOLE_OPEN' && this.resting) this.options.onConsole()
    } else {
      this.actor.send(intent)
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

function isForConsole(intent: IntentMessage['intent']): intent is ConsoleIntent {
  return intent.type.startsWith('CONSOLE_')
}

/** Whether a code may be shown to the scanner on this screen. Only then does the page take keys from the keyboard. */
function expectsCode(view: View): boolean {
  if (view.screen === 'S90') return view.badge
  return view.screen === 'S03' && view.method === 'CODE' && view.stage === 'CERTIFICATE'
}
