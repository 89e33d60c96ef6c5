import { z } from 'zod'

/** A value of a document: one line of words, never markup. Empty where the matter does not exist. */
const line = z.string().max(200)
const words = z.string().max(1000)

/** What every sheet says of its origin. */
const imprint = {
  stationName: line,
  kioskId: line,
  /** `样张` in demo mode, else empty. */
  specimen: line,
  printedAt: line,
}

/** The documents of this kiosk: the data each is made of. Its template is `assets/documents/<kind>.html`. */
export const DOCUMENTS = {
  /** 审验不通过清单 (P03) on A4: the same data as the slip. */
  'p03-review-not-passed': z.strictObject({
    ...imprint,
    plateNo: line,
    plateColor: line,
    certificateNo: line,
    checkedAt: line,
    validUntil: line,
    items: z
      .array(z.strictObject({ name: line, evidence: words, source: line, remedy: words }))
      .min(1)
      .max(60),
    contactName: line,
    contactPhone: line,
    queryUrl: z.string().max(300),
    queryCode: line,
    hotline: line,
  }),
  /** 设备就绪检查报告: what the technician leaves with. `before` and `staff` may be empty. */
  'readiness-report': z.strictObject({
    ...imprint,
    kioskName: line,
    reportNo: line,
    softwareVersion: line,
    checkedAt: line,
    /** When the report it is compared with was made. */
    comparedWith: line,
    verdict: line,
    staff: line,
    items: z
      .array(z.strictObject({ name: line, state: line, detail: words, before: line }))
      .min(1)
      .max(200),
  }),
} as const

export type DocumentKind = keyof typeof DOCUMENTS
export type DocumentDataOf<K extends DocumentKind> = z.infer<(typeof DOCUMENTS)[K]>
