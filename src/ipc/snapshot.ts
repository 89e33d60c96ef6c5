import { z } from 'zod'
import { ConsoleView } from './console.ts'
import { TextRef } from './text-ref.ts'

/**
 * All that the renderer knows: one snapshot at a time, display-ready. Names and numbers in it are masked; dates are
 * `YYYY-MM-DD`; instants are milliseconds since the epoch; money is integer cents (fen).
 */

const PlateColor = z.enum(['1', '2', '3', '4', '5', '9', '91', '92', '93', '94'])

/** A vehicle as it is shown: plate drawn in its colour. `id` is opaque and valid within the visit. */
export const VehicleView = z.object({
  id: z.string(),
  plateNo: z.string(),
  plateColor: PlateColor,
  plateColorName: z.string(),
})
export type VehicleView = z.infer<typeof VehicleView>

/** State of a vehicle in a list: `tone` chooses colour and icon, `label` is the word. */
export const Badge = z.object({
  tone: z.enum(['good', 'info', 'warning', 'bad', 'unknown']),
  label: TextRef,
})
export type Badge = z.infer<typeof Badge>

/**
 * Something went wrong. Every problem says what happened, that nothing is lost, and what to do; `code` is printed small
 * for the technician. Buttons are those of `actions`, the first one being the main one.
 */
export const Problem = z.object({
  code: z.string(),
  tone: z.enum(['info', 'warning', 'bad']),
  what: TextRef,
  assurance: TextRef.nullable(),
  todo: TextRef,
  actions: z.array(z.enum(['RETRY', 'CONTINUE', 'USE_OTHER_METHOD', 'BACK', 'PRINT_LIST', 'CALL_STAFF', 'LEAVE'])),
})
export type Problem = z.infer<typeof Problem>

/** A step of a wait, so that a person sees what is really going on: done, under way, still to come. */
export const ProgressStep = z.object({ label: TextRef, state: z.enum(['done', 'now', 'todo', 'failed']) })
export type ProgressStep = z.infer<typeof ProgressStep>

export const ServiceTile = z.object({
  id: z.string(),
  title: TextRef,
  hint: TextRef,
  /** Greyed with the reason when a device, the centre or the province does not allow it now. */
  closed: TextRef.nullable(),
  main: z.boolean(),
})
export type ServiceTile = z.infer<typeof ServiceTile>

const HomeView = z.object({ screen: z.literal('S00'), tiles: z.array(ServiceTile) })

/** S01: first the notice, then the separate consent to face verification, each with its own way out. */
const ConsentView = z.object({
  screen: z.literal('S01'),
  stage: z.enum(['NOTICE', 'FACE_CONSENT']),
  /** Why the face is not offered today (no camera, switched off); the other way is then the only one. */
  faceUnavailable: TextRef.nullable(),
})

const CardView = z.object({
  screen: z.literal('S02'),
  stage: z.enum(['WAITING', 'READING', 'IDENTIFYING']),
  /** What the reader said last, in words (`请重新放置身份证`); null while all is well. */
  remark: TextRef.nullable(),
})

export const FaceGuidance = z.enum([
  'STARTING',
  'NO_FACE',
  'TWO_FACES',
  'TOO_FAR',
  'TOO_CLOSE',
  'OFF_CENTRE',
  'TURN_TO_CAMERA',
  'TOO_DARK',
  'TOO_BRIGHT',
  'HOLD_STILL',
  'NOT_LIVE',
  'GOOD',
])
export type FaceGuidance = z.infer<typeof FaceGuidance>

const FaceView = z.object({
  screen: z.literal('S03'),
  method: z.literal('FACE'),
  stage: z.enum(['PREPARING', 'LOOKING', 'PASSED', 'TRY_AGAIN']),
  guidance: FaceGuidance,
  /** Face box in fractions of the picture (0..1, not mirrored), null when there is none. */
  box: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }).nullable(),
  /** 0..1: how many of the needed good frames are there. */
  progress: z.number(),
  attemptsLeft: z.int(),
  /** Substring of the camera's label from the site file; null takes the first camera. */
  cameraLabel: z.string().nullable(),
})

const CodeView = z.object({
  screen: z.literal('S03'),
  method: z.literal('CODE'),
  stage: z.enum(['CERTIFICATE', 'SENDING', 'SMS', 'CHECKING']),
  phoneMasked: z.string().nullable(),
  /** Instant from which another message may be asked for. */
  resendFrom: z.number().nullable(),
  triesLeft: z.int().nullable(),
  remark: TextRef.nullable(),
})

const VehiclesView = z.object({
  screen: z.literal('S04'),
  stage: z.enum(['LOADING', 'CHOOSE']),
  personMasked: z.string(),
  vehicles: z.array(
    VehicleView.extend({ reviewValidUntil: z.string().nullable(), badge: Badge, note: TextRef.nullable() }),
  ),
  /** Answer to 其他车牌: public fields only. */
  publicStatus: z
    .object({
      vehicle: VehicleView,
      found: z.boolean(),
      rows: z.array(z.object({ label: TextRef, value: z.string() })),
      remark: TextRef,
    })
    .nullable(),
})

export const CheckItemView = z.object({
  ruleId: z.string(),
  title: z.string(),
  result: z.enum(['PASS', 'FAIL', 'MANUAL', 'UNAVAILABLE', 'NOT_APPLICABLE', 'WARN', 'INFO']),
  evidence: z.string(),
  sourceSystem: z.string(),
  checkedAt: z.number(),
})
export type CheckItemView = z.infer<typeof CheckItemView>

const ReviewView = z.object({
  screen: z.literal('S05'),
  stage: z.enum(['CHECKING', 'SUBMITTING', 'DONE']),
  vehicle: VehicleView,
  steps: z.array(ProgressStep),
  items: z.array(CheckItemView),
  verdict: z.object({ tone: Badge.shape.tone, title: TextRef, detail: TextRef.nullable() }).nullable(),
  canContinue: z.boolean(),
  list: z.enum(['NONE', 'OFFERED', 'PRINTING', 'PRINTED', 'FAILED']),
})

const LockView = z.object({
  screen: z.literal('S06'),
  vehicle: VehicleView,
  locks: z.array(
    z.object({
      authority: z.string(),
      reason: z.string(),
      caseNoMasked: z.string().nullable(),
      contact: z.string(),
      payment: z
        .object({
          payUrl: z.string(),
          payCodeMasked: z.string(),
          fineCents: z.int(),
          surchargeCents: z.int(),
          totalCents: z.int(),
        })
        .nullable(),
    }),
  ),
  list: ReviewView.shape.list,
})

/** Picture of what will be printed: millimetres on the record page, and the text of the row. */
export const RowPreview = z.object({
  pageWidthMm: z.number(),
  pageHeightMm: z.number(),
  rows: z.int(),
  row: z.int(),
  firstRowTopMm: z.number(),
  rowPitchMm: z.number(),
  fields: z.array(z.object({ xMm: z.number(), yMm: z.number(), sizeMm: z.number(), text: z.string() })),
  specimen: z.boolean(),
})
export type RowPreview = z.infer<typeof RowPreview>

const ConfirmView = z.object({
  screen: z.literal('S07'),
  vehicle: VehicleView,
  certificateMasked: z.string(),
  currentValidUntil: z.string().nullable(),
  newValidUntil: z.string(),
  authorityName: z.string(),
  preview: RowPreview.nullable(),
})

const PrintView = z.object({
  screen: z.literal('S08'),
  stage: z.enum([
    'AUTHORIZING',
    'INSERT_CERTIFICATE',
    /** As `INSERT_CERTIFICATE`, for a printer that cannot tell: the person says when it is in (`CONTINUE`). */
    'PLACE_CERTIFICATE',
    'PRINTING',
    'TAKE_OUT',
    'RECEIPT',
    'FAILED',
    'UNKNOWN',
    'VOIDED',
  ]),
  vehicle: VehicleView,
  steps: z.array(ProgressStep),
  attempt: z.int(),
})

const TakeView = z.object({
  screen: z.literal('S09'),
  vehicle: VehicleView,
  newValidUntil: z.string(),
  endorsementNo: z.string(),
  /** `null`: this machine cannot sense it. */
  items: z.array(z.object({ item: z.enum(['CERTIFICATE', 'ID_CARD', 'RECEIPT']), taken: z.boolean().nullable() })),
  /** Set when the slip could not be printed: the endorsement stands all the same. */
  receiptProblem: TextRef.nullable(),
})

const RatingView = z.object({ screen: z.literal('S10'), stars: z.int().nullable() })

const OutOfServiceView = z.object({
  screen: z.literal('OUT'),
  reason: TextRef,
  technician: z.string(),
})

export const View = z.union([
  HomeView,
  ConsentView,
  CardView,
  FaceView,
  CodeView,
  VehiclesView,
  ReviewView,
  LockView,
  ConfirmView,
  PrintView,
  TakeView,
  RatingView,
  OutOfServiceView,
  ConsoleView,
])
export type View = z.infer<typeof View>

export const Snapshot = z.object({
  /** Grows with every snapshot. */
  seq: z.int(),
  /** Changes when the task on the screen changes; intents name it. */
  viewId: z.int(),
  header: z.object({
    stationName: z.string(),
    kioskName: z.string(),
    helpPhone: z.string(),
    mode: z.enum(['production', 'demo']),
  }),
  display: z.object({ largePrint: z.boolean(), highContrast: z.boolean(), lowReach: z.boolean() }),
  /** Runs while somebody could have walked away; `askSince` is when 我还在 appears. Null while printing or reading. */
  countdown: z.object({ endsAt: z.number(), warnAt: z.number() }).nullable(),
  staffCalled: z.boolean(),
  /** Shown over the stage; the view below stays what it is. */
  problem: Problem.nullable(),
  view: View,
  /** A scanner that types like a keyboard is expected: every key goes to the kiosk and none to the page. */
  wedge: z.boolean().optional(),
  /** Name of the member of staff at the technician's console, for its frame. */
  technician: z.string().optional(),
})
export type Snapshot = z.infer<typeof Snapshot>
