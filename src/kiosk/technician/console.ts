import { readFileSync } from 'node:fs'
import type { ConsoleIntent, ConsoleView } from '../../ipc/console.ts'
import type { CancelTimer } from '../../lib/clock.ts'
import { expectOk } from '../../lib/result.ts'
import type { Aside, Stage } from '../visit/stage.ts'
import { mustWrite } from '../../store/must.ts'
import { Access, type Member } from './access.ts'
import { BoardPage } from './board.ts'
import { CalibrationPage } from './calibration.ts'
import { CameraPage } from './camera.ts'
import { ConsumablesPage } from './consumables.ts'
import { DetectPage } from './detect.ts'
import { DevicePage } from './device-page.ts'
import { LoginPage } from './login.ts'
import type { Desk, Page } from './page.ts'
import { ReadinessPage } from './readiness.ts'
import type { Rooms } from './rooms.ts'
import { SiteDraft } from './site-draft.ts'
import { SitePage } from './site-page.ts'
import { SurroundingsPage } from './surroundings.ts'

/** Rest without a touch after which the console closes by itself, and when it says so before, milliseconds. */
const AUTO_EXIT_MS = 3 * 60_000
const WARN_MS = 30_000

type ScreenName = Exclude<ConsoleView['screen'], 'S90'>

/**
 * The technician's console, S90 to S99. It opens only while nobody visits, keeps visits from starting while it is open,
 * and reaches nothing that a citizen has: no visit, no card, no review. All that is done in it is audited under the
 * name of whoever opened it.
 */
export class TechnicianConsole implements Aside {
  private readonly rooms: Rooms
  private readonly stage: Pick<Stage, 'openAside' | 'asideChanged' | 'closeAside'>
  private readonly access: Access
  private page: Page | null = null
  private member: Member | null = null
  private draft: SiteDraft | null = null
  private touchedAt = 0
  private cancel: CancelTimer = () => undefined
  private readonly pending = new Set<Promise<void>>()

  constructor(rooms: Rooms, stage: Pick<Stage, 'openAside' | 'asideChanged' | 'closeAside'>) {
    this.rooms = rooms
    this.stage = stage
    const { store, clock, site } = rooms
    this.access = new Access(store, clock, site.technician, () => site.kiosk.kioskId)
  }

  /** The hidden gesture was made on the home screen. */
  open(): void {
    if (this.page !== null) return
    const { technician } = this.rooms.site
    this.page = new LoginPage({
      access: this.access,
      hasStaff: technician.staff.length > 0 || technician.fieldCodes !== undefined,
      scan: this.rooms.scan,
      work: (work) => this.work(work),
      changed: () => this.changed(),
      granted: (member) => this.enter(member),
    })
    this.touch()
    this.stage.openAside(this)
  }

  /** Breaks off what is under way and waits for it: the store must not close before. */
  async stop(): Promise<void> {
    this.leave()
    await Promise.all(this.pending)
    this.access.close()
  }

  get view(): ConsoleView {
    return this.shown.view()
  }

  get task(): string {
    const { screen } = this.view
    return `console/${screen}/${this.shown.task}`
  }

  get technician(): string | null {
    return this.member?.name ?? null
  }

  get held(): boolean {
    return this.page?.held ?? false
  }

  get countdown(): { readonly endsAt: number; readonly warnAt: number } {
    const left = AUTO_EXIT_MS - (this.rooms.clock.monotonic() - this.touchedAt)
    const endsAt = this.rooms.clock.now() + Math.max(0, left)
    return { endsAt, warnAt: endsAt - WARN_MS }
  }

  touch(): void {
    if (this.page === null) return
    this.touchedAt = this.rooms.clock.monotonic()
    this.arm(AUTO_EXIT_MS)
  }

  receive(intent: ConsoleIntent): void {
    switch (intent.type) {
      case 'CONSOLE_OPEN':
        break
      case 'CONSOLE_CLOSE':
        this.close('CLOSED')
        break
      case 'CONSOLE_GO':
        if (this.member !== null) this.go(intent.screen, intent.role)
        break
      default:
        this.page?.receive(intent)
    }
  }

  private get shown(): Page {
    if (this.page === null) throw new Error('the console is not open')
    return this.page
  }

  private enter(member: Member): void {
    this.member = member
    const text = readFileSync(this.rooms.sitePath, 'utf8')
    this.draft = expectOk(SiteDraft.of(this.rooms.sitePath, text), 'the site file was read at the start')
    this.rooms.log.info('console.opened', { staff: member.id })
    this.go('S91')
  }

  private go(screen: ScreenName, role?: string): void {
    const desk = this.desk()
    // A page that does not exist here leaves the technician where she is.
    if (screen === 'S92' && !this.rooms.devices.devices().some((device) => device.role === role)) return
    this.page?.close()
    this.page = pageFor(screen, desk, role ?? '')
    this.changed()
  }

  private desk(): Desk {
    const { rooms, member, draft } = this
    if (member === null || draft === null) throw new Error('nobody has opened the console')
    return {
      rooms,
      member,
      draft,
      changed: () => this.changed(),
      work: (work) => this.work(work),
      go: (screen, role) => this.go(screen, role),
      record: ({ action, target, result = 'OK', detail = {} }, also) => {
        mustWrite(rooms.store, (tx) => {
          also?.(tx)
          tx.audit.append({ actor: member.actor, action, target, result, detail })
        })
      },
      witness: async (staffId, pin) => {
        const answer = await this.access.witness(member, staffId, pin)
        if (answer.outcome === 'GRANTED') return answer.member
        if (answer.outcome === 'LOCKED') rooms.sendLetters()
        return answer.outcome === 'LOCKED' ? 'LOCKED' : 'WRONG'
      },
    }
  }

  private changed(): void {
    if (this.page === null) return
    if (this.access.lockedUntil !== null && this.member === null) this.rooms.sendLetters()
    this.stage.asideChanged()
  }

  private close(why: 'CLOSED' | 'IDLE'): void {
    const { member } = this
    this.leave()
    if (member !== null) {
      mustWrite(this.rooms.store, (tx) =>
        tx.audit.append({
          actor: member.actor,
          action: 'console.closed',
          target: 'console',
          result: 'OK',
          detail: { why },
        }),
      )
    }
    this.stage.closeAside()
  }

  private leave(): void {
    this.cancel()
    this.page?.close()
    this.page = null
    this.member = null
    this.draft = null
  }

  private arm(ms: number): void {
    this.cancel()
    this.cancel = this.rooms.clock.setTimer(ms, () => {
      // Ink under way, or a question to a device: it is bounded, and the console closes right after it.
      if (this.held) this.arm(WARN_MS)
      else this.close('IDLE')
    })
  }

  /** What takes time; a failure in it is our bug and ends the process. */
  private work(work: () => Promise<void>): void {
    const done: Promise<void> = work().finally(() => this.pending.delete(done))
    this.pending.add(done)
  }
}

function pageFor(screen: ScreenName, desk: Desk, role: string): Page {
  switch (screen) {
    case 'S91':
      return new BoardPage(desk)
    case 'S92':
      return new DevicePage(desk, role)
    case 'S93':
      return new DetectPage(desk)
    case 'S94':
      return new ReadinessPage(desk)
    case 'S95':
      return new CameraPage(desk)
    case 'S96':
      return new CalibrationPage(desk)
    case 'S97':
      return new ConsumablesPage(desk)
    case 'S98':
      return new SurroundingsPage(desk)
    case 'S99':
      return new SitePage(desk)
  }
}
