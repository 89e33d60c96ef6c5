import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Visitor } from '../support/visitor.ts'
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

it('a certificate with an unknown row stays in the printer for the two people who look at it: the next citizen does not get it', async () => {
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
  await expect.poll(() => visitor.now.view).toMatchObject({ screen: 'S00' })
  station.truck({ plate: '粤BNEXT1' })
  await visitor.comesToConfirm('粤BNEXT1')
  visitor.press({ type: 'CONFIRM' })
  await visitor.meets('CERTIFICATE_PRINTER_FAULT')
  expect(printer.sheet).toBe(sheet)
  expect(printer.documentPlace).toBe('in')
}, 60_000)
