import { createHash } from 'node:crypto'
import type { AuthorizationClaims } from '../../../central/contract/endorsement.ts'
import type { PrintTokens, Review } from '../../../central/contract/review.ts'
import type { CertificatePrinter } from '../../../drivers/certificate-printer/device.ts'
import type { CertificatePrinterProfile } from '../../../drivers/certificate-printer/profile.ts'
import type { DocumentRefusal, InspectedDocument, WriteStage } from '../../../drivers/certificate-printer/driver.ts'
import {
  layoutRow,
  type LayoutError,
  type RowJob,
  type Segment,
} from '../../../drivers/certificate-printer/row-layout.ts'
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
      const inspected = await printer.inspectDocument()
      if (!inspected.ok) return err(await refused(printer, inspected.error))
      const sha256 = createHash('sha256').update(bytes.value).digest('hex')
      return ok({ sha256, print: (_jobId, onStep) => printRow(printer, job, inspected.value, onStep) })
    },
  }
}

/** What the citizen meets when the printer will not begin. A document that is not the record page is given back first. */
async function refused(printer: CertificatePrinter, refusal: DocumentRefusal): Promise<Trouble> {
  if (refusal.code === 'WRONG_DOCUMENT') {
    const detail = `${refusal.measuredMm.toFixed(0)} mm instead of ${refusal.expectedMm.toFixed(0)} mm`
    return givenBack(printer, { code: 'WRONG_DOCUMENT', detail })
  }
  switch (refusal.state) {
    case 'NO_DOCUMENT':
      return { code: 'CERTIFICATE_NOT_INSERTED' }
    case 'NOT_SET_UP':
      return givenBack(printer, { code: 'CERTIFICATE_NOT_INSERTED', detail: refusal.state })
    default:
      return { code: 'PRINT_FAILED', detail: refusal.state }
  }
}

/** A document that stays in although it was told to come out is the printer's fault, and somebody has to fetch it. */
async function givenBack(printer: CertificatePrinter, trouble: Trouble): Promise<Trouble> {
  const ejected = await printer.eject()
  return ejected.ok ? trouble : { code: 'CERTIFICATE_PRINTER_FAULT', detail: ejected.error }
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
  return err({ code: troubleOf(composed.error.code), detail: composed.error.code })
}

function troubleOf(code: LayoutError['code'] | 'GLYPH_MISSING'): Trouble['code'] {
  switch (code) {
    case 'GLYPH_MISSING':
      return 'GLYPH_MISSING'
    // The centre's page has more rows than the page this kiosk knows: for the citizen that page is full.
    case 'ROW_OUT_OF_RANGE':
      return 'RECORD_PAGE_FULL'
    case 'TOKEN_MISSING':
    case 'WILL_NOT_FIT':
      return 'CERTIFICATE_PRINTER_FAULT'
  }
}

async function printRow(
  printer: CertificatePrinter,
  job: RowJob,
  inspected: InspectedDocument,
  onStep: (step: PrintStep) => void,
): Promise<RowOutcome> {
  const steps: Partial<Record<WriteStage, PrintStep>> = {
    printing: 'POSITIONED',
    ejecting: 'INKED',
    ejected: 'EJECTED',
  }
  const tell = (stage: WriteStage): void => {
    const step = steps[stage]
    if (step !== undefined) onStep(step)
  }
  const printed = await printer.printRow(job, tell, inspected)
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
