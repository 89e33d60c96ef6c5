import type { CancelTimer, Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Snapshot } from '../../ipc/snapshot.ts'
import { PROVED_AFTER_MS, RestartPolicy } from './restart-policy.ts'

const PING_MS = 1_000
/** Time without an answer after which the page's thread counts as frozen. */
const SILENCE_MS = 6_000
/** Time a new page has to draw its first snapshot once there is one. */
const FIRST_PAINT_MS = 15_000
/** When our own timer comes this late, it was us that stood still. */
const OVERSLEPT_MS = 3_000

/** Why a page is of no use any more. */
export type PageLoss = 'crashed' | 'frozen'

/** One page in one renderer process. It is thrown away whole, never reloaded. */
export interface Page {
  send(snapshot: Snapshot): void
  ping(): void
  /** Puts it in front of the page that is shown now. */
  show(): void
  /** Ends its process. */
  destroy(): void
}

/** What a page tells its keeper. */
export interface PageEvents {
  /** It listens and wants the current snapshot. */
  readonly ready: () => void
  readonly alive: () => void
  readonly painted: (screen: string) => void
  readonly lost: (why: PageLoss, detail: string) => void
}

export type PageState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'shown' }
  | { readonly kind: 'down'; readonly outOfService: boolean; readonly cause: string }

export interface PageKeeperOptions {
  readonly clock: Clock
  readonly log: Log
  readonly create: (events: PageEvents) => Page
  readonly onState: (state: PageState) => void
  /** A page wants the current snapshot. */
  readonly onReady: () => void
  readonly onPainted: (screen: string) => void
  readonly onLost: (why: PageLoss) => void
}

interface Held {
  readonly page: Page
  lastHeard: number
  /** When it got its first snapshot; null until then. */
  fedAt: number | null
  painted: boolean
}

/**
 * Keeps one good page on the screen. A page that crashes or freezes is replaced; after a visit a new page is prepared
 * behind the old one and shown when it has drawn itself, so that the citizen's renderer process is gone and nobody saw
 * a flash.
 */
export class PageKeeper {
  private readonly options: PageKeeperOptions
  private readonly policy: RestartPolicy
  private shown: Held | null = null
  private next: Held | null = null
  private cancelPing: CancelTimer = () => undefined
  private cancelStart: CancelTimer = () => undefined
  private provedFrom = 0
  private stopped = false

  constructor(options: PageKeeperOptions) {
    this.options = options
    this.policy = new RestartPolicy(options.clock)
  }

  start(): void {
    this.provedFrom = this.options.clock.monotonic()
    this.prepare()
    this.watch()
  }

  /** Nothing is replaced any more, whatever becomes of the pages. */
  stop(): void {
    this.stopped = true
    this.cancelPing()
    this.cancelStart()
  }

  /** Hands the snapshot to every page there is: the one on the screen and the one behind it. */
  send(snapshot: Snapshot): void {
    for (const held of [this.shown, this.next]) {
      if (held === null) continue
      held.fedAt ??= this.options.clock.monotonic()
      held.page.send(snapshot)
    }
  }

  /** The visit is over: the page that knew the citizen goes as soon as a new one can take its place. */
  renew(): void {
    if (this.next !== null) {
      // One that is on its way will do, unless it has already been told about the visit.
      if (this.next.fedAt === null) return
      this.next.page.destroy()
    }
    this.prepare()
  }

  /**
   * What the pages know belongs to a visit that nobody keeps any more: they go at once, with something in front of them,
   * and a new one is shown when it has drawn itself.
   */
  replace(): void {
    const old = this.shown
    // None was there yet, or the next one is coming anyhow.
    if (old === null && this.next === null) return
    this.shown = null
    old?.page.destroy()
    this.renew()
  }

  private prepare(): void {
    this.cancelStart()
    const now = this.options.clock.monotonic()
    const own = (act: (held: Held) => void) => () => {
      if (!this.stopped && (held === this.shown || held === this.next)) act(held)
    }
    const page = this.options.create({
      ready: own(() => this.options.onReady()),
      alive: own((mine) => {
        mine.lastHeard = this.options.clock.monotonic()
      }),
      painted: (screen) => own((mine) => this.painted(mine, screen))(),
      lost: (why, detail) => own((mine) => this.lost(mine, why, detail))(),
    })
    const held: Held = { page, lastHeard: now, fedAt: null, painted: false }
    this.next = held
  }

  private painted(held: Held, screen: string): void {
    held.painted = true
    if (held === this.next) {
      this.next = null
      const old = this.shown
      this.shown = held
      held.page.show()
      old?.page.destroy()
      this.options.onState({ kind: 'shown' })
    }
    this.options.onPainted(screen)
  }

  private lost(held: Held, why: PageLoss, detail: string): void {
    const wasShown = held === this.shown
    if (wasShown) this.shown = null
    else this.next = null
    held.page.destroy()
    const { pauseMs, outOfService } = this.policy.failed()
    this.provedFrom = this.options.clock.monotonic()
    this.options.log.error('page-lost', { why, detail, pauseMs, outOfService })
    this.options.onLost(why)
    if (this.shown === null) this.options.onState({ kind: 'down', outOfService, cause: `page ${why}: ${detail}` })
    if (this.next !== null) return
    this.cancelStart()
    this.cancelStart = this.options.clock.setTimer(pauseMs, () => {
      this.prepare()
    })
  }

  private watch(): void {
    const before = this.options.clock.monotonic()
    this.cancelPing = this.options.clock.setTimer(PING_MS, () => {
      const now = this.options.clock.monotonic()
      const overslept = now - before > OVERSLEPT_MS
      for (const held of [this.shown, this.next]) {
        if (held === null) continue
        if (overslept) held.lastHeard = now
        else this.judge(held, now)
      }
      if (now - this.provedFrom >= PROVED_AFTER_MS) this.policy.proved()
      for (const held of [this.shown, this.next]) held?.page.ping()
      this.watch()
    })
  }

  private judge(held: Held, now: number): void {
    if (now - held.lastHeard > SILENCE_MS) {
      this.lost(held, 'frozen', `no answer for ${SILENCE_MS / 1_000} s`)
    } else if (!held.painted && held.fedAt !== null && now - held.fedAt > FIRST_PAINT_MS) {
      this.lost(held, 'frozen', `drew nothing for ${FIRST_PAINT_MS / 1_000} s`)
    }
  }
}
