import { encodeFrame } from './frame-shape.ts'

/** What an answer to a command may look like: which SW3 mean success and how long the data then is. */
interface CommandSpec {
  readonly body: readonly number[]
  /** SW3 of success. */
  readonly success: number
  /** Data bytes after SW3 on success, inclusive. Answers of other lengths belong to another command. */
  readonly data: readonly [min: number, max: number]
  /** SW3 codes that only say how *this* command (or its kind) went; any command may answer the general ones. */
  readonly failures: readonly number[]
}

/** SW3 codes any command may answer: the link, the command or the module itself is at fault. */
const GENERAL_FAILURES = [0x10, 0x11, 0x21, 0x23, 0x24, 0x47, 0x60, 0x66] as const
const CARD_FAILURES = [0x31, 0x32, 0x33, 0x40, 0x41] as const

/**
 * The commands of the module. Success lengths are wide where makers differ and narrow where they tell one command's
 * answer from another's: that is how a late answer to the previous command is recognised and thrown away.
 */
export const COMMANDS = {
  reset: { body: [0x10, 0xff], success: 0x90, data: [0, 0], failures: [] },
  status: { body: [0x11, 0xff], success: 0x90, data: [0, 0], failures: [] },
  samId: { body: [0x12, 0xff], success: 0x90, data: [16, 16], failures: [] },
  find: { body: [0x20, 0x01], success: 0x9f, data: [0, 16], failures: [0x80, 0x40] },
  select: { body: [0x20, 0x02], success: 0x90, data: [1, 15], failures: [0x81, ...CARD_FAILURES] },
  read: { body: [0x30, 0x01], success: 0x90, data: [256, 4092], failures: [...CARD_FAILURES, 0x91] },
  readWithFingerprint: { body: [0x30, 0x10], success: 0x90, data: [256, 4092], failures: [...CARD_FAILURES, 0x91] },
  newestAddress: { body: [0x30, 0x03], success: 0x90, data: [17, 255], failures: [...CARD_FAILURES, 0x91] },
  baud115200: { body: [0x60, 0x00], success: 0x90, data: [0, 0], failures: [] },
  baud57600: { body: [0x60, 0x01], success: 0x90, data: [0, 0], failures: [] },
  baud38400: { body: [0x60, 0x02], success: 0x90, data: [0, 0], failures: [] },
  baud19200: { body: [0x60, 0x03], success: 0x90, data: [0, 0], failures: [] },
  baud9600: { body: [0x60, 0x04], success: 0x90, data: [0, 0], failures: [] },
  sleep: { body: [0x00], success: 0x90, data: [0, 0], failures: [] },
  wake: { body: [0x01], success: 0x90, data: [0, 0], failures: [] },
} as const satisfies Record<string, CommandSpec>

export type CommandName = keyof typeof COMMANDS

/** The bytes that ask the reader for `command`. */
export function encodeCommand(command: CommandName): Uint8Array {
  return encodeFrame(Uint8Array.from(COMMANDS[command].body))
}

/** Which command a request body is, or undefined for one the module does not know. */
export function decodeCommand(body: Uint8Array): CommandName | undefined {
  const names = Object.keys(COMMANDS) as CommandName[]
  return names.find((name) => {
    const expected = COMMANDS[name].body
    return expected.length === body.length && expected.every((byte, index) => byte === body[index])
  })
}

/** An answer of the reader. SW1 and SW2 are the card's own status words, kept for the log only. */
export interface Answer {
  readonly sw1: number
  readonly sw2: number
  readonly sw3: number
  readonly data: Uint8Array
}

/** @param body of an answer frame, at least three bytes (the parser sees to that). */
export function decodeAnswer(body: Uint8Array): Answer {
  const [sw1 = 0, sw2 = 0, sw3 = 0] = body
  return { sw1, sw2, sw3, data: body.subarray(3) }
}

/** The bytes of an answer (for simulators and tests). */
export function encodeAnswer(sw3: number, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const body = new Uint8Array(3 + data.length)
  body[2] = sw3
  body.set(data, 3)
  return encodeFrame(body)
}

/**
 * Whether `answer` can be the answer to `command`. A late answer to the command before usually cannot: `9F` only ever
 * answers find, success answers differ in length, and 80, 81, 91 each belong to one kind of command.
 * An SW3 no table knows is accepted from anybody: it must be shown, not waited out.
 */
export function answers(command: CommandName, answer: Answer): boolean {
  const spec: CommandSpec = COMMANDS[command]
  if (answer.sw3 === spec.success) {
    const [min, max] = spec.data
    return answer.data.length >= min && answer.data.length <= max
  }
  if (spec.failures.includes(answer.sw3)) return true
  return GENERAL_FAILURES.some((code) => code === answer.sw3) || !belongsToSomeCommand(answer.sw3)
}

function belongsToSomeCommand(sw3: number): boolean {
  const specs: readonly CommandSpec[] = Object.values(COMMANDS)
  return specs.some((spec) => spec.success === sw3 || spec.failures.includes(sw3))
}
