import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEMO_PEOPLE } from '../../src/central/server/seed/people.ts'
import { localDate, startOfDayInShanghai } from '../../src/domain/local-date.ts'
import type { SimulatedSheet } from '../../src/drivers/certificate-printer/simulated-sheet.ts'
import type { Intent } from '../../src/ipc/intent.ts'
import { intentBytes } from '../../src/ipc/intent-bytes.ts'
import type { RigDevice } from '../../src/ipc/rig.ts'
import type { Snapshot } from '../../src/ipc/snapshot.ts'
import { startKiosk, type Kiosk } from '../../src/kiosk/kiosk.ts'
import { SimulatedClock, type CancelTimer, type Clock } from '../../src/lib/clock.ts'
import { expectOk } from '../../src/lib/result.ts'
import { cardOf } from '../../src/rig/cards.ts'
import { Rig } from '../../src/rig/rig.ts'
import { memorySocket, SimulatedLine } from './lines.ts'
import { Wire } from './wire.ts'

export const PLATE = '粤B23456'
/** One look at the screen, milliseconds of simulated time. */
const GLANCE_MS = 20
/** A citizen to whom nothing happens for so long has met the end of the story; longer than any deadline of a visit. */
const REST_MS = 75_000
const HEARTBEAT_MS = 5_000
/** How long she holds the card in her hand before she puts it down (again). */
const LIFTED_MS = 1_500

/** Whole milliseconds on the wall, as every real clock gives them; simulated mechanics divide them. */
class WallClock extends SimulatedClock {
  override now(): number {
    return Math.floor(super.now())
  }
}

/** The clock of one kiosk process: with its power it loses its timers, so that a dead kiosk asks no device any more. */
class MortalClock implements Clock {
  private readonly world: Clock
  private dead = false

  constructor(world: Clock) {
    this.world = world
  }

  now(): number {
    return this.world.now()
  }

  monotonic(): number {
    return this.world.monotonic()
  }

  setTimer(ms: number, callback: () => void): CancelTimer {
    return this.world.setTimer(ms, () => {
      if (!this.dead) callback()
    })
  }

  die(): void {
    this.dead = true
  }
}

/** What the citizen meets at the end of a stretch: a trouble, or her visit is over, or a service that is closed. */
export type Met =
  | { readonly kind: 'TROUBLE'; readonly code: string }
  | { readonly kind: 'HOME'; readonly endorsed: boolean }
  | { readonly kind: 'CLOSED'; readonly why: string }
  | { readonly kind: 'MOMENT' }

/**
 * A whole kiosk, its devices and its centre in this process, in simulated time, with a citizen who does on every screen
 * what has to be done there. Devices are on lines in memory; the centre is on a real socket, and time stands still while
 * a call is under way.
 */
export class MomentStage {
  readonly clock: SimulatedClock
  readonly wire: Wire
  readonly rig: Rig
  private readonly folder = mkdtempSync(join(tmpdir(), 'kiosk-moment-'))
  private readonly sitePath = join(this.folder, 'site.json')
  private dataDir = join(this.folder, 'data-0')
  private starts = 0
  private kiosk: Kiosk | undefined
  private kioskClock: MortalClock | undefined
  private shown: Snapshot | undefined
  private answered = ''
  private visits = 0
  private beatAt = 0
  private endorsed = false
  private slipProblem: string | null = null

  private readonly face: boolean

  private constructor(clock: SimulatedClock, wire: Wire, rig: Rig, face: boolean) {
    this.face = face
    this.clock = clock
    this.wire = wire
    this.rig = rig
    const site = JSON.parse(readFileSync(rig.sitePath, 'utf8')) as { devices: Record<string, unknown> }
    // Served over HTTP, so it knows no simulated time; no citizen waits for it.
    delete site.devices['document-printer']
    writeFileSync(this.sitePath, JSON.stringify({ ...site, face: { enabled: face } }))
  }

  /** `face`: she agrees to the face check; somebody must stand in for the face process then. */
  static async open(face = false): Promise<MomentStage> {
    const clock = new WallClock(startOfDayInShanghai(localDate('2026-11-23')) + 10 * 3_600_000)
    const wire = new Wire(clock)
    const rig = await Rig.start({ clock, realSpeed: true, sockets: memorySocket })
    const stage = new MomentStage(clock, wire, rig, face)
    await stage.startKiosk()
    return stage
  }

  get view(): Snapshot['view'] {
    if (this.shown === undefined) throw new Error('nothing is shown')
    return this.shown.view
  }

  get snapshot(): Snapshot | undefined {
    return this.shown
  }

  /** What S09 said of the slip, when it was shown last. */
  get receiptProblem(): string | null {
    return this.slipProblem
  }

  line(device: RigDevice): SimulatedLine {
    const line = this.rig.bench.sockets[device]
    if (!(line instanceof SimulatedLine)) throw new Error(`${device} has no simulated line`)
    return line
  }

  /** The sheet the citizen has put in last, wherever it is now. */
  get sheet(): SimulatedSheet | undefined {
    return this.rig.certificatePrinter.sheet ?? this.rig.certificatePrinter.taken.at(-1)
  }

  /** Statuses of the endorsements in the kiosk's store that are not over, and of those of the centre for the truck. */
  statuses(): { readonly store: string; readonly centre: string } {
    const store = this.kiosk?.['store'].read(({ endorsements }) => endorsements.inFlight())
    const inFlight = store === undefined ? [] : expectOk(store, 'the store can be read')
    const ledger = this.rig.central.admin.ledger().filter(({ vehicle }) => vehicle.plateNo === PLATE)
    const line = (statuses: readonly { readonly status: string }[]): string =>
      statuses.map(({ status }) => status).join('+') || '—'
    return { store: line(inFlight), centre: line(ledger) }
  }

  /** Whether the chain of the audit holds. */
  auditHolds(): boolean {
    const verified = this.kiosk?.['store'].read(({ audit }) => audit.verify())
    return verified?.ok === true && verified.value.ok
  }

  press(intent: Intent): void {
    this.kiosk?.receive({ type: 'intent', bytes: intentBytes({ viewId: this.shown?.viewId ?? 0, intent }) })
  }

  camera(state: 'LOST' | 'OPEN'): void {
    this.kiosk?.receive({ type: 'camera', camera: { state } })
  }

  /** Lets simulated time pass, but never while a question to the centre is on its way. */
  async glance(ms = GLANCE_MS): Promise<void> {
    for (let round = 0; round < 4; round++) await new Promise((resolve) => setImmediate(resolve))
    if (this.wire.isBusy) return
    if (this.clock.monotonic() - this.beatAt >= HEARTBEAT_MS) {
      this.beatAt = this.clock.monotonic()
      this.kiosk?.receive({ type: 'heartbeat' })
    }
    await this.clock.advance(ms)
  }

  async pass(ms: number): Promise<void> {
    const end = this.clock.monotonic() + ms
    while (this.clock.monotonic() < end) await this.glance(ms / 100)
  }

  /**
   * The citizen goes on, screen by screen, until `isHere` is true, a trouble is shown, her visit is over, or nothing has
   * happened for longer than anything may take.
   */
  async live(isHere: () => boolean = () => false, visitsBefore = this.visits): Promise<Met> {
    let restSince = this.clock.monotonic()
    let last = this.shown?.seq
    for (;;) {
      if (isHere()) return { kind: 'MOMENT' }
      const { shown } = this
      if (shown?.problem !== undefined && shown.problem !== null) return { kind: 'TROUBLE', code: shown.problem.code }
      if (this.visits > visitsBefore) return { kind: 'HOME', endorsed: this.endorsed }
      if (shown?.seq !== last) {
        last = shown?.seq
        restSince = this.clock.monotonic()
      }
      if (this.clock.monotonic() - restSince > REST_MS) return this.rested()
      if (shown !== undefined) this.act(shown)
      await this.glance()
    }
  }

  /** Waits for the home screen of a visit that was left. */
  async home(): Promise<void> {
    this.rig.reader.removeCard()
    while (this.view.screen !== 'S00') await this.glance()
    if (this.rig.certificatePrinter.documentPlace !== 'none') this.rig.certificatePrinter.remove()
  }

  /** The power of the kiosk goes; what was on the disk at that instant is what the next start finds. */
  async cutPower(): Promise<void> {
    const next = join(this.folder, `data-${this.starts}`)
    cpSync(this.dataDir, next, { recursive: true })
    for (const socket of Object.values(this.rig.bench.sockets)) if (socket instanceof SimulatedLine) socket.sever()
    this.wire.sever()
    this.kioskClock?.die()
    this.kiosk = undefined
    this.shown = undefined
    this.dataDir = next
    await this.startKiosk()
  }

  async close(): Promise<void> {
    this.wire.sever()
    for (const line of Object.values(this.rig.bench.sockets)) await line.close()
    // A kiosk whose power was cut is not stopped in order: its clock never moves again.
    const stopped = this.kiosk?.stop() ?? Promise.resolve()
    let over = false
    void stopped.then(() => (over = true))
    // What still waits for a deadline of a dead device gets it.
    while (!isTrue(() => over)) {
      for (let round = 0; round < 4; round++) await new Promise((resolve) => setImmediate(resolve))
      await this.clock.advance(1_000)
    }
    this.wire.remove()
    await this.rig.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  private async startKiosk(): Promise<void> {
    this.starts++
    this.answered = ''
    const clock = new MortalClock(this.clock)
    this.kioskClock = clock
    const kiosk = expectOk(
      await startKiosk({
        sitePath: this.sitePath,
        dataDir: this.dataDir,
        faceEntry: '',
        logLevel: 'silent',
        clock,
        post: (message) => {
          if (this.kiosk !== kiosk) return
          if (message.type === 'snapshot') this.look(message.snapshot)
          if (message.type === 'visit-ended') this.visits++
        },
        restart: () => undefined,
      }),
      'the kiosk starts',
    )
    this.kiosk = kiosk
    kiosk.start()
  }

  private look(shown: Snapshot): void {
    this.shown = shown
    const { view } = shown
    if (view.screen === 'S01') this.endorsed = false
    if (view.screen === 'S09') this.endorsed = true
    if (view.screen === 'S09') this.slipProblem = view.receiptProblem?.key.split('.')[1] ?? null
  }

  private rested(): Met {
    const { view } = this
    const closed = view.screen === 'S00' ? view.tiles.find(({ id }) => id === 'annual-review')?.closed : undefined
    if (closed !== undefined && closed !== null) return { kind: 'CLOSED', why: closed.key.replace('closed.', '') }
    throw new Error(`nothing happens any more: ${JSON.stringify(this.shown).slice(0, 500)}`)
  }

  /** Does once what the screen asks for. */
  private act(shown: Snapshot): void {
    const { view, viewId } = shown
    const stage = 'stage' in view ? view.stage : ''
    const remark = 'remark' in view ? (view.remark?.key ?? '') : ''
    const task = `${this.starts}:${this.visits}:${viewId}:${view.screen}.${stage}:${remark}`
    if (task === this.answered) return
    if (this.does(view, stage)) this.answered = task
  }

  /** False when there is nothing to do here yet. */
  private does(view: Snapshot['view'], stage: string): boolean {
    const { reader, certificatePrinter } = this.rig
    switch (`${view.screen}.${stage}`) {
      case 'S00.':
        return view.screen === 'S00' && this.startsService(view)
      case 'S01.NOTICE':
        return this.presses({ type: 'AGREE_NOTICE' })
      case 'S01.FACE_CONSENT':
        return this.presses({ type: 'CONSENT_FACE', agree: this.face })
      case 'S02.WAITING':
        reader.removeCard()
        this.clock.setTimer(LIFTED_MS, () => reader.insertCard(cardOf(DEMO_PEOPLE.owner)))
        return true
      case 'S03.CERTIFICATE':
        return this.presses({ type: 'CERTIFICATE_CODE', code: '440300165715' })
      case 'S03.SMS':
        return this.presses({ type: 'SMS_CODE', code: this.rig.central.admin.sentSms().at(-1)?.code ?? '' })
      case 'S04.CHOOSE':
        reader.removeCard()
        return this.presses({ type: 'SELECT_VEHICLE', vehicleId: `2-${PLATE}` })
      case 'S05.DONE':
        return this.presses({ type: 'CONTINUE' })
      case 'S07.':
        return this.presses({ type: 'CONFIRM' })
      case 'S08.INSERT_CERTIFICATE':
        if (certificatePrinter.documentPlace === 'in') return false
        if (certificatePrinter.documentPlace === 'ejected') this.putsBack()
        else this.rig.insertCertificate()
        return true
      case 'S09.':
        certificatePrinter.remove()
        return this.presses({ type: 'TAKEN' })
      case 'S10.':
        return this.presses({ type: 'LEAVE' })
      default:
        return false
    }
  }

  private startsService(view: Extract<Snapshot['view'], { screen: 'S00' }>): boolean {
    const tile = view.tiles.find(({ id }) => id === 'annual-review')
    return tile?.closed === null && this.presses({ type: 'START_SERVICE', service: 'annual-review' })
  }

  private presses(intent: Intent): boolean {
    this.press(intent)
    return true
  }

  private putsBack(): void {
    const sheet = this.rig.certificatePrinter.remove()
    if (sheet !== undefined) this.rig.certificatePrinter.insert(sheet)
  }
}

function isTrue(ask: () => boolean): boolean {
  return ask()
}
