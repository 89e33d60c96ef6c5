import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { expectOk } from '../../lib/result.ts'
import { parseIppServer } from '../ipp/server.ts'
import type { SelfTestCall } from '../self-test.ts'
import { DocumentPrinter } from './device.ts'
import type { DocumentPrinterFaultScript } from './fault-script.ts'
import { documentPrinterSelfTests } from './self-test.ts'
import { hostDocumentPrinter, type HostedDocumentPrinter } from './simulator.ts'

let hosted: HostedDocumentPrinter | undefined
afterEach(async () => {
  await hosted?.close()
})

async function runTest(id: string, faults: DocumentPrinterFaultScript, answer = true) {
  hosted = await hostDocumentPrinter({ queue: 'a4', faults })
  const server = expectOk(parseIppServer(hosted.address), 'our own address')
  const times = { pollMs: 5 }
  const printer = new DocumentPrinter({ server, queue: 'a4', clock: systemClock, log: silentLog, times })
  const said: string[] = []
  const call: SelfTestCall = {
    signal: AbortSignal.timeout(5_000),
    say: (key) => said.push(key),
    ask: (key) => {
      said.push(key)
      return Promise.resolve(answer)
    },
  }
  const found = documentPrinterSelfTests(printer).find((one) => one.id === id)
  return { outcome: await found?.run(call), said, paper: hosted.jobs.paper }
}

describe('self-tests of the document printer', () => {
  test('state passes with what is left of toner', async () => {
    const { outcome } = await runTest('state', { toner: 42 })
    expect(outcome).toEqual({ ok: true, value: { measured: { state: 'READY', 'Black Cartridge': '42 %' } } })
  })

  test('state fails with the remedy', async () => {
    const { outcome } = await runTest('state', { reasons: ['media-empty-error'] })
    expect(outcome).toMatchObject({ ok: false, error: { key: 'documentPrinterState' } })
  })

  test('the test page comes out, and the technician says whether it is right', async () => {
    const { outcome, said, paper } = await runTest('print-page', {})
    expect(outcome).toMatchObject({ ok: true, value: { measured: { provedBy: 'PRINTER' } } })
    expect(said).toEqual(['documentPage', 'documentPageRight'])
    expect(Buffer.from(paper[0] ?? []).toString('latin1')).toContain('/MediaBox[0 0 595.27559 841.88976]')
  })

  test('a page that the technician does not like fails', async () => {
    expect((await runTest('print-page', {}, false)).outcome).toMatchObject({
      ok: false,
      error: { key: 'documentPagePoor' },
    })
  })

  test('a page that is not printed is not asked about', async () => {
    const { outcome, said } = await runTest('print-page', { faults: [{ kind: 'aborted' }] })
    expect([outcome?.ok, said]).toEqual([false, ['documentPage']])
  })
})
