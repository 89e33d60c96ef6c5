import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CentralStage, claimsOf, type StageKiosk } from '../../../../tests/support/central-stage.ts'
import { StoreFixture, stored } from '../../../../tests/support/store.ts'
import type { CentralClient } from '../../../central/client/central-client.ts'
import { localDate } from '../../../domain/local-date.ts'
import { hide, silentLog } from '../../../lib/log.ts'
import { expectOk, ok } from '../../../lib/result.ts'
import type { Store } from '../../../store/store.ts'
import { Courier } from '../../outbox/courier.ts'
import type { Authorized } from '../../visit/model.ts'
import { recover } from './recovery.ts'
import { EndorsementSaga, type RowOutcome, type Wish } from './saga.ts'

let stage: CentralStage
let kiosk: StageKiosk
let fixture: StoreFixture
let store: Store
let outcome: RowOutcome
let wish: Wish

beforeEach(async () => {
  stage = await CentralStage.open()
  kiosk = await stage.kiosk()
  fixture = new StoreFixture()
  store = fixture.open({ clock: stage.clock })
  outcome = { outcome: 'FAILED', detail: 'PAPER_JAM' }
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
  fixture.dispose()
  await stage.close()
})

function sagaWith(centre: CentralClient, courier: Courier): EndorsementSaga {
  const prepared = { sha256: 'a'.repeat(64), print: () => Promise.resolve(outcome) }
  return new EndorsementSaga({
    store,
    centre,
    courier,
    printer: { prepare: () => Promise.resolve(ok(prepared)) },
    clock: stage.clock,
    log: silentLog,
    kioskId: () => kiosk.kioskId,
  })
}

/** The centre hears the question and grants; the kiosk is gone before it hears the answer. */
function dyingAt(client: CentralClient, died: () => void): CentralClient {
  return new Proxy(client, {
    get(target, name) {
      if (name === 'reauthorize')
        return async (...args: Parameters<CentralClient['reauthorize']>) => {
          expectOk(await target.reauthorize(...args), 'the centre grants')
          died()
          return new Promise(() => undefined)
        }
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

function courierOf(client: CentralClient): Courier {
  const courier = new Courier(store, client, stage.clock, silentLog)
  return courier
}

async function failedPrint(saga: EndorsementSaga): Promise<Authorized> {
  const authorized = expectOk(await saga.authorize(wish), 'the first authorization')
  expect(await saga.print(authorized, () => undefined)).toMatchObject({ outcome: 'FAILED', mayRetry: true })
  return authorized
}

const ledger = () => stage.central.admin.ledger().filter(({ reviewId }) => reviewId === wish.review.reviewId)

describe('a kiosk that dies between asking for a 补打 and storing the answer', () => {
  it('gives the unknown authorization back at its next start: nobody has to look for a paper that cannot exist', async () => {
    const death = Promise.withResolvers<null>()
    const courier = courierOf(kiosk.client)
    const saga = sagaWith(
      dyingAt(kiosk.client, () => death.resolve(null)),
      courier,
    )
    const authorized = await failedPrint(saga)
    const never = saga.reauthorize(authorized)
    expect(await Promise.race([never, death.promise])).toBeNull()
    expect(ledger()).toMatchObject([{ status: 'AUTHORIZED', attempt: 2 }])
    await courier.stop()

    store.close()
    store = fixture.open({ clock: stage.clock })
    recover(store, stage.clock.now())
    const after = courierOf(kiosk.client)
    await after.hurry()
    await after.stop()
    expect(ledger()).toMatchObject([{ status: 'RELEASED', attempt: 2 }])
    await stage.clock.advance(121_000)
    expect(ledger()).toMatchObject([{ status: 'RELEASED', attempt: 2 }])
    // Recovery may itself be interrupted and run again.
    recover(store, stage.clock.now())
    expect(
      expectOk(
        store.read((view) => view.outbox.depth()),
        'outbox',
      ),
    ).toMatchObject({ pending: 0, parked: 0 })
  })

  it('leaves the number free for the next visit, which prints it', async () => {
    const death = Promise.withResolvers<null>()
    const courier = courierOf(kiosk.client)
    const saga = sagaWith(
      dyingAt(kiosk.client, () => death.resolve(null)),
      courier,
    )
    const never = saga.reauthorize(await failedPrint(saga))
    expect(await Promise.race([never, death.promise])).toBeNull()
    await courier.stop()
    recover(store, stage.clock.now())

    const next = courierOf(kiosk.client)
    const visit = await stage.visit(kiosk)
    const review = await visit.open(wish.review.vehicle)
    wish = { ...wish, visitId: visit.visitId, review }
    outcome = { outcome: 'PRINTED', method: 'PRINTER_STATUS' }
    const again = sagaWith(kiosk.client, next)
    const authorized = expectOk(await again.authorize(wish), 'the next visit')
    expect(authorized.attempt).toBe(2)
    expect(await again.print(authorized, () => undefined)).toEqual({ outcome: 'PRINTED' })
    await next.hurry()
    await next.stop()
    expect(ledger()).toMatchObject([{ status: 'CONFIRMED', attempt: 2 }])
  })
})

describe('a question for a 补打', () => {
  it('is open from before it is asked until its answer is stored', async () => {
    const courier = courierOf(kiosk.client)
    const open: number[] = []
    const watched = new Proxy(kiosk.client, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target)
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          if (name === 'reauthorize') open.push(renewing())
          return (value as (...all: unknown[]) => unknown).apply(target, args)
        }
      },
    })
    const saga = sagaWith(watched, courier)
    const authorized = await failedPrint(saga)
    const again = expectOk(await saga.reauthorize(authorized), 'the second authorization')
    expect(open).toEqual([1])
    expect(renewing()).toBe(0)
    expect(again).toMatchObject({ attempt: 2, endorsementNo: authorized.endorsementNo })
    await courier.stop()
  })

  it('whose visit has left meanwhile is taken back, and a late answer prints nothing', async () => {
    const courier = courierOf(kiosk.client)
    const granted = Promise.withResolvers<null>()
    const asked = Promise.withResolvers<null>()
    const slow = new Proxy(kiosk.client, {
      get(target, name) {
        if (name === 'reauthorize')
          return async (...args: Parameters<CentralClient['reauthorize']>) => {
            const answer = await target.reauthorize(...args)
            expect(claimsOf(expectOk(answer, 'granted')).attempt).toBe(2)
            asked.resolve(null)
            await granted.promise
            return answer
          }
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? (value.bind(target) as unknown) : value
      },
    })
    const saga = sagaWith(slow, courier)
    const authorized = await failedPrint(saga)
    const late = saga.reauthorize(authorized)
    await asked.promise
    saga.leave(wish.visitId)
    granted.resolve(null)
    expect(await late).toEqual({ ok: false, error: { code: 'AUTHORIZATION_EXPIRED' } })
    await courier.hurry()
    await courier.stop()
    expect(ledger()).toMatchObject([{ status: 'RELEASED' }])
    expect(stored(store, (tx) => tx.endorsements.inFlight())).toEqual([])
  })
})

function renewing(): number {
  return expectOk(
    store.read((view) => view.endorsements.renewing().length),
    'store',
  )
}
