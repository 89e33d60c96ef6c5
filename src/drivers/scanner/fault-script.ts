import { z } from 'zod'
import { err, ok, type Result } from '../../lib/result.ts'
import { lineFaults } from '../transport/fault-queue.ts'
import type { LineImpairment } from '../transport/impaired-line.ts'
import { COMMAND_NAMES, type CommandName } from './protocol/protocol.ts'

/** What a simulated scanner sends: a code, or the answer to a command. */
export type SaidAbout = CommandName | 'code'

export type ScannerMisbehaviour =
  | { readonly kind: 'silence' }
  | { readonly kind: 'late'; readonly ms: number }
  /** The last byte is wrong: with a serial line its CR, else the checksum. */
  | { readonly kind: 'wrong-checksum' }
  /** Only the first bytes arrive. */
  | { readonly kind: 'truncated'; readonly at: number }
  /** The cable is pulled after so many bytes. */
  | { readonly kind: 'hang-up'; readonly at: number }
  /** Sent twice: an answer, an SSI packet although it was acknowledged, two codes back to back. */
  | { readonly kind: 'duplicate' }
  /** The scanner says no, where its protocol has a word for that. */
  | { readonly kind: 'refuse' }
  /** A code of 4097 bytes in the place of the one shown. */
  | { readonly kind: 'too-long' }

export type ScannerFault = ScannerMisbehaviour & {
  /** Only what is said about this; absent: the code. */
  readonly on?: SaidAbout
  /** Lets so many pass first. */
  readonly skip?: number
  /** How many are spoiled, default 1; 0 means for ever. */
  readonly times?: number
}

export interface ScannerFaultScript {
  readonly line?: LineImpairment
  readonly faults?: readonly ScannerFault[]
}

export interface BadFault {
  readonly code: 'BAD_FAULT'
  readonly detail: string
}

const count = z.number().int().min(0)
const when = { on: z.enum([...COMMAND_NAMES, 'code']).optional(), skip: count.optional(), times: count.optional() }
const fault = z.discriminatedUnion('kind', [
  z.strictObject({ ...when, kind: z.literal('silence') }),
  z.strictObject({ ...when, kind: z.literal('late'), ms: count }),
  z.strictObject({ ...when, kind: z.literal('wrong-checksum') }),
  z.strictObject({ ...when, kind: z.literal('truncated'), at: count }),
  z.strictObject({ ...when, kind: z.literal('hang-up'), at: count }),
  z.strictObject({ ...when, kind: z.literal('duplicate') }),
  z.strictObject({ ...when, kind: z.literal('refuse') }),
  z.strictObject({ ...when, kind: z.literal('too-long') }),
])
const script = z.strictObject({
  line: lineFaults.optional(),
  faults: z.array(fault).optional(),
})

/** Checks a fault script read from a JSON file; the error names the path and the reason. */
export function parseScannerFaultScript(json: unknown): Result<ScannerFaultScript, BadFault> {
  const parsed = script.safeParse(json)
  if (!parsed.success) return err({ code: 'BAD_FAULT', detail: z.prettifyError(parsed.error) })
  return ok(parsed.data as ScannerFaultScript)
}

/** The short form on the command line: the field a name's value means, and the value where none is given. */
const LINE_NAMES: Readonly<Record<string, readonly [field: string, fallback: number] | undefined>> = {
  chop: ['chunk', 1],
  slow: ['delayMs', 5],
  paced: ['baud', 9600],
  noise: ['noiseBytes', 9],
}
const VALUE_FIELDS: Readonly<Record<string, readonly [field: string, fallback: number] | undefined>> = {
  late: ['ms', 400],
  truncated: ['at', 3],
  'hang-up': ['at', 3],
}

/**
 * Reads `NAME[=VALUE][@COMMAND][*TIMES],…`: `chop=1`, `noise=9`, `duplicate`, `silence@light-on*0`, `hang-up=3`. What is
 * spoiled is spoiled for ever unless TIMES says otherwise, since the simulator shows its code again and again.
 */
export function parseScannerFaults(text: string): Result<ScannerFaultScript, BadFault> {
  const line: Record<string, number> = {}
  const faults: Record<string, unknown>[] = []
  for (const item of text.split(',').filter((name) => name.trim() !== '')) {
    const match = /^\s*([a-z-]+)(?:=(\d+))?(?:@([a-z-]+))?(?:\*(\d+))?\s*$/.exec(item)
    if (!match) return err({ code: 'BAD_FAULT', detail: `cannot read the fault "${item}"` })
    const [, name = '', value, on, times = '0'] = match
    const ofLine = LINE_NAMES[name]
    const field = VALUE_FIELDS[name]
    if (ofLine) line[ofLine[0]] = value === undefined ? ofLine[1] : Number(value)
    else
      faults.push({
        kind: name === 'twice' ? 'duplicate' : name,
        times: Number(times),
        ...(on !== undefined && { on }),
        ...(field && { [field[0]]: value === undefined ? field[1] : Number(value) }),
      })
  }
  return parseScannerFaultScript({ line, faults })
}
