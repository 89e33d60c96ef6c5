import { join } from 'node:path'

/** Root of the repository. */
export const root = join(import.meta.dirname, '..', '..')

/** What the scripts fetch for themselves lives here; git ignores it, deleting it is always safe. */
export const cacheDir = join(root, '.electron')
