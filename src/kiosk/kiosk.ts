import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { readFileSync } from 'node:fs'
import { CentralClient } from '../central/client/central-client.ts'
import { loadOrCreateDeviceIdentity } from '../central/client/device-key.ts'
import type { Enrolment } from '../central/contract/station.ts'
import { dateInShanghai } from '../domain/local-date.ts'
import { PortraitDecoder } from '../face/portrait-decoder.ts'
import type { ToKiosk, ToShell } from '../ipc/messages.ts'
import { text } from '../ipc/text.ts'
import { delay, type Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { err, expectOk, ok, type Result } from '../lib/result.ts'
import { describeStoreError } from '../store/faults.ts'
import { openStore, STORE_FILE, type Store } from '../store/store.ts'
import { buildDevices, type Devices } from './devices.ts'
import { enrol, storedEnrolment } from './enrolment.ts'
import { FaceKeeper } from './face-keeper.ts'
import { Frames } from './frames.ts'
import { HouseKeeper } from './house.ts'
import { openLog } from './log.ts'
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
import { describeSiteError, loadSite } from './site/load-site.ts'
import type { Site } from './site/schema.ts'
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
}

/** Why this kiosk cannot start; a restart would not help. */
export interface Refusal {
  readonly code: string
  readonly technician: string
}

const ENROL_AGAIN_MS = 5_000
const PORTRAIT_DECODER_MS = 3_000

/** Starts the kiosk: memory first, then what is left of an earlier run, then the screen, then everything that may take time. */
export async function startKiosk(options: KioskOptions): Promise<Result<Kiosk, Refusal>> {
  const { clock } = options
  const site = await loadSite(options.sitePath)
  if (!site.ok) return err({ code: site.error.code, technician: describeSiteError(site.error) })
  const log = openLog(options.dataDir, dateInShanghai(clock.now()), options.logLevel)
  const identity = loadOrCreateDeviceIdentity(join(options.dataDir, 'device.key'))
  if (!identity.ok)
    return err({ code: identity.error.code, technician: `${identity.error.code} ${identity.error.path}` })
  const store = openStore({ path: join(options.dataDir, STORE_FILE), clock, log })
  if (!store.ok) return err({ code: store.error.code, technician: describeStoreError(store.error) })
  const devices = await buildDevices(site.value, clock, log)
  if (!devices.ok) return err({ code: devices.error.code, technician: devices.error.detail })
  const recovered = recover(store.value, clock.now())
  log.info('kiosk.recovered', { ...recovered })
  const { caFile, url } = site.value.centre
  const centre = new CentralClient({
    baseUrl: url,
    identity: identity.value,
    clock,
    ...(caFile === undefined ? {} : { ca: readFileSync(caFile, 'utf8') }),
  })
  return ok(new Kiosk(options, site.value, store.value, centre, identity.value.keyId, devices.value, log))
}

/** A running kiosk: the rooms below, put together. */
export class Kiosk {
  private readonly options: KioskOptions
  private readonly site: Site
  private readonly store: Store
  private readonly centre: CentralClient
  private readonly keyId: string
  private readonly devices: Devices
  private readonly log: Log
  private readonly frames = new Frames()
  private readonly courier: Courier
  private readonly watch: Watch
  private readonly face: FaceKeeper
  private readonly house: HouseKeeper
  private readonly stage: Stage
  private enrolment: Enrolment | null
  private stopped = false

  constructor(
    options: KioskOptions,
    site: Site,
    store: Store,
    centre: CentralClient,
    keyId: string,
    devices: Devices,
    log: Log,
  ) {
    this.options = options
    this.site = site
    this.store = store
    this.centre = centre
    this.keyId = keyId
    this.devices = devices
    this.log = log
    const { clock } = options
    this.enrolment = storedEnrolment(store, keyId)
    this.courier = new Courier(store, centre, clock, log)
    this.house = new HouseKeeper(
      {
        closings: this.enrolment === null ? [['enrolment', 'CENTRE_STARTING']] : [],
        faceUnavailable: text(site.face.enabled ? 'closed.FACE_STARTING' : 'closed.FACE_OFF'),
      },
      (house) => {
        if (!this.stopped) this.stage.send({ type: 'HOUSE', house })
      },
    )
    this.watch = new Watch(this.house, clock, log)
    const { manifest } = site.face
    // The models lie beside their list.
    const place = { entry: options.faceEntry, modelsDir: manifest === undefined ? undefined : dirname(manifest) }
    this.face = new FaceKeeper(place, clock, log, (unavailable) => this.house.reportFace(unavailable))
    this.stage = this.buildStage()
  }

  /** Begins to play; what may take time happens behind the first screen. */
  start(): void {
    this.stage.start()
    this.stage.publish()
    if (this.site.face.enabled) this.face.startSoon()
    this.watch.watchDevices(this.devices, () => this.stage.held)
    this.watch.watchCentre(this.centre, this.site.policy.maxClockSkewMs)
    void this.keepEnrolling()
  }

  receive(message: ToKiosk): void {
    switch (message.type) {
      case 'intent':
        this.stage.receive(message.message)
        break
      case 'frame':
        void this.frames.arrived(message.frame).then(() => this.options.post({ type: 'frame-taken' }))
        break
      case 'camera':
        this.stage.send({ type: 'CAMERA', state: message.camera.state })
        break
      case 'renderer-ready':
        this.stage.publish()
        break
      case 'renderer-gone':
        this.log.warn('renderer.gone', { why: message.why })
        this.stage.send({ type: 'CAMERA', state: 'LOST' })
        break
      case 'heartbeat':
        this.options.post({ type: 'heartbeat' })
        break
      case 'shutdown':
        break
    }
  }

  async stop(): Promise<void> {
    this.stopped = true
    this.stage.stop()
    this.watch.stop()
    // Calls under way break off at once; the last letter's fate is written down before the store closes.
    this.centre.close()
    await this.courier.stop()
    const { reader, scanner, receiptPrinter, certificatePrinter } = this.devices
    await Promise.all([
      this.face.stop(),
      reader?.close(),
      scanner?.close(),
      receiptPrinter?.close(),
      certificatePrinter?.close(),
    ])
    this.store.close()
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
      onVisitEnded: () => post({ type: 'visit-ended' }),
      onStaffCalled: () => this.callStaff(),
    })
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
    const { store, centre, log, keyId } = this
    const { centre: place, site, kiosk } = this.site
    while (!this.stopped) {
      const wish = { code: place.enrolmentCode, stationCode: site.stationCode, kioskName: kiosk.name, keyId }
      const state = await enrol(store, centre, wish, log)
      if (this.isStopped()) return
      if (state.state === 'ENROLLED') {
        this.enrolment = state.enrolment
        this.house.report('enrolment', null)
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
    expectOk(
      this.store.transaction((tx) => addEvent(tx, 'HELP_REQUESTED', 'citizen asked for help', clock.now())),
      'store cannot be written',
    )
    void this.courier.round()
  }
}

/** A kiosk without its devices offers nothing, so its hands are never asked. */
const noHands: VisitActors = new Proxy({} as VisitActors, {
  get: () => () => {
    throw new Error('a visit without devices')
  },
})
