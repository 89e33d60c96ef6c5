import { describe, expect, it } from 'vitest'
import { certificateProfile, endorsementRow, passTime, without } from '../../../tests/support/printing.ts'
import { SimulatedClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { memoryPair } from '../transport/memory.ts'
import { CertificatePrinter } from './device.ts'
import type { CertificatePrinterFaults } from './faults.ts'
import { NO_CALIBRATION } from './profile.ts'
import { SimulatedSheet } from './simulated-sheet.ts'
import { CertificatePrinterSimulator } from './simulator.ts'

const template = endorsementRow()
const job = { row: 1, values: without('specimen') }
const page = () => new SimulatedSheet(template.page.widthMm, template.page.heightMm)
const never = new AbortController().signal

type Plan = (receivedSoFar: number, linesSoFar: number) => CertificatePrinterFaults

/** A page that is in, and a print under `plan`; bytes and lines are counted from where the row begins. */
async function printed(model: string, plan: Plan, line?: CertificatePrinterFaults['line']) {
  const clock = new SimulatedClock(0)
  const profile = certificateProfile(model)
  const faults = line === undefined ? {} : { line }
  const simulator = new CertificatePrinterSimulator({ profile, clock, lettering: undefined, realSpeed: true, faults })
  const pair = memoryPair()
  simulator.serve(pair.device)
  const printer = new CertificatePrinter({
    ...{ transport: pair.host, profile, template, calibration: NO_CALIBRATION, clock, log: silentLog },
  })
  const waiting = printer.waitForDocument(never, 60_000)
  await clock.advance(2000)
  const sheet = page()
  simulator.insert(sheet)
  expect(await passTime(clock, waiting)).toMatchObject({ ok: true, value: { seen: true } })
  simulator.faults = { ...faults, ...plan(simulator.received.length, simulator.linesPrinted) }
  const began = clock.monotonic()
  const result = await passTime(clock, printer.printRow(job))
  const ms = clock.monotonic() - began
  return { clock, printer, simulator, sheet, result, ms }
}

const unknown = (why: string) => ({ ok: false, error: { code: 'PROOF_UNKNOWN', why } })
const stopped = (state: string) => ({ ok: false, error: { code: 'STOPPED', state, ink: 'possible' } })
const fine = { ok: true, value: { method: 'ejected-after-print' } }

/** Moments after the first byte of the row, and what the kiosk may then say. PR2 questions wait behind the row. */
const moments: readonly (readonly [name: string, plan: Plan, escp2: object, pr2: object])[] = [
  ['a jam at line 2', (_, lines) => ({ jamAtLine: lines + 2 }), stopped('PAPER_JAM'), unknown('NO_ANSWER')],
  [
    'a cover opened at line 3',
    (_, lines) => ({ coverOpenAtLine: lines + 3 }),
    stopped('COVER_OPEN'),
    unknown('NO_ANSWER'),
  ],
  [
    'a page pulled out at line 2',
    (_, lines) => ({ pulledAtLine: lines + 2 }),
    unknown('DOCUMENT_GONE'),
    unknown('DOCUMENT_GONE'),
  ],
  ['power lost at byte 200', (bytes) => ({ powerLossAtByte: bytes + 200 }), unknown('LINE_LOST'), unknown('LINE_LOST')],
  [
    'a cable pulled at byte 200',
    (bytes) => ({ hangUpAtByte: bytes + 200 }),
    unknown('LINE_LOST'),
    unknown('LINE_LOST'),
  ],
  ['a hang at byte 200', (bytes) => ({ hangAtByte: bytes + 200 }), unknown('NO_ANSWER'), unknown('NO_ANSWER')],
  ['a jam at the eject', () => ({ jamAtEject: true }), stopped('PAPER_JAM'), { ok: false }],
]

describe.each(['escp2-slip', 'pr2-generic'])('a row on a %s', (model) => {
  it.each(moments)('with %s is never called printed', async (_, plan, escp2, pr2) => {
    const { result, ms } = await printed(model, plan)
    expect(result).toMatchObject(model === 'escp2-slip' ? escp2 : pr2)
    expect(ms).toBeLessThan(25_000)
  })

  it.each(moments)('with %s leaves no ink for the next page', async (name, plan) => {
    const { simulator, printer, clock } = await printed(model, plan)
    simulator.faults = {}
    simulator.mend()
    if (simulator.documentPlace !== 'none') simulator.remove()
    // A person mends it: power that went comes back, and what hangs is switched off and on.
    if (/power|hang/.test(name)) simulator.powerCycle()
    const waiting = printer.waitForDocument(never, 60_000)
    await clock.advance(2000)
    const next = page()
    simulator.insert(next)
    expect(await passTime(clock, waiting)).toMatchObject({ ok: true })
    await clock.advance(60_000)
    expect(next.inks).toEqual([])
  })

  it('prints though the line cuts answers into bytes, slowly', async () => {
    const { result } = await printed(model, () => ({}), { chunk: 1, delayMs: 8 })
    expect(result).toMatchObject(fine)
  })

  it('prints though answers come several at once, at the pace of the wire', async () => {
    const { result } = await printed(model, () => ({}), { chunk: 64, baud: 9600 })
    expect(result).toMatchObject(fine)
  })

  it('prints though every answer comes twice', async () => {
    const { result } = await printed(model, () => ({ answers: [{ kind: 'duplicate', times: 0 }] }))
    expect(result).toMatchObject(fine)
  })

  it('prints though one answer in the inspection comes so late that it falls into the next exchange', async () => {
    const { result, sheet } = await printed(model, () => ({ answers: [{ kind: 'late', ms: 800 }] }))
    expect(result).toMatchObject(fine)
    expect(sheet.inkedRows(template.rows)).toEqual([1])
  })

  it('is not begun when nothing answers', async () => {
    const { result, sheet } = await printed(model, () => ({ answers: [{ kind: 'silence', times: 0 }] }))
    expect(result).toEqual({ ok: false, error: { code: 'NOT_STARTED', state: 'NO_ANSWER' } })
    expect(sheet.inks).toEqual([])
  })

  it('is not begun when the line goes in the middle of an answer', async () => {
    const { result, sheet } = await printed(model, () => ({ answers: [{ kind: 'hang-up', at: 0 }] }))
    expect(result).toEqual({ ok: false, error: { code: 'NOT_STARTED', state: 'LINE_LOST' } })
    expect(sheet.inks).toEqual([])
  })
})

describe('a late answer on an empty slot', () => {
  it.each(['printer', 'offline', 'error', 'slip'] as const)(
    'to %s is never taken for a page that is in: no row goes onto the platen',
    async (on) => {
      for (const ms of [300, 505, 600, 760, 800, 1200]) {
        const { simulator, printer, clock } = await printed('escp2-slip', () => ({}))
        simulator.remove()
        simulator.faults = { answers: [{ kind: 'late', on, ms }] }
        expect(await passTime(clock, printer.printRow(job))).toMatchObject({
          ok: false,
          error: { code: 'NOT_STARTED' },
        })
        expect(simulator.platenInk).toEqual([])
      }
    },
  )
})
