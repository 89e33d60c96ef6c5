import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { err, ok, type Result } from '../../lib/result.ts'

/** A profile, template or data file that cannot be used; `detail` names the file, the place and the rule in words. */
export interface BadFile {
  readonly code: 'BAD_FILE'
  readonly detail: string
}

/** Reads a JSON file and checks it against its schema. */
export async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<Result<T, BadFile>> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    return err({ code: 'BAD_FILE', detail: `${path}: ${(cause as Error).message}` })
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    return err({ code: 'BAD_FILE', detail: `${path} is not JSON: ${(cause as Error).message}` })
  }
  const checked = schema.safeParse(parsed)
  if (checked.success) return ok(checked.data)
  return err({ code: 'BAD_FILE', detail: `${path}:\n${z.prettifyError(checked.error)}` })
}
