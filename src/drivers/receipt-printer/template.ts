import { z } from 'zod'
import { err, ok, type Result } from '../../lib/result.ts'
import { fillTokens, type TemplateData } from '../typeset/tokens.ts'
import { Receipt } from './receipt.ts'

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

const Json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(Json), z.record(z.string(), Json)]),
)

/**
 * A receipt with holes: the blocks of a `Receipt` in which any text may hold `{{token}}`s, and
 * - an object with `"when": "token"` exists only where that token has a value that is not empty;
 * - a list block with `"each": "token"` has one item per row of that list, its `title` and `details` filled from the row.
 */
export const ReceiptTemplate = z.strictObject({
  template: z.literal(1),
  code: z.string(),
  name: z.string(),
  version: z.int().min(1),
  blocks: z.array(z.record(z.string(), Json)).min(1),
})

export type ReceiptTemplate = z.infer<typeof ReceiptTemplate>

export type TemplateError =
  | { readonly code: 'TOKEN_MISSING'; readonly tokens: readonly string[] }
  /** The filled template is no receipt: `detail` names the place and the rule. */
  | { readonly code: 'NOT_A_RECEIPT'; readonly detail: string }

/** Fills the holes. A token without a value is an error: a receipt with a gap is not printed. */
export function fillReceiptTemplate(template: ReceiptTemplate, data: TemplateData): Result<Receipt, TemplateError> {
  const missing = new Set<string>()
  const blocks = template.blocks
    .filter((block) => isWanted(block, data))
    .map((block) => (typeof block['each'] === 'string' ? repeated(block, data, missing) : filled(block, data, missing)))
  if (missing.size > 0) return err({ code: 'TOKEN_MISSING', tokens: [...missing] })
  const receipt = Receipt.safeParse({ receipt: 1, blocks })
  if (!receipt.success) return err({ code: 'NOT_A_RECEIPT', detail: z.prettifyError(receipt.error) })
  return ok(receipt.data)
}

function filled(value: Json, data: TemplateData, missing: Set<string>): Json {
  if (typeof value === 'string') return fillTokens(value, data, missing)
  if (isList(value)) return value.filter((item) => isWanted(item, data)).map((item) => filled(item, data, missing))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'when')
      .map(([key, inner]) => [key, filled(inner, data, missing)]),
  )
}

function repeated(block: Readonly<Record<string, Json>>, data: TemplateData, missing: Set<string>): Json {
  const { each, title = '', details = [], ...rest } = block
  const name = typeof each === 'string' ? each : ''
  const rows = Object.hasOwn(data, name) ? data[name] : undefined
  if (rows === undefined || typeof rows === 'string') {
    missing.add(name)
    return {}
  }
  const items = rows.map((row) => filled({ title, details }, { ...data, ...row }, missing))
  return { ...(filled(rest, data, missing) as Record<string, Json>), items }
}

function isWanted(value: Json, data: TemplateData): boolean {
  if (typeof value !== 'object' || value === null || isList(value)) return true
  const when = value['when']
  if (typeof when !== 'string') return true
  const given = Object.hasOwn(data, when) ? data[when] : undefined
  return given !== undefined && given.length > 0
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
