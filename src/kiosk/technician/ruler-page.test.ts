import { expect, it } from 'vitest'
import { certificateProfile, endorsementRow, passTime } from '../../../tests/support/printing.ts'
import { CertificatePrinter } from '../../drivers/certificate-printer/device.ts'
import { NO_CALIBRATION } from '../../drivers/certificate-printer/profile.ts'
import { SimulatedSheet } from '../../drivers/certificate-printer/simulated-sheet.ts'
import { CertificatePrinterSimulator } from '../../drivers/certificate-printer/simulator.ts'
import { memoryPair } from '../../drivers/transport/memory.ts'
import { SimulatedClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { rulerPage } from './ruler-page.ts'

const template = endorsementRow()
const never = new AbortController().signal

function bench(model = 'escp2-slip') {
  const clock = new SimulatedClock(0)
  const profile = certificateProfile(model)
  const simulator = new CertificatePrinterSimulator({ profile, clock, lettering: undefined })
  const pair = memoryPair()
  simulator.serve(pair.device)
  const printer = new CertificatePrinter({
    ...{ transport: pair.host, profile, template, calibration: NO_CALIBRATION, clock, log: silentLog },
  })
  return { clock, simulator, ruler: rulerPage(printer) }
}

it('the console prints the ruler page with trial offsets and hears how far it is', async () => {
  const { clock, simulator, ruler } = bench()
  expect(ruler.pageMm).toEqual({ width: 148, height: 210 })
  const stages: string[] = []
  const printing = ruler.print({ dxMm: 1.5, dyMm: -0.8 }, never, (stage) => stages.push(stage))
  await clock.advance(1000)
  const sheet = new SimulatedSheet(148, 210)
  simulator.insert(sheet)
  expect(await passTime(clock, printing)).toEqual({ ok: true, value: undefined })
  expect(stages).toEqual(['INSERT', 'PRINTING'])
  expect(sheet.textBetween(0, 20)).toContain('dx +1.5 mm')
})

it.each([
  ['nobody puts a page in', 'escp2-slip', undefined, 'console.ruler.noPage'],
  ['the model cannot tell', 'generic-lq-k', undefined, 'console.ruler.cannotTell'],
  ['the paper is jammed', 'escp2-slip', 'JAM', 'device.certificatePrinter.paperJam'],
] as const)('when %s the technician reads why nothing was printed', async (_, model, trouble, key) => {
  const { clock, simulator, ruler } = bench(model)
  if (trouble !== undefined) simulator.trouble(trouble)
  const printed = await passTime(
    clock,
    ruler.print(NO_CALIBRATION, never, () => undefined),
  )
  expect(printed).toMatchObject({ ok: false, error: { words: { key } } })
  expect(simulator.linesPrinted).toBe(0)
})
