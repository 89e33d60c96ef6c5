import { beforeAll, describe, expect, it } from 'vitest'
import { certificateProfile, endorsementRow, passTime, without } from '../../../tests/support/printing.ts'
import { SimulatedClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { loadLettering, type Lettering } from '../raster/lettering.ts'
import { memoryPair } from '../transport/memory.ts'
import { CertificatePrinter } from './device.ts'
import type { Calibration, CertificatePrinterProfile } from './profile.ts'
import { SimulatedSheet } from './simulated-sheet.ts'
import { CertificatePrinterSimulator, type CertificatePrinterFaults } from './simulator.ts'

const template = endorsementRow()
const VALUES = without('specimen')
let lettering: Lettering
beforeAll(async () => {
  lettering = await loadLettering()
})

const page = () => new SimulatedSheet(template.page.widthMm, template.page.heightMm)
const never = new AbortController().signal

interface Bench {
  readonly faults?: CertificatePrinterFaults
  readonly model?: string
  readonly change?: Partial<CertificatePrinterProfile>
  readonly calibration?: Calibration
}

function bench({ faults = {}, model = 'escp2-slip', change = {}, calibration = { dxMm: 0, dyMm: 0 } }: Bench = {}) {
  const clock = new SimulatedClock(0)
  const profile = certificateProfile(model, change)
  const simulator = new CertificatePrinterSimulator({ profile, clock, lettering, faults, realSpeed: true })
  const pair = memoryPair()
  simulator.serve(pair.device)
  const printer = new CertificatePrinter({
    transport: pair.host,
    profile,
    template,
    calibration,
    clock,
    log: silentLog,
  })
  const stages: string[] = []
  return {
    clock,
    simulator,
    pair,
    printer,
    stages,
    state: async () => (await passTime(clock, printer.status())).state,
    print: (row = 1, values: Readonly<Record<string, string>> = VALUES) =>
      passTime(
        clock,
        printer.printRow({ row, values }, (stage) => stages.push(stage)),
      ),
    waitForDocument: (ms = 60_000) => passTime(clock, printer.waitForDocument(never, ms)),
    waitForRemoval: (ms = 60_000) => passTime(clock, printer.waitForRemoval(never, ms)),
  }
}

describe.each(['escp2-slip', 'pr2-generic'])('an endorsement on a %s', (model) => {
  it('waits for the document, prints the row, gives it back and waits until it is taken', async () => {
    const { simulator, clock, printer, print, stages, state, waitForRemoval } = bench({ model })
    expect(await state()).toBe('READY')
    const waiting = printer.waitForDocument(never, 60_000)
    await clock.advance(5000)
    simulator.insert(page())
    expect(await passTime(clock, waiting)).toEqual({ ok: true, value: { seen: true } })
    expect(await print(3)).toMatchObject({ ok: true, value: { method: 'ejected-after-print' } })
    expect(stages).toEqual(['checking', 'printing', 'ejecting', 'ejected'])
    expect(await state()).toBe('DOCUMENT_EJECTED')
    const sheet = simulator.remove()
    expect(await waitForRemoval()).toEqual({ ok: true, value: { seen: true } })
    expect(sheet?.inkedRows(template.rows)).toEqual([3])
    expect(simulator.platenInk).toEqual([])
    expect(simulator.unknown).toEqual([])
  })

  it('inks the second row of a page that has one, and nothing of the first again', async () => {
    const { simulator, print } = bench({ model })
    const sheet = page()
    simulator.insert(sheet)
    expect(await print(1)).toMatchObject({ ok: true })
    const inks = sheet.inks.length
    simulator.insert(simulator.remove()!)
    expect(await print(2)).toMatchObject({ ok: true })
    expect(sheet.inkedRows(template.rows)).toEqual([1, 2])
    expect(sheet.inks.length).toBe(2 * inks)
  })

  it('sends no byte of text when no document is in', async () => {
    const { simulator, print } = bench({ model })
    expect(await print()).toEqual({ ok: false, error: { code: 'NOT_STARTED', state: 'NO_DOCUMENT' } })
    expect(Buffer.from(simulator.received).includes(Buffer.from('c9f3d1e9', 'hex'))).toBe(false)
    expect(simulator.platenInk).toEqual([])
  })

  it('stops on a jam and says so; the page keeps part of the row', async () => {
    const { simulator, print, stages } = bench({ model, faults: { jamAtLine: 2 } })
    simulator.insert(page())
    const printed = await print()
    if (model === 'escp2-slip') {
      expect(printed).toEqual({ ok: false, error: { code: 'STOPPED', state: 'PAPER_JAM', ink: 'possible' } })
    } else {
      // PR2 questions wait in the buffer behind the jam.
      expect(printed).toEqual({ ok: false, error: { code: 'PROOF_UNKNOWN', why: 'NO_ANSWER' } })
    }
    expect(stages).not.toContain('ejected')
    expect(simulator.sheet?.inkedRows(template.rows)).toEqual([1])
  })

  it('is unknown when power is lost in the middle', async () => {
    const { simulator, print, state } = bench({ model })
    simulator.insert(page())
    expect(await state()).toBe('DOCUMENT_IN')
    simulator.faults = { powerLossAtByte: simulator.received.length + 150 }
    expect(await print()).toEqual({ ok: false, error: { code: 'PROOF_UNKNOWN', why: 'LINE_LOST' } })
  })
})

describe('proof of an endorsement', () => {
  it('is never given by a model without status', async () => {
    const { simulator, print, state, waitForDocument } = bench({ model: 'escp2-plain' })
    simulator.insert(page())
    expect(await state()).toBe('UNREPORTED')
    expect(await waitForDocument()).toEqual({ ok: true, value: { seen: false } })
    expect(await print()).toEqual({ ok: false, error: { code: 'PROOF_UNKNOWN', why: 'MODEL_CANNOT_PROVE' } })
  })

  it('is not given by a document that vanished without having been ejected', async () => {
    const { simulator, print } = bench({ faults: { pulledAtLine: 2 } })
    simulator.insert(page())
    expect(await print()).toEqual({ ok: false, error: { code: 'PROOF_UNKNOWN', why: 'DOCUMENT_GONE' } })
  })

  it('lost in the middle, the rest of the row never comes out on the next page', async () => {
    const { simulator, print, clock } = bench({ faults: { pulledAtLine: 2 } })
    simulator.insert(page())
    expect(await print()).toMatchObject({ ok: false })
    const next = page()
    simulator.insert(next)
    await clock.advance(30_000)
    expect(next.inks).toEqual([])
    expect(simulator.platenInk).toEqual([])
  })

  it('is not given by a printer that falls silent', async () => {
    const { simulator, print, state, clock } = bench()
    simulator.insert(page())
    expect(await state()).toBe('DOCUMENT_IN')
    simulator.faults = { hangAtByte: simulator.received.length + 100 }
    expect(await print()).toEqual({ ok: false, error: { code: 'PROOF_UNKNOWN', why: 'NO_ANSWER' } })
    expect(clock.monotonic()).toBeLessThan(20_000)
  })

  it('is not given by a jam while the document comes out', async () => {
    const { simulator, print } = bench({ faults: { jamAtEject: true } })
    simulator.insert(page())
    expect(await print()).toMatchObject({ ok: false, error: { code: 'STOPPED', state: 'PAPER_JAM' } })
  })

  it('survives answers in single bytes and late ones', async () => {
    const { simulator, print } = bench({ faults: { chopMs: 30, answerDelayMs: 100 } })
    simulator.insert(page())
    expect(await print()).toMatchObject({ ok: true })
  })
})

describe('before any ink', () => {
  it.each([
    ['COVER_OPEN', 'COVER_OPEN'],
    ['JAM', 'PAPER_JAM'],
  ] as const)('%s refuses', async (trouble, state) => {
    const { simulator, print, waitForDocument } = bench()
    simulator.insert(page())
    simulator.trouble(trouble)
    expect(await waitForDocument()).toEqual({ ok: false, error: { code: 'FAULT', state } })
    expect(await print()).toEqual({ ok: false, error: { code: 'NOT_STARTED', state } })
    expect(simulator.sheet?.inks).toEqual([])
  })

  it('a page of the wrong length is refused where the printer can measure', async () => {
    const profile = certificateProfile('pr2-generic')
    const { simulator, print } = bench({
      model: 'pr2-generic',
      change: { pr2: { ...profile.pr2!, measureUnitMm: 1 } },
      faults: { measuredUnits: 150 },
    })
    simulator.insert(page())
    expect(await print()).toEqual({ ok: false, error: { code: 'WRONG_DOCUMENT', measuredMm: 150, expectedMm: 210 } })
    expect(simulator.sheet?.inks).toEqual([])
  })

  it('a rare name is drawn, never a question mark or a box (scenario 37)', async () => {
    const { simulator, print } = bench()
    simulator.insert(page())
    expect(await print(1, { ...VALUES, kioskName: '䶮㛃站' })).toMatchObject({ ok: true })
    expect(simulator.sheet?.inks.some((ink) => ink.text === '' && (ink.dots?.inkedDots() ?? 0) > 100)).toBe(true)
    expect(simulator.sheet?.textBetween(0, 300)).not.toMatch(/[?□\ufffd]/u)
  })

  it('a character nobody can draw refuses with its name', async () => {
    const { simulator, print } = bench()
    simulator.insert(page())
    expect(await print(1, { ...VALUES, kioskName: '𬎆站' })).toEqual({
      ok: false,
      error: { code: 'GLYPH_MISSING', characters: ['𬎆'] },
    })
    expect(simulator.received).toEqual([])
  })

  it('nobody inserts anything: the wait ends with its time', async () => {
    const { waitForDocument } = bench()
    expect(await waitForDocument(3000)).toEqual({ ok: false, error: { code: 'TIMED_OUT', state: 'READY' } })
  })

  it('the citizen gives up: the wait ends at once', async () => {
    const { printer, clock } = bench()
    const stop = new AbortController()
    const waiting = printer.waitForDocument(stop.signal, 60_000)
    await clock.advance(1000)
    stop.abort()
    expect(await passTime(clock, waiting, 1000)).toEqual({ ok: false, error: { code: 'CANCELLED' } })
  })

  it('a document can be given back unprinted', async () => {
    const { simulator, printer, clock } = bench()
    simulator.insert(page())
    expect(await passTime(clock, printer.eject())).toEqual({ ok: true, value: undefined })
    expect(simulator.documentPlace).toBe('ejected')
    expect(simulator.sheet?.inks).toEqual([])
  })
})

describe('calibration (scenario 34)', () => {
  it('moves the ink on the page by exactly its millimetres, within 0.1 mm', async () => {
    const straight = bench()
    straight.simulator.insert(page())
    expect(await straight.print()).toMatchObject({ ok: true })
    const moved = bench({ calibration: { dxMm: 1.5, dyMm: -0.8 } })
    moved.simulator.insert(page())
    expect(await moved.print()).toMatchObject({ ok: true })
    const before = straight.simulator.sheet!.inks
    const after = moved.simulator.sheet!.inks
    expect(after.length).toBe(before.length)
    after.forEach((ink, index) => {
      expect(Math.abs(ink.xMm - before[index]!.xMm - 1.5)).toBeLessThan(0.1)
      expect(Math.abs(ink.yMm - before[index]!.yMm + 0.8)).toBeLessThan(0.1)
    })
  })
})
