import { describe, expect, it } from 'vitest'
import { passTime, receiptProfile } from '../../../tests/support/printing.ts'
import { SimulatedClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { expectOk } from '../../lib/result.ts'
import { loadLettering } from '../raster/lettering.ts'
import { memoryPair } from '../transport/memory.ts'
import { ReceiptPrinter } from './device.ts'
import { receiptPrinterSelfTests, testPage } from './self-test.ts'
import type { ReceiptPrinterFaults } from './faults.ts'
import { ReceiptPrinterSimulator } from './simulator.ts'

function bench(model: string, faults: ReceiptPrinterFaults = {}) {
  const clock = new SimulatedClock(0)
  const profile = receiptProfile(model)
  const simulator = new ReceiptPrinterSimulator({ profile, clock, lettering: undefined, faults, realSpeed: true })
  const pair = memoryPair()
  simulator.serve(pair.device)
  const printer = new ReceiptPrinter({ transport: pair.host, profile, clock, log: silentLog })
  const run = (id: string, sharp = true, signal = new AbortController().signal) => {
    const test = receiptPrinterSelfTests(printer).find((one) => one.id === id)
    if (test === undefined) throw new Error(`no test ${id}`)
    return passTime(clock, test.run({ signal, say: () => undefined, ask: () => Promise.resolve(sharp) }))
  }
  return { clock, simulator, printer, run }
}

describe('the self-tests of a receipt printer', () => {
  it.each(['generic-58', 'generic-80', 'epson-tm-t82', 'custom-vkp80', 'clone-80', 'raw-80'])(
    'print a page on a %s that fits, and believe the eyes of the technician',
    async (model) => {
      const { run, simulator } = bench(model)
      expect(await run('print-page')).toMatchObject({ ok: true })
      expect(simulator.paper.overflows).toBe(0)
      expect(simulator.interpreter.unknown).toEqual([])
      expect(await bench(model).run('print-page', false)).toMatchObject({ ok: false, error: { key: 'notSharp' } })
    },
  )

  it('tell the state and what the printer can prove', async () => {
    const { run } = bench('generic-80')
    expect(await run('state')).toEqual({ ok: true, value: { measured: { state: 'READY' } } })
    expect(await run('proof-method')).toEqual({ ok: true, value: { measured: { proof: 'process-id' } } })
  })

  it('fail in words when the paper is out, and print nothing', async () => {
    const { run, simulator } = bench('generic-80')
    simulator.trouble('PAPER_OUT')
    for (const id of ['state', 'proof-method', 'print-page']) {
      expect(await run(id)).toMatchObject({
        ok: false,
        error: { key: 'deviceState', detail: /^PAPER_OUT: Load a roll/ },
      })
    }
    expect(simulator.paper.cuts).toBe(0)
  })

  it('say that the page is unknown when the proof does not come', async () => {
    const { run } = bench('epson-tm-t82', { answers: [{ kind: 'silence', on: 'process-id', times: 0 }] })
    expect(await run('print-page')).toMatchObject({ ok: false, error: { key: 'printUnknown' } })
  })

  it('have a page every character of which can be drawn', async () => {
    const lettering = await loadLettering()
    expect(lettering.missing(JSON.stringify(testPage(48)))).toEqual([])
  })
})

describe('the report for board and supervisor', () => {
  it('does not disturb or wait for a receipt that is being printed', async () => {
    const { clock, printer } = bench('generic-80')
    const page = printer.print(testPage(48), 'job')
    await clock.advance(100)
    expect(await printer.report(new AbortController().signal)).toMatchObject({
      state: 'PRINTING',
      usable: true,
      answered: true,
    })
    expectOk(await passTime(clock, page), 'printed')
    expect(await passTime(clock, printer.report(new AbortController().signal))).toMatchObject({
      state: 'READY',
      tone: 'good',
    })
  })

  it('ends when nobody waits any more', async () => {
    const { printer } = bench('generic-80', { off: true })
    expect(await printer.report(AbortSignal.abort())).toMatchObject({
      state: 'NO_ANSWER',
      tone: 'bad',
      answered: false,
    })
  })
})
