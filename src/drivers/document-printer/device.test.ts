import { createServer } from 'node:net'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { expectOk } from '../../lib/result.ts'
import { parseIppServer } from '../ipp/server.ts'
import { DocumentPrinter } from './device.ts'
import { parseDocumentPrinterFaults, type DocumentPrinterFaultScript } from './fault-script.ts'
import { hostDocumentPrinter, type HostedDocumentPrinter } from './simulator.ts'
import { testPagePdf } from './test-page.ts'

const pdf = testPagePdf('test')
/** Real sockets, so real time: as short as a loop-back line allows. */
const times = { pollMs: 5, jobMs: 400, faultMs: 60, settleMs: 20 }

let hosted: HostedDocumentPrinter | undefined
afterEach(async () => {
  await hosted?.close()
  hosted = undefined
})

async function printerWith(
  faults: DocumentPrinterFaultScript = {},
  { deviceUri, queue = 'a4', tray }: { deviceUri?: string; queue?: string; tray?: string } = {},
): Promise<{ printer: DocumentPrinter; jobs: HostedDocumentPrinter['jobs'] }> {
  hosted = await hostDocumentPrinter({ queue: 'a4', faults, ...(deviceUri === undefined ? {} : { deviceUri }) })
  const server = expectOk(parseIppServer(hosted.address), 'our own address')
  return {
    printer: new DocumentPrinter({ server, queue, tray, clock: systemClock, log: silentLog, times }),
    jobs: hosted.jobs,
  }
}

const usb = { deviceUri: 'usb://Pantum/P3500' }

describe('a document printer', () => {
  test('prints, and says whose word it is that the paper came out', async () => {
    const { printer, jobs } = await printerWith()
    expect(await printer.print(pdf, 'J1')).toMatchObject({ ok: true, value: { provedBy: 'PRINTER', sheets: 1 } })
    expect(jobs.paper).toHaveLength(1)
    expect(Buffer.from(jobs.paper[0] ?? []).equals(pdf)).toBe(true)
  })

  test('behind a queue that only hands bytes over, the proof is the spooler’s', async () => {
    const { printer } = await printerWith({}, usb)
    expect(await printer.print(pdf, 'J1')).toMatchObject({ ok: true, value: { provedBy: 'SPOOLER' } })
  })

  test('prints copies from the tray that the site names', async () => {
    const { printer, jobs } = await printerWith({ faults: [{ kind: 'stuck' }] }, { tray: 'tray-2' })
    const printing = printer.print(pdf, 'J1', { copies: 2 })
    await expect.poll(() => jobs.jobs.get(1)).toMatchObject({ copies: 2, tray: 'tray-2', name: 'J1' })
    expect(await printing).toMatchObject({ ok: false })
  })

  test('leaves neither a job nor its name in the queue', async () => {
    const { printer, jobs } = await printerWith()
    expect((await printer.print(pdf, 'J1')).ok).toBe(true)
    expect(jobs.jobs.size).toBe(0)
  })

  test.each([
    ['media-empty-error', 'PAPER_OUT'],
    ['media-jam-error', 'PAPER_JAM'],
    ['output-area-full-error', 'EXIT_BLOCKED'],
    ['paused', 'PAUSED'],
  ])('with %s nothing is sent', async (reason, state) => {
    const { printer, jobs } = await printerWith({ reasons: [reason] })
    expect(await printer.print(pdf, 'J1')).toEqual({ ok: false, error: { code: 'REFUTED', state } })
    expect(jobs.jobs.size).toBe(0)
  })

  test('a jam that nobody removes ends the job; the printer counted no sheet, so none came out', async () => {
    const { printer, jobs } = await printerWith({ faults: [{ kind: 'trouble', reasons: ['media-jam-error'] }] })
    expect(await printer.print(pdf, 'J1')).toEqual({ ok: false, error: { code: 'REFUTED', state: 'PAPER_JAM' } })
    jobs.mend()
    expect([jobs.jobs.size, jobs.paper.length]).toEqual([0, 0])
  })

  test('a fault that somebody mends in time ends well', async () => {
    const { printer, jobs } = await printerWith({ faults: [{ kind: 'trouble', reasons: ['media-empty-error'] }] })
    const printing = printer.print(pdf, 'J1')
    await expect.poll(() => jobs.jobs.size).toBe(1)
    jobs.mend()
    expect(await printing).toMatchObject({ ok: true })
  })

  test('a job that began and was stopped behind a queue that does not count is unknown', async () => {
    const { printer } = await printerWith({ faults: [{ kind: 'aborted' }] }, usb)
    expect(await printer.print(pdf, 'J1')).toMatchObject({
      ok: false,
      error: { code: 'UNKNOWN', why: 'STOPPED_HALFWAY' },
    })
  })

  test('a job that never ends is taken back, and unknown', async () => {
    const { printer, jobs } = await printerWith({ faults: [{ kind: 'stuck' }] }, usb)
    expect(await printer.print(pdf, 'J1')).toMatchObject({ ok: false, error: { code: 'UNKNOWN', why: 'TOO_SLOW' } })
    expect(jobs.jobs.size).toBe(0)
  })

  test('a jam that shows only after the spooler is done is unknown', async () => {
    const { printer } = await printerWith({ faults: [{ kind: 'trouble-after', reasons: ['media-jam-error'] }] }, usb)
    expect(await printer.print(pdf, 'J1')).toMatchObject({
      error: { code: 'UNKNOWN', why: 'FAULT_AFTERWARDS', state: 'PAPER_JAM' },
    })
  })

  test('the last sheet of the tray is a sheet: an empty tray afterwards does not take the proof back', async () => {
    const { printer } = await printerWith({ faults: [{ kind: 'trouble-after', reasons: ['media-empty-error'] }] }, usb)
    expect(await printer.print(pdf, 'J1')).toMatchObject({ ok: true })
    expect((await printer.status()).state).toBe('PAPER_OUT')
  })

  test('a server that refuses the job has nothing of it', async () => {
    const { printer } = await printerWith({ faults: [{ kind: 'refused', status: 0x0506 }] })
    expect(await printer.print(pdf, 'J1')).toEqual({ ok: false, error: { code: 'REFUTED', state: 'PAUSED' } })
  })

  test('when the answer to the job is cut off, the job is found by its name and taken back', async () => {
    const { printer, jobs } = await printerWith({ faults: [{ kind: 'hang-up', at: 9 }] })
    expect(await printer.print(pdf, 'J1')).toMatchObject({ ok: false, error: { code: 'UNKNOWN', why: 'NO_REPLY' } })
    expect([jobs.jobs.size, jobs.paper.length]).toEqual([0, 0])
  })

  test('what an earlier run left in the queue is thrown away, not printed for the next person', async () => {
    const { printer, jobs } = await printerWith()
    for (const name of ['old 1', 'old 2'])
      jobs.add({ name, user: 'road-transport-kiosk', copies: 1, tray: undefined, fault: undefined, pdf })
    expect(await printer.discardLeftovers()).toEqual({ ok: true, value: 2 })
    expect([jobs.jobs.size, jobs.paper.length]).toEqual([0, 0])
  })

  test.each([
    [8, 'TONER_LOW', 'warning', true],
    [0, 'TONER_OUT', 'bad', false],
    [-1, 'READY', 'good', true],
  ])('with %i %% of toner it is %s', async (toner, state, tone, usable) => {
    const { printer } = await printerWith({ toner })
    expect(await printer.report(AbortSignal.timeout(2000))).toMatchObject({ state, tone, usable, answered: true })
    const left = toner < 0 ? null : toner / 100
    expect((await printer.status()).supplies).toEqual([{ name: 'Black Cartridge', isToner: true, left }])
  })

  test('a queue that is not there has its own word', async () => {
    const { printer } = await printerWith({}, { queue: 'other' })
    expect(await printer.status()).toMatchObject({ state: 'NO_QUEUE' })
    expect(await printer.print(pdf, 'J1')).toEqual({ ok: false, error: { code: 'REFUTED', state: 'NO_QUEUE' } })
  })

  test('a print service that does not run, does not answer or is none is told apart', async () => {
    const at = (path: string) =>
      new DocumentPrinter({ server: { kind: 'socket', path }, queue: 'a4', clock: systemClock, log: silentLog })
    expect(await at('/nonexistent/cups.sock').report(AbortSignal.timeout(2000))).toMatchObject({
      state: 'NO_SERVER',
      answered: false,
    })
    const talker = createServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi'),
    )
    const mute = createServer(() => undefined)
    for (const server of [talker, mute]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void [talker, mute].map((server) => server.close()))
    const stateOf = (server: typeof mute, signal: AbortSignal) => {
      const { port } = server.address() as { port: number }
      const options = {
        server: { kind: 'tcp', host: '127.0.0.1', port },
        queue: 'a4',
        clock: systemClock,
        log: silentLog,
      } as const
      return new DocumentPrinter(options).report(signal)
    }
    expect(await stateOf(talker, AbortSignal.timeout(2000))).toMatchObject({ state: 'NO_ANSWER' })
    expect(await stateOf(mute, AbortSignal.timeout(100))).toMatchObject({ state: 'NO_ANSWER', answered: false })
  })
})

test('a fault script with an unknown fault is refused with its place', () => {
  expect(parseDocumentPrinterFaults({ faults: [{ kind: 'explode' }] })).toMatchObject({
    ok: false,
    error: { code: 'BAD_FAULT' },
  })
  expect(parseDocumentPrinterFaults({ faults: [{ kind: 'stuck', skip: 1, times: 1 }], toner: 5 }).ok).toBe(true)
})
