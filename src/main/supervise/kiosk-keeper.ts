import type { CancelTimer, Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { PLANNED_RESTART } from '../../ipc/exit-codes.ts'
import { ToShell, type ToKiosk } from '../../ipc/messages.ts'
import type { ChildLink } from '../child/link.ts'
import { PROVED_AFTER_MS, RestartPolicy } from './restart-policy.ts'

const HEARTBEAT_MS = 1_000
/** Silence after which a running kiosk process counts as frozen. */
const SILENCE_MS = 6_000
/** When our own timer comes this late, it was us (or the whole machine) that stood still, and nobody is blamed. */
const OVERSLEPT_MS = 3_000
/** A process that has not said anything yet may take longer: it may be migrating its store. */
const FIRST_WORD_MS = 20_000
/** How long it has to end by itself when asked. */
const SHUTDOWN_MS = 3_000
/** A process that plans its restart sooner than this after its start is not believed: it would restart for ever. */
const PLAUSIBLE_PLAN_MS = 10_000

export type KioskState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'running' }
  | { readonly kind: 'down'; readonly outOfService: boolean; readonly cause: string }
  | { readonly kind: 'refused'; readonly code: string; readonly technician: string }

/** What the kiosk process says that is not about its own life. */
export type KioskMessage = Exclude<ToShell, { type: 'heartbeat' } | { type: 'refused' }>

export interface KioskKeeperOptions {
  readonly clock: Clock
  readonly log: Log
  readonly start: () => ChildLink
  readonly onMessage: (message: KioskMessage) => void
  readonly onState: (state: KioskState) => void
  /** It ended because it planned to, and is being started again: the moment for whoever wants a fresh start as well. */
  readonly onPlannedEnd?: () => void
}

/**
 * Keeps one kiosk process alive: starts it, listens to its heartbeat, replaces it when it ends, freezes or talks
 * nonsense, with pauses that grow. A process that refuses to start (a bad site file) is not started again.
 */
export class KioskKeeper {
  private readonly options: KioskKeeperOptions
  private readonly policy: RestartPolicy
  private link: ChildLink | null = null
  private state: KioskState = { kind: 'starting' }
  private lastHeard = 0
  private startedAt = 0
  private spoke = false
  private cancelBeat: CancelTimer = () => undefined
  private cancelStart: CancelTimer = () => undefined
  private stopping: (() => void) | null = null

  constructor(options: KioskKeeperOptions) {
    this.options = options
    this.policy = new RestartPolicy(options.clock)
  }

  start(): void {
    const link = this.options.start()
    this.link = link
    this.startedAt = this.lastHeard = this.options.clock.monotonic()
    this.spoke = false
    link.onMessage((message) => {
      if (this.link === link) this.hear(message)
    })
    link.onExit((detail, code) => {
      if (this.link !== link) return
      if (code === PLANNED_RESTART && this.mayPlan()) this.endedAsPlanned()
      else this.ended(`kiosk process ended: ${detail}`)
    })
    this.beat()
  }

  /** Says something to the kiosk process; lost when it is being replaced. */
  post(message: ToKiosk): void {
    this.link?.post(message)
  }

  get pid(): number | undefined {
    return this.link?.pid
  }

  /** Asks the process to end, and ends it after 3 s if it does not. Nothing is restarted any more. */
  stop(): Promise<void> {
    this.cancelStart()
    const link = this.link
    if (link === null) return Promise.resolve()
    return new Promise((resolve) => {
      const cancel = this.options.clock.setTimer(SHUTDOWN_MS, () => {
        link.kill()
      })
      this.stopping = () => {
        cancel()
        resolve()
      }
      link.post({ type: 'shutdown' } satisfies ToKiosk)
    })
  }

  private hear(raw: unknown): void {
    if (this.state.kind === 'refused') return
    const parsed = ToShell.safeParse(raw)
    if (!parsed.success) {
      this.options.log.error('kiosk-talks-nonsense', { detail: parsed.error.issues[0]?.message ?? '' })
      this.fail('kiosk process sent a message outside the contract')
      return
    }
    this.lastHeard = this.options.clock.monotonic()
    this.spoke = true
    const message = parsed.data
    if (message.type === 'heartbeat') return
    if (message.type === 'refused') {
      this.enter({ kind: 'refused', code: message.code, technician: message.technician })
      return
    }
    if (message.type === 'snapshot' && this.state.kind !== 'running') this.enter({ kind: 'running' })
    this.options.onMessage(message)
  }

  private beat(): void {
    const before = this.options.clock.monotonic()
    this.cancelBeat = this.options.clock.setTimer(HEARTBEAT_MS, () => {
      this.post({ type: 'heartbeat' })
      const now = this.options.clock.monotonic()
      if (now - before > OVERSLEPT_MS) this.lastHeard = now
      if (now - this.startedAt >= PROVED_AFTER_MS) this.policy.proved()
      const limit = this.spoke ? SILENCE_MS : FIRST_WORD_MS
      if (now - this.lastHeard > limit && this.stopping === null && this.state.kind !== 'refused') {
        this.fail(`kiosk process was silent for ${limit / 1_000} s`)
      } else {
        this.beat()
      }
    })
  }

  /** Ends a process that is still there but no use. */
  private fail(cause: string): void {
    const link = this.link
    this.ended(cause)
    link?.kill()
  }

  private mayPlan(): boolean {
    if (!this.spoke || this.stopping !== null || this.state.kind === 'refused') return false
    return this.options.clock.monotonic() - this.startedAt >= PLAUSIBLE_PLAN_MS
  }

  /** Started again at once and without blame; the person sees 正在恢复 for the moment it takes. */
  private endedAsPlanned(): void {
    this.cancelBeat()
    this.link = null
    this.options.log.info('kiosk-restarts-as-planned')
    this.enter({ kind: 'down', outOfService: false, cause: 'planned restart' })
    this.start()
    this.options.onPlannedEnd?.()
  }

  private ended(cause: string): void {
    this.cancelBeat()
    this.link = null
    if (this.stopping !== null) {
      this.stopping()
      return
    }
    if (this.state.kind === 'refused') return
    const { pauseMs, outOfService } = this.policy.failed()
    this.options.log.error('kiosk-down', { cause, pauseMs, outOfService })
    this.enter({ kind: 'down', outOfService, cause })
    this.cancelStart = this.options.clock.setTimer(pauseMs, () => {
      this.start()
    })
  }

  private enter(state: KioskState): void {
    this.state = state
    this.options.onState(state)
  }
}
