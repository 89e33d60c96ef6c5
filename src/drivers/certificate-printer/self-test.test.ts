import { describe, expect, it } from 'vitest'
import { certificateProfile, endorsementRow, passTime } from '../../../tests/support/printing.ts'
import { SimulatedClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { memoryPair } from '../transport/memory.ts'
import { CertificatePrinter } from './device.ts'
import { certificatePrinterTests } from './self-test.ts'
import { SimulatedSheet } from './simulated-sheet.ts'
import { CertificatePrinterSimulator } from './simulator.ts'

const template = endorsementRow()
const calibration = { dxMm: 1.5, dyMm: -0.8 }

/** Runs one self-test with a technician who does what he is told and answers `answers` in turn. */
async function run(id: string, model: string, answers: readonly boolean[], trouble?: 'JAM') {
  const clock = new SimulatedClock(0)
  const profile = certificateProfile(model)
  const simulator = new CertificatePrinterSimulator({ profile, clock, lettering: undefined })
  if (trouble !== undefined) simulator.trouble(trouble)
  const pair = memoryPair()
  simulator.serve(pair.device)
  const printer = new CertificatePrinter({
    ...{ transport: pair.host, profile, template, calibration, clock, log: silentLog },
  })
  const said: string[] = []
  const left = [...answers]
  const test = certificatePrinterTests(printer).find((one) => one.id === id)
  if (test === undefined) throw new Error(`no self-test ${id}`)
  const result = await passTime(
    clock,
    test.run({
      signal: new AbortController().signal,
      say: (key) => {
        said.push(key)
        const { widthMm, heightMm } = template.page
        if (key === 'insertTestPage')
          clock.setTimer(2000, () => simulator.insert(new SimulatedSheet(widthMm, heightMm)))
        if (key === 'takeTestPage') clock.setTimer(1000, () => void simulator.remove())
      },
      ask: (key) => {
        said.push(key)
        return Promise.resolve(left.shift() ?? false)
      },
    }),
  )
  return { result, said, simulator }
}

describe('the self-tests of a certificate printer', () => {
  it('state: passes a sound printer, names the fault of another', async () => {
    expect((await run('state', 'escp2-slip', [])).result).toEqual({ ok: true, value: { measured: { state: 'READY' } } })
    expect((await run('state', 'escp2-slip', [], 'JAM')).result).toMatchObject({
      ok: false,
      error: { key: 'deviceFault', detail: expect.stringContaining('PAPER_JAM') as string },
    })
  })

  it.each(['escp2-slip', 'pr2-generic'])('eject on a %s: a page goes in and comes out without ink', async (model) => {
    const { result, simulator } = await run('eject', model, [])
    expect(result).toEqual({ ok: true, value: { measured: { sensor: 'seen' } } })
    expect(simulator.taken.map(({ inks }) => inks)).toEqual([[]])
  })

  it.each(['escp2-slip', 'pr2-generic'])(
    'ruler on a %s: prints with the calibration of the site and asks whether it fits',
    async (model) => {
      const { result, said } = await run('ruler', model, [true])
      expect(said).toEqual(['insertTestPage', 'takeTestPage', 'rulerFits'])
      expect(result).toEqual({ ok: true, value: { measured: { ...calibration, proof: 'ejected-after-print' } } })
    },
  )

  it('ruler: marks that do not fit fail, and send the technician to the calibration', async () => {
    expect((await run('ruler', 'escp2-slip', [false])).result).toMatchObject({ ok: false, error: { key: 'rulerOff' } })
  })

  it('ruler on a model that cannot tell: the technician says that the page is in, and whether it fits', async () => {
    const { result, said } = await run('ruler', 'generic-lq-k', [true, true])
    expect(said).toEqual(['insertTestPage', 'pageIsIn', 'takeTestPage', 'rulerFits'])
    expect(result).toMatchObject({ ok: true, value: { measured: { proof: 'none' } } })
  })

  it('ruler without a page fails and prints nothing', async () => {
    const { result, simulator } = await run('ruler', 'generic-lq-k', [false])
    expect(result).toMatchObject({ ok: false, error: { key: 'noPage' } })
    expect(simulator.linesPrinted).toBe(0)
  })
})
