import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CentralStage, type StageKiosk } from '../../../../tests/support/central-stage.ts'
import { StoreFixture } from '../../../../tests/support/store.ts'
import { localDate } from '../../../domain/local-date.ts'
import { SimulatedClock } from '../../../lib/clock.ts'
import { hide, silentLog } from '../../../lib/log.ts'
import { expectOk, ok } from '../../../lib/result.ts'
import { Courier } from '../../outbox/courier.ts'
import type { Authorized } from '../../visit/model.ts'
import { EndorsementSaga, type PreparedRow } from './saga.ts'

const HOUR = 3_600_000

let stage: CentralStage
let kiosk: StageKiosk
/** The kiosk's own clock; its wall can be set, its monotonic time cannot. */
let clock: SimulatedClock
let fixture: StoreFixture
let saga: EndorsementSaga
let courier: Courier
let authorized: Authorized
let papers: number
/** What happens while the printer looks at the document. */
let whileLooking: () => Promise<void> | void

beforeEach(async () => {
  stage = await CentralStage.open()
  clock = new SimulatedClock(stage.clock.now())
  kiosk = await stage.kiosk('1号机', clock)
  fixture = new StoreFixture()
  const store = fixture.open({ clock })
  const { key: vehicle } = stage.truck({ plate: '粤BX9001', review: { status: 'APPROVED' } })
  const visit = await stage.visit(kiosk)
  const review = await visit.open(vehicle)
  papers = 0
  whileLooking = () => undefined
  const row: PreparedRow = {
    sha256: 'a'.repeat(64),
    print: () => {
      papers += 1
      return Promise.resolve({ outcome: 'PRINTED', method: 'PRINTER_STATUS' })
    },
  }
  const prepare = async () => {
    await whileLooking()
    return ok(row)
  }
  courier = new Courier(store, kiosk.client, clock, silentLog)
  saga = new EndorsementSaga({
    store,
    centre: kiosk.client,
    courier,
    printer: { prepare },
    clock,
    log: silentLog,
    kioskId: () => kiosk.kioskId,
  })
  const wish = {
    visitId: visit.visitId,
    review,
    validUntil: review.newValidUntil ?? localDate('1970-01-01'),
    subjectHash: store.subjectHash(hide('990001198512311235')),
    subjectMasked: '张*',
  }
  authorized = expectOk(await saga.authorize(wish), 'authorized')
})
afterEach(async () => {
  await courier.stop()
  fixture.dispose()
  await stage.close()
})

/** Time that passes for everybody. */
async function pass(ms: number): Promise<void> {
  await clock.advance(ms)
  await stage.clock.advance(ms)
}
const print = () => saga.print(authorized, () => undefined)
const EXPIRED = { outcome: 'REFUSED', trouble: { code: 'AUTHORIZATION_EXPIRED' } }

describe('an authorization of two minutes', () => {
  it.each([
    ['ahead', HOUR],
    ['back', -HOUR],
    ['a day ahead', 24 * HOUR],
    ['to the year 2000', -26 * 365 * 24 * HOUR],
  ])('is not cut short by a wall clock that is set %s before the print', async (_where, step) => {
    clock.stepWall(step)
    await pass(119_000)
    expect(await print()).toEqual({ outcome: 'PRINTED' })
    expect(papers).toBe(1)
  })

  it.each([
    ['ahead', HOUR],
    ['back', -HOUR],
    ['back by just what has passed', -120_000],
  ])('is not stretched by a wall clock that is set %s before the print', async (_where, step) => {
    await pass(120_000)
    clock.stepWall(step)
    expect(await print()).toEqual(EXPIRED)
    expect(papers).toBe(0)
  })

  it('runs out while the printer looks at the document, however the clock is set meanwhile', async () => {
    whileLooking = async () => {
      await pass(120_000)
      clock.stepWall(-HOUR)
    }
    expect(await print()).toEqual(EXPIRED)
    expect(papers).toBe(0)
  })

  it('lasts while the printer looks at the document, however the clock is set meanwhile', async () => {
    whileLooking = () => {
      clock.stepWall(HOUR)
    }
    expect(await print()).toEqual({ outcome: 'PRINTED' })
  })

  it('that nobody used is asked for again only when it has run out by the centre’s time', async () => {
    clock.stepWall(24 * HOUR)
    expect(await saga.reauthorize(authorized)).toEqual(ok(authorized))
    await pass(120_000)
    clock.stepWall(-24 * HOUR)
    expect(await saga.reauthorize(authorized)).toMatchObject({ ok: true, value: { attempt: 1 } })
    expect(await print()).toEqual({ outcome: 'PRINTED' })
  })
})
