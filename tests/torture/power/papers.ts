import type { AuthorizationClaims } from '../../../src/central/contract/endorsement.ts'
import type { SimulatedSheet } from '../../../src/drivers/certificate-printer/simulated-sheet.ts'
import type { RowTemplate } from '../../../src/drivers/certificate-printer/row-template.ts'
import { formatChinese } from '../../../src/domain/local-date.ts'

/** One row of a record page as a person finds it. */
export interface PaperRow {
  readonly row: number
  readonly text: string
}

/** The rows of a page that carry ink. */
export function inkedRows(sheet: SimulatedSheet, { rows }: RowTemplate): readonly PaperRow[] {
  return sheet.inkedRows(rows).map((row) => {
    const top = rows.firstYMm + (row - 1) * rows.pitchMm
    return { row, text: sheet.textBetween(top, top + rows.pitchMm) }
  })
}

/** Whether the row says everything these claims want printed: a person would take it for this print of the endorsement. */
export function isWhole({ text }: PaperRow, claims: AuthorizationClaims): boolean {
  const { endorsementNo, validUntil, print, kioskName, attempt } = claims
  const plain = text.replace(/\s/g, '')
  const wanted = [endorsementNo, formatChinese(validUntil), print.authorityName, print.checkCode, kioskName]
  const count = /补打第(\d+)次/.exec(plain)?.[1]
  return Number(count ?? 0) === attempt - 1 && wanted.every((token) => plain.includes(token.replace(/\s/g, '')))
}
