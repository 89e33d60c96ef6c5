import { build as bundle } from 'esbuild'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildFonts } from './build-fonts.ts'
import { bundles, copies } from './build/bundles.ts'
import { fingerprint } from './build/fingerprint.ts'
import { withFileLock } from './electron/file-lock.ts'
import { cacheDir, root } from './electron/paths.ts'

const dist = join(root, 'dist')
const stamp = join(dist, '.fingerprint')

/**
 * Builds everything into `dist/`, or does nothing when `dist/` was built from the very same inputs. Commands started
 * together build once.
 */
export async function build(): Promise<'built' | 'up-to-date'> {
  return withFileLock(join(cacheDir, 'build.lock'), 120_000, async () => {
    const wanted = await fingerprint()
    if (wanted === (await readFile(stamp, 'utf8').catch(() => ''))) return 'up-to-date'
    await rm(stamp, { force: true })
    await mkdir(dist, { recursive: true })
    await Promise.all([
      ...bundles.map((options) => bundle(options)),
      copyFiles(),
      buildFonts(join(dist, 'renderer', 'fonts')),
    ])
    await writeFile(stamp, wanted)
    return 'built'
  })
}

async function copyFiles(): Promise<void> {
  for (const [from, to] of copies) await cp(join(root, 'src', from), join(dist, to), { recursive: true })
}

if (import.meta.main) {
  const from = performance.now()
  const outcome = await build()
  console.log(`${outcome} in ${Math.round(performance.now() - from)} ms`)
}
