import { createCanvas, loadImage } from '@napi-rs/canvas'
import { describe, expect, it, onTestFinished } from 'vitest'
import { certificateProfile, endorsementRow, SAMPLE_VALUES } from '../../../tests/support/printing.ts'
import { simulatorOnPty } from '../../../tests/support/pty.ts'
import { systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { expectOk } from '../../lib/result.ts'
import { loadLettering } from '../raster/lettering.ts'
import { hostOnTcp } from '../transport/host.ts'
import { parseTransport } from '../transport/parse.ts'
import { CertificatePrinter } from './device.ts'
import type { CertificatePrinterFaults } from './faults.ts'
import { NO_CALIBRATION } from './profile.ts'
import { drawSheet } from './sheet-picture.ts'
import { SimulatedSheet } from './simulated-sheet.ts'
import { CertificatePrinterSimulator } from './simulator.ts'

const template = endorsementRow()
const profile = certificateProfile('escp2-slip')
const page = () => new SimulatedSheet(template.page.widthMm, template.page.heightMm)
const never = new AbortController().signal

async function simulated(faults: CertificatePrinterFaults = {}): Promise<CertificatePrinterSimulator> {
  return new CertificatePrinterSimulator({ profile, clock: systemClock, lettering: await loadLettering(), faults })
}

function printerAt(address: string): CertificatePrinter {
  const transport = expectOk(parseTransport(address, 9600), 'address')
  const printer = new CertificatePrinter({
    transport,
    profile,
    template,
    calibration: NO_CALIBRATION,
    clock: systemClock,
    log: silentLog,
  })
  onTestFinished(() => printer.close())
  return printer
}

describe('over a real serial port', () => {
  it('prints a row onto the page and proves it; the picture shows ink in that row only', async () => {
    const simulator = await simulated({ line: { chunk: 1, delayMs: 1 } })
    const printer = printerAt((await simulatorOnPty(simulator.serve)).address)
    simulator.insert(page())
    expect(await printer.waitForDocument(never, 5000)).toEqual({ ok: true, value: { seen: true } })
    expect(await printer.printRow({ row: 2, values: SAMPLE_VALUES })).toMatchObject({ ok: true })
    const sheet = simulator.remove()!
    expect(await printer.waitForRemoval(never, 5000)).toMatchObject({ ok: true })
    expect(await darkRows(sheet)).toEqual([2])
  })

  it('is unknown when the printer loses power in the middle of the row', async () => {
    const simulator = await simulated()
    const printer = printerAt((await simulatorOnPty(simulator.serve)).address)
    simulator.insert(page())
    expect((await printer.status()).state).toBe('DOCUMENT_IN')
    simulator.faults = { powerLossAtByte: simulator.received.length + 120 }
    expect(await printer.printRow({ row: 1, values: SAMPLE_VALUES })).toMatchObject({
      ok: false,
      error: { code: 'PROOF_UNKNOWN' },
    })
  })
})

describe('over a real serial port at the pace of 9600 baud', () => {
  const pace = { chunk: 16, baud: 9600 }

  /** A page that is in, then `faults` counted from now. */
  async function under(faults: (received: number, lines: number) => CertificatePrinterFaults) {
    const simulator = await simulated({ line: pace })
    const printer = printerAt((await simulatorOnPty(simulator.serve)).address)
    simulator.insert(page())
    expect((await printer.status()).state).toBe('DOCUMENT_IN')
    simulator.faults = { line: pace, ...faults(simulator.received.length, simulator.linesPrinted) }
    return { simulator, result: await printer.printRow({ row: 1, values: SAMPLE_VALUES }) }
  }

  it('prints with proof though every answer comes twice and a late one falls between them', async () => {
    const { result } = await under(() => ({
      answers: [
        { kind: 'late', ms: 620, on: 'error' },
        { kind: 'duplicate', times: 0 },
      ],
    }))
    expect(result).toMatchObject({ ok: true })
  })

  it('is stopped by a jam at line 3', async () => {
    const { result } = await under((_, lines) => ({ jamAtLine: lines + 3 }))
    expect(result).toEqual({ ok: false, error: { code: 'STOPPED', state: 'PAPER_JAM', ink: 'possible' } })
  })

  it('is stopped by a jam at the eject', async () => {
    const { result } = await under(() => ({ jamAtEject: true }))
    expect(result).toMatchObject({ ok: false, error: { state: 'PAPER_JAM' } })
  })

  it('is unknown when the page is pulled out from under the head', async () => {
    const { result } = await under((_, lines) => ({ pulledAtLine: lines + 2 }))
    expect(result).toMatchObject({ ok: false, error: { why: 'DOCUMENT_GONE' } })
  })

  it('is unknown when the cable is pulled at byte 150', async () => {
    const { result } = await under((received) => ({ hangUpAtByte: received + 150 }))
    expect(result).toMatchObject({ ok: false, error: { why: 'LINE_LOST' } })
  })
})

it('prints over TCP', async () => {
  const simulator = await simulated()
  const hosted = expectOk(await hostOnTcp(simulator.serve, { host: '127.0.0.1', port: 0 }), 'listening')
  onTestFinished(() => hosted.close())
  simulator.insert(page())
  expect(await printerAt(hosted.address).printRow({ row: 1, values: SAMPLE_VALUES })).toMatchObject({ ok: true })
})

/** Rows of the photographed page in which there is ink: pixels far darker than the form. */
async function darkRows(sheet: SimulatedSheet): Promise<readonly number[]> {
  const image = await loadImage(Buffer.from(await drawSheet(sheet, template)))
  const context = createCanvas(image.width, image.height).getContext('2d')
  context.drawImage(image, 0, 0)
  const scale = image.width / sheet.widthMm
  const { count, firstYMm, pitchMm } = template.rows
  return Array.from({ length: count }, (_, index) => index + 1).filter((row) => {
    const top = Math.round((firstYMm + (row - 1) * pitchMm + 1) * scale)
    const pixels = context.getImageData(0, top, image.width, Math.round((pitchMm - 2) * scale)).data
    let dark = 0
    for (let at = 0; at < pixels.length; at += 4) if ((pixels[at] ?? 255) < 80) dark++
    return dark > 500
  })
}
