import type { Brand } from '../brand.ts'
import { parseCertificateNo, type CertificateNo } from '../certificate-no.ts'
import { PLATE_COLORS, type PlateColor } from '../codes.ts'
import { parseEndorsementNo, type EndorsementNo } from '../endorsement-no.ts'
import { parsePlateNo, type PlateNo } from '../plate.ts'
import { isWrittenAs, type CodeForm } from './form.ts'
import { USUAL_FORMS, type ScannedCodeForms } from './forms.ts'

/** 受理号 */
type AcceptanceNo = Brand<string, 'AcceptanceNo'>
/** 行政处罚决定书文号, with the brackets 〔〕 of official documents. */
type PenaltyDecisionNo = Brand<string, 'PenaltyDecisionNo'>
/** 证件校验码: printed on the certificate beside its number. */
type CertificateCheckCode = Brand<string, 'CertificateCheckCode'>

/** What was shown to the scanner. Nothing of it is ever opened or executed, and only `kind` may be logged. */
export type ScannedCode =
  /** 受理单 */
  | { readonly kind: 'ACCEPTANCE_SLIP'; readonly acceptanceNo: AcceptanceNo }
  /** 处罚决定书 */
  | { readonly kind: 'PENALTY_DECISION'; readonly decisionNo: PenaltyDecisionNo }
  /** 道路运输证号 */
  | { readonly kind: 'CERTIFICATE'; readonly certificateNo: CertificateNo }
  | { readonly kind: 'CERTIFICATE_CHECK_CODE'; readonly checkCode: CertificateCheckCode }
  /** A plate, alone or out of the code of a 道路运输证. */
  | {
      readonly kind: 'VEHICLE'
      readonly plateNo: PlateNo
      readonly plateColor: PlateColor | null
      readonly certificateNo: CertificateNo | null
    }
  /** The code on our own slip (签注查询): its number is taken, its address is not gone to. */
  | { readonly kind: 'ENDORSEMENT_QUERY'; readonly endorsementNo: EndorsementNo }
  | { readonly kind: 'TECHNICIAN_BADGE'; readonly badge: string }
  | { readonly kind: 'UNKNOWN' }

export interface ScanContext {
  /** The province's forms; absent: the usual ones. */
  readonly forms?: ScannedCodeForms
  /** Where our slips lead (`https://centre/e`); absent: a link to any house is one of ours. */
  readonly queryBase?: string
}

/** Longer than any code that means something here; the rest is unknown without being looked at. */
const LONGEST = 512

const UNKNOWN: ScannedCode = { kind: 'UNKNOWN' }

/**
 * Tells what a scanned text means. Never throws; the time is linear in at most 512 characters. The most telling forms come
 * first: a check code is any short word, so it comes last.
 */
export function decodeScannedCode(scanned: string, context: ScanContext = {}): ScannedCode {
  if (scanned.length > LONGEST * 8) return UNKNOWN
  const text = tidy(scanned)
  if (text === '' || text.length > LONGEST) return UNKNOWN
  const { forms = USUAL_FORMS } = context
  return (
    endorsementQuery(text, context.queryBase) ??
    numbered(text, forms) ??
    vehicle(text) ??
    certificate(text) ??
    checkCode(text) ??
    UNKNOWN
  )
}

/** Without control characters (also those that turn the direction of writing) and with the brackets of official documents. */
function tidy(scanned: string): string {
  return scanned
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '')
    .replace(/[[［(（【](20\d{2})[\]］)）】]/gu, '〔$1〕')
    .trim()
}

/** `<queryBase>/<签注编号>?code=…`, or the number alone. */
function endorsementQuery(text: string, queryBase: string | undefined): ScannedCode | undefined {
  const isLink = /^https?:\/\//i.test(text)
  if (isLink && queryBase !== undefined && !text.startsWith(`${queryBase}/`)) return UNKNOWN
  const no = isLink ? /^https?:\/\/[^/?#\s]+(?:\/[^/?#\s]+)*\/e\/(\d{19})(?:[?#]|$)/i.exec(text)?.[1] : text
  const parsed = parseEndorsementNo(no ?? '')
  if (parsed.ok) return { kind: 'ENDORSEMENT_QUERY', endorsementNo: parsed.value }
  return isLink ? UNKNOWN : undefined
}

function numbered(text: string, forms: ScannedCodeForms): ScannedCode | undefined {
  const compact = text.replace(/\s/gu, '')
  const upper = compact.toUpperCase()
  if (isAnyOf(forms.acceptanceSlip, upper)) return { kind: 'ACCEPTANCE_SLIP', acceptanceNo: upper as AcceptanceNo }
  if (isAnyOf(forms.penaltyDecision, compact))
    return { kind: 'PENALTY_DECISION', decisionNo: compact as PenaltyDecisionNo }
  // A badge is known by the hash of its exact letters.
  return isAnyOf(forms.technicianBadge, text) ? { kind: 'TECHNICIAN_BADGE', badge: text } : undefined
}

function isAnyOf(forms: readonly CodeForm[], text: string): boolean {
  return forms.some((form) => isWrittenAs(form, text))
}

/** `粤B12345`, `粤B12345_2`, `粤B12345 黄色`, or fields with labels. */
function vehicle(text: string): ScannedCode | undefined {
  const labelled = labelledFields(text)
  const [plateText = '', colorText = ''] = labelled.plate ?? plateAndColor(text)
  const plate = parsePlateNo(plateText)
  if (!plate.ok) return undefined
  const certificateNo = parseCertificateNo(labelled.certificate ?? '')
  return {
    kind: 'VEHICLE',
    plateNo: plate.value,
    plateColor: colorOf(labelled.color ?? colorText),
    certificateNo: certificateNo.ok ? certificateNo.value : null,
  }
}

const PLATE_LABELS: ReadonlySet<string> = new Set(['车牌号', '车牌号码', '车辆号牌', '号牌号码'])
const COLOR_LABELS: ReadonlySet<string> = new Set(['车牌颜色', '号牌颜色'])
const CERTIFICATE_LABELS: ReadonlySet<string> = new Set(['道路运输证号', '证号'])

interface Labelled {
  readonly plate?: readonly string[]
  readonly color?: string
  readonly certificate?: string
}

/** `车牌号:粤B12345;车牌颜色:黄色;道路运输证号:440300123456`, a lenient guess: no public source names the layout. */
function labelledFields(text: string): Labelled {
  const fields = new Map<string, string>()
  for (const field of text.split(/[;；,，|]/u)) {
    const [label = '', ...value] = field.split(/[:：=]/u)
    if (value.length === 1) fields.set(label.trim(), value[0]?.trim() ?? '')
  }
  const named = (labels: ReadonlySet<string>): string | undefined =>
    [...fields].find(([label]) => labels.has(label))?.[1]
  const [plate, color, number] = [named(PLATE_LABELS), named(COLOR_LABELS), named(CERTIFICATE_LABELS)]
  return {
    ...(plate !== undefined && { plate: plateAndColor(plate) }),
    ...(color !== undefined && { color }),
    ...(number !== undefined && { certificate: number }),
  }
}

/** Where a colour follows the number, it is behind a separator. */
function plateAndColor(text: string): readonly string[] {
  return text.replace(/[）)]$/u, '').split(/[_（(/ ]+/u, 2)
}

function colorOf(text: string): PlateColor | null {
  const wanted = text.trim()
  const found = Object.entries(PLATE_COLORS).find(
    ([code, name]) => code === wanted || name === wanted || name === `${wanted}色`,
  )
  return found === undefined ? null : (found[0] as PlateColor)
}

function certificate(text: string): ScannedCode | undefined {
  const number = labelledFields(text).certificate ?? text
  const parsed = parseCertificateNo(number)
  return parsed.ok ? { kind: 'CERTIFICATE', certificateNo: parsed.value } : undefined
}

function checkCode(text: string): ScannedCode | undefined {
  const upper = text.toUpperCase()
  if (!/^[0-9A-Z]{4,16}$/.test(upper)) return undefined
  return { kind: 'CERTIFICATE_CHECK_CODE', checkCode: upper as CertificateCheckCode }
}
