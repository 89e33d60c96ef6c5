import { z } from 'zod'

const text = (limit: number) => z.string().max(limit)

const TextBlock = z.strictObject({
  type: z.literal('text'),
  text: text(2000),
  align: z.enum(['left', 'center', 'right']).optional(),
  /** `tall` is twice as high, `large` twice as high and wide. */
  size: z.enum(['normal', 'tall', 'large']).optional(),
  bold: z.boolean().optional(),
  /** White on black, padded to the whole line: the 样张 mark. */
  inverse: z.boolean().optional(),
})

const PairBlock = z.strictObject({
  type: z.literal('pair'),
  label: text(40),
  value: text(400),
  bold: z.boolean().optional(),
  size: z.enum(['normal', 'tall']).optional(),
})

const FieldsBlock = z.strictObject({
  type: z.literal('fields'),
  /** Labels share one column as wide as the longest of them; values wrap beside it. */
  fields: z
    .array(z.strictObject({ label: text(24), value: text(400), bold: z.boolean().optional() }))
    .min(1)
    .max(40),
})

const ListBlock = z.strictObject({
  type: z.literal('list'),
  /** Numbered; `detail` lines stand indented below their title. */
  items: z.array(z.strictObject({ title: text(200), details: z.array(text(400)).max(6) })).max(40),
})

const QrBlock = z.strictObject({
  type: z.literal('qr'),
  /** Up to 300 bytes; control characters are refused (a printer obeys some of them even inside a symbol). */
  data: z
    .string()
    .min(1)
    .refine((data) => Buffer.byteLength(data, 'utf8') <= 300, 'more than 300 bytes')
    .refine((data) => !/\p{Cc}/u.test(data), 'control characters'),
  /** Dots per module, 3 to 10; 203 dpi prints 8 dots per millimetre. */
  moduleDots: z.int().min(3).max(10).optional(),
  level: z.enum(['L', 'M', 'Q', 'H']).optional(),
})

const RuleBlock = z.strictObject({ type: z.literal('rule'), style: z.enum(['solid', 'dashed']).optional() })
const BlankBlock = z.strictObject({ type: z.literal('blank'), lines: z.int().min(1).max(8).optional() })

const BLOCKS = [TextBlock, PairBlock, FieldsBlock, ListBlock, QrBlock, RuleBlock, BlankBlock] as const

/**
 * A receipt as its author thinks of it: blocks from top to bottom, no printer in it. It ends with a cut. Documented
 * with an example in docs/devices/receipt-printer.md; `receipt-printer print --template` reads it as JSON.
 */
export const Receipt = z.strictObject({
  receipt: z.literal(1),
  blocks: z.array(z.discriminatedUnion('type', BLOCKS)).min(1).max(200),
})

export type Receipt = z.infer<typeof Receipt>
export type ReceiptBlock = Receipt['blocks'][number]
