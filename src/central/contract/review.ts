import { z } from 'zod'
import { REVIEW_STATUSES } from '../../domain/annual-review.ts'
import {
  ITEM_RESULTS,
  REVIEW_OUTCOMES,
  RULE_ACTIONS,
  RULE_IDS,
  VEHICLE_CLASSES,
} from '../../domain/review/vocabulary.ts'
import {
  businessType,
  cents,
  certificateNo,
  endorsementNo,
  instant,
  keysOf,
  label,
  localDate,
  reviewId,
  sourceSystem,
  vehicleKey,
  visitId,
} from './fields.ts'

export const reviewRequest = z.strictObject({ vehicle: vehicleKey, visitId })
export type ReviewRequest = z.infer<typeof reviewRequest>

const reviewItem = z.object({
  ruleId: z.enum(RULE_IDS),
  title: label(60),
  result: z.enum(keysOf(ITEM_RESULTS)),
  action: z.enum(keysOf(RULE_ACTIONS)),
  evidence: label(300).describe('One Chinese sentence a citizen can understand'),
  sourceSystem,
  checkedAt: instant,
})

/** How a fine behind a lock can be paid. The kiosk shows the code; it never takes money. */
const lockPayment = z.object({
  payCodeLast4: label(4),
  payUrl: z.url().max(300),
  fineCents: cents,
  surchargeCents: cents,
  totalCents: cents,
  dueOn: localDate,
})

const reviewLock = z.object({
  authority: label(60),
  reasonText: label(200),
  caseNoMasked: label(60).nullable(),
  contact: label(60),
  subject: z.enum(['OPERATOR', 'VEHICLE', 'PERSON']),
  businessTypes: z.array(businessType).min(1).max(10),
  payment: lockPayment.nullable(),
})
export type ReviewLock = z.infer<typeof reviewLock>

const message = <C extends string, S extends z.ZodRawShape>(code: C, shape: S) =>
  z.object({ code: z.literal(code), ...shape })

/** Which standard text fits, with its parameters; the words themselves are in the kiosk's text file. */
const reviewMessage = z.discriminatedUnion('code', [
  message('READY', { validUntil: localDate }),
  message('READY_OVERDUE', { validUntil: localDate, days: z.int().min(1) }),
  message('SUBMITTABLE', { validUntil: localDate }),
  message('SUBMITTABLE_OVERDUE', { validUntil: localDate, days: z.int().min(1) }),
  message('IN_PROGRESS', {}),
  message('NOT_DUE', { validUntil: localDate, from: localDate }),
  message('OVERDUE_LIMIT', { days: z.int().min(1), limit: label(20) }),
  message('LOCKED', { caseNoMasked: label(60).nullable() }),
  message('UNAVAILABLE', { system: label(40) }),
  message('BLOCKED', { ruleIds: z.array(z.enum(RULE_IDS)).max(18) }),
  message('MANUAL_REVIEW', { acceptanceNo: label(40) }),
  message('RECTIFY', { until: localDate.nullable() }),
  message('REJECTED', {}),
  /** Another date ends first: a review would not extend anything. */
  message('NOTHING_TO_EXTEND', { limitedBy: z.enum(['CERTIFICATE', 'INSPECTION', 'SCRAP']), until: localDate }),
  /** The 审验记录 page has no free row: a supplementary page is issued at the counter. */
  message('RECORD_PAGE_FULL', {}),
  message('ALREADY_ENDORSED', { kioskName: label(60), at: instant, endorsementNo, validUntil: localDate }),
  message('NOT_REQUIRED', {}),
  message('OTHER_PROVINCE', { province: label(20), url: z.url().max(300) }),
])
export type ReviewMessage = z.infer<typeof reviewMessage>

/** The words of the endorsement that only the centre may decide. The seal is text of the centre, never a picture of the kiosk. */
export const printTokens = z.object({
  resultText: label(20),
  techGrade: label(10).describe('一级, 二级 or — where the class has no grade'),
  reviewDate: localDate,
  authorityName: label(60),
  sealText: label(60),
  /** Short code by which the counter recognises a genuine row. */
  checkCode: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{8}$/),
  /** Demo and test data carry the watermark 样张. */
  specimen: z.boolean(),
})
export type PrintTokens = z.infer<typeof printTokens>

const reviewCertificate = z.object({
  certificateNo,
  displayNo: label(60),
  /** The next free row of the 审验记录 page, from 1. */
  nextRow: z.int().min(1).max(40),
  rows: z.int().min(1).max(40),
})

/** The answer to "may this vehicle be endorsed", complete enough to draw S05, S06 and S07. */
export const review = z.object({
  reviewId,
  vehicle: vehicleKey,
  vehicleClass: z.enum(keysOf(VEHICLE_CLASSES)),
  operatorName: label(120),
  status: z.enum(keysOf(REVIEW_STATUSES)),
  outcome: z.enum(keysOf(REVIEW_OUTCOMES)),
  items: z.array(reviewItem).max(18),
  reviewValidUntil: localDate.nullable(),
  /** What would be printed; null where nothing may be. */
  newValidUntil: localDate.nullable(),
  daysOverdue: z.int().min(0),
  locks: z.array(reviewLock).max(20),
  message: reviewMessage,
  /** Present when the outcome is READY. */
  print: printTokens.nullable(),
  certificate: reviewCertificate.nullable(),
  acceptanceNo: label(40).nullable().describe('受理号, once submitted'),
  checkedAt: instant,
})
export type Review = z.infer<typeof review>
