import { z } from 'zod'
import { lineFaults } from '../transport/fault-queue.ts'

/** What a simulated UPS can be asked: `Q1` by serial, `LIST VAR` through upsd. */
const COMMANDS = ['status', 'list'] as const
export type UpsCommand = (typeof COMMANDS)[number]

const count = z.int().min(0)
const when = { on: z.enum(COMMANDS).optional(), skip: count.optional(), times: count.optional() }

const fault = z.discriminatedUnion('kind', [
  z.strictObject({ ...when, kind: z.literal('silence') }),
  /** The right answer, so many milliseconds late. */
  z.strictObject({ ...when, kind: z.literal('late'), ms: count }),
  z.strictObject({ ...when, kind: z.literal('duplicate') }),
  /** Only the first bytes, never the end of the line. */
  z.strictObject({ ...when, kind: z.literal('truncated'), at: count }),
  /** One character of the answer is another one. */
  z.strictObject({ ...when, kind: z.literal('garbled'), at: count }),
  /** Dashes where numbers belong. */
  z.strictObject({ ...when, kind: z.literal('unknown-numbers') }),
  /** A refusal of upsd in its words: `DATA-STALE`. */
  z.strictObject({ ...when, kind: z.literal('refused'), words: z.string().max(80) }),
  z.strictObject({ ...when, kind: z.literal('hang-up'), at: count }),
])
export type UpsSimulatedFault = z.output<typeof fault>

/** The fault script of a simulated UPS, in the shape all simulators share. */
export const UpsFaultScript = z.strictObject({
  line: lineFaults.optional(),
  faults: z.array(fault).optional(),
})
export type UpsFaultScript = z.output<typeof UpsFaultScript>
