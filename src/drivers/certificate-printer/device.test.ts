import { beforeAll, describe, expect, it } from 'vitest'
import { certificateProfile, endorsementRow, passTime, without } from '../../../tests/support/printing.ts'
import { SimulatedClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { loadLettering, type Lettering } from '../raster/lettering.ts'
import { memoryPair } from '../transport/memory.ts'
import { CertificatePrinter } from './device.ts'
import type { CertificatePrinterFaults } from './faults.ts'
import type { Calibration, CertificatePrinterProfile } from './profile.ts'
import { SimulatedSheet } from './simulated-sheet.ts'
import { CertificatePrinterSimulator } from './simulator.ts'

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
  /** As a citizen does: the machine waits, and the page goes in. */
  const putIn = async (sheet = page()): Promise<SimulatedSheet> => {
    const waiting = printer.waitForDocument(never, 60_000)
    await clock.advance(1000)
    simulator.insert(sheet)
    expect(await passTime(clock, waiting)).toEqual({ ok: true, value: { seen: true } })
    return sheet
  }
  return {
    putIn,
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
    const { simulator, print, putIn } = bench({ model })
    const sheet = await putIn()
    expect(await print(1)).toMatchObject({ ok: true })
    const inks = sheet.inks.length
    await putIn(simulator.remove())
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
    const { simulator, print, stages, putIn } = bench({ model, faults: { jamAtLine: 2 } })
    await putIn()
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
    const { simulator, print, putIn } = bench({ model })
    await putIn()
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
    const { simulator, print } = bench({
      faults: { line: { chunk: 1, delayMs: 30 }, answers: [{ kind: 'late', ms: 100, times: 0 }] },
    })
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

  it.each([
    ['a byte', { measureUnitMm: 1 }],
    ['figures', { measureUnitMm: 0.5, measureDigits: 3 }],
  ])('a page of the wrong length is refused where the printer can measure, told in %s', async (_, measure) => {
    const profile = certificateProfile('pr2-generic')
    const { simulator, print, putIn } = bench({
      model: 'pr2-generic',
      change: { pr2: { ...profile.pr2!, ...measure } },
    })
    await putIn(new SimulatedSheet(105, 150))
    expect(await print()).toEqual({ ok: false, error: { code: 'WRONG_DOCUMENT', measuredMm: 150, expectedMm: 210 } })
    expect(simulator.sheet?.inks).toEqual([])
    expect(simulator.linesPrinted).toBe(0)
  })

  it('a page within the tolerance of the template is the page', async () => {
    const profile = certificateProfile('pr2-generic')
    const { print, putIn } = bench({ model: 'pr2-generic', change: { pr2: { ...profile.pr2!, measureUnitMm: 1 } } })
    await putIn(new SimulatedSheet(template.page.widthMm, 213))
    expect(await print()).toMatchObject({ ok: true })
  })

  it('a printer that can measure and does not say prints nothing', async () => {
    const profile = certificateProfile('pr2-generic')
    const { simulator, print, putIn } = bench({
      model: 'pr2-generic',
      change: { pr2: { ...profile.pr2!, measureUnitMm: 1 } },
      faults: { answers: [{ kind: 'silence', on: 'length', times: 0 }] },
    })
    await putIn()
    expect(await print()).toEqual({ ok: false, error: { code: 'NOT_STARTED', state: 'NO_ANSWER' } })
    expect(simulator.sheet?.inks).toEqual([])
  })

  it('a PR2 printer that was switched off and on with the page in it must have it put in again', async () => {
    const { simulator, print, putIn, state, pair } = bench({ model: 'pr2-generic' })
    await putIn()
    simulator.powerCycle()
    pair.device.hangUp()
    await state()
    expect(await print()).toEqual({ ok: false, error: { code: 'NOT_STARTED', state: 'NOT_SET_UP' } })
    await putIn(simulator.remove())
    expect(await print()).toMatchObject({ ok: true })
    expect(simulator.refused).toEqual([])
  })

  it('a page that was seen and measured is not measured again for the print', async () => {
    const profile = certificateProfile('pr2-generic')
    const { simulator, printer, clock, putIn } = bench({
      model: 'pr2-generic',
      change: { pr2: { ...profile.pr2!, measureUnitMm: 1 } },
    })
    await putIn()
    const inspected = await passTime(clock, printer.inspectDocument())
    expect(inspected).toEqual({ ok: true, value: { measuredMm: 210 } })
    simulator.faults = { measuredUnits: 100 }
    const job = { row: 1, values: VALUES }
    const seen = inspected.ok ? inspected.value : undefined
    expect(await passTime(clock, printer.printRow(job, undefined, seen))).toMatchObject({ ok: true })
  })

  it('a page that was pulled out after it was seen gets no ink', async () => {
    const { simulator, printer, clock, putIn } = bench()
    await putIn()
    const inspected = await passTime(clock, printer.inspectDocument())
    simulator.remove()
    const seen = inspected.ok ? inspected.value : undefined
    expect(await passTime(clock, printer.printRow({ row: 1, values: VALUES }, undefined, seen))).toEqual({
      ok: false,
      error: { code: 'NOT_STARTED', state: 'NO_DOCUMENT' },
    })
    expect(simulator.platenInk).toEqual([])
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

const SCENARIO_34 = { dxMm: 1.5, dyMm: -0.8 }

describe.each(['escp2-slip', 'pr2-generic'])('calibration of a %s (scenario 34)', (model) => {
  /** What one printing with `calibration` put where. */
  async function row(calibration: Calibration): Promise<SimulatedSheet> {
    const { print, putIn } = bench({ model, calibration })
    const sheet = await putIn()
    expect(await print(2)).toMatchObject({ ok: true })
    return sheet
  }

  async function ruler(trial: Calibration): Promise<SimulatedSheet> {
    const { simulator, printer, clock } = bench({ model })
    const printing = printer.printRuler(trial, never, () => undefined)
    await clock.advance(1000)
    const sheet = page()
    simulator.insert(sheet)
    expect(await passTime(clock, printing)).toMatchObject({ ok: true })
    expect([simulator.platenInk, simulator.refused, simulator.unknown]).toEqual([[], [], []])
    return sheet
  }

  function moved(before: SimulatedSheet, after: SimulatedSheet): void {
    expect(after.inks.length).toBe(before.inks.length)
    after.inks.forEach((ink, index) => {
      expect(Math.abs(ink.xMm - before.inks[index]!.xMm - SCENARIO_34.dxMm)).toBeLessThan(0.1)
      expect(Math.abs(ink.yMm - before.inks[index]!.yMm - SCENARIO_34.dyMm)).toBeLessThan(0.1)
    })
  }

  it('x = +1.5 mm, y = −0.8 mm move every character of a row by exactly that, within 0.1 mm', async () => {
    moved(await row({ dxMm: 0, dyMm: 0 }), await row(SCENARIO_34))
  })

  it('and every mark of the ruler page, except the caption, which names them', async () => {
    const before = await ruler({ dxMm: 0, dyMm: 0 })
    const after = await ruler(SCENARIO_34)
    const caption = /dx \+1\.5 mm {2}dy -0\.8 mm/
    expect(after.textBetween(0, 20)).toMatch(caption)
    moved(before, after)
  })

  it('the ruler puts a + where each field of a row begins', async () => {
    const marks = (await ruler({ dxMm: 0, dyMm: 0 })).inks.filter((ink) => ink.text === '+' && ink.yMm > 26)
    const places = template.fields.map(({ xMm, yMm }) => [xMm, template.rows.firstYMm + yMm])
    // PR2 counts columns from another origin on the ruler: half a column at most.
    const grain = model === 'escp2-slip' ? 0.1 : 0.87
    expect(marks).toHaveLength(places.length)
    for (const [xMm = 0, yMm = 0] of places) {
      expect(marks.some((ink) => Math.abs(ink.xMm - xMm) < grain && Math.abs(ink.yMm - yMm) < 0.1)).toBe(true)
    }
  })
})
