import { createHash } from 'node:crypto'
import type { AuthorizationClaims } from '../../../central/contract/endorsement.ts'
import type { PrintTokens, Review } from '../../../central/contract/review.ts'
import type { CertificatePrinter } from '../../../drivers/certificate-printer/device.ts'
import type { CertificatePrinterProfile } from '../../../drivers/certificate-printer/profile.ts'
import { layoutRow, type RowJob, type Segment } from '../../../drivers/certificate-printer/row-layout.ts'
import type { RowTemplate } from '../../../drivers/certificate-printer/row-template.ts'
import { columnsOf } from '../../../drivers/typeset/columns.ts'
import { formatChinese, type LocalDate } from '../../../domain/local-date.ts'
import type { RowPreview } from '../../../ipc/snapshot.ts'
import { err, ok, type Result } from '../../../lib/result.ts'
import type { Trouble } from '../../visit/trouble.ts'
import type { PrintStep } from '../../visit/events.ts'
import type { PreparedRow, RowOutcome, RowPrinter } from './saga.ts'

/** What stands in a row of the record page (domain: 签注内容). Before the authorization the number is not known yet. */
interface RowWords {
  readonly print: PrintTokens
  readonly validUntil: LocalDate
  readonly endorsementNo: string
  readonly kioskName: string
  readonly kioskId: string
  readonly attempt: number
}

type KioskNames = Pick<RowWords, 'kioskId' | 'kioskName'>

const SPECIMEN = '样张 不具法律效力'
/** Stands for the number in the picture: the centre gives it when the citizen has confirmed. */
const NOT_YET = '确认后生成'
/** As long as any number (domain/endorsement-no.ts), to see whether the row can be printed before one is asked for. */
const ANY_NUMBER = '0'.repeat(19)

function valuesOf({ print, validUntil, endorsementNo, kioskName, kioskId, attempt }: RowWords): RowJob['values'] {
  return {
    reviewResult: print.resultText,
    techGrade: print.techGrade,
    reviewDate: formatChinese(print.reviewDate),
    validUntil: formatChinese(validUntil),
    authorityName: print.authorityName,
    sealText: print.sealText,
    endorsementNo,
    kioskName,
    kioskId,
    checkCode: print.checkCode,
    reprintCount: attempt > 1 ? String(attempt - 1) : '',
    specimen: print.specimen ? SPECIMEN : '',
  }
}

/** Prints the claims of an authorization, and nothing but them, onto the certificate's record page. */
export function rowPrinter(printer: CertificatePrinter): RowPrinter {
  return {
    async prepare(claims: AuthorizationClaims): Promise<Result<PreparedRow, Trouble>> {
      const job: RowJob = { row: claims.row, values: valuesOf(claims) }
      const bytes = await rowBytes(printer, job)
      if (!bytes.ok) return bytes
      const sha256 = createHash('sha256').update(bytes.value).digest('hex')
      return ok({ sha256, print: (_jobId, onStep) => printRow(printer, job, onStep) })
    },
  }
}

/** Whether the row of a review could be printed here: asked before the authorization, so that none is wasted (scenario 37). */
export function rowCheck(
  printer: CertificatePrinter,
  kiosk: () => KioskNames,
): (review: Review) => Promise<Result<void, Trouble>> {
  return async (review) => {
    const { certificate, newValidUntil: validUntil, print } = review
    if (certificate === null || validUntil === null || print === null) throw new Error('a review without a row')
    const words = { print, validUntil, endorsementNo: ANY_NUMBER, attempt: 1, ...kiosk() }
    const bytes = await rowBytes(printer, { row: certificate.nextRow, values: valuesOf(words) })
    return bytes.ok ? ok() : bytes
  }
}

async function rowBytes(printer: CertificatePrinter, job: RowJob): Promise<Result<Uint8Array, Trouble>> {
  const composed = await printer.compose(job)
  if (composed.ok) return ok(composed.value.bytes)
  const code = composed.error.code === 'GLYPH_MISSING' ? 'GLYPH_MISSING' : 'CERTIFICATE_PRINTER_FAULT'
  return err({ code, detail: composed.error.code })
}

async function printRow(
  printer: CertificatePrinter,
  job: RowJob,
  onStep: (step: PrintStep) => void,
): Promise<RowOutcome> {
  const printed = await printer.printRow(job, (stage) => {
    if (stage === 'printing') onStep('POSITIONED')
    if (stage === 'ejecting') onStep('INKED')
    if (stage === 'ejected') onStep('EJECTED')
  })
  if (printed.ok) return { outcome: 'PRINTED', method: 'DOCUMENT_SENSOR' }
  const { error } = printed
  switch (error.code) {
    case 'NOT_STARTED':
      return { outcome: 'FAILED', detail: error.state }
    case 'STOPPED':
      return { outcome: 'FAILED', detail: error.state }
    case 'PROOF_UNKNOWN':
      return { outcome: 'UNKNOWN', detail: error.why }
    case 'WRONG_DOCUMENT':
    case 'ROW_OUT_OF_RANGE':
    case 'TOKEN_MISSING':
    case 'WILL_NOT_FIT':
    case 'GLYPH_MISSING':
      return { outcome: 'FAILED', detail: error.code }
  }
}

/** Draws the row as S07 shows it; `null` when it cannot be laid out, which printing will then refuse as well. */
export function previewOf(
  template: RowTemplate,
  profile: CertificatePrinterProfile,
  kiosk: () => KioskNames,
): (review: Review) => RowPreview | null {
  return (review) => {
    const { certificate, newValidUntil: validUntil, print } = review
    if (certificate === null || validUntil === null || print === null) return null
    const words = { print, validUntil, endorsementNo: NOT_YET, attempt: 1, ...kiosk() }
    const segments = layoutRow(template, { row: certificate.nextRow, values: valuesOf(words) }, profile)
    if (!segments.ok) return null
    const { page, rows } = template
    return {
      pageWidthMm: page.widthMm,
      pageHeightMm: page.heightMm,
      rows: rows.count,
      row: certificate.nextRow,
      firstRowTopMm: rows.firstYMm,
      rowPitchMm: rows.pitchMm,
      fields: joined(segments.value, profile.wideMm),
      specimen: print.specimen,
    }
  }
}

/** Puts runs that stand side by side together again, so that the picture has lines a person can read. */
function joined(segments: readonly Segment[], wideMm: number): RowPreview['fields'] {
  const fields: { xMm: number; yMm: number; sizeMm: number; text: string; endMm: number }[] = []
  for (const { xMm, yMm, text } of segments) {
    const endMm = xMm + (columnsOf(text) * wideMm) / 2
    const last = fields.at(-1)
    if (last?.yMm === yMm && xMm - last.endMm < wideMm) {
      if (xMm - last.endMm > wideMm / 4) last.text += ' '
      last.text += text
      last.endMm = endMm
    } else {
      fields.push({ xMm, yMm, sizeMm: wideMm, text, endMm })
    }
  }
  return fields.map(({ xMm, yMm, sizeMm, text }) => ({ xMm, yMm, sizeMm, text }))
}
