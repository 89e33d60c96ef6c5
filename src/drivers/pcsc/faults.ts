import { z } from 'zod'
import { lineFaults } from '../transport/fault-queue.ts'

/** What a simulated reader can be asked: pcscd's questions, and the frames of the module. */
const COMMANDS = [
  'version',
  'establishContext',
  'releaseContext',
  'getReadersState',
  'connect',
  'beginTransaction',
  'transmit',
  'endTransaction',
  'disconnect',
  'link',
  'readNow',
] as const
export type IcCardCommand = (typeof COMMANDS)[number]

const count = z.int().min(0)
const when = { on: z.enum(COMMANDS).optional(), skip: count.optional(), times: count.optional() }

const fault = z.discriminatedUnion('kind', [
  z.strictObject({ ...when, kind: z.literal('silence') }),
  z.strictObject({ ...when, kind: z.literal('late'), ms: count }),
  z.strictObject({ ...when, kind: z.literal('truncated'), at: count }),
  z.strictObject({ ...when, kind: z.literal('duplicate') }),
  /** PC/SC refuses with this return value, for instance 2148532329 (80100069, card removed). */
  z.strictObject({ ...when, kind: z.literal('refused'), value: z.int().min(1).max(0xffff_ffff) }),
  /** The card answers with this status word, for instance 27010 (6982). */
  z.strictObject({ ...when, kind: z.literal('status-word'), sw: z.int().min(0).max(0xffff) }),
  /** The card is pulled out before this answer. */
  z.strictObject({ ...when, kind: z.literal('card-lifted') }),
  /** A frame of the module has a wrong sum. */
  z.strictObject({ ...when, kind: z.literal('wrong-checksum') }),
  z.strictObject({ ...when, kind: z.literal('hang-up'), at: count }),
])
export type IcCardFault = z.output<typeof fault>

/** The fault script of simulated card readers, in the shape all simulators share. */
export const IcCardFaultScript = z.strictObject({
  line: lineFaults.optional(),
  faults: z.array(fault).optional(),
})
export type IcCardFaultScript = z.output<typeof IcCardFaultScript>
