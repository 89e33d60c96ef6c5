import { describe, expect, it } from 'vitest'
import { certificateProfile, endorsementRow, passTime } from '../../../tests/support/printing.ts'
import { SimulatedClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { memoryPair } from '../transport/memory.ts'
import { CertificatePrinter } from './device.ts'
import { NO_CALIBRATION } from './profile.ts'
import { layoutRuler } from './ruler.ts'
import { SimulatedSheet } from './simulated-sheet.ts'
import { CertificatePrinterSimulator } from './simulator.ts'

const template = endorsementRow()
const page = () => new SimulatedSheet(template.page.widthMm, template.page.heightMm)
const never = new AbortController().signal
const DOT_MM = 25.4 / 180

function bench(model: string) {
  const clock = new SimulatedClock(0)
  const profile = certificateProfile(model)
  const simulator = new CertificatePrinterSimulator({ profile, clock, lettering: undefined, realSpeed: true })
  const pair = memoryPair()
  simulator.serve(pair.device)
  const printer = new CertificatePrinter({
    ...{ transport: pair.host, profile, template, calibration: NO_CALIBRATION, clock, log: silentLog },
  })
  const stages: string[] = []
  const tell = (stage: string) => stages.push(stage)
  return { clock, simulator, printer, stages, tell }
}

describe('the marks of a ruler in dots', () => {
  const { dots, segments } = layoutRuler(template, NO_CALIBRATION, certificateProfile('escp2-slip'))
  const [across, ...down] = dots

  it('stand at every millimetre across, the long ones at every fifth', () => {
    const marked: number[] = []
    for (let x = 0; x < across!.dots.width; x++) if (across!.dots.dot(x, 23)) marked.push(across!.xMm + x * DOT_MM)
    expect(marked.length).toBeGreaterThan(100)
    marked.forEach((mm, index) => {
      expect(Math.abs(mm - (Math.round(marked[0]!) + index))).toBeLessThan(0.08)
      const isLong = across!.dots.dot(Math.round((mm - across!.xMm) / DOT_MM), 0)
      expect(isLong).toBe(Math.round(mm) % 5 === 0)
    })
  })

  it('stand at every millimetre down the row, across the passes of the head', () => {
    const marked = down.flatMap(({ yMm, dots: pass }) =>
      Array.from({ length: pass.height }, (_, y) => y)
        .filter((y) => pass.dot(pass.width - 1, y))
        .map((y) => yMm + y * DOT_MM),
    )
    const { firstYMm, pitchMm } = template.rows
    expect(marked).toHaveLength(pitchMm + 1)
    marked.forEach((mm, index) => expect(Math.abs(mm - firstYMm - index)).toBeLessThan(0.08))
  })

  it('are named every ten millimetres across and every five down', () => {
    const texts = segments.map(({ text }) => text)
    expect(texts).toEqual(expect.arrayContaining(['20', '30', '100', '35', '40', '45', '50', '55']))
  })
})

it('a PR2 ruler names its columns with the millimetres where they really stand', () => {
  const profile = certificateProfile('pr2-generic')
  const { segments, dots, baseMm } = layoutRuler(template, NO_CALIBRATION, profile)
  expect(dots).toEqual([])
  const bars = segments.filter(({ text }) => text === '|').map(({ xMm }) => xMm)
  expect(bars.length).toBeGreaterThan(50)
  for (const { xMm, text } of segments.filter((segment) => /^\d+\.\d$/.test(segment.text))) {
    expect(Math.abs(Number(text) - xMm - profile.wideMm / 4)).toBeLessThan(0.06)
    expect((xMm - baseMm) / (profile.wideMm / 2)).toBeCloseTo(Math.round((xMm - baseMm) / (profile.wideMm / 2)), 6)
  }
})

it.each(['escp2-slip', 'pr2-generic'])('nothing of a ruler on a %s is ever pushed off the page', (model) => {
  const profile = certificateProfile(model)
  for (const dxMm of [-10, 0, 10]) {
    for (const dyMm of [-10, 0, 10]) {
      const { segments, dots } = layoutRuler(template, { dxMm, dyMm }, profile)
      for (const { xMm, yMm, text } of segments) {
        expect(Math.min(xMm + dxMm, yMm + dyMm)).toBeGreaterThanOrEqual(0)
        expect(xMm + dxMm + (text.length * profile.wideMm) / 2).toBeLessThanOrEqual(template.page.widthMm)
      }
      for (const { xMm, dots: pass } of dots)
        expect(xMm + dxMm + pass.width * DOT_MM).toBeLessThanOrEqual(template.page.widthMm)
    }
  }
})

describe.each(['escp2-slip', 'pr2-generic'])('the ruler page on a %s', (model) => {
  it('is refused when no page is put in', async () => {
    const { clock, simulator, printer, stages, tell } = bench(model)
    expect(await passTime(clock, printer.printRuler(NO_CALIBRATION, never, tell))).toEqual({
      ok: false,
      error: { code: 'TIMED_OUT', state: 'READY' },
    })
    expect(stages).toEqual(['insert'])
    expect([simulator.platenInk, simulator.linesPrinted]).toEqual([[], 0])
  })

  it('never goes onto a certificate that somebody left in the printer: that comes out first', async () => {
    const { clock, simulator, printer, stages, tell } = bench(model)
    const forgotten = page()
    simulator.insert(forgotten)
    const printing = printer.printRuler({ dxMm: 1, dyMm: 1 }, never, tell)
    await clock.advance(5000)
    expect([simulator.documentPlace, stages]).toEqual(['ejected', []])
    simulator.remove()
    await clock.advance(2000)
    const blank = page()
    simulator.insert(blank)
    expect(await passTime(clock, printing)).toMatchObject({ ok: true })
    expect(stages).toEqual(['insert', 'printing'])
    expect(forgotten.inks).toEqual([])
    expect(blank.inks.length).toBeGreaterThan(50)
    expect(simulator.documentPlace).toBe('ejected')
  })

  it('is given up at once when the technician breaks off', async () => {
    const { clock, simulator, printer, tell } = bench(model)
    const stop = new AbortController()
    const printing = printer.printRuler(NO_CALIBRATION, stop.signal, tell)
    await clock.advance(1000)
    stop.abort()
    expect(await passTime(clock, printing, 2000)).toEqual({ ok: false, error: { code: 'CANCELLED' } })
    expect(simulator.linesPrinted).toBe(0)
  })

  it('leaves the printer as the next row needs it', async () => {
    const { clock, simulator, printer, tell } = bench(model)
    const printing = printer.printRuler({ dxMm: 9, dyMm: 0 }, never, tell)
    await clock.advance(1000)
    simulator.insert(page())
    expect(await passTime(clock, printing)).toMatchObject({ ok: true })
    simulator.remove()
    await passTime(clock, printer.status())
    // Somebody is quicker than the screen.
    simulator.insert(page())
    expect(await passTime(clock, printer.inspectDocument())).toMatchObject({ ok: true })
  })
})

describe('a model that cannot tell whether a page is in', () => {
  it('prints the ruler only when somebody says so', async () => {
    const { clock, simulator, printer, tell } = bench('generic-lq-k')
    expect(await passTime(clock, printer.printRuler(NO_CALIBRATION, never, tell))).toEqual({
      ok: false,
      error: { code: 'TIMED_OUT', state: 'UNREPORTED' },
    })
    const no = () => Promise.resolve(false)
    expect(await passTime(clock, printer.printRuler(NO_CALIBRATION, never, tell, no))).toMatchObject({ ok: false })
    expect(simulator.linesPrinted).toBe(0)
    simulator.insert(page())
    const yes = () => Promise.resolve(true)
    expect(await passTime(clock, printer.printRuler(NO_CALIBRATION, never, tell, yes))).toEqual({
      ok: false,
      error: { code: 'PROOF_UNKNOWN', why: 'MODEL_CANNOT_PROVE' },
    })
    expect(simulator.sheet?.inks.length).toBeGreaterThan(20)
  })
})
