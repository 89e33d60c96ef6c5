import type { TextRef } from './text-ref.ts'

export type { TextRef } from './text-ref.ts'

/** Apart from its schema (text-ref.ts), so that the page can say a sentence without carrying zod. */
export function text(key: string, params?: Readonly<Record<string, string | number>>): TextRef {
  return params === undefined ? { key } : { key, params: { ...params } }
}
