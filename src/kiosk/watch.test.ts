import { describe, expect, it } from 'vitest'
import { startPrint, stored, StoreFixture } from '../../tests/support/store.ts'
import type { DeviceReport, DeviceRole } from '../drivers/report.ts'
import { SimulatedClock } from '../lib/clock.ts'
import { silentLog } from '../lib/log.ts'
import { closingOf, closingsAtStart } from './device-closings.ts'
import { HouseKeeper, type Closing } from './house.ts'
import { Watch } from './watch.ts'

const said = (state: string, usable = true, answered = true): DeviceReport => ({
  ...{ state, usable, answered, tone: usable ? 'good' : 'bad', textKey: 'device.test.any', remedy: 'none' },
})

function kiosk(answers: Partial<Record<DeviceRole, DeviceReport>>) {
  const fixture = new StoreFixture()
  const store = fixture.open()
  const clock = new SimulatedClock(Date.UTC(2026, 10, 23))
  const roles = Object.keys(answers) as DeviceRole[]
  const house = new HouseKeeper({ closings: closingsAtStart(roles), faceUnavailable: null }, () => undefined)
  const watch = new Watch(house, store, clock, silentLog)
  const supervised = roles.map((role) => ({
    role,
    device: {
      report: () => Promise.resolve(answers[role] ?? said('READY')),
      close: () => Promise.resolve(),
    },
  }))
  const start = (): void => watch.watchDevices({ supervised }, () => false)
  const rows = () => stored(store, (tx) => tx.audit.latest(50)).toReversed()
  return {
    answers,
    clock,
    house,
    store,
    watch,
    start,
    rows,
    closed: () => house.house().closed['annual-review']?.key ?? null,
  }
}

const WELL = { 'id-card': said('READY'), 'receipt-printer': said('READY'), 'certificate-printer': said('READY') }

describe('the watch over the devices', () => {
  it('keeps the tile closed with "checking" until every device it needs has answered', async () => {
    const { clock, start, watch, closed } = kiosk({ ...WELL })
    expect(closed()).toBe('closed.DEVICE_CHECKING')
    start()
    await clock.advance(0)
    expect(closed()).toBeNull()
    watch.stop()
  })

  it('writes one audit row for each change of state, and none for a repetition', async () => {
    const { answers, clock, start, watch, rows, closed } = kiosk({ ...WELL })
    start()
    await clock.advance(20_000)
    expect(rows()).toHaveLength(3)
    answers['receipt-printer'] = said('PAPER_OUT', false)
    await clock.advance(20_000)
    expect(closed()).toBe('closed.RECEIPT_PAPER_OUT')
    const row = rows().at(-1)
    expect(rows()).toHaveLength(4)
    expect(row).toMatchObject({
      actor: 'device',
      action: 'device.state',
      target: 'receipt-printer',
      result: 'FAILED',
    })
    expect(JSON.parse(String(row?.detail))).toEqual({ kind: 'CHANGED', from: 'READY', to: 'PAPER_OUT' })
    watch.stop()
  })

  it('closes all business when the mains fail, and opens it when they are back', async () => {
    const { answers, clock, start, watch, closed } = kiosk({ ...WELL, ups: said('ONLINE') })
    start()
    await clock.advance(0)
    answers.ups = { ...said('ON_BATTERY'), tone: 'warning' }
    await clock.advance(5_000)
    expect(closed()).toBe('closed.POWER_ON_UPS')
    answers.ups = said('ONLINE')
    await clock.advance(5_000)
    expect(closed()).toBeNull()
    watch.stop()
  })

  it('closes business while a page whose row nobody knows lies in the printer', async () => {
    const { answers, clock, start, watch, closed, store } = kiosk({ ...WELL })
    answers['certificate-printer'] = said('DOCUMENT_IN')
    start()
    await clock.advance(0)
    // Somebody's page, and nothing is unknown: the next visit gives it back.
    expect(closed()).toBeNull()
    const key = stored(store, (tx) => {
      const unknown = startPrint(tx.endorsements, 1)
      tx.endorsements.markUnknown(unknown, 'POWER_CUT')
      return unknown
    })
    await clock.advance(5_000)
    expect(closed()).toBe('closed.UNKNOWN_PAGE_INSIDE')
    answers['certificate-printer'] = said('READY')
    await clock.advance(5_000)
    expect(closed()).toBeNull()
    answers['certificate-printer'] = said('DOCUMENT_IN')
    await clock.advance(5_000)
    expect(closed()).toBe('closed.UNKNOWN_PAGE_INSIDE')
    const finding = { document: 'SEEN', technician: 'T001', witness: 'T002', note: '' } as const
    stored(store, (tx) => tx.endorsements.resolveUnknown(key, finding))
    await clock.advance(5_000)
    expect(closed()).toBeNull()
    watch.stop()
  })

  it('stops business on a disk with less room than the site asks for', async () => {
    const { clock, watch, house, start } = kiosk({ ...WELL })
    start()
    await clock.advance(0)
    const closedBy = new Promise<string | undefined>((resolve) => {
      Object.assign(house, {
        listener: () => resolve(house.house().closed['annual-review']?.key),
      })
    })
    watch.watchDisk('/', { minFreeDiskMb: 1_000_000_000 })
    expect(await closedBy).toBe('closed.DISK_LOW')
    watch.stop()
  })
})

describe('what the state of a device closes', () => {
  const cases: readonly (readonly [DeviceRole, string, boolean, Closing | null])[] = [
    ['id-card', 'GONE', false, 'CARD_READER_FAULT'],
    ['receipt-printer', 'PAPER_LOW', true, null],
    ['receipt-printer', 'COVER_OPEN', false, 'RECEIPT_COVER_OPEN'],
    ['receipt-printer', 'CUTTER_ERROR', false, 'RECEIPT_PAPER_JAM'],
    ['receipt-printer', 'FEEDING', false, 'RECEIPT_PRINTER_BUSY'],
    ['receipt-printer', 'UNSTEADY', false, 'RECEIPT_PRINTER_FAULT'],
    ['certificate-printer', 'PAPER_JAM', false, 'CERTIFICATE_PAPER_JAM'],
    ['certificate-printer', 'DOCUMENT_EJECTED', false, null],
    ['certificate-printer', 'FLOODING', false, 'CERTIFICATE_PRINTER_FAULT'],
    ['io-board', 'TAMPER', false, 'TAMPER'],
    ['io-board', 'SILENT', false, null],
  ]
  it.each(cases)('%s %s', (role, state, usable, closing) => {
    expect(closingOf(role, { state, usable })?.closing).toBe(closing)
  })

  it('a scanner that is away closes nothing', () => {
    expect(closingOf('scanner', { state: 'GONE', usable: false })).toBeNull()
  })
})
