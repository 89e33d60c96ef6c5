import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { DocumentToRender, RenderedDocument } from '../ipc/messages.ts'
import type { Snapshot } from '../ipc/snapshot.ts'
import type { ChildLink } from './child/link.ts'
import { coverFor, type Cover } from './supervise/cover.ts'
import { KioskKeeper, type KioskMessage, type KioskState } from './supervise/kiosk-keeper.ts'
import { Vitality } from './supervise/vitality.ts'
import { PageKeeper, type Page, type PageEvents, type PageState } from './supervise/page-keeper.ts'
import type { Trace } from './trace.ts'

/** A page that can also carry camera frames to the kiosk. */
export interface ScreenPage extends Page {
  frameTaken(): void
}

export interface ShellParts {
  readonly clock: Clock
  readonly log: Log
  readonly trace: Trace
  readonly startKiosk: () => ChildLink
  readonly createPage: (events: PageEvents, kiosk: KioskKeeper) => ScreenPage
  readonly showCover: (cover: Cover) => void
  /** Makes a PDF in a hidden window; never throws. */
  readonly renderDocument: (document: DocumentToRender) => Promise<RenderedDocument>
  /** Empties what the screens' session keeps. */
  readonly forgetVisit: () => void
  /** A quiet moment for a fresh start of the whole program: no visit, and the shell has run for a week. */
  readonly renew: () => void
}

/** Age at which the shell uses the kiosk process's planned restart for one of its own, milliseconds. */
const OLD_MS = 6.5 * 86_400_000

/** Puts the kiosk process and the page together: each may die, the other goes on, and the person sees a plain word. */
export class Shell {
  readonly kiosk: KioskKeeper
  readonly pages: PageKeeper
  readonly vitality: Vitality
  private readonly parts: ShellParts
  private kioskState: KioskState = { kind: 'starting' }
  private pageState: PageState = { kind: 'loading' }
  /** The page still shows what a kiosk process that is gone told it. */
  private stale = false
  private snapshot: Snapshot | null = null
  private page: ScreenPage | null = null

  constructor(parts: ShellParts) {
    this.parts = parts
    const { clock, log } = parts
    const bornAt = clock.monotonic()
    this.vitality = new Vitality(clock)
    this.kiosk = new KioskKeeper({
      clock,
      log,
      start: () => {
        parts.trace('kiosk-started')
        return parts.startKiosk()
      },
      onMessage: (message) => {
        this.hearKiosk(message)
      },
      onState: (state) => {
        this.kioskState = state
        this.vitality.kioskIs(state)
        if (state.kind === 'down') {
          this.stale = true
          this.snapshot = null
        }
        this.cover()
        // A visit may have ended with it, and nobody is left to say so: the page that knew the citizen goes too.
        if (state.kind === 'down') this.pages.replace()
      },
      onPlannedEnd: () => {
        if (clock.monotonic() - bornAt >= OLD_MS) parts.renew()
      },
    })
    this.pages = new PageKeeper({
      clock,
      log,
      create: (events) => {
        this.page = parts.createPage(events, this.kiosk)
        return this.page
      },
      onState: (state) => {
        this.pageState = state
        this.vitality.pageIs(state)
        if (state.kind === 'shown') parts.forgetVisit()
        this.cover()
      },
      onReady: () => {
        parts.trace('page-ready')
        if (this.snapshot !== null) this.pages.send(this.snapshot)
        this.kiosk.post({ type: 'renderer-ready' })
      },
      onPainted: (screen) => {
        parts.trace('painted', screen)
        this.vitality.painted()
        if (this.snapshot === null) return
        this.stale = false
        this.cover()
      },
      onLost: (why) => {
        this.kiosk.post({ type: 'renderer-gone', why })
      },
    })
  }

  /** Number to call, once the kiosk has named one. */
  get helpPhone(): string | null {
    return this.phone
  }

  private phone: string | null = null

  /** Something without which the kiosk cannot even be started. */
  refuse(code: string, technician: string): void {
    this.kioskState = { kind: 'refused', code, technician }
    this.vitality.kioskIs(this.kioskState)
    this.cover()
  }

  private hearKiosk(message: KioskMessage): void {
    switch (message.type) {
      case 'snapshot':
        this.parts.trace('first-snapshot')
        this.snapshot = message.snapshot
        this.phone = message.snapshot.header.helpPhone
        this.pages.send(message.snapshot)
        return
      case 'frame-taken':
        this.page?.frameTaken()
        return
      case 'render-document':
        void this.render(message.document)
        return
      case 'visit-ended':
        // The next page gets its first snapshot from the kiosk, not the visit's last one from here.
        this.snapshot = null
        this.pages.renew()
        return
    }
  }

  private async render(document: DocumentToRender): Promise<void> {
    const outcome = await this.parts.renderDocument(document)
    // A kiosk process that was started meanwhile does not know the id, and takes no notice.
    this.kiosk.post({ type: 'document-rendered', id: document.id, outcome })
  }

  private cover(): void {
    const cover = coverFor(this.kioskState, this.pageState, this.stale)
    this.vitality.coverIs(cover)
    this.parts.showCover(cover)
  }
}
