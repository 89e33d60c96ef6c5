import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stored, StoreFixture } from '../../../tests/support/store.ts'
import { foldQueue } from '../../drivers/document-printer/status.ts'
import type { Store } from '../../store/store.ts'
import { closingOf } from '../device-closings.ts'
import { catalogue } from '../services/catalogue.ts'
import { LowAlert } from './low-alert.ts'

const HOUR = 3_600_000
let fixture: StoreFixture
let store: Store
beforeEach(() => {
  fixture = new StoreFixture()
  store = fixture.open()
})
afterEach(() => fixture.dispose())

/** What the centre will be told, oldest first. */
const told = (): readonly { readonly device: string; readonly detail: string }[] =>
  stored(store, (tx) => tx.outbox.unsent())
    .map(({ payload }) => (payload as { report: { kind: string; device: string; detail: string } }).report)
    .filter(({ kind }) => kind === 'DEVICE_FAULT')
    .map(({ device, detail }) => ({ device, detail }))

async function alertWith(toner: () => number | null, hours: number): Promise<LowAlert> {
  const alert = new LowAlert(store, fixture.clock, () => Promise.resolve(toner()))
  alert.start()
  await fixture.clock.advance(hours * HOUR)
  return alert
}

describe('scenario 40: what runs low', () => {
  it('at ten percent of toner a technician is called, once on that day', async () => {
    const alert = await alertWith(() => 0.1, 6)
    await alert.stop()
    expect(told()).toEqual([{ device: 'document-printer', detail: 'consumable document-printer.toner low: 10 % left' }])
  })

  it('nobody is called above ten percent, nor where the printer does not say', async () => {
    await (await alertWith(() => 0.11, 3)).stop()
    await (await alertWith(() => null, 3)).stop()
    expect(told()).toEqual([])
  })

  it('is told again on the next day of the station, not of London', async () => {
    // The fixture begins at ten in the morning: midnight in Shanghai is fourteen hours away, and 16:00 in London.
    const alert = await alertWith(() => 0.05, 13.9)
    expect(told()).toHaveLength(1)
    await fixture.clock.advance(0.5 * HOUR)
    await alert.stop()
    expect(told()).toHaveLength(2)
  })

  it('is not told anew on the same day because the kiosk has started anew', async () => {
    await (await alertWith(() => 0.05, 1)).stop()
    await (await alertWith(() => 0.04, 1)).stop()
    expect(told()).toHaveLength(1)
  })

  it('each consumable has a call of its own: paper that runs low is not hidden by toner', async () => {
    stored(store, (tx) => tx.consumables.use({ role: 'receipt-printer', counter: 'paperMm', amount: 75_000 }))
    await (await alertWith(() => 0.05, 2)).stop()
    expect(told().map(({ device }) => device)).toEqual(['receipt-printer', 'document-printer'])
  })

  it('a printer that answers after the kiosk has stopped writes nothing any more', async () => {
    let answer: (left: number) => void = () => undefined
    const alert = new LowAlert(store, fixture.clock, () => new Promise((resolve) => (answer = resolve)))
    alert.start()
    const stopped = alert.stop()
    answer(0.01)
    await stopped
    expect(told()).toEqual([])
  })

  it.each([0.1, 0])('with %d of the toner left no service closes that prints with something else', (left) => {
    const supplies = [{ name: 'Black', isToner: true, left }]
    const state = foldQueue({ printerState: 3, reasons: ['none'], accepting: true, supplies })
    expect(state).toBe(left === 0 ? 'TONER_OUT' : 'TONER_LOW')
    expect(closingOf('document-printer', { state, usable: left !== 0 })).toBeNull()
    // Which service needs the laser printer; the day there is one, it has to close at 0 %.
    expect(catalogue.filter(({ needs }) => (needs as readonly string[]).includes('document-printer'))).toEqual([])
  })
})
