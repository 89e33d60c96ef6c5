import { z } from 'zod'
import { err, ok, type Result } from '../../lib/result.ts'
import { lineFaults } from '../transport/fault-queue.ts'
import { ANSWER_KINDS, type AnswerFault, type ReceiptPrinterFaults } from './faults.ts'

export interface BadFaultScript {
  readonly code: 'BAD_FAULT'
  readonly detail: string
}

const nth = z.int().min(1)
const count = z.int().min(0)
const when = { on: z.enum(ANSWER_KINDS).optional(), skip: count.optional(), times: count.optional() }
const fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('paper-out'), line: nth }),
  z.strictObject({ kind: z.literal('cover-open'), line: nth.optional(), cut: nth.optional() }),
  z.strictObject({ kind: z.literal('jam'), line: nth }),
  z.strictObject({ kind: z.literal('overheat'), line: nth }),
  z.strictObject({ kind: z.literal('cutter-error'), cut: nth.default(1) }),
  z.strictObject({ kind: z.literal('exit-blocked'), cut: nth.default(1) }),
  z.strictObject({ kind: z.literal('near-end') }),
  z.strictObject({ kind: z.literal('off') }),
  z.strictObject({ kind: z.literal('storm'), everyBytes: nth }),
  z.strictObject({ kind: z.literal('power-loss'), byte: nth }),
  z.strictObject({ kind: z.literal('unplugged'), byte: nth }),
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
export function parseFaultScript(json: unknown): Result<ReceiptPrinterFaults, BadFaultScript> {
  const parsed = script.safeParse(json)
  if (!parsed.success) return err({ code: 'BAD_FAULT', detail: z.prettifyError(parsed.error) })
  const { line, faults } = parsed.data
  const found = faults.reduce<ReceiptPrinterFaults>((sum, one) => ({ ...sum, ...meant(one, sum) }), {})
  return ok(line === undefined ? found : { ...found, line })
}

function meant(one: Fault, sum: ReceiptPrinterFaults): ReceiptPrinterFaults {
  switch (one.kind) {
    case 'paper-out':
      return { paperOutAtLine: one.line }
    case 'cover-open':
      if (one.cut !== undefined) return { coverOpenAtCut: one.cut }
      return { coverOpenAtLine: one.line ?? 1 }
    case 'jam':
      return { jamAtLine: one.line }
    case 'overheat':
      return { overheatAtLine: one.line }
    case 'cutter-error':
      return { cutterErrorAtCut: one.cut }
    case 'exit-blocked':
      return { exitBlockedAtCut: one.cut }
    case 'near-end':
      return { nearEnd: true }
    case 'off':
      return { off: true }
    case 'storm':
      return { statusStormEveryBytes: one.everyBytes }
    case 'power-loss':
      return { powerLossAtByte: one.byte }
    case 'unplugged':
      return { hangUpAtByte: one.byte }
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
  'paper-out': (line) => ({ kind: 'paper-out', line }),
  'cover-open': (line) => ({ kind: 'cover-open', line }),
  'cover-open-at-cut': (cut) => ({ kind: 'cover-open', cut }),
  jam: (line) => ({ kind: 'jam', line }),
  overheat: (line) => ({ kind: 'overheat', line }),
  cutter: (cut) => ({ kind: 'cutter-error', cut }),
  'exit-blocked': (cut) => ({ kind: 'exit-blocked', cut }),
  'near-end': () => ({ kind: 'near-end' }),
  silent: () => ({ kind: 'silence', times: 0 }),
  off: () => ({ kind: 'off' }),
  'no-process-id': () => ({ kind: 'silence', on: 'process-id', times: 0 }),
  'no-barrier': () => ({ kind: 'silence', on: 'barrier', times: 0 }),
  storm: (everyBytes) => ({ kind: 'storm', everyBytes }),
  'power-loss': (byte) => ({ kind: 'power-loss', byte }),
  unplugged: (byte) => ({ kind: 'unplugged', byte }),
  late: (ms) => ({ kind: 'late', ms, times: 0 }),
  duplicate: () => ({ kind: 'duplicate', times: 0 }),
}
const LINE_WORDS: Readonly<Record<string, ((n: number) => object) | undefined>> = {
  chop: (delayMs) => ({ chunk: 1, delayMs }),
  noise: (noiseBytes) => ({ noiseBytes }),
  paced: (baud) => ({ baud }),
}

/** Reads `paper-out@12,near-end`. The number counts lines, cuts, bytes, milliseconds or baud, from 1; 1 where absent. */
export function parseFaultNames(text: string): Result<ReceiptPrinterFaults, BadFaultScript> {
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
    else
      return refuse(
        `there is no fault "${name}"; known: ${[...Object.keys(WORDS), ...Object.keys(LINE_WORDS)].join(', ')}`,
      )
  }
  return parseFaultScript({ ...(line !== undefined && { line }), faults })
}
