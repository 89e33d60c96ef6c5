import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Absolute path of a file of `packaging/`: in the repository, or among the resources of an installed app (of its own
 * system only). Null when there is none.
 * @param from folder to begin at; this module's own when absent
 */
export function packagingPath(path: string, from = import.meta.dirname): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'packaging', path)
    if (existsSync(candidate)) return candidate
    if (dirname(folder) === folder) return null
  }
}
