import type { Intent } from '../../src/ipc/intent.ts'
import { intentBytes } from '../../src/ipc/intent-bytes.ts'
import type { ToKiosk, ToShell } from '../../src/ipc/messages.ts'
import { Snapshot, type View } from '../../src/ipc/snapshot.ts'
import { DEMO_PEOPLE, type DemoPersonName } from '../../src/central/server/seed/people.ts'
import { cardOf } from '../../src/rig/cards.ts'
import type { Central } from '../../src/central/server/central.ts'
import type { Rig } from '../../src/rig/rig.ts'
import { complaintsAboutTexts } from './citizen-texts.ts'

/** The line between the shell and one kiosk process, whether that runs in this process or as a child. */
export interface KioskLine {
  send(message: ToKiosk): void
  /** Calls `listener` with everything the kiosk says, from its first word on. */
  listen(listener: (message: ToShell) => void): void
}

/** One camera picture: 640×480 RGBA. */
export type Picture = Uint8Array

type Screen = View['screen']
type ViewOf<S extends Screen> = Extract<View, { screen: S }>
type StageOf<S extends Screen> = ViewOf<S> extends { stage: infer Stage } ? Stage : never

/** How long a person waits before something counts as broken, milliseconds. */
const PATIENCE_MS = 15_000

/**
 * A citizen in front of one kiosk: sees its snapshots as the page would, presses what is on the screen, puts cards and
 * certificates where they belong. Every snapshot is checked against its schema, and every sentence in it against the
 * text file. Waiting is for the next snapshot, never for a time.
 */
export class Visitor {
  readonly rig: Rig
  /** The centre her phone and her papers belong to. */
  readonly central: Central
  readonly snapshots: Snapshot[] = []
  /** Why the kiosk would not start, when it said so. */
  refusal: Extract<ToShell, { type: 'refused' }> | null = null
  visitsEnded = 0
  heartbeats = 0
  private readonly line: KioskLine
  private readonly waiting = new Set<() => void>()
  /** What the kiosk showed that no page could show. */
  private fault: Error | null = null
  private frameTaken: () => void = () => undefined
  private frameSeq = 0

  constructor(rig: Rig, line: KioskLine, central = rig.central) {
    this.rig = rig
    this.central = central
    this.line = line
    line.listen((message) => {
      this.hear(message)
    })
  }

  get now(): Snapshot {
    const latest = this.snapshots.at(-1)
    if (latest === undefined) throw new Error('nothing has been shown yet')
    return latest
  }

  get view(): View {
    return this.now.view
  }

  /** Screens and stages in the order in which they were shown, repetitions left out; troubles behind an exclamation mark. */
  get path(): string[] {
    return this.snapshots.map(placeOf).filter((place, index, all) => place !== all[index - 1])
  }

  /** Resolves with the first snapshot, the current one included, of which `isThere` is true. */
  async until(what: string, isThere: (snapshot: Snapshot) => boolean, patienceMs = PATIENCE_MS): Promise<Snapshot> {
    const deadline = performance.now() + patienceMs
    for (;;) {
      if (this.fault !== null) throw this.fault
      const latest = this.snapshots.at(-1)
      if (latest !== undefined && isThere(latest)) return latest
      const left = deadline - performance.now()
      if (left <= 0 || !(await this.change(left))) {
        const shown =
          latest === undefined ? 'nothing' : `${placeOf(latest)} ${JSON.stringify(latest.view).slice(0, 600)}`
        throw new Error(`waited ${patienceMs} ms for ${what}; shown is ${shown}`)
      }
    }
  }

  /** Waits for a screen, and a stage of it, without a trouble over it. */
  async sees<S extends Screen>(screen: S, stage?: StageOf<S>, patienceMs?: number): Promise<ViewOf<S>> {
    const { view } = await this.until(
      stage === undefined ? screen : `${screen}.${String(stage)}`,
      (snapshot) =>
        snapshot.problem === null &&
        snapshot.view.screen === screen &&
        (stage === undefined || ('stage' in snapshot.view && snapshot.view.stage === stage)),
      patienceMs,
    )
    return view as ViewOf<S>
  }

  /** Waits for a trouble with this code. */
  async meets(code: string, patienceMs?: number): Promise<Snapshot & { problem: NonNullable<Snapshot['problem']> }> {
    const snapshot = await this.until(`trouble ${code}`, ({ problem }) => problem?.code === code, patienceMs)
    return snapshot as Snapshot & { problem: NonNullable<Snapshot['problem']> }
  }

  press(intent: Intent): void {
    this.line.send({ type: 'intent', bytes: intentBytes({ viewId: this.now.viewId, intent }) })
  }

  /** What the shell says when nobody pressed anything, or when a page says what no page may. */
  tell(message: Exclude<ToKiosk, { type: 'frame' }>): void {
    this.line.send(message)
  }

  async seesOpenHome(patienceMs?: number): Promise<void> {
    await this.until('the service on offer', isOpenHome, patienceMs)
  }

  /** From the home screen to the card reader. */
  async start(way: 'FACE' | 'CODE' = 'CODE'): Promise<void> {
    await this.seesOpenHome()
    this.press({ type: 'START_SERVICE', service: 'annual-review' })
    await this.sees('S01', 'NOTICE')
    this.press({ type: 'AGREE_NOTICE' })
    await this.sees('S01', 'FACE_CONSENT')
    this.press({ type: 'CONSENT_FACE', agree: way === 'FACE' })
    await this.sees('S02', 'WAITING')
  }

  placeCard(person: DemoPersonName): void {
    this.rig.reader.insertCard(cardOf(DEMO_PEOPLE[person]))
  }

  liftCard(): void {
    this.rig.reader.removeCard()
  }

  /** Types the number of one of her certificates and then the code from her phone. */
  async provesByCode(person: DemoPersonName): Promise<void> {
    await this.sees('S03', 'CERTIFICATE')
    this.press({ type: 'CERTIFICATE_CODE', code: certificateOf(this.central, person) })
    await this.sees('S03', 'SMS')
    this.press({ type: 'SMS_CODE', code: this.lastSms() })
  }

  /** Shows pictures, one after the other as the page does, until the kiosk looks no more. */
  async showsFace(pictures: readonly Picture[]): Promise<void> {
    await this.sees('S03', 'LOOKING')
    for (const picture of pictures) {
      if (!this.isBeingLookedAt()) return
      await this.showPicture(picture)
    }
    if (this.isBeingLookedAt()) throw new Error('the face was not decided upon with all these pictures')
  }

  /** One picture, whether the kiosk asked for it or not; resolves when it has been taken. */
  async showPicture(picture: Picture): Promise<void> {
    const taken = new Promise<void>((resolve) => (this.frameTaken = resolve))
    // The kiosk overwrites what it is given: in one process that is this very buffer.
    const frame = { seq: this.frameSeq++, width: 640, height: 480, rgba: Uint8Array.from(picture) }
    this.line.send({ type: 'frame', frame })
    await taken
  }

  /** From the home screen to her vehicles, the way without a face. */
  async comesToVehicles(person: DemoPersonName = 'owner'): Promise<ViewOf<'S04'>> {
    await this.start('CODE')
    this.placeCard(person)
    await this.provesByCode(person)
    const vehicles = await this.sees('S04', 'CHOOSE')
    this.liftCard()
    return vehicles
  }

  /** Chooses a vehicle of the list; resolves when its check is done (S05) or its lock is shown (S06). */
  async chooses(plateNo: string, plateColor?: string): Promise<ViewOf<'S05'> | ViewOf<'S06'>> {
    const list = await this.sees('S04', 'CHOOSE')
    const vehicle = list.vehicles.find(
      (listed) => listed.plateNo === plateNo && (plateColor === undefined || listed.plateColor === plateColor),
    )
    if (vehicle === undefined) throw new Error(`${plateNo} is not in the list`)
    this.press({ type: 'SELECT_VEHICLE', vehicleId: vehicle.id })
    const { view } = await this.until(
      `the check of ${plateNo}`,
      ({ problem, view }) =>
        problem === null && (view.screen === 'S06' || (view.screen === 'S05' && view.stage === 'DONE')),
    )
    return view as ViewOf<'S05'> | ViewOf<'S06'>
  }

  /** From the home screen to what will be printed (S07). */
  async comesToConfirm(plateNo: string, person: DemoPersonName = 'owner'): Promise<ViewOf<'S07'>> {
    await this.comesToVehicles(person)
    await this.chooses(plateNo)
    this.press({ type: 'CONTINUE' })
    return this.sees('S07')
  }

  /** From the home screen to the printer that waits for the certificate. */
  async comesToPrinter(plateNo: string, person: DemoPersonName = 'owner'): Promise<void> {
    await this.comesToConfirm(plateNo, person)
    this.press({ type: 'CONFIRM' })
    await this.sees('S08', 'INSERT_CERTIFICATE')
  }

  /** Takes what was printed and leaves without a rating; resolves at home, when everything was wiped. */
  async takesAllAndLeaves(): Promise<void> {
    await this.sees('S09')
    this.rig.certificatePrinter.remove()
    await this.until(
      'the certificate to be seen taken',
      ({ view }) =>
        view.screen !== 'S09' || view.items.some(({ item, taken }) => item === 'CERTIFICATE' && taken === true),
    )
    if (this.view.screen === 'S09') this.press({ type: 'TAKEN' })
    await this.sees('S10')
    await this.leaves()
  }

  /** Presses 退出, takes along what she brought, and waits for the home screen. */
  async leaves(): Promise<void> {
    this.liftCard()
    this.press({ type: 'LEAVE' })
    await this.sees('S00')
    if (this.rig.certificatePrinter.documentPlace !== 'none') this.rig.certificatePrinter.remove()
  }

  /** The whole story, from home to home. */
  async endorses(plateNo: string, person: DemoPersonName = 'owner'): Promise<ViewOf<'S09'>> {
    await this.comesToPrinter(plateNo, person)
    this.rig.insertCertificate()
    const taking = await this.sees('S09')
    await this.takesAllAndLeaves()
    return taking
  }

  lastSms(): string {
    const sms = this.central.admin.sentSms().at(-1)
    if (sms === undefined) throw new Error('the centre has sent no message')
    return sms.code
  }

  private isBeingLookedAt(): boolean {
    const { problem, view } = this.now
    return problem === null && view.screen === 'S03' && view.stage === 'LOOKING'
  }

  private hear(message: ToShell): void {
    switch (message.type) {
      case 'snapshot':
        this.look(message.snapshot)
        break
      case 'frame-taken':
        this.frameTaken()
        break
      case 'visit-ended':
        this.visitsEnded += 1
        break
      case 'heartbeat':
        this.heartbeats += 1
        break
      case 'refused':
        this.refusal = message
        break
      case 'render-document':
        // Nobody draws pages here.
        break
    }
    for (const wake of [...this.waiting]) wake()
  }

  private look(shown: Snapshot): void {
    const parsed = Snapshot.safeParse(shown)
    const place = placeOf(shown)
    if (!parsed.success) this.fault ??= new Error(`${place} is no snapshot: ${parsed.error.message}`)
    const complaints = complaintsAboutTexts(shown)
    if (complaints.length > 0) this.fault ??= new Error(`${place}: ${complaints.join('; ')}`)
    this.snapshots.push(shown)
  }

  /** False when nothing was heard within `ms`. */
  private change(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (heard: boolean): void => {
        clearTimeout(timer)
        this.waiting.delete(wake)
        resolve(heard)
      }
      const wake = (): void => settle(true)
      const timer = setTimeout(() => settle(false), ms)
      this.waiting.add(wake)
    })
  }
}

function placeOf({ view, problem }: Snapshot): string {
  const place = 'stage' in view ? `${view.screen}.${view.stage}` : view.screen
  return problem === null ? place : `${place}!${problem.code}`
}

function isOpenHome({ view }: Snapshot): boolean {
  return view.screen === 'S00' && view.tiles.some(({ id, closed }) => id === 'annual-review' && closed === null)
}

/** The number of a certificate the person may name: of an own vehicle or one of a company she acts for. */
function certificateOf(central: Central, person: DemoPersonName): string {
  const { idNo } = DEMO_PEOPLE[person]
  const row = central.database
    .prepare<[string, string], { no: string }>(
      `SELECT certificate_no AS no FROM certificate JOIN vehicle USING (plate_no, plate_color)
       JOIN operator USING (operator_id)
       WHERE principal_id_no = ? OR operator_id IN (SELECT operator_id FROM agent WHERE id_no = ?) LIMIT 1`,
    )
    .get(idNo, idNo)
  if (row === undefined) throw new Error(`${person} has no certificate to name`)
  return row.no
}
