import { z } from 'zod'
import { err, ok, type Result } from '../../lib/result.ts'
import { exchange, type ApduChannel, type BadAnswer } from './apdu/command.ts'
import { describeStatusWord, swHex } from './apdu/status-word.ts'
import { findTlv } from './apdu/tlv.ts'

const hex = (max: number) =>
  z
    .string()
    .regex(/^([0-9A-Fa-f]{2} ?)+$/, 'must be bytes in hexadecimal')
    .max(3 * max)
    .transform((text) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex')))

const name = z.string().regex(/^[a-z][A-Za-z0-9-]{0,39}$/, 'must begin with a small letter')

const where = z.union([
  z.strictObject({ offset: z.int().min(0).max(65_535), length: z.int().min(1).max(4096).optional() }),
  z.strictObject({
    tlv: z.string().regex(/^[0-9A-Fa-f]{2,6}(\/[0-9A-Fa-f]{2,6}){0,7}$/, 'must be tags such as 70/5F24'),
  }),
])

/**
 * What to ask a card, and where in its answers the fields are. The layouts of the transport cards (JT/T 825) are not
 * public, so none is shipped: the province's technician writes the script on site, from what the province gave him.
 */
export const ApduScript = z.strictObject({
  $schema: z.string().optional(),
  $note: z.string().optional(),
  name: z.string().min(1).max(80),
  steps: z
    .array(
      z.strictObject({
        id: name,
        apdu: hex(261).refine((bytes) => bytes.length >= 4, 'an APDU has at least four bytes'),
        expect: z
          .array(z.string().regex(/^[0-9A-Fa-fxX]{4}$/, 'must be a status word such as 9000 or 63Cx'))
          .min(1)
          .default(['9000']),
        otherwise: z
          .enum(['fail', 'not-this-card', 'skip'])
          .default('fail')
          .describe('What another status word means; skip: go on, fields of this step are empty.'),
      }),
    )
    .min(0)
    .max(64),
  fields: z
    .array(
      z.strictObject({
        name,
        from: z.union([z.literal('atr'), name]).describe('The step whose answer holds it.'),
        at: where,
        encoding: z.enum(['hex', 'ascii', 'gb18030', 'utf-8', 'utf-16le', 'bcd', 'uint']),
        optional: z.boolean().default(false),
      }),
    )
    .min(1)
    .max(64),
})
export type ApduScript = z.output<typeof ApduScript>

export type ScriptFailure =
  | BadAnswer
  | { readonly code: 'NOT_THIS_CARD'; readonly step: string }
  | { readonly code: 'REFUSED_BY_CARD'; readonly step: string; readonly sw: string; readonly words: string }
  /** A field the script demands is not where it says, or not what it says. */
  | { readonly code: 'FIELD_MISSING'; readonly field: string }

/** The fields of a card by name; one that is optional and empty is absent. Personal. */
export type CardFields = Readonly<Record<string, string>>

/** Runs `script` on a card, step by step, and takes its fields out of the answers. Nothing a card says is executed. */
export async function runScript<Fault>(
  script: ApduScript,
  channel: ApduChannel<Fault>,
  atr: Uint8Array,
): Promise<Result<CardFields, Fault | ScriptFailure>> {
  const answers = new Map<string, Uint8Array>([['atr', atr]])
  for (const step of script.steps) {
    const answer = await exchange(channel, step.apdu)
    if (!answer.ok) return answer
    const { sw, data } = answer.value
    if (step.expect.some((pattern) => fits(pattern, sw))) answers.set(step.id, data)
    else if (step.otherwise === 'not-this-card') return err({ code: 'NOT_THIS_CARD', step: step.id })
    else if (step.otherwise === 'fail')
      return err({ code: 'REFUSED_BY_CARD', step: step.id, sw: swHex(sw), words: describeStatusWord(sw) })
  }
  const fields: Record<string, string> = {}
  for (const field of script.fields) {
    const text = extract(field, answers.get(field.from))
    if (text !== undefined && text !== '') fields[field.name] = text
    else if (!field.optional) return err({ code: 'FIELD_MISSING', field: field.name })
  }
  return ok(fields)
}

/** Names the script uses and does not have; empty: it is sound. */
export function danglingSteps(script: ApduScript): readonly string[] {
  const known = new Set(['atr', ...script.steps.map(({ id }) => id)])
  return script.fields.map(({ from }) => from).filter((from) => !known.has(from))
}

function fits(pattern: string, sw: number): boolean {
  const word = swHex(sw)
  return Array.from(pattern.toUpperCase()).every((digit, at) => digit === 'X' || digit === word[at])
}

function extract({ at, encoding }: ApduScript['fields'][number], data: Uint8Array | undefined): string | undefined {
  if (!data) return undefined
  const part =
    'tlv' in at
      ? findTlv(
          data,
          at.tlv.split('/').map((tag) => parseInt(tag, 16)),
        )
      : slice(data, at.offset, at.length)
  return part && decode(part, encoding)
}

function slice(data: Uint8Array, offset: number, length: number | undefined): Uint8Array | undefined {
  const end = length === undefined ? data.length : offset + length
  return offset >= data.length || end > data.length ? undefined : data.subarray(offset, end)
}

/** Text ends at the first zero; blanks and FF around it are padding. */
function decode(bytes: Uint8Array, encoding: ApduScript['fields'][number]['encoding']): string | undefined {
  switch (encoding) {
    case 'hex':
      return Buffer.from(bytes).toString('hex').toUpperCase()
    case 'uint':
      return bytes.length > 6 ? undefined : String(bytes.reduce((sum, byte) => sum * 256 + byte, 0))
    case 'bcd': {
      const digits = Buffer.from(bytes).toString('hex').replace(/f+$/i, '')
      return /^\d*$/.test(digits) ? digits : undefined
    }
    case 'ascii':
      return /^[\x20-\x7e]*$/.test(text(bytes, 'utf-8')) ? text(bytes, 'utf-8') : undefined
    case 'gb18030':
    case 'utf-8':
    case 'utf-16le':
      return text(bytes, encoding)
  }
}

function text(bytes: Uint8Array, encoding: string): string {
  let end = bytes.length
  if (encoding !== 'utf-16le') while (end > 0 && bytes[end - 1] === 0xff) end--
  const decoded = new TextDecoder(encoding).decode(bytes.subarray(0, end))
  return decoded.split('\0', 1).join('').trim()
}
