import { z } from 'zod'
import type { LineImpairment } from './impaired-line.ts'

const count = z.int().min(0)

/** What a fault script says of the line, in the shape all simulators share; see `impaired`. */
export const lineFaults = z
  .strictObject({
    chunk: z.int().min(1).optional(),
    delayMs: z.number().min(0).optional(),
    baud: z.int().min(50).optional(),
    noiseBytes: count.optional(),
    seed: z.int().optional(),
  })
  .transform((line) => line as LineImpairment)

/** One fault of a script: which question it spoils, after how many, and how often (0: for ever). */
interface QueuedFault {
  readonly on?: string | undefined
  readonly skip?: number | undefined
  readonly times?: number | undefined
}

/** The faults of a script still to come. */
export class FaultQueue<Fault extends QueuedFault> {
  private readonly active: { readonly fault: Fault; skip: number; left: number }[]

  constructor({ faults = [] }: { readonly faults?: readonly Fault[] | undefined }) {
    this.active = faults.map((each) => ({
      fault: each,
      skip: each.skip ?? 0,
      left: each.times === 0 ? Infinity : (each.times ?? 1),
    }))
  }

  /** The fault that spoils what follows `command`, if any; it is used up. */
  take(command: NonNullable<Fault['on']>): Fault | undefined {
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
