import { randomUUID } from 'node:crypto'
import { dateInShanghai, formatChineseTime } from '../../domain/local-date.ts'
import type { Clock } from '../../lib/clock.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { VERSION } from '../../lib/version.ts'
import type { Documents } from '../documents/documents.ts'
import type { DocumentDataOf } from '../documents/kinds.ts'
import type { Site } from '../site/schema.ts'
import { STATES, VERDICTS } from './report-slip.ts'
import type { PaperTrouble, PrintableReport } from './rooms.ts'
import { wordsOf } from './words.ts'

export interface ReportSheetParts {
  readonly documents: Documents
  readonly site: Site
  readonly kioskId: string
  readonly clock: Clock
}

/** Prints a readiness report on A4, every item with its detail and room for two signatures. */
export async function printReportSheet(
  parts: ReportSheetParts,
  report: PrintableReport,
): Promise<Result<void, PaperTrouble>> {
  const printed = await parts.documents.print('readiness-report', sheetOf(parts, report))
  return printed.ok ? ok() : err({ code: printed.error.code })
}

function sheetOf(
  { site, kioskId, clock }: ReportSheetParts,
  report: PrintableReport,
): DocumentDataOf<'readiness-report'> {
  const now = clock.now()
  return {
    stationName: site.site.stationName,
    kioskId,
    kioskName: site.kiosk.name,
    specimen: site.mode === 'demo' ? '样张' : '',
    printedAt: formatChineseTime(now),
    reportNo: `${dateInShanghai(report.at).replaceAll('-', '')}-${randomUUID().slice(0, 8)}`,
    softwareVersion: VERSION,
    checkedAt: formatChineseTime(report.at),
    comparedWith: report.comparedWith === null ? '' : formatChineseTime(report.comparedWith),
    verdict: VERDICTS[report.verdict],
    staff: report.staff,
    items: report.lines.map(({ title, state, detail, before }) => ({
      name: wordsOf(title),
      state: STATES[state],
      detail: detail ?? '',
      before: before === null ? '' : STATES[before as keyof typeof STATES],
    })),
  }
}
