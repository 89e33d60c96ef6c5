import { readFileSync } from 'node:fs'
import { provinceProfile, type ProvinceProfile } from '../../domain/province.ts'

/** Reads and checks `assets/provinces/<id>.json`. Throws with the path and the field: a centre without rules must not start. */
export function readProvinceFile(path: string): ProvinceProfile {
  const parsed = provinceProfile.safeParse(JSON.parse(readFileSync(path, 'utf8')))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Error(`${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a province profile'}`)
}
