import { createHash, randomUUID } from 'node:crypto'
import { readJson } from '../../drivers/asset/read-json.ts'
import type { ReceiptPrinter } from '../../drivers/receipt-printer/device.ts'
import { fillReceiptTemplate, ReceiptTemplate } from '../../drivers/receipt-printer/template.ts'
import { formatChineseTime } from '../../domain/local-date.ts'
import { assetPath } from '../../lib/assets.ts'
import type { Clock } from '../../lib/clock.ts'
import { err, expectOk, ok, type Result } from '../../lib/result.ts'
import type { Store } from '../../store/store.ts'
import { addPaperUsage } from '../paper-usage.ts'
import type { PaperTrouble, PrintableReport } from './rooms.ts'
import { wordsOf } from './words.ts'

export const VERDICTS = { READY: '可以投入使用', WARNINGS: '可以使用，有提示项', NOT_READY: '不可使用' } as const
export const STATES = { PASS: '通过', WARN: '提示', FAIL: '不通过', SKIPPED: '未检' } as const

export interface ReportSlipParts {
  readonly printer: ReceiptPrinter
  readonly store: Store
  readonly clock: Clock
  readonly stationName: string
  readonly kioskId: string
}

/** Prints a readiness report on the receipt printer, as a stored print job like any other paper. */
export async function printReportSlip(
  parts: ReportSlipParts,
  report: PrintableReport,
): Promise<Result<void, PaperTrouble>> {
  const { printer, store, clock } = parts
  const template = await readJson(assetPath('templates', 'readiness-report.json'), ReceiptTemplate)
  if (!template.ok) return err({ code: 'BAD_FILE' })
  const receipt = fillReceiptTemplate(template.value, dataOf(parts, report, clock.now()))
  if (!receipt.ok) return err({ code: receipt.error.code })
  const bytes = await printer.bytesOf(receipt.value)
  if (!bytes.ok) return err({ code: bytes.error.code })
  const jobId = randomUUID()
  const sha256 = createHash('sha256').update(bytes.value).digest('hex')
  const record = (work: Parameters<Store['transaction']>[0]): void => {
    expectOk(store.transaction(work), 'store cannot be written')
  }
  record((tx) => {
    tx.printJobs.request({
      jobId,
      endorsementKey: null,
      document: 'readiness-report',
      role: 'receipt-printer',
      attempt: 1,
      sha256,
    })
    tx.printJobs.start(jobId)
  })
  const printed = await printer.print(receipt.value, jobId)
  if (printed.ok) {
    record((tx) => {
      tx.printJobs.confirm(jobId)
      addPaperUsage(tx, printed.value.usage)
    })
    return ok()
  }
  const { error } = printed
  const { code } = error
  record((tx) => {
    if (code === 'PROOF_UNKNOWN') tx.printJobs.markUnknown(jobId, code)
    else tx.printJobs.refute(jobId, code)
    if ('usage' in error) addPaperUsage(tx, error.usage)
  })
  return err({ code })
}

function dataOf({ stationName, kioskId }: ReportSlipParts, report: PrintableReport, now: number) {
  const count = (state: keyof typeof STATES): string =>
    String(report.lines.filter((line) => line.state === state).length)
  return {
    ...{ stationName, kioskId },
    verdict: VERDICTS[report.verdict],
    checkedAt: formatChineseTime(report.at),
    duration: `${Math.ceil(report.durationMs / 1000)} 秒`,
    staff: report.staff,
    passed: count('PASS'),
    warned: count('WARN'),
    failed: count('FAIL'),
    comparedWith: report.comparedWith === null ? '无' : formatChineseTime(report.comparedWith),
    items: report.lines
      .filter(({ state, before }) => state !== 'PASS' || (before !== null && before !== state))
      .slice(0, 40)
      .map(({ title, state, detail, before }) => ({
        name: wordsOf(title),
        result: STATES[state],
        detail: detail ?? '—',
        before: before === null ? '无' : STATES[before as keyof typeof STATES],
      })),
    printedAt: formatChineseTime(now),
  }
}
