import { z } from 'zod'

const Mm = z.number().min(0).max(600)

const Field = z.strictObject({
  name: z.string().min(1),
  /** Text with `{{token}}`s. */
  text: z.string().min(1).max(200),
  /** Left edge from the left edge of the page. */
  xMm: Mm,
  /** Top of the characters from the top of the row. */
  yMm: Mm,
  /** The text wraps to this width. */
  widthMm: z.number().min(5).max(600),
  /** Wrapped into more lines than this it does not fit, and nothing is printed. */
  maxLines: z.int().min(1).max(6),
  /** Printed only where this token has a value that is not empty (补打, 样张). */
  when: z.string().optional(),
})

/** A page with rows of the same layout, filled one by one over the years: the 审验记录 page of a 道路运输证. */
export const RowTemplate = z.strictObject({
  template: z.literal(1),
  code: z.string(),
  name: z.string(),
  version: z.int().min(1),
  page: z.strictObject({
    title: z.string(),
    widthMm: z.number().min(50).max(450),
    heightMm: z.number().min(50).max(600),
    /** A measured document may differ by so much and still be this page. */
    toleranceMm: z.number().min(0).max(20),
  }),
  rows: z.strictObject({
    count: z.int().min(1).max(40),
    /** Top of row 1 from the top of the page. */
    firstYMm: Mm,
    pitchMm: z.number().min(4).max(300),
  }),
  /** From line to line within a wrapped field. */
  lineMm: z.number().min(3).max(12),
  fields: z.array(Field).min(1).max(40),
})

export type RowTemplate = z.infer<typeof RowTemplate>
