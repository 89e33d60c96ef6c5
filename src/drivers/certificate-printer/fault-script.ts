import { z } from 'zod'
import { err, ok, type Result } from '../../lib/result.ts'
import { lineFaults } from '../transport/fault-queue.ts'
import { ANSWER_KINDS, type AnswerFault, type CertificatePrinterFaults } from './faults.ts'

export interface BadFaultScript {
  readonly code: 'BAD_FAULT'
  readonly detail: string
}

const nth = z.int().min(1)
const count = z.int().min(0)
const when = { on: z.enum(ANSWER_KINDS).optional(), skip: count.optional(), times: count.optional() }
const fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('jam'), line: nth }),
  z.strictObject({ kind: z.literal('cover-open'), line: nth }),
  z.strictObject({ kind: z.literal('pulled'), line: nth }),
  z.strictObject({ kind: z.literal('jam-at-eject') }),
  z.strictObject({ kind: z.literal('power-loss'), byte: nth }),
  z.strictObject({ kind: z.literal('reset'), byte: nth }),
  z.strictObject({ kind: z.literal('unplugged'), byte: nth }),
  z.strictObject({ kind: z.literal('hang'), byte: nth }),
  z.strictObject({ kind: z.literal('length'), units: nth }),
  z.strictObject({ ...when, kind: z.literal('silence') }),
  z.strictObject({ ...when, kind: z.literal('late'), ms: count }),
  z.strictObject({ ...when, kind: z.literal('duplicate') }),
  z.strictObject({ ...when, kind: z.literal('truncated'), at: count }),
  z.strictObject({ ...when, kind: z.literal('hang-up'), at: count }),
])
const script = z.strictObject({
  line: lineFaults.optional(),
  faults: z.array(fault).default([]),
})
type Fault = z.infer<typeof fault>

/** Checks a fault script read from a JSON file (docs/devices/fault-scripts.md); the error names the path and the reason. */
export function parseFaultScript(json: unknown): Result<CertificatePrinterFaults, BadFaultScript> {
  const parsed = script.safeParse(json)
  if (!parsed.success) return err({ code: 'BAD_FAULT', detail: z.prettifyError(parsed.error) })
  const { line, faults } = parsed.data
  const found = faults.reduce<CertificatePrinterFaults>((sum, one) => ({ ...sum, ...meant(one, sum) }), {})
  return ok(line === undefined ? found : { ...found, line })
}

function meant(one: Fault, sum: CertificatePrinterFaults): CertificatePrinterFaults {
  switch (one.kind) {
    case 'jam':
      return { jamAtLine: one.line }
    case 'cover-open':
      return { coverOpenAtLine: one.line }
    case 'pulled':
      return { pulledAtLine: one.line }
    case 'jam-at-eject':
      return { jamAtEject: true }
    case 'power-loss':
      return { powerLossAtByte: one.byte }
    case 'reset':
      return { resetAtByte: one.byte }
    case 'unplugged':
      return { hangUpAtByte: one.byte }
    case 'hang':
      return { hangAtByte: one.byte }
    case 'length':
      return { measuredUnits: one.units }
    case 'silence':
    case 'late':
    case 'duplicate':
    case 'truncated':
    case 'hang-up':
      return { answers: [...(sum.answers ?? []), one as AnswerFault] }
  }
}

/** The short form of the command line: what `name@number` stands for in a script. */
const WORDS: Readonly<Record<string, ((n: number) => unknown) | undefined>> = {
  jam: (line) => ({ kind: 'jam', line }),
  'cover-open': (line) => ({ kind: 'cover-open', line }),
  pulled: (line) => ({ kind: 'pulled', line }),
  'jam-at-eject': () => ({ kind: 'jam-at-eject' }),
  'power-loss': (byte) => ({ kind: 'power-loss', byte }),
  reset: (byte) => ({ kind: 'reset', byte }),
  unplugged: (byte) => ({ kind: 'unplugged', byte }),
  hang: (byte) => ({ kind: 'hang', byte }),
  length: (units) => ({ kind: 'length', units }),
  silent: () => ({ kind: 'silence', times: 0 }),
  late: (ms) => ({ kind: 'late', ms, times: 0 }),
  duplicate: () => ({ kind: 'duplicate', times: 0 }),
}
const LINE_WORDS: Readonly<Record<string, ((n: number) => object) | undefined>> = {
  chop: (delayMs) => ({ chunk: 1, delayMs }),
  noise: (noiseBytes) => ({ noiseBytes }),
  paced: (baud) => ({ baud }),
}

/** Reads `jam@3,late@50`. The number counts lines, bytes, milliseconds, units or baud, from 1; 1 where absent. */
export function parseFaultNames(text: string): Result<CertificatePrinterFaults, BadFaultScript> {
  const refuse = (detail: string): Result<never, BadFaultScript> => err({ code: 'BAD_FAULT', detail })
  let line: object | undefined
  const faults: unknown[] = []
  for (const word of text.split(',').filter((part) => part !== '')) {
    const [name = '', number = '1'] = word.split('@')
    if (!/^[1-9]\d*$/.test(number)) return refuse(`${word}: the number counts from 1`)
    const known = WORDS[name]
    const ofLine = LINE_WORDS[name]
    if (ofLine) line = { ...line, ...ofLine(Number(number)) }
    else if (known) faults.push(known(Number(number)))
    else {
      const names = [...Object.keys(WORDS), ...Object.keys(LINE_WORDS)].join(', ')
      return refuse(`there is no fault "${name}"; known: ${names}`)
    }
  }
  return parseFaultScript({ ...(line !== undefined && { line }), faults })
}
