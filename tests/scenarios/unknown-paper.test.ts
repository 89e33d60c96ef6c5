import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Snapshot } from '../../src/ipc/snapshot.ts'
import type { Visitor } from '../support/visitor.ts'
import { technicianReads } from './remains.ts'
import { Station, type RunningKiosk } from './station.ts'

const PLATE = '粤B23456'
let station: Station
let kiosk: RunningKiosk
let visitor: Visitor

beforeEach(async () => {
  station = await Station.open()
  kiosk = await station.kiosk()
  visitor = kiosk.visitor
})
afterEach(() => station.close())

it('a certificate with an unknown row stays in the printer for the two people who look at it: business is closed while it is there', async () => {
  await visitor.comesToPrinter(PLATE)
  const printer = station.rig.certificatePrinter
  printer.faults = { hangAtByte: printer.received.length + 400 }
  const sheet = station.rig.insertCertificate()
  await visitor.meets('PRINT_UNKNOWN', 40_000)
  visitor.liftCard()
  visitor.press({ type: 'LEAVE' })
  // Somebody switches the printer off and on; the page is still in it.
  printer.faults = {}
  printer.powerCycle()
  await visitor.until('the reason', ({ view }) => closedBy(view) === 'closed.UNKNOWN_PAGE_INSIDE', 20_000)
  expect(printer.sheet).toBe(sheet)
  // Taken out by the two who look at it: business goes on, also before they have said what they saw.
  printer.remove()
  await visitor.seesOpenHome(20_000)
  // A page that lies in there before anybody was asked for one may be that one again.
  station.truck({ plate: '粤BNEXT1' })
  await visitor.comesToConfirm('粤BNEXT1')
  printer.insert(sheet)
  visitor.press({ type: 'CONFIRM' })
  await visitor.meets('CERTIFICATE_PRINTER_FAULT')
  await technicianReads(kiosk.dataDir, 'visit.trouble', { detail: 'UNKNOWN_PAGE_INSIDE' })
  expect(printer.documentPlace).toBe('in')
}, 90_000)

function closedBy(view: Snapshot['view']): string | undefined {
  return view.screen === 'S00' ? view.tiles.find(({ id }) => id === 'annual-review')?.closed?.key : undefined
}
