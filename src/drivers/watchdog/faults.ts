import { z } from 'zod'
import type { LineImpairment } from '../transport/impaired-line.ts'

/** What a simulated stick can be told. */
const COMMANDS = ['query', 'kick'] as const
export type StickCommand = (typeof COMMANDS)[number]

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
  line: z
    .strictObject({
      chunk: z.int().min(1).optional(),
      delayMs: z.number().min(0).optional(),
      baud: z.int().min(50).optional(),
      noiseBytes: count.optional(),
      seed: z.int().optional(),
    })
    .transform((line) => line as LineImpairment)
    .optional(),
  faults: z.array(fault).optional(),
})
export type StickFaultScript = z.output<typeof StickFaultScript>

/** The faults still to come. */
export class FaultQueue {
  private readonly active: { readonly fault: StickFault; skip: number; left: number }[]

  constructor(script: StickFaultScript) {
    this.active = (script.faults ?? []).map((each) => ({
      fault: each,
      skip: each.skip ?? 0,
      left: each.times === 0 ? Infinity : (each.times ?? 1),
    }))
  }

  /** The fault that spoils what follows `command`, if any; it is used up. */
  take(command: StickCommand): StickFault | undefined {
    for (const each of this.active) {
      if (each.left === 0 || (each.fault.on ?? command) !== command) continue
      if (each.skip > 0) each.skip--
      else {
        each.left--
        return each.fault
      }
    }
    return undefined
  }
}
