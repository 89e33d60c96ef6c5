import { z } from 'zod'
import { TextRef } from './text-ref.ts'

/**
 * The technician's console, S90 to S99: what its screens show and what its buttons mean. Nothing in it says who a citizen
 * is, and nothing in it issues or approves anything. Instants are milliseconds since the epoch, lengths millimetres.
 */

const tone = z.enum(['good', 'info', 'warning', 'bad', 'unknown'])

/** A line of facts: what, how much, and whether that is well. */
const Fact = z.object({ label: TextRef, value: z.string(), tone, remedy: TextRef.nullable() })

/** One device on the board. */
const DeviceRow = z.object({
  /** `receipt-printer`; its name is `device.name.<role>`. */
  role: z.string(),
  name: TextRef,
  driver: z.string(),
  model: z.string().nullable(),
  /** How it is reached: `serial:/dev/ttyUSB0@115200`, `usb 10C4:EA60 S1`. */
  address: z.string(),
  tone,
  /** The device's own word, small: `PAPER_OUT`. */
  state: z.string(),
  words: TextRef,
  remedy: TextRef.nullable(),
  since: z.number(),
  /** Services go on without it. */
  optional: z.boolean(),
  simulated: z.boolean(),
  lastTest: z.object({ at: z.number(), passed: z.boolean() }).nullable(),
})
export type DeviceRow = z.infer<typeof DeviceRow>

/** S90: who is there. Five wrong answers lock it for fifteen minutes and tell the centre. */
const LoginView = z.object({
  screen: z.literal('S90'),
  stage: z.enum(['STAFF', 'PIN', 'TOTP', 'FIELD_CODE', 'CHECKING', 'LOCKED']),
  /** The number of the member of staff being asked for the PIN. */
  staffId: z.string().nullable(),
  /** A badge may be shown to the scanner instead of typing the number. */
  badge: z.boolean(),
  /** Read out on the phone; the centre answers with the one-time code. */
  challenge: z.string().nullable(),
  /** Whether one-time codes are set up at this site. */
  fieldCodes: z.boolean(),
  triesLeft: z.int().nullable(),
  lockedUntil: z.number().nullable(),
  remark: TextRef.nullable(),
})

/** S91: every device, what it says, what to do; and the prints whose outcome nobody knows. */
const BoardView = z.object({
  screen: z.literal('S91'),
  staffName: z.string(),
  devices: z.array(DeviceRow),
  /** Services that are closed now, and why. */
  closings: z.array(TextRef),
  lastReadiness: z.object({ at: z.number(), verdict: z.enum(['READY', 'WARNINGS', 'NOT_READY']) }).nullable(),
  findings: z.array(
    z.object({
      key: z.string(),
      endorsementNo: z.string(),
      attempt: z.int(),
      at: z.number(),
      /** What the first person found, while the second is being asked. */
      first: z.enum(['SEEN', 'NOT_SEEN']).nullable(),
    }),
  ),
  /** Messages to the centre that were given up and wait for somebody. */
  parked: z.int(),
  remark: TextRef.nullable(),
})

const DeviceView = z.object({
  screen: z.literal('S92'),
  device: DeviceRow,
  facts: z.array(Fact),
  tests: z.array(
    z.object({
      id: z.string(),
      title: TextRef,
      state: z.enum(['IDLE', 'RUNNING', 'ASK', 'PASSED', 'FAILED']),
      /** What to do or what is asked while it runs; what was found when it ended. */
      words: TextRef.nullable(),
      detail: z.string().nullable(),
      at: z.number().nullable(),
    }),
  ),
})

/** S93: what is plugged in, what answers, and which role it is bound to. */
const DetectView = z.object({
  screen: z.literal('S93'),
  stage: z.enum(['IDLE', 'SEARCHING', 'DONE']),
  /** What is being tried now: a port, a protocol, a speed. */
  step: TextRef.nullable(),
  found: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['serial', 'hid', 'usb', 'lp', 'cups', 'tcp', 'pcsc']),
      address: z.string(),
      /** `10C4:EA60 S1`, or null for what has no USB identity. */
      identity: z.string().nullable(),
      boundTo: z.string().nullable(),
      guess: z
        .object({ role: z.string(), driver: z.string(), certainty: z.enum(['CERTAIN', 'LIKELY', 'POSSIBLE']) })
        .nullable(),
      /** What was tried and what came back, line by line. */
      report: z.array(TextRef),
    }),
  ),
  /** Roles a device may be bound to, with the driver each driver name belongs to. */
  roles: z.array(z.object({ role: z.string(), name: TextRef, drivers: z.array(z.string()) })),
})

const itemState = z.enum(['TODO', 'NOW', 'PASS', 'WARN', 'FAIL', 'SKIPPED'])

/** S94: the guided check of the whole kiosk. */
const ReadinessView = z.object({
  screen: z.literal('S94'),
  stage: z.enum(['IDLE', 'RUNNING', 'ASK', 'DONE']),
  items: z.array(
    z.object({
      id: z.string(),
      title: TextRef,
      state: itemState,
      words: TextRef.nullable(),
      detail: z.string().nullable(),
      /** What the last good report said of it. */
      before: itemState.nullable(),
    }),
  ),
  /** What only eyes can answer, in stage ASK. */
  question: TextRef.nullable(),
  verdict: z.enum(['READY', 'WARNINGS', 'NOT_READY']).nullable(),
  comparedWith: z.number().nullable(),
  /** The camera the page opens while item `camera` is being checked; as on S95. */
  cameraLabel: z.string().nullable(),
  print: z.enum(['NO', 'PRINTING', 'PRINTED', 'FAILED']),
})

const box = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })

/** S95: the camera's picture with what the face engine sees in it. Frames are looked at and forgotten. */
const CameraView = z.object({
  screen: z.literal('S95'),
  state: z.enum(['STARTING', 'LOOKING', 'MISSING', 'DENIED', 'LOST', 'ENGINE_AWAY']),
  cameraLabel: z.string().nullable(),
  /** Fractions of the picture (0..1, not mirrored), with the detector's confidence 0..1. */
  faces: z.array(box.extend({ score: z.number() })),
  facts: z.array(Fact),
})

/** S96: millimetres by which print is moved, found with a ruler page. */
const CalibrationView = z.object({
  screen: z.literal('S96'),
  stage: z.enum(['IDLE', 'INSERT', 'PRINTING', 'PRINTED', 'SAVING', 'FAILED']),
  saved: z.object({ dxMm: z.number(), dyMm: z.number() }),
  trial: z.object({ dxMm: z.number(), dyMm: z.number() }),
  pageMm: z.object({ width: z.number(), height: z.number() }),
  remark: TextRef.nullable(),
})

/** S97: paper, cutter, ribbon, toner: what is left and how long it will last. */
const ConsumablesView = z.object({
  screen: z.literal('S97'),
  items: z.array(
    z.object({
      id: z.string(),
      name: TextRef,
      tone,
      /** 0..1; null where nobody can say. */
      left: z.number().nullable(),
      words: TextRef,
      forecast: TextRef.nullable(),
      since: z.number().nullable(),
      counters: z.array(z.object({ label: TextRef, value: z.string() })),
      replaceable: z.boolean(),
    }),
  ),
})

/** S98: network, time, centre, keys. */
const SurroundingsView = z.object({
  screen: z.literal('S98'),
  stage: z.enum(['CHECKING', 'DONE']),
  groups: z.array(z.object({ title: TextRef, facts: z.array(Fact) })),
})

/** S99: the site file, field by field, and the log bundle. */
const SiteView = z.object({
  screen: z.literal('S99'),
  stage: z.enum(['EDIT', 'REVIEW', 'APPLYING']),
  groups: z.array(
    z.object({
      title: z.string(),
      fields: z.array(
        z.object({
          /** `session.idleWarningMs` */
          path: z.string(),
          help: z.string(),
          kind: z.enum(['text', 'number', 'choice', 'switch']),
          choices: z.array(z.string()),
          /** What is written now, or the standard where nothing is; passwords and codes never. */
          value: z.string(),
          isDefault: z.boolean(),
          /** In words, with what it must be. */
          problem: z.string().nullable(),
          /** The file is signed, and only its signer may change this. */
          fixed: z.boolean(),
        }),
      ),
    }),
  ),
  changes: z.array(z.object({ path: z.string(), from: z.string(), to: z.string() })),
  /** Of the dry run: what is wrong with the file as a whole, or what the new devices answered. */
  problems: z.array(z.string()),
  /** Whether the dry run of exactly these changes was good: only then may they be applied. */
  tried: z.boolean(),
  /** What became of the last change: kept, or taken back because the kiosk did not come up healthy. */
  lastChange: z.object({ at: z.number(), outcome: z.enum(['KEPT', 'TRIAL', 'ROLLED_BACK']) }).nullable(),
  bundle: z.object({
    state: z.enum(['IDLE', 'PACKING', 'DONE', 'FAILED']),
    /** Where it was written, or why not. */
    words: TextRef.nullable(),
  }),
})

export const ConsoleView = z.discriminatedUnion('screen', [
  LoginView,
  BoardView,
  DeviceView,
  DetectView,
  ReadinessView,
  CameraView,
  CalibrationView,
  ConsumablesView,
  SurroundingsView,
  SiteView,
])
export type ConsoleView = z.infer<typeof ConsoleView>

const role = z.string().max(40)
const id = z.string().max(200)
const staffId = z.string().regex(/^[A-Za-z0-9-]{1,20}$/)
const pin = z.string().regex(/^\d{4,12}$/)
const millimetres = z.number().min(-10).max(10)

/** What a technician can mean. `CONSOLE_OPEN` is the hidden gesture; it is heard on the home screen only. */
export const consoleIntents = [
  z.object({ type: z.literal('CONSOLE_OPEN') }),
  z.object({ type: z.literal('CONSOLE_CLOSE') }),
  z.object({ type: z.literal('CONSOLE_STAFF'), staffId }),
  z.object({ type: z.literal('CONSOLE_PIN'), pin }),
  z.object({ type: z.literal('CONSOLE_TOTP'), code: z.string().regex(/^\d{6}$/) }),
  z.object({ type: z.literal('CONSOLE_USE_FIELD_CODE') }),
  z.object({ type: z.literal('CONSOLE_FIELD_CODE'), code: z.string().regex(/^\d{8}$/) }),
  z.object({
    type: z.literal('CONSOLE_GO'),
    screen: z.enum(['S91', 'S92', 'S93', 'S94', 'S95', 'S96', 'S97', 'S98', 'S99']),
    role: role.optional(),
  }),
  z.object({ type: z.literal('CONSOLE_TEST'), role, test: id }),
  z.object({ type: z.literal('CONSOLE_ANSWER'), yes: z.boolean() }),
  z.object({ type: z.literal('CONSOLE_CANCEL') }),
  z.object({ type: z.literal('CONSOLE_FINDING'), key: id, seen: z.boolean() }),
  /** The second person of a finding. */
  z.object({ type: z.literal('CONSOLE_WITNESS'), key: id, staffId, pin, seen: z.boolean() }),
  z.object({ type: z.literal('CONSOLE_DETECT') }),
  z.object({ type: z.literal('CONSOLE_BIND'), id, role, driver: z.string().max(40) }),
  z.object({ type: z.literal('CONSOLE_READINESS') }),
  z.object({ type: z.literal('CONSOLE_PRINT_REPORT') }),
  z.object({ type: z.literal('CONSOLE_CALIBRATE'), dxMm: millimetres, dyMm: millimetres }),
  z.object({ type: z.literal('CONSOLE_RULER') }),
  z.object({ type: z.literal('CONSOLE_SAVE_CALIBRATION') }),
  z.object({ type: z.literal('CONSOLE_REPLACED'), id }),
  z.object({ type: z.literal('CONSOLE_REFRESH') }),
  z.object({ type: z.literal('CONSOLE_EDIT'), path: z.string().max(200), value: z.string().max(4096) }),
  z.object({ type: z.literal('CONSOLE_DISCARD') }),
  z.object({ type: z.literal('CONSOLE_DRY_RUN') }),
  z.object({ type: z.literal('CONSOLE_APPLY') }),
  z.object({ type: z.literal('CONSOLE_EXPORT_LOGS') }),
] as const

export const ConsoleIntent = z.discriminatedUnion('type', consoleIntents)
export type ConsoleIntent = z.infer<typeof ConsoleIntent>
