import { z } from 'zod'

/**
 * A sentence of the interface: a key of the one text file (`assets/texts/zh-CN.json`) and what to put into it.
 * Parameters are display-ready except dates, which travel as `YYYY-MM-DD` and are written out by the renderer.
 */
export const TextRef = z.object({
  key: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
})
export type TextRef = z.infer<typeof TextRef>
