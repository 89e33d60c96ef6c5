import { z } from 'zod'
import { lineFaults } from '../transport/fault-queue.ts'

/** What a simulated board can be asked. */
const COMMANDS = ['read', 'write'] as const

const count = z.int().min(0)
const when = { on: z.enum(COMMANDS).optional(), skip: count.optional(), times: count.optional() }

const fault = z.discriminatedUnion('kind', [
  z.strictObject({ ...when, kind: z.literal('silence') }),
  z.strictObject({ ...when, kind: z.literal('late'), ms: count }),
  z.strictObject({ ...when, kind: z.literal('duplicate') }),
  z.strictObject({ ...when, kind: z.literal('truncated'), at: count }),
  z.strictObject({ ...when, kind: z.literal('wrong-checksum') }),
  /** Another board answers. */
  z.strictObject({ ...when, kind: z.literal('wrong-address'), address: z.int().min(0).max(255) }),
  z.strictObject({ ...when, kind: z.literal('exception'), code: z.int().min(0).max(255) }),
  /** The line is two-wire and the adapter hears itself: the question comes back before the answer. */
  z.strictObject({ ...when, kind: z.literal('echo') }),
  z.strictObject({ ...when, kind: z.literal('hang-up'), at: count }),
])
export type BoardFault = z.output<typeof fault>

/** The fault script of a simulated board, in the shape all simulators share. */
export const BoardFaultScript = z.strictObject({
  line: lineFaults.optional(),
  faults: z.array(fault).optional(),
})
export type BoardFaultScript = z.output<typeof BoardFaultScript>
