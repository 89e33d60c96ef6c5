import { z } from 'zod'
import type { LineImpairment } from '../transport/impaired-line.ts'

/** What a simulated board can be asked. */
const COMMANDS = ['read', 'write'] as const
export type BoardCommand = (typeof COMMANDS)[number]

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
export type BoardFaultScript = z.output<typeof BoardFaultScript>

/** The faults still to come. */
export class FaultQueue {
  private readonly active: { readonly fault: BoardFault; skip: number; left: number }[]

  constructor(script: BoardFaultScript) {
    this.active = (script.faults ?? []).map((each) => ({
      fault: each,
      skip: each.skip ?? 0,
      left: each.times === 0 ? Infinity : (each.times ?? 1),
    }))
  }

  /** The fault that spoils the answer to `command`, if any; it is used up. */
  take(command: BoardCommand): BoardFault | undefined {
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
