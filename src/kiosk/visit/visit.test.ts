import { describe, expect, it } from 'vitest'
import type { Intent } from '../../ipc/intent.ts'
import { Snapshot, type View } from '../../ipc/snapshot.ts'
import { SimulatedClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { err, ok } from '../../lib/result.ts'
import {
  authorized,
  card,
  identified,
  listed,
  openHouse,
  reviewToEndorse,
  scriptedHands,
  type ScriptedHands,
} from '../../../tests/support/scripted-hands.ts'
import type { House } from './events.ts'
import { createVisitMachine, type VisitActors } from './machine.ts'
import { Stage } from './stage.ts'

const limits = { idleWarningMs: 45_000, countdownMs: 15_000, totalLimitMs: 600_000 }
const GOOD_FACE = { result: 'PASS', scoreBand: 'HIGH', algorithmVersion: 'test' } as const
const BAD_FACE = { result: 'FAIL', scoreBand: 'LOW', algorithmVersion: 'test' } as const

class Walk {
  readonly clock = new SimulatedClock(1_700_000_000_000)
  readonly script: ScriptedHands
  readonly snapshots: Snapshot[] = []
  readonly screens: string[] = []
  ended = 0
  staffCalls = 0
  gestures = 0
  readonly stage: Stage

  constructor(overrides: Partial<VisitActors> = {}, house: House = openHouse) {
    this.script = scriptedHands(overrides)
    let visits = 0
    this.stage = new Stage({
      machine: createVisitMachine(this.script.hands, () => `V${(visits += 1)}`),
      house,
      clock: this.clock,
      log: silentLog,
      limits,
      header: { stationName: '样例检测站', kioskName: '一号机', helpPhone: '12328', mode: 'demo' },
      cameraLabel: null,
      publish: (snapshot) => {
        this.snapshots.push(Snapshot.parse(snapshot))
        const place = `${snapshot.view.screen}${'stage' in snapshot.view ? `.${snapshot.view.stage}` : ''}`
        if (this.screens.at(-1) !== place) this.screens.push(place)
      },
      onVisitEnded: () => (this.ended += 1),
      onStaffCalled: () => (this.staffCalls += 1),
      keyboardScans: false,
      onConsole: () => (this.gestures += 1),
    })
    this.stage.start()
    this.stage.publish()
  }

  get now(): Snapshot {
    return this.snapshots.at(-1)!
  }

  get view(): View {
    return this.now.view
  }

  async press(...intents: Intent[]): Promise<this> {
    for (const intent of intents) {
      this.stage.receive({ viewId: this.now.viewId, intent })
      await this.clock.advance(0)
    }
    return this
  }

  async happens(...events: Parameters<Stage['send']>[0][]): Promise<this> {
    for (const event of events) {
      this.script.tell(event)
      await this.clock.advance(0)
    }
    return this
  }

  async toCard(agree = true): Promise<this> {
    return this.press(
      { type: 'START_SERVICE', service: 'annual-review' },
      { type: 'AGREE_NOTICE' },
      { type: 'CONSENT_FACE', agree },
    )
  }

  async toVehicles(): Promise<this> {
    await this.toCard()
    return this.happens(
      { type: 'CARD_IN_FIELD' },
      { type: 'CARD_READ', card },
      { type: 'FACE_DECIDED', decision: GOOD_FACE },
    )
  }

  async toConfirm(): Promise<this> {
    await this.toVehicles()
    return this.press({ type: 'SELECT_VEHICLE', vehicleId: listed.view.id }, { type: 'CONTINUE' })
  }

  async toPrinter(): Promise<this> {
    await this.toConfirm()
    return this.press({ type: 'CONFIRM' })
  }

  called(hand: keyof VisitActors): number {
    return this.script.calls.filter((call) => call.hand === hand).length
  }
}

describe('a visit', () => {
  it('walks an owner from the home screen to the rating and back', async () => {
    const walk = await new Walk().toPrinter()
    expect(walk.view).toMatchObject({ screen: 'S08', stage: 'INSERT_CERTIFICATE' })
    await walk.happens({ type: 'CERTIFICATE_IN' })
    expect(walk.view).toMatchObject({
      screen: 'S09',
      endorsementNo: authorized.endorsementNo,
      newValidUntil: '2027-12-31',
    })
    await walk.happens({ type: 'ITEM_TAKEN', item: 'CERTIFICATE' })
    expect(walk.view).toMatchObject({
      items: [{ item: 'CERTIFICATE', taken: true }, { taken: false }, { taken: null }],
    })
    await walk.press({ type: 'TAKEN' }, { type: 'RATE', stars: 5 })
    await walk.clock.advance(3_000)
    expect(walk.view.screen).toBe('S00')
    expect(walk.ended).toBe(1)
    expect(walk.script.calls.at(-1)).toMatchObject({ hand: 'endVisit', input: { visitId: 'V1', outcome: 'ENDORSED' } })
    expect(walk.screens).toEqual([
      'S00',
      'S01.NOTICE',
      'S01.FACE_CONSENT',
      'S02.WAITING',
      'S02.READING',
      'S02.IDENTIFYING',
      'S03.PREPARING',
      'S03.LOOKING',
      'S03.PASSED',
      'S04.LOADING',
      'S04.CHOOSE',
      'S05.CHECKING',
      'S05.DONE',
      'S07',
      'S08.AUTHORIZING',
      'S08.INSERT_CERTIFICATE',
      'S08.PRINTING',
      'S08.RECEIPT',
      'S09',
      'S10',
      'S00',
    ])
  })

  it('scenario 19: after 不同意 no face is watched and the code way completes', async () => {
    const walk = await new Walk().toCard(false)
    await walk.happens({ type: 'CARD_READ', card })
    expect(walk.view).toMatchObject({ screen: 'S03', method: 'CODE', stage: 'CERTIFICATE' })
    await walk.press({ type: 'CERTIFICATE_CODE', code: '440300123456' }, { type: 'SMS_CODE', code: '123456' })
    expect(walk.view.screen).toBe('S04')
    expect(walk.called('watchFace') + walk.called('prepareFace')).toBe(0)
  })

  it('scenario 20: three failed attempts lead to the other way and never to a fourth', async () => {
    const walk = await new Walk().toCard()
    await walk.happens({ type: 'CARD_READ', card })
    for (const left of [2, 1]) {
      await walk.happens({ type: 'FACE_DECIDED', decision: BAD_FACE })
      expect(walk.view).toMatchObject({ stage: 'TRY_AGAIN', attemptsLeft: left })
      await walk.press({ type: 'RETRY' })
    }
    await walk.happens({ type: 'FACE_DECIDED', decision: BAD_FACE })
    expect(walk.now.problem).toMatchObject({ code: 'FACE_FAILED' })
    await walk.press({ type: 'RETRY' })
    expect(walk.called('watchFace')).toBe(3)
    await walk.press({ type: 'USE_OTHER_METHOD' })
    expect(walk.view).toMatchObject({ method: 'CODE' })
  })

  it('offers only the other way where the machine has no camera', async () => {
    const walk = new Walk({}, { ...openHouse, faceUnavailable: { key: 'closed.NO_CAMERA' } })
    await walk.toCard()
    expect(walk.view).toMatchObject({
      screen: 'S01',
      stage: 'FACE_CONSENT',
      faceUnavailable: { key: 'closed.NO_CAMERA' },
    })
    await walk.press({ type: 'CONSENT_FACE', agree: false })
    expect(walk.view.screen).toBe('S02')
  })

  it('says so and changes the way when nobody has a portrait to compare with', async () => {
    const walk = await new Walk({ identify: () => Promise.resolve(ok({ ...identified, portrait: null })) }).toCard()
    await walk.happens({ type: 'CARD_READ', card })
    expect(walk.now.problem?.code).toBe('NO_PORTRAIT')
    await walk.press({ type: 'USE_OTHER_METHOD' })
    expect(walk.view).toMatchObject({ screen: 'S03', method: 'CODE' })
  })

  it('a camera that vanishes leaves the attempt unspent', async () => {
    const walk = await new Walk().toCard()
    await walk.happens({ type: 'CARD_READ', card })
    walk.stage.send({ type: 'CAMERA', state: 'LOST' })
    await walk.clock.advance(0)
    expect(walk.now.problem?.code).toBe('NO_CAMERA')
    await walk.press({ type: 'RETRY' })
    expect(walk.view).toMatchObject({ stage: 'LOOKING', attemptsLeft: 3 })
  })

  it('asks the centre again about the same card when it was out of reach', async () => {
    let reachable = false
    const walk = await new Walk({
      identify: () => Promise.resolve(reachable ? ok(identified) : err({ code: 'CENTRE_UNREACHABLE' })),
    }).toCard()
    await walk.happens({ type: 'CARD_READ', card })
    expect(walk.now.problem).toMatchObject({ code: 'CENTRE_UNREACHABLE', actions: ['RETRY', 'LEAVE'] })
    reachable = true
    await walk.press({ type: 'RETRY' })
    expect(walk.view.screen).toBe('S03')
    expect(walk.called('readCard')).toBe(1)
  })

  it('shows what the reader says and keeps waiting for the card', async () => {
    const walk = await new Walk().toCard()
    await walk.happens({ type: 'CARD_IN_FIELD' }, { type: 'CARD_REMARK', remark: { key: 'remark.cardLifted' } })
    expect(walk.view).toMatchObject({ stage: 'WAITING', remark: { key: 'remark.cardLifted' } })
    expect(walk.script.watching()).toEqual(['readCard'])
  })

  it('whose card went away unread waits for a card again and can be left', async () => {
    const walk = await new Walk().toCard()
    await walk.happens({ type: 'CARD_IN_FIELD' })
    expect(walk.view).toMatchObject({ screen: 'S02', stage: 'READING' })
    await walk.happens({ type: 'CARD_GONE' })
    expect(walk.view).toMatchObject({ screen: 'S02', stage: 'WAITING' })
    await walk.press({ type: 'LEAVE' })
    expect(walk.view).toMatchObject({ screen: 'S00' })
  })

  it('cannot be left while a card is being read', async () => {
    const walk = await new Walk().toCard()
    await walk.happens({ type: 'CARD_IN_FIELD' })
    await walk.press({ type: 'LEAVE' })
    expect(walk.view).toMatchObject({ screen: 'S02', stage: 'READING' })
    expect(walk.now.countdown).toBeNull()
  })

  it('scenario 6: a locked vehicle gets S06 and can be asked about again after paying', async () => {
    const lock = { authority: '执法支队', reason: '未结案', caseNoMasked: null, contact: '12328', payment: null }
    let locked = true
    const walk = await new Walk({
      checkReview: () =>
        Promise.resolve(
          ok(
            locked
              ? { ...reviewToEndorse, next: { kind: 'LOCKED', locks: [lock] }, slip: 'FAILURES' }
              : reviewToEndorse,
          ),
        ),
    }).toVehicles()
    await walk.press({ type: 'SELECT_VEHICLE', vehicleId: listed.view.id })
    expect(walk.view).toMatchObject({ screen: 'S06', locks: [lock], list: 'OFFERED' })
    await walk.press({ type: 'PRINT_LIST' })
    expect(walk.view).toMatchObject({ screen: 'S06', list: 'PRINTED' })
    locked = false
    await walk.press({ type: 'RETRY' })
    expect(walk.view).toMatchObject({ screen: 'S05', canContinue: true })
  })

  it('scenario 2: submits, and confirms only what was approved', async () => {
    const submittable = { ...reviewToEndorse, next: { kind: 'SUBMIT' } } as const
    const manual = { ...reviewToEndorse, next: { kind: 'STOP' }, slip: 'ACCEPTANCE' } as const
    const walk = await new Walk({
      checkReview: () => Promise.resolve(ok(submittable)),
      submitReview: () => Promise.resolve(ok(manual)),
    }).toConfirm()
    expect(walk.view).toMatchObject({ screen: 'S05', stage: 'DONE', canContinue: false, list: 'OFFERED' })
    await walk.press({ type: 'CONTINUE' }, { type: 'CONFIRM' })
    expect(walk.called('authorize')).toBe(0)
  })

  it('shows only public fields of a plate that is not hers', async () => {
    const walk = await new Walk().toVehicles()
    await walk.press({ type: 'QUERY_PLATE', plateNo: '粤A00000', plateColor: '2' })
    expect(walk.view).toMatchObject({ screen: 'S04', publicStatus: { found: false } })
    await walk.press({ type: 'SELECT_VEHICLE', vehicleId: '2-粤A00000' })
    expect(walk.view.screen).toBe('S04')
  })

  it('drops the second of two taps', async () => {
    const walk = await new Walk().toConfirm()
    const viewId = walk.now.viewId
    walk.stage.receive({ viewId, intent: { type: 'CONFIRM' } })
    walk.stage.receive({ viewId, intent: { type: 'CONFIRM' } })
    walk.stage.receive({ viewId, intent: { type: 'BACK' } })
    await walk.clock.advance(0)
    expect(walk.called('authorize')).toBe(1)
    expect(walk.view.screen).toBe('S08')
  })

  it('a printer that cannot see the certificate: nothing is printed before the person says that it is in', async () => {
    const walk = await new Walk().toPrinter()
    await walk.press({ type: 'CONTINUE' })
    expect(walk.view).toMatchObject({ screen: 'S08', stage: 'INSERT_CERTIFICATE' })
    await walk.happens({ type: 'CERTIFICATE_UNSEEN' })
    expect(walk.view).toMatchObject({ screen: 'S08', stage: 'PLACE_CERTIFICATE' })
    expect(walk.called('printEndorsement')).toBe(0)
    await walk.press({ type: 'CONTINUE' })
    expect(walk.called('printEndorsement')).toBe(1)
    expect(walk.view.screen).toBe('S09')
  })

  it('an authorization that was not used is given back when the person leaves', async () => {
    const walk = await new Walk().toPrinter()
    await walk.press({ type: 'LEAVE' })
    expect(walk.called('release')).toBe(1)
    expect(walk.called('printEndorsement')).toBe(0)
    expect(walk.view.screen).toBe('S00')
  })

  it('an authorization is given back when the person walks away', async () => {
    const walk = await new Walk().toPrinter()
    await walk.clock.advance(60_000)
    expect(walk.called('release')).toBe(1)
    expect(walk.script.calls.at(-1)).toMatchObject({ hand: 'endVisit', input: { outcome: 'EXPIRED_IDLE' } })
  })

  it('scenario 22: a jam keeps the endorsement; the reprint has the same number; a third failure voids it', async () => {
    const outcomes = [
      { outcome: 'FAILED', detail: 'PAPER_JAM', mayRetry: true },
      { outcome: 'FAILED', detail: 'PAPER_JAM', mayRetry: true },
      { outcome: 'FAILED', detail: 'PAPER_JAM', mayRetry: false },
    ] as const
    let print = 0
    const walk = await new Walk({ printEndorsement: () => Promise.resolve(outcomes[print++]!) }).toPrinter()
    await walk.happens({ type: 'CERTIFICATE_IN' })
    expect(walk.now.problem).toMatchObject({ code: 'PRINT_FAILED', actions: ['RETRY', 'CALL_STAFF', 'LEAVE'] })
    await walk.press({ type: 'RETRY' })
    expect(walk.view).toMatchObject({ stage: 'INSERT_CERTIFICATE', attempt: 2 })
    await walk.happens({ type: 'CERTIFICATE_IN' })
    await walk.press({ type: 'RETRY' })
    await walk.happens({ type: 'CERTIFICATE_IN' })
    expect(walk.now.problem?.code).toBe('VOIDED')
    await walk.press({ type: 'RETRY' })
    expect(walk.called('printEndorsement')).toBe(3)
  })

  it('an unknown print is never tried again by the citizen', async () => {
    const walk = await new Walk({
      printEndorsement: () => Promise.resolve({ outcome: 'UNKNOWN', detail: 'silence' }),
    }).toPrinter()
    await walk.happens({ type: 'CERTIFICATE_IN' })
    expect(walk.now.problem?.code).toBe('PRINT_UNKNOWN')
    await walk.press({ type: 'RETRY' }, { type: 'CONFIRM' })
    expect(walk.called('printEndorsement')).toBe(1)
    await walk.press({ type: 'LEAVE' })
    expect(walk.called('release')).toBe(0)
    expect(walk.script.calls.at(-1)).toMatchObject({ input: { outcome: 'PRINT_UNKNOWN' } })
  })

  it('a slip that cannot be printed does not take the endorsement back', async () => {
    const walk = await new Walk({
      printReceipt: () => Promise.resolve(err({ code: 'RECEIPT_PRINTER_FAULT' })),
    }).toPrinter()
    await walk.happens({ type: 'CERTIFICATE_IN' })
    expect(walk.view).toMatchObject({
      screen: 'S09',
      receiptProblem: { key: 'problem.RECEIPT_PRINTER_FAULT.what' },
      items: [{ item: 'CERTIFICATE' }, { item: 'ID_CARD' }],
    })
  })

  it('scenario 32: somebody who walks away at S05 leaves nothing in the statechart', async () => {
    const walk = await new Walk().toVehicles()
    await walk.press({ type: 'SELECT_VEHICLE', vehicleId: listed.view.id })
    await walk.clock.advance(60_000)
    expect(walk.view.screen).toBe('S00')
    expect(walk.ended).toBe(1)
    expect(JSON.stringify(walk.now)).not.toMatch(/张|粤B12345|138/)
    await walk.press({ type: 'BACK' }, { type: 'CONTINUE' })
    expect(walk.view.screen).toBe('S00')
  })

  it('a closed service does not start', async () => {
    const walk = new Walk({}, { ...openHouse, closed: { 'annual-review': { key: 'closed.PAPER_OUT' } } })
    await walk.press({ type: 'START_SERVICE', service: 'annual-review' })
    expect(walk.view).toMatchObject({
      screen: 'S00',
      tiles: expect.arrayContaining([
        expect.objectContaining({ main: true, closed: { key: 'closed.PAPER_OUT' } }),
      ]) as unknown,
    })
  })

  it('a house out of service shows the reason instead of the home screen', () => {
    const out = { reason: { key: 'closed.STORE' }, technician: 'STORE_TOO_NEW' }
    expect(new Walk({}, { ...openHouse, out }).view).toMatchObject({ screen: 'OUT', technician: 'STORE_TOO_NEW' })
  })

  it('display settings double the time and die with the visit', async () => {
    const walk = await new Walk().toCard()
    await walk.press({ type: 'SET_DISPLAY', largePrint: true })
    expect(walk.now.display).toEqual({ largePrint: true, highContrast: false, lowReach: false })
    expect(walk.now.countdown!.endsAt - walk.clock.now()).toBe(120_000)
    await walk.press({ type: 'LEAVE' })
    expect(walk.now.display.largePrint).toBe(false)
  })

  it('calls staff once however often the button is pressed', async () => {
    const walk = new Walk()
    await walk.press({ type: 'CALL_STAFF', open: true }, { type: 'CALL_STAFF', open: true })
    expect(walk.staffCalls).toBe(1)
    expect(walk.now.staffCalled).toBe(true)
  })
})
