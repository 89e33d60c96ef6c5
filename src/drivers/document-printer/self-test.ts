import { randomUUID } from 'node:crypto'
import { err, ok } from '../../lib/result.ts'
import type { SelfTest } from '../self-test.ts'
import type { DocumentPrinter } from './device.ts'
import { MEANINGS } from './meanings.ts'
import { testPagePdf } from './test-page.ts'

/** Self-tests of a document printer: what it reports, and a page that a ruler can be laid on. */
export function documentPrinterSelfTests(printer: DocumentPrinter): readonly SelfTest[] {
  return [stateTest(printer), pageTest(printer)]
}

function stateTest(printer: DocumentPrinter): SelfTest {
  return {
    id: 'state',
    run: async ({ signal }) => {
      const { state, supplies, reasons } = await printer.status(signal)
      const { usable, remedy } = MEANINGS[state]
      if (!usable) return err({ key: 'documentPrinterState', detail: `${state} (${reasons.join(' ')}): ${remedy}` })
      const measured: Record<string, string> = { state }
      for (const { name, left } of supplies) if (left !== null) measured[name] = `${Math.round(left * 100)} %`
      return ok({ measured })
    },
  }
}

function pageTest(printer: DocumentPrinter): SelfTest {
  return {
    id: 'print-page',
    run: async (call) => {
      call.say('documentPage')
      const printed = await printer.print(testPagePdf('Self-test of the document printer'), randomUUID())
      if (!printed.ok) {
        const { code, state } = printed.error
        return err({ key: 'documentPrinterPage', detail: `${code} ${state}: ${MEANINGS[state].remedy}` })
      }
      if (call.signal.aborted || !(await call.ask('documentPageRight')))
        return err({ key: 'documentPagePoor', detail: 'the page is missing, scaled, shifted or unclear' })
      const { provedBy, tookMs } = printed.value
      return ok({ measured: { provedBy, tookMs } })
    },
  }
}
