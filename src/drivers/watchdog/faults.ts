import { z } from 'zod'
import { lineFaults } from '../transport/fault-queue.ts'

/** What a simulated stick can be told. */
const COMMANDS = ['query', 'kick'] as const

const count = z.int().min(0)
const when = { on: z.enum(COMMANDS).optional(), skip: count.optional(), times: count.optional() }

const fault = z.discriminatedUnion('kind', [
  z.strictObject({ ...when, kind: z.literal('silence') }),
  z.strictObject({ ...when, kind: z.literal('late'), ms: count }),
  z.strictObject({ ...when, kind: z.literal('duplicate') }),
  z.strictObject({ ...when, kind: z.literal('hang-up') }),
])
export type StickFault = z.output<typeof fault>

/** The fault script of a simulated stick, in the shape all simulators share. */
export const StickFaultScript = z.strictObject({
  line: lineFaults.optional(),
  faults: z.array(fault).optional(),
})
export type StickFaultScript = z.output<typeof StickFaultScript>
