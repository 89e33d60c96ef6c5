import { z } from 'zod'
import { err, ok, type Result } from '../../lib/result.ts'
import { lineFaults } from '../transport/fault-queue.ts'
import { COMMANDS, type CommandName } from './codec/command.ts'
import type { SamFaultScript } from './faults.ts'

export interface BadFaultScript {
  readonly code: 'BAD_FAULT'
  readonly detail: string
}

const commandNames = Object.keys(COMMANDS) as [CommandName, ...CommandName[]]
const count = z.number().int().min(0)
const when = { on: z.enum(commandNames).optional(), skip: count.optional(), times: count.optional() }
const fault = z.discriminatedUnion('kind', [
  z.strictObject({ ...when, kind: z.literal('silence') }),
  z.strictObject({ ...when, kind: z.literal('late'), ms: count }),
  z.strictObject({ ...when, kind: z.literal('wrong-checksum') }),
  z.strictObject({ ...when, kind: z.literal('wrong-length'), by: z.number().int() }),
  z.strictObject({ ...when, kind: z.literal('truncated'), at: count }),
  z.strictObject({ ...when, kind: z.literal('torn'), at: count }),
  z.strictObject({ ...when, kind: z.literal('duplicate') }),
  z.strictObject({ ...when, kind: z.literal('sw3'), code: z.number().int().min(0).max(255) }),
  z.strictObject({ ...when, kind: z.literal('hang-up'), at: count }),
  z.strictObject({ ...when, kind: z.literal('card-lifted'), at: count }),
  z.strictObject({ ...when, kind: z.literal('vendor-time-out') }),
])
const script = z.strictObject({
  line: lineFaults.optional(),
  layout: z.enum(['plain', 'no-fingerprint', 'fingerprint-512', 'fingerprint-1024']).optional(),
  faults: z.array(fault).optional(),
})

/** Checks a fault script read from a JSON file; the error names the path and the reason. */
export function parseFaultScript(json: unknown): Result<SamFaultScript, BadFaultScript> {
  const parsed = script.safeParse(json)
  if (!parsed.success) return err({ code: 'BAD_FAULT', detail: z.prettifyError(parsed.error) })
  return ok(parsed.data as SamFaultScript)
}

/** The short form of faults on the command line: what `VALUE` means to each name. */
const LINE_NAMES: Readonly<Record<string, readonly [field: string, fallback: number] | undefined>> = {
  chop: ['chunk', 1],
  slow: ['delayMs', 5],
  paced: ['baud', 115_200],
  noise: ['noiseBytes', 9],
}
const LAYOUT_NAMES: Readonly<Record<string, string | undefined>> = {
  '1295': 'plain',
  '1297': 'no-fingerprint',
  '1809': 'fingerprint-512',
  '2321': 'fingerprint-1024',
}
const VALUE_FIELDS: Readonly<Record<string, readonly [field: string, fallback: number] | undefined>> = {
  late: ['ms', 800],
  'wrong-length': ['by', 1],
  truncated: ['at', 9],
  torn: ['at', 9],
  'hang-up': ['at', 9],
  'card-lifted': ['at', 600],
}

/**
 * Reads `NAME[=VALUE][@COMMAND][*TIMES],…`: `chop=7`, `paced=115200`, `layout=1297`, `sw3=41@read`, `late=800@find`,
 * `card-lifted=600@read`, `silence@select*0`. SW3 values are hexadecimal. Names are those of `SamFault` and of the line.
 */
export function parseFaultNames(text: string): Result<SamFaultScript, BadFaultScript> {
  const line: Record<string, number> = {}
  const faults: Record<string, unknown>[] = []
  let layout: string | undefined
  for (const item of text.split(',').filter((name) => name.trim() !== '')) {
    const match = /^\s*([a-z0-9-]+?)(?:=([0-9A-Za-z-]+))?(?:@([A-Za-z0-9]+))?(?:\*(\d+))?\s*$/.exec(item)
    if (!match) return err({ code: 'BAD_FAULT', detail: `cannot read the fault "${item}"` })
    const [, name = '', value, command, times] = match
    const ofLine = LINE_NAMES[name]
    if (ofLine) line[ofLine[0]] = value === undefined ? ofLine[1] : Number(value)
    else if (name === 'layout') layout = LAYOUT_NAMES[value ?? ''] ?? value
    else {
      faults.push({
        kind: name,
        ...ownValue(name, value),
        ...((command ?? defaultCommand(name)) !== undefined && { on: command ?? defaultCommand(name) }),
        ...(times !== undefined && { times: Number(times) }),
      })
    }
  }
  return parseFaultScript({ line, faults, ...(layout !== undefined && { layout }) })
}

function ownValue(name: string, value: string | undefined): Record<string, number> {
  if (name === 'sw3') return { code: Number.parseInt(value ?? '41', 16) }
  const field = VALUE_FIELDS[name]
  return field ? { [field[0]]: value === undefined ? field[1] : Number(value) } : {}
}

/** A card can only be lifted while it is read, unless the script says otherwise. */
function defaultCommand(name: string): CommandName | undefined {
  return name === 'card-lifted' ? 'read' : undefined
}
