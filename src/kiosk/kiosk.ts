import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { readFileSync } from 'node:fs'
import { CentralClient } from '../central/client/central-client.ts'
import { loadOrCreateDeviceIdentity, type DeviceIdentity } from '../central/client/device-key.ts'
import type { Enrolment } from '../central/contract/station.ts'
import { dateInShanghai } from '../domain/local-date.ts'
import { PortraitDecoder } from '../face/portrait-decoder.ts'
import { intentFrom } from '../ipc/intent.ts'
import type { CameraState, ToKiosk, ToShell } from '../ipc/messages.ts'
import { text } from '../ipc/text.ts'
import type { Health } from '../drivers/watchdog/device.ts'
import { delay, type Clock } from '../lib/clock.ts'
import { forgetMemory, rinseHttp } from '../lib/forget-memory.ts'
import { overwriteFreedBuffers } from '../lib/freed-buffers.ts'
import type { Log } from '../lib/log.ts'
import { err, ok, type Result } from '../lib/result.ts'
import { describeStoreError } from '../store/faults.ts'
import { mustRead, mustWrite } from '../store/must.ts'
import { openStore, STORE_FILE, type Store } from '../store/store.ts'
import { storedKeyPins } from './centre-keys.ts'
import { closingsAtStart } from './device-closings.ts'
import { buildDevices, type Devices } from './devices.ts'
import { Documents } from './documents/documents.ts'
import { ShellRenderer } from './documents/renderer.ts'
import { enrol, StandingWatch, storedEnrolment, strangerSite, type SiteIdentity } from './enrolment.ts'
import { FaceKeeper } from './face-keeper.ts'
import { Frames } from './frames.ts'
import { HouseKeeper } from './house.ts'
import { keepDeviceKeyYoung } from './key-rotation.ts'
import { openLog } from './log.ts'
import { Maintenance } from './maintenance.ts'
import { nightTasks } from './night-tasks.ts'
import { Courier } from './outbox/courier.ts'
import { annualReviewHands } from './services/annual-review/hands.ts'
import { FaceWatch } from './services/annual-review/face-watch.ts'
import { Identity } from './services/annual-review/identity.ts'
import { addEvent } from './services/annual-review/records.ts'
import { recover } from './services/annual-review/recovery.ts'
import { Reviews } from './services/annual-review/reviews.ts'
import { previewOf, rowCheck, rowPrinter } from './services/annual-review/row-printer.ts'
import { EndorsementSaga } from './services/annual-review/saga.ts'
import { Slips } from './services/annual-review/slips.ts'
import { settleInterruptedSlips, slipLeftover } from './slip-job.ts'
import { describeSiteError, loadSite } from './site/load-site.ts'
import type { Site } from './site/schema.ts'
import type { Rooms } from './technician/rooms.ts'
import { TechnicianConsole } from './technician/console.ts'
import { LowAlert } from './technician/low-alert.ts'
import { consoleRooms } from './technician/console-rooms.ts'
import { carrySeal } from './technician/site-seal.ts'
import { auditOutcome, TrialWatch } from './technician/trial-watch.ts'
import { countStart, rollBack } from './technician/trial.ts'
import { Traces } from './traces.ts'
import { createVisitMachine, type VisitActors } from './visit/machine.ts'
import { Stage } from './visit/stage.ts'
import { Watch } from './watch.ts'

export interface KioskOptions {
  readonly sitePath: string
  readonly dataDir: string
  /** Program of the face process. */
  readonly faceEntry: string
  readonly logLevel: string
  readonly clock: Clock
  readonly post: (message: ToShell) => void
  /** Ends this process in order; whoever started it starts it again. */
  readonly restart: () => void
}

/** Why this kiosk cannot start; a restart would not help. */
export interface Refusal {
  readonly code: string
  readonly technician: string
}

const ENROL_AGAIN_MS = 5_000
const PORTRAIT_DECODER_MS = 3_000
/** The shell sends a heartbeat every few seconds; silent for so long it hangs. */
const SHELL_SILENT_MS = 15_000
/** Setting: the day on which it was last done. */
const NIGHT_DONE = 'maintenance.lastDone'

/**
 * Starts the kiosk. A site file that was changed on the console is on trial: a start that fails with it goes back to the
 * file before and starts with that.
 */
export async function startKiosk(options: KioskOptions): Promise<Result<Kiosk, Refusal>> {
  const { clock, sitePath, dataDir } = options
  const place = { sitePath, dataDir }
  const trial = countStart(place, clock.now())
  const started = await startWithSite(options, trial?.good ?? null)
  if (started.ok || trial === null) return started
  if (!rollBack(place, clock.now(), `refused: ${started.error.code}`)) return started
  return startWithSite(options, null)
}

/** Memory first, then what is left of an earlier run, then the screen, then everything that may take time. */
async function startWithSite(
  options: KioskOptions,
  onTrial: readonly string[] | null,
): Promise<Result<Kiosk, Refusal>> {
  const { clock } = options
  const site = await loadSite(options.sitePath)
  if (!site.ok) return err({ code: site.error.code, technician: describeSiteError(site.error) })
  const log = openLog(options.dataDir, dateInShanghai(clock.now()), options.logLevel)
  const identity = loadOrCreateDeviceIdentity(keyFileIn(options.dataDir), site.value.centre.signature)
  if (!identity.ok)
    return err({ code: identity.error.code, technician: `${identity.error.code} ${identity.error.path}` })
  const store = openStore({ path: join(options.dataDir, STORE_FILE), clock, log })
  if (!store.ok) return err({ code: store.error.code, technician: describeStoreError(store.error) })
  const stranger = strangerSite(store.value, identity.value.keyId, identityOf(site.value))
  if (stranger !== null) {
    store.value.close()
    return err({ code: 'SITE_OF_ANOTHER_KIOSK', technician: stranger })
  }
  const devices = await buildDevices(site.value, clock, log)
  if (!devices.ok) {
    store.value.close()
    return err({ code: devices.error.code, technician: devices.error.detail })
  }
  const recovered = recover(store.value, clock.now())
  log.info('kiosk.recovered', { ...recovered })
  settleInterruptedSlips(store.value)
  devices.value.receiptPrinter?.keepLeftoverIn(slipLeftover(store.value))
  const { caFile, url } = site.value.centre
  const centre = new CentralClient({
    baseUrl: url,
    identity: identity.value,
    pins: storedKeyPins(store.value, clock, log),
    clock,
    ...(caFile === undefined ? {} : { ca: readFileSync(caFile, 'utf8') }),
  })
  return ok(new Kiosk(options, site.value, store.value, centre, identity.value, devices.value, log, onTrial))
}

function identityOf({ province, kiosk }: Site): SiteIdentity {
  return { province, kioskId: kiosk.kioskId }
}

/** A running kiosk: the rooms below, put together. */
export class Kiosk {
  private readonly options: KioskOptions
  private readonly site: Site
  private readonly store: Store
  private readonly centre: CentralClient
  private readonly identity: DeviceIdentity
  private readonly devices: Devices
  private readonly log: Log
  private readonly frames = new Frames()
  private readonly courier: Courier
  private readonly watch: Watch
  private readonly face: FaceKeeper
  private readonly renderer: ShellRenderer
  private readonly documents: Documents
  private readonly house: HouseKeeper
  private readonly stage: Stage
  private readonly traces: Traces
  private readonly console: TechnicianConsole
  private readonly lowAlert: LowAlert
  private readonly trial: TrialWatch | null
  private readonly night: Maintenance
  private readonly standing: StandingWatch
  private camera: CameraState['state'] | null = null
  private shellSeenAt: number | null = null
  private enrolment: Enrolment | null
  private stopped = false

  constructor(
    options: KioskOptions,
    site: Site,
    store: Store,
    centre: CentralClient,
    identity: DeviceIdentity,
    devices: Devices,
    log: Log,
    /** Roles that worked before a change of the site file that is on trial; null when none is. */
    onTrial: readonly string[] | null,
  ) {
    this.options = options
    this.site = site
    this.store = store
    this.centre = centre
    this.identity = identity
    this.devices = devices
    this.log = log
    const { clock } = options
    this.enrolment = storedEnrolment(store, identity.keyId)
    this.courier = new Courier(store, centre, clock, log)
    this.house = new HouseKeeper(
      {
        closings: [
          ...closingsAtStart(devices.supervised.map(({ role }) => role)),
          ...(this.enrolment === null ? ([['enrolment', 'CENTRE_STARTING']] as const) : []),
        ],
        faceUnavailable: text(site.face.enabled ? 'closed.FACE_STARTING' : 'closed.FACE_OFF'),
      },
      (house) => {
        if (!this.stopped) this.stage.send({ type: 'HOUSE', house })
      },
    )
    this.watch = new Watch(this.house, store, clock, log)
    const { manifest } = site.face
    // The models lie beside their list.
    const place = { entry: options.faceEntry, modelsDir: manifest === undefined ? undefined : dirname(manifest) }
    this.face = new FaceKeeper(place, clock, log, (unavailable) => this.house.reportFace(unavailable))
    this.renderer = new ShellRenderer(options.post, clock)
    this.documents = new Documents(devices.documentPrinter, this.renderer, store)
    this.stage = this.buildStage()
    this.traces = new Traces({
      ...{ store, clock, log, rinseHttp },
      forgetMemory: () => {
        forgetMemory()
        overwriteFreedBuffers()
      },
      resting: () => this.stage.alone,
    })
    const rooms = this.rooms()
    this.console = new TechnicianConsole(rooms, this.stage)
    this.lowAlert = new LowAlert(store, clock, rooms.tonerLeft)
    const { restart } = options
    const files = { sitePath: options.sitePath, dataDir: options.dataDir }
    this.trial =
      onTrial === null
        ? null
        : new TrialWatch({ place: files, clock, log, store, devices: () => rooms.devices.devices(), restart }, onTrial)
    this.night = this.buildNight()
    const report = (closing: 'NOT_ENROLLED' | null): void => void this.house.report('enrolment', closing)
    this.standing = new StandingWatch({ store, centre, clock, log, report })
  }

  /** Begins to play; what may take time happens behind the first screen. */
  start(): void {
    this.stage.start()
    this.stage.publish()
    if (this.site.face.enabled) this.face.startSoon()
    this.watch.watchDevices(this.devices, () => this.stage.held)
    this.watch.watchCentre(this.centre, new URL(this.site.centre.url).hostname, this.site.policy)
    this.watch.watchDisk(this.options.dataDir, this.site.policy)
    this.startGuard()
    void this.discardSheets()
    auditOutcome(this.store, this.options.dataDir)
    this.lowAlert.start()
    this.trial?.start()
    this.night.start()
    void this.keepEnrolling()
  }

  receive(message: ToKiosk): void {
    switch (message.type) {
      case 'intent':
        this.wish(message.bytes)
        break
      case 'frame':
        void this.frames.arrived(message.frame).then(() => this.options.post({ type: 'frame-taken' }))
        break
      case 'camera':
        this.cameraIs(message.camera.state)
        break
      case 'renderer-ready':
        this.stage.publish()
        break
      case 'renderer-gone':
        this.log.warn('renderer.gone', { why: message.why })
        this.cameraIs('LOST')
        break
      case 'heartbeat':
        this.shellSeenAt = this.options.clock.monotonic()
        this.options.post({ type: 'heartbeat' })
        break
      case 'key':
        this.devices.keys?.feed(message)
        break
      case 'document-rendered':
        this.renderer.receive(message.id, message.outcome)
        break
      case 'shutdown':
        break
    }
  }

  /** What the page says is believed only where it fits the contract. */
  private wish(bytes: Uint8Array): void {
    const intent = intentFrom(bytes)
    bytes.fill(0)
    if (intent === null) this.log.warn('page.nonsense', {})
    else this.stage.receive(intent)
  }

  async stop(): Promise<void> {
    this.stopped = true
    this.stage.stop()
    this.traces.stop()
    this.watch.stop()
    this.trial?.stop()
    this.night.stop()
    this.standing.stop()
    // Calls under way break off at once; the last letter's fate is written down before the store closes.
    this.centre.close()
    await Promise.all([this.console.stop(), this.lowAlert.stop()])
    await this.courier.stop()
    await Promise.all([this.face.stop(), ...this.devices.supervised.map(({ device }) => device.close())])
    this.store.close()
  }

  /** What is done at night, and the fresh start after it. */
  private buildNight(): Maintenance {
    const { store, log, site, courier } = this
    const { clock, dataDir, restart } = this.options
    const lastDone = (): string | null => {
      const day = mustRead(store, (view) => view.settings.get(NIGHT_DONE))
      return typeof day === 'string' ? day : null
    }
    const { retention } = site
    return new Maintenance({
      clock,
      log,
      restart,
      restartAt: site.maintenance.restartAt,
      resting: () => this.stage.alone,
      lastDone,
      markDone: (day) => {
        mustWrite(store, (tx) => tx.settings.set(NIGHT_DONE, day))
      },
      tasks: [
        ...nightTasks({ store, clock, log, dataDir, retention, sendLetters: () => courier.round() }),
        { id: 'device-key', run: () => this.renewKey() },
      ],
    })
  }

  /** The device key serves a year; the start that follows the night takes the new one. */
  private async renewKey(): Promise<Readonly<Record<string, string | boolean>>> {
    const { store, centre, identity, log, site } = this
    const { sitePath, dataDir, clock } = this.options
    const renewed = await keepDeviceKeyYoung(
      {
        ...{ store, centre, identity, log },
        keyFile: keyFileIn(dataDir),
        algorithm: site.centre.signature,
        beforeAdoption: (next) => carrySeal(sitePath, identity.publicKey, next),
      },
      clock.now(),
    )
    return renewed.ok ? { renewed: renewed.value !== null } : { result: renewed.error.code }
  }

  private buildStage(): Stage {
    const { clock, post } = this.options
    const { site, kiosk, mode, session, devices } = this.site
    return new Stage({
      machine: createVisitMachine(this.hands(), () => `V${randomUUID().replaceAll('-', '')}`),
      house: this.house.house(),
      clock,
      log: this.log,
      limits: session,
      header: { stationName: site.stationName, kioskName: kiosk.name, helpPhone: site.helpPhone, mode },
      cameraLabel: devices.camera?.labelContains ?? null,
      publish: (snapshot) => post({ type: 'snapshot', snapshot }),
      onVisitEnded: () => {
        post({ type: 'visit-ended' })
        this.traces.visitEnded()
      },
      onStaffCalled: () => this.callStaff(),
      onConsole: () => this.console.open(),
      keyboardScans: this.devices.keys !== null,
    })
  }

  /** What the technician's console may reach. */
  private rooms(): Rooms {
    const { options, site, store, centre, identity, devices, log, frames, watch, house, face, courier } = this
    return consoleRooms({
      ...{ site, store, centre, devices, log, frames, watch },
      device: identity,
      clock: options.clock,
      sitePath: options.sitePath,
      dataDir: options.dataDir,
      restart: options.restart,
      enrolment: () => this.enrolment,
      closings: () => Object.values(house.house().closed).filter((closed) => closed !== undefined),
      face: { client: () => face.client, modelsDir: face.modelsDir },
      camera: { state: () => this.camera },
      sendLetters: () => void courier.round(),
      documents: this.documents,
    })
  }

  private startGuard(): void {
    const { watchdog: guard } = this.devices
    if (guard === null) return
    guard.health = () => Promise.resolve(this.health())
    void guard.watchdog.start().then((started) => {
      if (!started.ok) this.log.warn('watchdog.not-started', { code: started.error.code })
    })
  }

  /** Well is a kiosk whose store answers and whose shell is heard of. */
  private health(): Health {
    const heardAgo = this.shellSeenAt === null ? 0 : this.options.clock.monotonic() - this.shellSeenAt
    if (heardAgo > SHELL_SILENT_MS) return { healthy: false, why: 'the shell is silent' }
    const read = this.store.read((view) => view.outbox.depth())
    return read.ok ? { healthy: true } : { healthy: false, why: read.error.code }
  }

  /** What an earlier run left in the print queue belongs to a citizen who has gone. */
  private async discardSheets(): Promise<void> {
    const discarded = await this.devices.documentPrinter?.discardLeftovers()
    if (discarded === undefined) return
    if (!discarded.ok) this.log.warn('documents.not-discarded', { code: discarded.error.code })
    else if (discarded.value > 0) this.log.info('documents.discarded', { jobs: discarded.value })
  }

  private cameraIs(state: CameraState['state']): void {
    this.camera = state
    this.stage.send({ type: 'CAMERA', state })
  }

  private hands(): VisitActors {
    const { store, centre, courier, log, devices, site } = this
    const { clock } = this.options
    const { reader, scanner, receiptPrinter, certificatePrinter, row, slips } = devices
    if (reader === null || receiptPrinter === null || certificatePrinter === null || row === null) return noHands
    const decoder = site.face.portraitDecoder
    const identity = new Identity(
      centre,
      new PortraitDecoder(decoder && { ...decoder, deadlineMs: PORTRAIT_DECODER_MS }, clock),
      clock,
      log,
    )
    const enrolled = (): Enrolment => {
      if (this.enrolment === null) throw new Error('a visit before the enrolment')
      return this.enrolment
    }
    return annualReviewHands({
      reader,
      scanner,
      receiptPrinter,
      certificatePrinter,
      ups: devices.ups,
      identity,
      face: new FaceWatch(() => this.face.client, this.frames, clock, log, site.face.threshold),
      reviews: new Reviews(centre, clock, previewOf(row.template, row.profile, enrolled)),
      checkRow: rowCheck(certificatePrinter, enrolled),
      saga: new EndorsementSaga({
        store,
        centre,
        courier,
        printer: rowPrinter(certificatePrinter),
        clock,
        log,
        kioskId: () => enrolled().kioskId,
      }),
      slips: new Slips(receiptPrinter, store, clock, slips, {
        stationName: site.site.stationName,
        kioskId: () => enrolled().kioskId,
        hotline: site.site.helpPhone,
        specimen: site.mode === 'demo',
        queryBase: `${site.centre.url.replace(/\/$/, '')}/e`,
      }),
      courier,
      store,
      clock,
      log,
      cardRules: { allowTestAreas: site.mode === 'demo' },
      report: (event) => this.stage.send(event),
    })
  }

  /** Until the centre knows this kiosk nothing is offered; a code it does not take needs a technician. */
  private async keepEnrolling(): Promise<void> {
    const { store, centre, log } = this
    const { keyId } = this.identity
    const { centre: place, site, kiosk } = this.site
    while (!this.stopped) {
      const own = { site: identityOf(this.site) }
      const wish = { code: place.enrolmentCode, stationCode: site.stationCode, kioskName: kiosk.name, keyId, ...own }
      const state = await enrol(store, centre, wish, log)
      if (this.isStopped()) return
      if (state.state === 'ENROLLED') {
        this.enrolment = state.enrolment
        this.house.report('enrolment', null)
        this.standing.start()
        this.courier.start()
        return
      }
      this.house.report('enrolment', state.state === 'REFUSED' ? 'NOT_ENROLLED' : 'CENTRE_STARTING')
      await delay(this.options.clock, ENROL_AGAIN_MS)
    }
  }

  /** Asked anew, since the compiler believes that nothing changes while we wait. */
  private isStopped(): boolean {
    return this.stopped
  }

  private callStaff(): void {
    const { clock } = this.options
    mustWrite(this.store, (tx) => addEvent(tx, 'HELP_REQUESTED', 'citizen asked for help', clock.now()))
    void this.courier.round()
  }
}

function keyFileIn(dataDir: string): string {
  return join(dataDir, 'device.key')
}

/** A kiosk without its devices offers nothing, so its hands are never asked. */
const noHands: VisitActors = new Proxy({} as VisitActors, {
  get: () => () => {
    throw new Error('a visit without devices')
  },
})
