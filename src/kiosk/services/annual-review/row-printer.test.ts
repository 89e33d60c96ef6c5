import { describe, expect, it } from 'vitest'
import { certificateProfile, endorsementRow, passTime } from '../../../../tests/support/printing.ts'
import type { AuthorizationClaims } from '../../../central/contract/endorsement.ts'
import { CertificatePrinter } from '../../../drivers/certificate-printer/device.ts'
import { NO_CALIBRATION } from '../../../drivers/certificate-printer/profile.ts'
import { SimulatedSheet } from '../../../drivers/certificate-printer/simulated-sheet.ts'
import { CertificatePrinterSimulator } from '../../../drivers/certificate-printer/simulator.ts'
import { memoryPair } from '../../../drivers/transport/memory.ts'
import { SimulatedClock } from '../../../lib/clock.ts'
import { silentLog } from '../../../lib/log.ts'
import { rowPrinter } from './row-printer.ts'

const template = endorsementRow()
const { widthMm, heightMm } = template.page

const claims = {
  endorsementNo: '4403002026000000071',
  attempt: 1,
  row: 3,
  validUntil: '2027-12-31',
  kioskId: 'demo-kiosk-1',
  kioskName: '大厅1号机',
  print: {
    resultText: '合格',
    techGrade: '一级',
    reviewDate: '2026-11-23',
    authorityName: '样例交通运输局',
    sealText: '电子印章',
    checkCode: '7F3A-92C1',
    specimen: false,
  },
} as unknown as AuthorizationClaims

/** A printer with `sheet` in it, put in while the kiosk waited. */
async function withSheet(model: string, sheet: SimulatedSheet) {
  const clock = new SimulatedClock(0)
  const profile = certificateProfile(model)
  const simulator = new CertificatePrinterSimulator({ profile, clock, lettering: undefined })
  const pair = memoryPair()
  simulator.serve(pair.device)
  const printer = new CertificatePrinter({
    ...{ transport: pair.host, profile, template, calibration: NO_CALIBRATION, clock, log: silentLog },
  })
  const waiting = printer.waitForDocument(new AbortController().signal, 60_000)
  await clock.advance(1000)
  simulator.insert(sheet)
  expect(await passTime(clock, waiting)).toMatchObject({ ok: true })
  const rows = rowPrinter(printer)
  const prepare = (change: Partial<AuthorizationClaims> = {}) => passTime(clock, rows.prepare({ ...claims, ...change }))
  return { clock, simulator, prepare }
}

describe('before an authorization is spent', () => {
  it('a page of the wrong length is given back, and the citizen hears of the page', async () => {
    const { simulator, prepare } = await withSheet('epson-plq-20', new SimulatedSheet(widthMm, 150))
    const trouble = { code: 'WRONG_DOCUMENT', detail: '150 mm instead of 210 mm' }
    expect(await prepare()).toEqual({ ok: false, error: trouble })
    expect([simulator.documentPlace, simulator.sheet?.inks]).toEqual(['ejected', []])
  })

  it('a page that was pulled out again is asked for anew', async () => {
    const { simulator, prepare } = await withSheet('escp2-slip', new SimulatedSheet(widthMm, heightMm))
    simulator.remove()
    expect(await prepare()).toEqual({ ok: false, error: { code: 'CERTIFICATE_NOT_INSERTED' } })
  })

  it('a page that went in before the printer could be set up is given back and asked for anew', async () => {
    const { clock, simulator, prepare } = await withSheet('pr2-generic', new SimulatedSheet(widthMm, heightMm))
    simulator.faults = { powerLossAtByte: simulator.received.length + 1 }
    expect(await prepare()).toMatchObject({ ok: false, error: { code: 'PRINT_FAILED', detail: 'LINE_LOST' } })
    simulator.faults = {}
    expect(await prepare()).toEqual({ ok: false, error: { code: 'CERTIFICATE_NOT_INSERTED', detail: 'NOT_SET_UP' } })
    await clock.advance(100)
    expect(simulator.documentPlace).toBe('ejected')
  })

  it('an open cover is a print that did not happen: it may be tried again when somebody closed it', async () => {
    const { simulator, prepare } = await withSheet('escp2-slip', new SimulatedSheet(widthMm, heightMm))
    simulator.trouble('COVER_OPEN')
    expect(await prepare()).toEqual({ ok: false, error: { code: 'PRINT_FAILED', detail: 'COVER_OPEN' } })
    simulator.mend()
    expect(await prepare()).toMatchObject({ ok: true })
    expect(simulator.sheet?.inks).toEqual([])
  })

  it.each([7, 40])('row %i of a page of six is refused: that page is full', async (row) => {
    const { simulator, prepare } = await withSheet('escp2-slip', new SimulatedSheet(widthMm, heightMm))
    expect(await prepare({ row })).toEqual({
      ok: false,
      error: { code: 'RECORD_PAGE_FULL', detail: 'ROW_OUT_OF_RANGE' },
    })
    expect(simulator.sheet?.inks).toEqual([])
  })
})

it('the row that was prepared is the row that is printed, with the proof of the document sensor', async () => {
  const sheet = new SimulatedSheet(widthMm, heightMm)
  const { clock, prepare } = await withSheet('epson-plq-20', sheet)
  const row = await prepare()
  const steps: string[] = []
  const outcome = row.ok
    ? await passTime(
        clock,
        row.value.print('job', (step) => steps.push(step)),
      )
    : row
  expect(outcome).toEqual({ outcome: 'PRINTED', method: 'DOCUMENT_SENSOR' })
  expect(steps).toEqual(['POSITIONED', 'INKED', 'EJECTED'])
  expect(sheet.inkedRows(template.rows)).toEqual([3])
})
