import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DEMO_PEOPLE } from '../../src/central/server/seed/people.ts'
import { SimulatedSheet } from '../../src/drivers/certificate-printer/simulated-sheet.ts'
import { CertificatePrinterSimulator } from '../../src/drivers/certificate-printer/simulator.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { certificateProfile, endorsementRow } from '../support/printing.ts'
import { simulatorOnPty } from '../support/pty.ts'
import type { Visitor } from '../support/visitor.ts'
import { findInFiles, inMemoryOf, technicianReads } from './remains.ts'
import { SetClock, Station, type RunningKiosk } from './station.ts'

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

function closedBecause(): string | undefined {
  const { view } = visitor.now
  return view.screen === 'S00' ? view.tiles.find(({ id }) => id === 'annual-review')?.closed?.key : undefined
}

function rowOf(sheet: SimulatedSheet, row: number): string {
  const { firstYMm, pitchMm } = station.rig.template.rows
  const top = firstYMm + (row - 1) * pitchMm
  return sheet.textBetween(top, top + pitchMm)
}

function inkedRows(sheet: SimulatedSheet): readonly number[] {
  return sheet.inkedRows(station.rig.template.rows)
}

describe('no paper', () => {
  it('scenario 21: without slip paper the service is grey, says why, and no tap brings about an authorization', async () => {
    station.rig.command({ type: 'RECEIPT_PAPER', state: 'OUT' })
    await visitor.until('the grey tile', () => closedBecause() === 'closed.RECEIPT_PAPER_OUT')
    visitor.press({ type: 'START_SERVICE', service: 'annual-review' })
    await technicianReads(kiosk.dataDir, 'house.changed', { member: 'receipt-printer', closing: 'RECEIPT_PAPER_OUT' })
    expect(visitor.view.screen).toBe('S00')
    expect(station.ledgerOf(PLATE)).toEqual([])
    station.rig.command({ type: 'RECEIPT_PAPER', state: 'OK' })
    await visitor.seesOpenHome()
    await visitor.endorses(PLATE)
  })

  it('scenario 21: paper that runs out between the screen and the confirmation stops before the authorization', async () => {
    await visitor.comesToConfirm(PLATE)
    station.rig.command({ type: 'RECEIPT_PAPER', state: 'OUT' })
    visitor.press({ type: 'CONFIRM' })
    await visitor.meets('RECEIPT_PRINTER_FAULT')
    await technicianReads(kiosk.dataDir, 'visit.trouble', { code: 'RECEIPT_PRINTER_FAULT', detail: 'PAPER_OUT' })
    await visitor.leaves()
    expect(station.ledgerOf(PLATE)).toEqual([])
    expect(inMemoryOf(kiosk.dataDir, ({ endorsements }) => endorsements.inFlight())).toEqual([])
  })

  it('scenario 21: so does a certificate printer with an open cover', async () => {
    await visitor.comesToConfirm(PLATE)
    station.rig.certificatePrinter.trouble('COVER_OPEN')
    visitor.press({ type: 'CONFIRM' })
    await visitor.meets('CERTIFICATE_PRINTER_FAULT')
    await technicianReads(kiosk.dataDir, 'visit.trouble', { code: 'CERTIFICATE_PRINTER_FAULT', detail: 'COVER_OPEN' })
    await visitor.leaves()
    expect(station.ledgerOf(PLATE)).toEqual([])
  })

  it('an endorsement whose slip cannot be printed is an endorsement, and the screen says what is missing', async () => {
    await visitor.comesToPrinter(PLATE)
    station.rig.command({ type: 'RECEIPT_PAPER', state: 'OUT' })
    station.rig.insertCertificate()
    const taking = await visitor.sees('S09')
    expect(taking.receiptProblem).toMatchObject({ key: 'problem.RECEIPT_PRINTER_FAULT.what' })
    expect(taking.items.map(({ item }) => item)).toEqual(['CERTIFICATE', 'ID_CARD'])
    await visitor.takesAllAndLeaves()
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'CONFIRMED' }])
  })
})

describe('a jam while printing', () => {
  /** Puts the certificate in with a printer that jams at its `nth` line from now on. */
  async function jamsAt(line: number, sheet = station.rig.insertCertificate()): Promise<SimulatedSheet> {
    station.rig.certificatePrinter.faults = { jamAtLine: line }
    await visitor.meets('PRINT_FAILED')
    return sheet
  }

  /** The technician clears the jam; the citizen tries again with the certificate that is still in. */
  function triesAgain(): void {
    station.rig.certificatePrinter.mend('JAM')
    visitor.press({ type: 'RETRY' })
  }

  it.each([
    ['after the first line', 1],
    ['in the middle', 3],
    ['at the last line', 6],
  ])('scenario 22: %s keeps the endorsement, and 补打 第1次 has the same number on a fresh row', async (_, line) => {
    await visitor.comesToPrinter(PLATE)
    station.rig.certificatePrinter.faults = { jamAtLine: line }
    const sheet = station.rig.insertCertificate()
    const { problem } = await visitor.meets('PRINT_FAILED')
    expect(problem.actions).toContain('RETRY')
    await technicianReads(kiosk.dataDir, 'visit.trouble', { code: 'PRINT_FAILED', detail: 'PAPER_JAM' })
    const [failed] = station.ledgerOf(PLATE)
    expect(failed).toMatchObject({ status: 'PRINT_FAILED', attempt: 1 })

    triesAgain()
    const taking = await visitor.sees('S09')
    await visitor.takesAllAndLeaves()
    expect(taking.endorsementNo).toBe(failed?.endorsementNo)
    expect(rowOf(sheet, 3)).not.toContain('补打')
    expect(rowOf(sheet, 4)).toContain(`签注编号：${taking.endorsementNo}`)
    expect(rowOf(sheet, 4)).toContain('补打第1次')
    expect(rowOf(sheet, 4)).toContain('审验有效期至：2027年12月31日')
    expect(station.rig.receiptPrinter.paper.documents.at(-1)?.text.join('\n')).toMatch(/补打\s+第1次/)
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'CONFIRMED', attempt: 2, row: 4 }])
  })

  it('scenario 22: the third failure voids the number and sends to the counter; there is never a second valid one', async () => {
    await visitor.comesToPrinter(PLATE)
    const sheet = await jamsAt(1)
    station.rig.certificatePrinter.faults = { jamAtLine: 2 }
    triesAgain()
    await visitor.until(
      'the second failure',
      ({ problem, view }) => problem?.code === 'PRINT_FAILED' && isAttempt(view, 2),
    )
    station.rig.certificatePrinter.faults = { jamAtLine: 3 }
    triesAgain()
    const { problem } = await visitor.meets('VOIDED')
    expect(problem.actions).toEqual(['CALL_STAFF', 'LEAVE'])
    await technicianReads(kiosk.dataDir, 'visit.trouble', { code: 'VOIDED' })
    station.rig.certificatePrinter.mend()
    await visitor.leaves()
    expect(inkedRows(sheet)).toEqual([3, 4, 5])
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'VOIDED', attempt: 3 }])

    await visitor.comesToConfirm(PLATE)
    visitor.press({ type: 'CONFIRM' })
    await visitor.meets('VOIDED')
    await visitor.leaves()
    expect(station.ledgerOf(PLATE)).toHaveLength(1)
    expect(inMemoryOf(kiosk.dataDir, ({ audit }) => audit.verify())).toMatchObject({ ok: true })
  })

  it('scenario 22: who leaves after a failure finds the same number, and 补打 第1次, in the next visit', async () => {
    await visitor.comesToPrinter(PLATE)
    await jamsAt(2)
    const [failed] = station.ledgerOf(PLATE)
    station.rig.certificatePrinter.mend()
    await visitor.leaves()
    station.rig.certificatePrinter.faults = {}
    const taking = await visitor.endorses(PLATE)
    expect(taking.endorsementNo).toBe(failed?.endorsementNo)
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'CONFIRMED', attempt: 2 }])
  })

  it('a certificate pulled out from under the head is unknown: nobody prints it again, staff are called', async () => {
    await visitor.comesToPrinter(PLATE)
    station.rig.certificatePrinter.faults = { pulledAtLine: 3 }
    station.rig.insertCertificate()
    const { problem } = await visitor.meets('PRINT_UNKNOWN')
    expect(problem.actions).toEqual(['CALL_STAFF', 'LEAVE'])
    await technicianReads(kiosk.dataDir, 'visit.trouble', { code: 'PRINT_UNKNOWN', detail: 'DOCUMENT_GONE' })
    await visitor.leaves()
    await expect.poll(() => station.ledgerOf(PLATE)).toMatchObject([{ status: 'PRINT_UNKNOWN' }])
    station.rig.certificatePrinter.faults = {}
    await visitor.comesToConfirm(PLATE)
    visitor.press({ type: 'CONFIRM' })
    await visitor.meets('PRINT_UNKNOWN')
    await visitor.leaves()
    expect(station.rig.certificatePrinter.taken.map(inkedRows)).toEqual([[3]])
  })
})

describe('somebody else’s certificate', () => {
  it('who leaves with the certificate in the printer gets it back, unprinted, and the authorization is given back', async () => {
    await visitor.comesToPrinter(PLATE)
    station.clock.pass(121_000)
    const sheet = station.rig.insertCertificate()
    await visitor.meets('AUTHORIZATION_EXPIRED')
    visitor.liftCard()
    visitor.press({ type: 'LEAVE' })
    await visitor.sees('S00')
    await expect.poll(() => station.rig.certificatePrinter.documentPlace).toBe('ejected')
    expect(sheet.inks).toEqual([])
    station.rig.certificatePrinter.remove()
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'RELEASED' }])
  })

  it('a certificate that lay in the printer before anybody confirmed comes out instead of being printed on', async () => {
    await visitor.comesToConfirm(PLATE)
    const forgotten = station.rig.insertCertificate()
    visitor.press({ type: 'CONFIRM' })
    await visitor.sees('S08', 'INSERT_CERTIFICATE')
    await expect.poll(() => station.rig.certificatePrinter.documentPlace).toBe('ejected')
    station.rig.certificatePrinter.remove()
    const own = station.rig.insertCertificate()
    await visitor.sees('S09')
    await visitor.takesAllAndLeaves()
    expect([inkedRows(forgotten), inkedRows(own)]).toEqual([[], [3]])
  })
})

describe('a page that is not the record page', () => {
  /** A printer that measures what is put in. */
  let printer: CertificatePrinterSimulator
  let measuring: RunningKiosk

  beforeEach(async () => {
    await kiosk.stop()
    const profile = certificateProfile('epson-plq-20')
    printer = new CertificatePrinterSimulator({ profile, clock: systemClock, lettering: undefined })
    const hosted = await simulatorOnPty(printer.serve)
    measuring = await station.kiosk({
      site: (site) => {
        site.devices['certificate-printer'] = {
          driver: 'pr2',
          model: 'epson-plq-20',
          transport: { kind: 'serial', path: hosted.address },
        }
      },
    })
    visitor = measuring.visitor
  })

  const { widthMm, heightMm } = endorsementRow().page

  it('comes back without ink and in its own words, costs no attempt, and the right page is then endorsed', async () => {
    await visitor.comesToPrinter(PLATE)
    const cover = new SimulatedSheet(widthMm, 150)
    printer.insert(cover)
    const { problem } = await visitor.meets('WRONG_DOCUMENT')
    expect(problem).toMatchObject({
      tone: 'warning',
      what: { key: 'problem.WRONG_DOCUMENT.what' },
      assurance: { key: 'problem.WRONG_DOCUMENT.assurance' },
      todo: { key: 'problem.WRONG_DOCUMENT.todo' },
      actions: ['RETRY', 'LEAVE'],
    })
    await expect.poll(() => printer.documentPlace).toBe('ejected')
    const detail = '150 mm instead of 210 mm'
    await technicianReads(measuring.dataDir, 'visit.trouble', { code: 'WRONG_DOCUMENT', detail })
    const [before] = station.ledgerOf(PLATE)
    expect(before).toMatchObject({ status: 'AUTHORIZED', attempt: 1, row: 3 })

    printer.remove()
    visitor.press({ type: 'RETRY' })
    await visitor.sees('S08', 'INSERT_CERTIFICATE')
    const page = new SimulatedSheet(widthMm, heightMm)
    printer.insert(page)
    const taking = await visitor.sees('S09')
    printer.remove()
    expect([inkedRows(cover), inkedRows(page)]).toEqual([[], [3]])
    expect(rowOf(page, 3)).not.toContain('补打')
    expect(taking.endorsementNo).toBe(before?.endorsementNo)
    await expect.poll(() => station.ledgerOf(PLATE)).toMatchObject([{ status: 'CONFIRMED', attempt: 1, row: 3 }])
    expect([printer.platenInk, printer.refused, printer.unknown]).toEqual([[], [], []])
  })

  it('who leaves then has given the authorization back unspent', async () => {
    await visitor.comesToPrinter(PLATE)
    printer.insert(new SimulatedSheet(widthMm, 150))
    await visitor.meets('WRONG_DOCUMENT')
    printer.remove()
    visitor.liftCard()
    visitor.press({ type: 'LEAVE' })
    await visitor.sees('S00')
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'RELEASED', attempt: 1 }])
  })
})

describe('the next free row', () => {
  it('is shown on the picture of the page before anybody confirms', async () => {
    station.truck({ plate: '粤BRW5E1', certificate: { nextRow: 5 } })
    const { preview } = await visitor.comesToConfirm('粤BRW5E1')
    expect(preview).toMatchObject({ row: 5, rows: 6 })
    const { firstYMm, pitchMm } = station.rig.template.rows
    const top = firstYMm + 4 * pitchMm
    expect(preview?.fields.every(({ yMm }) => yMm >= top && yMm < top + pitchMm)).toBe(true)
  })

  it('is the one after the row that was printed last', async () => {
    station.truck({ plate: '粤BRW4E1', certificate: { nextRow: 4 } })
    await visitor.endorses('粤BRW4E1')
    expect(station.rig.certificatePrinter.taken.map(inkedRows)).toEqual([[4]])
    expect(station.ledgerOf('粤BRW4E1')).toMatchObject([{ row: 4, status: 'CONFIRMED' }])
  })

  it('is missing on a full page: the person is sent to the counter before anything is authorized', async () => {
    station.truck({ plate: '粤BFULL1', certificate: { nextRow: 7 } })
    await visitor.comesToVehicles()
    expect(await visitor.chooses('粤BFULL1')).toMatchObject({
      screen: 'S05',
      verdict: { title: { key: 'verdict.RECORD_PAGE_FULL.title' }, detail: { key: 'verdict.RECORD_PAGE_FULL.detail' } },
    })
    visitor.press({ type: 'CONTINUE' })
    expect(visitor.view.screen).toBe('S05')
    await visitor.leaves()
    expect(station.ledgerOf('粤BFULL1')).toEqual([])
  })

  it('is missing after the last one was spoiled: the number stays, the person is sent to the counter', async () => {
    station.truck({ plate: '粤BLAST1', certificate: { nextRow: 6 } })
    await visitor.comesToPrinter('粤BLAST1')
    station.rig.certificatePrinter.faults = { jamAtLine: station.rig.certificatePrinter.linesPrinted + 2 }
    station.rig.insertCertificate()
    await visitor.meets('PRINT_FAILED')
    station.rig.certificatePrinter.mend('JAM')
    visitor.press({ type: 'RETRY' })
    const { problem } = await visitor.meets('RECORD_PAGE_FULL')
    expect(problem.actions).toEqual(['CALL_STAFF', 'LEAVE'])
    await visitor.leaves()
    expect(station.ledgerOf('粤BLAST1')).toMatchObject([{ status: 'PRINT_FAILED', attempt: 1, row: 6 }])
  })
})

describe('the power goes', () => {
  beforeEach(async () => {
    await station.close()
    // The kiosk is a process of its own here and has the clock of this machine.
    station = await Station.open({}, new SetClock(Date.now()))
  })

  it('scenario 23: in the middle of a row: unknown, not printed again by itself, the visit closed, nobody on the disk', async () => {
    const first = station.kioskProcess()
    await first.visitor.seesOpenHome()
    await first.visitor.comesToPrinter(PLATE)
    const printer = station.rig.certificatePrinter
    const hangAtByte = printer.received.length + 400
    printer.faults = { hangAtByte }
    const sheet = station.rig.insertCertificate()
    await first.visitor.sees('S08', 'PRINTING')
    await expect.poll(() => printer.received.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(hangAtByte)
    await first.kill()

    const received = printer.received.length
    const inks = sheet.inks.length
    const { owner } = DEMO_PEOPLE
    const secrets = { name: owner.name, idNumber: owner.idNo, phone: owner.phone ?? '' }
    expect(findInFiles(first.dataDir, secrets)).toEqual([])

    const second = await station.start({ dataDir: first.dataDir })
    await expect.poll(() => station.ledgerOf(PLATE)).toMatchObject([{ status: 'PRINT_UNKNOWN' }])
    await expect.poll(() => station.rig.central.admin.events().map(({ kind }) => kind)).toContain('PRINT_UNKNOWN')
    inMemoryOf(second.dataDir, ({ endorsements, printJobs, visits, audit }) => {
      const [endorsement] = endorsements.inFlight()
      expect(endorsement).toMatchObject({ status: 'PRINT_UNKNOWN', reason: 'INTERRUPTED' })
      expect(printJobs.ofEndorsement(endorsement!.key).map(({ state }) => state)).toEqual(['UNKNOWN'])
      expect(visits.find(endorsement?.visitId ?? '')).toMatchObject({ outcome: 'INTERRUPTED' })
      expect(visits.unfinished()).toEqual([])
      expect(audit.verify()).toMatchObject({ ok: true })
    })
    await technicianReads(second.dataDir, 'kiosk.recovered', { unknown: 1, visits: 1 })
    expect(second.visitor.view.screen).toBe('S00')

    // A technician switches the printer off and on and takes the sheet out: what he sees is his to say.
    printer.faults = {}
    printer.powerCycle()
    expect(printer.remove()).toBe(sheet)
    await second.visitor.seesOpenHome()
    expect(sheet.inks).toHaveLength(inks)
    expect(printer.received.length).toBeLessThan(received + 400)
    await second.visitor.comesToVehicles()
    await second.visitor.leaves()
    expect(findInFiles(second.dataDir, secrets)).toEqual([])
  })

  it('scenario 23: before the first byte: the authorization is given back and the next visit has its number', async () => {
    const first = station.kioskProcess()
    await first.visitor.seesOpenHome()
    await first.visitor.comesToPrinter(PLATE)
    await first.kill()
    const [authorized] = station.ledgerOf(PLATE)
    expect(authorized).toMatchObject({ status: 'AUTHORIZED' })

    const second = await station.kiosk({ dataDir: first.dataDir })
    await expect.poll(() => station.ledgerOf(PLATE)).toMatchObject([{ status: 'RELEASED' }])
    await technicianReads(second.dataDir, 'kiosk.recovered', { released: 1, visits: 1 })
    second.visitor.liftCard()
    const taking = await second.visitor.endorses(PLATE)
    expect(taking.endorsementNo).toBe(authorized?.endorsementNo)
    expect(station.ledgerOf(PLATE)).toMatchObject([{ status: 'CONFIRMED', attempt: 1 }])
  })
})

function isAttempt(view: { screen: string; attempt?: number }, attempt: number): boolean {
  return view.screen === 'S08' && view.attempt === attempt
}
