import { readJson } from '../../drivers/asset/read-json.ts'
import type { ReceiptPrinter } from '../../drivers/receipt-printer/device.ts'
import { fillReceiptTemplate, ReceiptTemplate } from '../../drivers/receipt-printer/template.ts'
import { formatChineseTime } from '../../domain/local-date.ts'
import { assetPath } from '../../lib/assets.ts'
import type { Clock } from '../../lib/clock.ts'
import { err, type Result } from '../../lib/result.ts'
import type { Store } from '../../store/store.ts'
import { printSlip } from '../slip-job.ts'
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
  return printSlip({ printer, store }, { document: 'readiness-report', endorsementKey: null, receipt: receipt.value })
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
