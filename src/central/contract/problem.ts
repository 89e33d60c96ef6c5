import { z } from 'zod'
import { ENDORSEMENT_STATUSES } from '../../domain/endorsement.ts'
import { REVIEW_STATUSES } from '../../domain/annual-review.ts'
import { REVIEW_OUTCOMES } from '../../domain/review/vocabulary.ts'
import { endorsementNo, instant, keysOf, label, sourceSystem } from './fields.ts'

/**
 * Every refusal of the centre (RFC 9457). `code` is the closed union a kiosk decides by; the further members of a code
 * are listed here and nowhere else. `detail` is for technicians: English, and free of anything personal.
 */
const PROBLEMS = {
  /** The request is not signed, or the signature headers cannot be read. */
  SIGNATURE_REQUIRED: { status: 401, members: {} },
  UNKNOWN_KEY: { status: 401, members: {} },
  KEY_REVOKED: { status: 401, members: {} },
  BAD_SIGNATURE: { status: 401, members: {} },
  /** `created` or `kioskTime` is further from the centre's time than allowed (scenario 36). */
  CLOCK_SKEW: { status: 401, members: { serverTime: instant, allowedMs: z.int().min(0) } },
  REPLAYED: { status: 401, members: {} },
  INVALID_REQUEST: { status: 400, members: { path: z.string().max(200) } },
  TOO_LARGE: { status: 413, members: {} },
  NOT_FOUND: { status: 404, members: {} },
  RATE_LIMITED: { status: 429, members: { retryAfterSeconds: z.int().min(1) } },
  INTERNAL: { status: 500, members: {} },
  SOURCE_UNAVAILABLE: { status: 503, members: { sourceSystem } },

  ENROLMENT_CODE_INVALID: { status: 403, members: {} },
  IDENTIFICATION_EXPIRED: { status: 403, members: {} },
  NOT_VERIFIED: { status: 403, members: {} },
  VERIFICATION_EXHAUSTED: { status: 403, members: {} },
  CERTIFICATE_MISMATCH: { status: 422, members: { attemptsLeft: z.int().min(0) } },
  NO_PHONE: { status: 422, members: {} },
  SMS_TOO_SOON: { status: 429, members: { retryAfterSeconds: z.int().min(1) } },
  SMS_CODE_WRONG: { status: 422, members: { attemptsLeft: z.int().min(0) } },
  SMS_CODE_EXPIRED: { status: 410, members: {} },

  VEHICLE_NOT_FOUND: { status: 404, members: {} },
  REVIEW_NOT_SUBMITTABLE: { status: 409, members: { outcome: z.enum(keysOf(REVIEW_OUTCOMES)) } },
  /** The review is not in a state that may be endorsed now. */
  REVIEW_NOT_READY: {
    status: 409,
    members: { outcome: z.enum(keysOf(REVIEW_OUTCOMES)), reviewStatus: z.enum(keysOf(REVIEW_STATUSES)) },
  },
  /** What the citizen confirmed is not what would be printed. */
  EXPECTATION_CHANGED: { status: 409, members: {} },
  /** Scenario 25: 已在{kioskName}签注. */
  ALREADY_ENDORSED: { status: 409, members: { endorsementNo, kioskName: label(60), at: instant } },
  /** Another kiosk or visit holds a live authorization of this review until `until`. */
  AUTHORIZED_ELSEWHERE: { status: 409, members: { kioskName: label(60), until: instant } },
  /** An earlier authorization ended without a known result; a person has to look. */
  PRINT_UNRESOLVED: { status: 409, members: { endorsementNo, kioskName: label(60) } },
  /** 补打次数已满: the number is void, the counter goes on. */
  REPRINT_LIMIT: { status: 409, members: { endorsementNo } },
  ENDORSEMENT_STATE: { status: 409, members: { endorsementStatus: z.enum(keysOf(ENDORSEMENT_STATUSES)) } },
  /** The attempt was already reported, and differently. */
  RESULT_CONFLICT: { status: 409, members: { endorsementStatus: z.enum(keysOf(ENDORSEMENT_STATUSES)) } },
  /** The same Idempotency-Key came with another request. */
  IDEMPOTENCY_KEY_REUSED: { status: 422, members: {} },
} as const satisfies Record<string, { status: number; members: z.ZodRawShape }>

export type ProblemCode = keyof typeof PROBLEMS
type Shape<C extends ProblemCode> = (typeof PROBLEMS)[C]['members']
type Members<C extends ProblemCode> = { [M in keyof Shape<C>]: Shape<C>[M] extends z.ZodType<infer T> ? T : never }
/** One refusal: its code with the members that belong to that code. */
export type Problem = { [C in ProblemCode]: { readonly code: C } & Readonly<Members<C>> }[ProblemCode]

const PROBLEM_CODES = Object.keys(PROBLEMS) as ProblemCode[]

export function problemStatus(code: ProblemCode): number {
  return PROBLEMS[code].status
}

const envelope = {
  type: z.string().max(200),
  title: z.string().max(200),
  status: z.int().min(400).max(599),
  detail: z.string().max(500).optional(),
}

const variants = PROBLEM_CODES.map((code) =>
  z.object({ ...envelope, code: z.literal(code), ...PROBLEMS[code].members }),
)

/** `application/problem+json` as it travels. */
export const problemDocument = z.discriminatedUnion(
  'code',
  variants as [(typeof variants)[number], ...typeof variants],
) as unknown as z.ZodType<Problem & z.infer<z.ZodObject<typeof envelope>>>
