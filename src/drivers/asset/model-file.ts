import type { z } from 'zod'
import { assetPath } from '../../lib/assets.ts'
import type { Result } from '../../lib/result.ts'
import { readJson, type BadFile } from './read-json.ts'

/**
 * The profile of a printer model: `generic-80` means `assets/printers/generic-80.json`, a path with a slash or `.json`
 * means that file.
 */
export function readModel<T>(model: string, schema: z.ZodType<T>): Promise<Result<T, BadFile>> {
  const isPath = model.includes('/') || model.endsWith('.json')
  return readJson(isPath ? model : assetPath('printers', `${model}.json`), schema)
}
