import { err, ok, type Result } from '../../lib/result.ts'
import { columnsOf, columnsOfCharacter, paperText } from '../typeset/columns.ts'
import { fillTokens } from '../typeset/tokens.ts'
import { wrapText } from '../typeset/wrap.ts'
import type { CertificatePrinterProfile } from './profile.ts'
import type { RowTemplate } from './row-template.ts'

/** A run of characters of one width with its place on the page: the unit of absolute positioning. */
export interface Segment {
  /** Left edge from the left edge of the page, millimetres, calibration not yet added. */
  readonly xMm: number
  /** Top of the characters from the top of the page, millimetres. */
  readonly yMm: number
  readonly text: string
  readonly wide: boolean
}

/** What is to be written: which row of the page (from 1), and the values of the template's tokens. */
export interface RowJob {
  readonly row: number
  readonly values: Readonly<Record<string, string>>
}

export type LayoutError =
  | { readonly code: 'ROW_OUT_OF_RANGE'; readonly row: number; readonly rows: number }
  | { readonly code: 'TOKEN_MISSING'; readonly tokens: readonly string[] }
  /** A field needs more room than the page gives it. Nothing is ever clipped. */
  | { readonly code: 'WILL_NOT_FIT'; readonly field: string; readonly detail: string }

/** Lays one row out, in the order it is printed: top to bottom, left to right. */
export function layoutRow(
  template: RowTemplate,
  job: RowJob,
  profile: Pick<CertificatePrinterProfile, 'wideMm' | 'maxWidthMm' | 'maxLengthMm'>,
): Result<readonly Segment[], LayoutError> {
  const { count, firstYMm, pitchMm } = template.rows
  if (!Number.isInteger(job.row) || job.row < 1 || job.row > count) {
    return err({ code: 'ROW_OUT_OF_RANGE', row: job.row, rows: count })
  }
  if (template.page.heightMm > profile.maxLengthMm + EPSILON) {
    const detail = `is ${String(template.page.heightMm)} mm long, the printer takes ${String(profile.maxLengthMm)} mm`
    return err({ code: 'WILL_NOT_FIT', field: 'page', detail })
  }
  const missing = new Set<string>()
  const rowTop = firstYMm + (job.row - 1) * pitchMm
  const segments: Segment[] = []
  for (const field of template.fields) {
    if (field.when !== undefined && !hasValue(job, field.when)) continue
    const text = paperText(fillTokens(field.text, job.values, missing))
    const room = Math.floor(field.widthMm / (profile.wideMm / 2) + EPSILON)
    const lines = room < 2 ? undefined : wrapText(text, room)
    const unfit = misfit(template, field, lines?.length, profile)
    if (unfit !== undefined || lines === undefined) {
      return err({ code: 'WILL_NOT_FIT', field: field.name, detail: unfit ?? 'narrower than one character' })
    }
    lines.forEach((line, index) => {
      segments.push(...segmentsOf(line, field.xMm, rowTop + field.yMm + index * template.lineMm, profile.wideMm))
    })
  }
  if (missing.size > 0) return err({ code: 'TOKEN_MISSING', tokens: [...missing] })
  return ok(segments.sort((a, b) => a.yMm - b.yMm || a.xMm - b.xMm))
}

/** Rounding noise of millimetre sums. */
const EPSILON = 1e-9

/** Left edge of the leftmost field, millimetres: PR2 counts columns from there. */
export function leftmostMm(template: RowTemplate): number {
  return Math.min(...template.fields.map((field) => field.xMm))
}

function hasValue(job: RowJob, token: string): boolean {
  return Object.hasOwn(job.values, token) && job.values[token] !== ''
}

function misfit(
  template: RowTemplate,
  field: RowTemplate['fields'][number],
  lines: number | undefined,
  profile: Pick<CertificatePrinterProfile, 'wideMm' | 'maxWidthMm'>,
): string | undefined {
  if (lines !== undefined && lines > field.maxLines) {
    return `needs ${String(lines)} lines, has ${String(field.maxLines)}`
  }
  const right = field.xMm + field.widthMm
  const limit = Math.min(template.page.widthMm, profile.maxWidthMm)
  if (right > limit + EPSILON) return `reaches ${String(right)} mm of ${String(limit)} mm`
  const bottom = field.yMm + ((lines ?? 1) - 1) * template.lineMm + profile.wideMm
  if (bottom > template.rows.pitchMm + EPSILON)
    return `reaches ${bottom.toFixed(1)} mm into a row of ${String(template.rows.pitchMm)} mm`
  return undefined
}

/** Splits a line where the character width changes, so that no printer's own pitch can add up to a drift. */
function segmentsOf(line: string, xMm: number, yMm: number, wideMm: number): readonly Segment[] {
  const segments: Segment[] = []
  let column = 0
  for (const run of line.match(RUNS) ?? []) {
    const text = run.trim()
    const wide = columnsOfCharacter(run) === 2
    const indent = run.length - run.trimStart().length
    if (text !== '') segments.push({ xMm: xMm + ((column + indent) * wideMm) / 2, yMm, text, wide })
    column += columnsOf(run)
  }
  return segments
}

/** Runs of ASCII and runs of everything else. */
const RUNS = /[\x20-\x7e]+|[^\x20-\x7e]+/gu
