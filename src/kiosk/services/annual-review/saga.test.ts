import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CentralStage, type StageKiosk } from '../../../../tests/support/central-stage.ts'
import { StoreFixture, stored } from '../../../../tests/support/store.ts'
import type { CentralClient } from '../../../central/client/central-client.ts'
import { addDays, localDate } from '../../../domain/local-date.ts'
import { SimulatedClock } from '../../../lib/clock.ts'
import { hide, silentLog } from '../../../lib/log.ts'
import { err, expectOk, ok } from '../../../lib/result.ts'
import type { EndorsementKey } from '../../../store/endorsement.ts'
import type { Store } from '../../../store/store.ts'
import { Courier } from '../../outbox/courier.ts'
import type { Member } from '../../technician/access.ts'
import { settleFinding } from '../../technician/findings.ts'
import type { Desk } from '../../technician/page.ts'
import { EndorsementSaga, type RowOutcome, type Wish } from './saga.ts'

let stage: CentralStage
let kiosk: StageKiosk
let fixture: StoreFixture
let store: Store
let courier: Courier
/** The kiosk's own clock. */
let clock: SimulatedClock
let wish: Wish

beforeEach(async () => {
  stage = await CentralStage.open()
  clock = new SimulatedClock(stage.clock.now())
  kiosk = await stage.kiosk('1号机', clock)
  fixture = new StoreFixture()
  store = fixture.open({ clock })
  courier = new Courier(store, kiosk.client, clock, silentLog)
  const { key: vehicle } = stage.truck({ plate: '粤BX9001', review: { status: 'APPROVED' } })
  const visit = await stage.visit(kiosk)
  const review = await visit.open(vehicle)
  wish = {
    visitId: visit.visitId,
    review,
    validUntil: review.newValidUntil ?? localDate('1970-01-01'),
    subjectHash: store.subjectHash(hide('990001198512311235')),
    subjectMasked: '张*',
  }
})
afterEach(async () => {
  await courier.stop()
  fixture.dispose()
  await stage.close()
})

function sagaWith(centre: CentralClient): EndorsementSaga {
  const outcome: RowOutcome = { outcome: 'PRINTED', method: 'DOCUMENT_SENSOR' }
  const row = { sha256: 'a'.repeat(64), print: () => Promise.resolve(outcome) }
  return new EndorsementSaga({
    store,
    centre,
    courier,
    printer: {
      prepare: () => Promise.resolve(ok(row)),
    },
    clock,
    log: silentLog,
    kioskId: () => kiosk.kioskId,
  })
}

type Authorize = CentralClient['authorize']

/** The client, with `n`-th questions for an authorization answered by others than the centre. */
function asking(...instead: readonly ((real: () => ReturnType<Authorize>) => ReturnType<Authorize>)[]): CentralClient {
  let asked = 0
  return new Proxy(kiosk.client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      if (name !== 'authorize') return value.bind(target) as unknown
      return (...args: Parameters<Authorize>) => {
        const real = () => target.authorize(...args)
        return (instead[asked++] ?? ((ask) => ask()))(real)
      }
    },
  })
}

const timedOut = err({ code: 'TIMED_OUT', afterMs: 10_000 } as const)

/** Lets the same time pass at the kiosk and at the centre. */
async function passes(ms: number): Promise<void> {
  await Promise.all([stage.clock.advance(ms), clock.advance(ms)])
}

const ledger = () => stage.central.admin.ledger().filter(({ reviewId }) => reviewId === wish.review.reviewId)
const mine = () => stored(store, (tx) => tx.endorsements.ofReview(wish.review.reviewId))

describe('a question for an authorization whose answer was lost', () => {
  it('is taken back at the end of the visit, also when the centre has since refused its repetition', async () => {
    const lost = asking(async (real) => {
      expectOk(await real(), 'the centre grants')
      return timedOut
    })
    const saga = sagaWith(lost)
    expect(await saga.authorize(wish)).toMatchObject({ ok: false })
    await passes(121_000)
    expect(await saga.authorize(wish)).toMatchObject({ ok: false })
    saga.leave(wish.visitId)
    await courier.hurry()
    expect(ledger()).toMatchObject([{ status: 'RELEASED' }])
    expect(mine()).toMatchObject([{ status: 'VOIDED' }])
  })

  it('is taken back when the second question asked for another date', async () => {
    const lost = asking(async (real) => {
      expectOk(await real(), 'the centre grants')
      return timedOut
    })
    const saga = sagaWith(lost)
    expect(await saga.authorize(wish)).toMatchObject({ ok: false })
    expect(await saga.authorize({ ...wish, validUntil: addDays(wish.validUntil, 1) })).toMatchObject({ ok: false })
    saga.leave(wish.visitId)
    await courier.hurry()
    expect(ledger()).toMatchObject([{ status: 'RELEASED' }])
  })

  it('grants nothing when it arrives after everybody has gone', async () => {
    const late = Promise.withResolvers<() => ReturnType<Authorize>>()
    const saga = sagaWith(
      asking((real) => {
        late.resolve(real)
        return Promise.resolve(timedOut)
      }),
    )
    expect(await saga.authorize(wish)).toMatchObject({ ok: false })
    stage.central.admin.setSource('STATION', 'DOWN')
    expect(await saga.authorize(wish)).toMatchObject({ ok: false })
    saga.leave(wish.visitId)
    await courier.hurry()
    stage.central.admin.setSource('STATION', 'UP')
    expect(await (await late.promise)()).toMatchObject({ ok: false })
    expect(ledger()).toEqual([])
  })

  it('that was only ever refused is void with the reason, and costs no letter', async () => {
    stage.central.admin.setSource('STATION', 'DOWN')
    const saga = sagaWith(kiosk.client)
    expect(await saga.authorize(wish)).toMatchObject({ ok: false })
    saga.leave(wish.visitId)
    expect(mine()).toMatchObject([{ status: 'VOIDED', reason: 'REVIEW_NOT_READY' }])
    expect(stored(store, (tx) => tx.outbox.depth().pending)).toBe(0)
  })
})

describe('a print', () => {
  it('that began in time is confirmed, also at a kiosk whose clock is a minute ahead', async () => {
    clock.stepWall(60_000)
    expectOk(await kiosk.client.health(), 'the offset is measured')
    const saga = sagaWith(kiosk.client)
    const authorized = expectOk(await saga.authorize(wish), 'authorized')
    await passes(70_000)
    const printedAt = stage.clock.now()
    expect(await saga.print(authorized, () => undefined)).toEqual({ outcome: 'PRINTED' })
    await courier.hurry()
    expect(ledger()).toMatchObject([{ status: 'CONFIRMED', confirmedAt: printedAt }])
    expect(mine()).toMatchObject([{ status: 'CONFIRMED' }])
  })

  it('that the centre does not take for one begun in time waits here for two people, who settle it in both places', async () => {
    courier = new Courier(store, withLateStart(kiosk.client), clock, silentLog)
    const saga = sagaWith(kiosk.client)
    const authorized = expectOk(await saga.authorize(wish), 'authorized')
    expect(await saga.print(authorized, () => undefined)).toEqual({ outcome: 'PRINTED' })
    await courier.hurry()
    expect(ledger()).toMatchObject([{ status: 'PRINT_UNKNOWN' }])
    expect(mine()).toMatchObject([{ status: 'PRINT_UNKNOWN' }])

    courier = new Courier(store, kiosk.client, clock, silentLog)
    expect(settleFinding(desk(), authorized.endorsementId as EndorsementKey, 'SEEN', { id: 'W1' } as Member)).toBe(true)
    await courier.hurry()
    expect(ledger()).toMatchObject([{ status: 'CONFIRMED' }])
    expect(mine()).toMatchObject([{ status: 'CONFIRMED' }])
  })
})

/** A kiosk whose clock was set back by an hour between the grant and the first byte would say so. */
function withLateStart(client: CentralClient): CentralClient {
  return new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      if (name !== 'reportPrint') return value.bind(target) as unknown
      return (...[no, report]: Parameters<CentralClient['reportPrint']>) =>
        target.reportPrint(no, { ...report, startedAt: (report.startedAt ?? 0) - 3_600_000 })
    },
  })
}

/** The technician's desk, as far as a finding needs it. */
function desk(): Desk {
  const rooms = { store, clock, sendLetters: () => undefined }
  const record: Desk['record'] = (_action, work) => {
    stored(store, (tx) => work?.(tx))
  }
  return { rooms, member: { id: 'T1' }, record } as unknown as Desk
}
