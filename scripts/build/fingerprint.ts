import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../electron/paths.ts'

/** Whatever a build depends on. Dependencies count through the lock file. */
const INPUTS = [
  'src',
  'scripts/build',
  'scripts/build.ts',
  'scripts/build-fonts.ts',
  'scripts/fonts',
  'assets/texts',
  'assets/provinces',
  'assets/templates',
  'package-lock.json',
  'tsconfig.json',
]

/** Hash over the names and bytes of everything a build depends on; tests do not count. */
export async function fingerprint(): Promise<string> {
  const paths = (await Promise.all(INPUTS.map((input) => filesUnder(join(root, input))))).flat().sort()
  const hash = createHash('sha256')
  const contents = await Promise.all(paths.map((path) => readFile(path)))
  paths.forEach((path, index) => {
    hash.update(`${path}\0${contents[index]?.byteLength ?? 0}\0`).update(contents[index] ?? '')
  })
  return hash.digest('hex')
}

async function filesUnder(path: string): Promise<string[]> {
  if (!existsSync(path)) return []
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => null)
  if (entries === null) return [path]
  return entries
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}
