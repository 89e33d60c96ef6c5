import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MORNING, stored, StoreFixture } from '../../tests/support/store.ts'

const DAY_MS = 86_400_000
let fixture: StoreFixture
beforeEach(() => {
  fixture = new StoreFixture()
})
afterEach(() => {
  fixture.dispose()
})

describe('what was used up', () => {
  it('adds up over jobs and restarts, and the rate is that of the last seven days', async () => {
    const usage = { role: 'receipt-printer', counter: 'paperMm' }
    stored(fixture.open(), (tx) => tx.consumables.use({ ...usage, amount: 9_000 }))
    await fixture.clock.advance(10 * DAY_MS)
    const store = fixture.open()
    stored(store, (tx) => tx.consumables.use({ ...usage, amount: 100 }))
    await fixture.clock.advance(DAY_MS)
    stored(store, (tx) => tx.consumables.use({ ...usage, amount: 200 }))
    await fixture.clock.advance(DAY_MS)
    expect(stored(store, (tx) => tx.consumables.all())).toEqual([
      { ...usage, value: 9_300, since: MORNING, capacity: null, perDay: 100 },
    ])
  })

  it('begins anew when a full one is put in, and remembers what a full one lasts', () => {
    const store = fixture.open()
    stored(store, (tx) => {
      tx.consumables.use({ role: 'receipt-printer', counter: 'paperMm', amount: 500 })
      tx.consumables.replaced('receipt-printer', 'paperMm', 80_000)
      tx.consumables.replaced('receipt-printer', 'paperMm')
    })
    expect(stored(store, (tx) => tx.consumables.all())).toMatchObject([{ value: 0, capacity: 80_000, perDay: 500 }])
  })

  it('never goes backwards', () => {
    const store = fixture.open()
    expect(() => store.transaction((tx) => tx.consumables.use({ role: 'x', counter: 'y', amount: -1 }))).toThrow()
  })
})

it('of each self-test the last result is shown', () => {
  const store = fixture.open()
  const test = { role: 'scanner', test: 'scan', measured: { ms: 12 }, failure: null, staff: 'T001' }
  stored(store, (tx) => {
    tx.selfTests.add({ ...test, passed: true })
    tx.selfTests.add({ ...test, passed: false, failure: 'noScan' })
    tx.selfTests.add({ ...test, test: 'beep', passed: true })
    tx.selfTests.add({ ...test, role: 'camera', passed: true })
  })
  expect(stored(store, (tx) => tx.selfTests.latest('scanner'))).toMatchObject([
    { test: 'beep', passed: true, at: MORNING },
    { test: 'scan', passed: false, failure: 'noScan', measured: { ms: 12 } },
  ])
})

it('a readiness report is compared with the last good one, not with the last', () => {
  const store = fixture.open()
  const items = [{ id: 'store', state: 'PASS', detail: null }] as const
  stored(store, (tx) => {
    tx.readiness.add({ at: 1, durationMs: 10, verdict: 'READY', staff: 'T001', items })
    tx.readiness.add({ at: 2, durationMs: 10, verdict: 'WARNINGS', staff: 'T001', items })
    tx.readiness.add({ at: 3, durationMs: 10, verdict: 'NOT_READY', staff: 'T001', items })
  })
  expect(stored(store, (tx) => [tx.readiness.last()?.at, tx.readiness.lastGood()?.at])).toEqual([3, 2])
  expect(stored(store, (tx) => tx.readiness.lastGood()?.items)).toEqual(items)
})
