import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { bundles } from '../../scripts/build/bundles.ts'

/** Bundles that are packaged; the others are left out by electron-builder.yml. */
const SHIPPED = ['main', 'preload', 'kiosk', 'face']
const root = join(import.meta.dirname, '..', '..')

/** The source files of ours in the bundle called `name`, as the build makes it. */
async function sourcesOf(bundle: (typeof bundles)[number], name: string): Promise<readonly string[]> {
  const entry = (bundle.entryPoints as Readonly<Record<string, string>>)[name] ?? ''
  const built = await build({ ...bundle, entryPoints: { [name]: entry }, write: false, metafile: true, minify: false })
  return Object.keys(built.metafile.inputs).filter((input) => input.startsWith('src/'))
}

const shipped = bundles.flatMap((bundle) =>
  Object.keys(bundle.entryPoints as object)
    .filter((name) => SHIPPED.includes(name))
    .map((name) => [`${String(bundle.platform)}/${name}`, bundle, name] as const),
)

describe('a production build', () => {
  it.each(shipped)('%s has no rig, no dock page and no simulator in it', async (_, bundle, name) => {
    const sources = await sourcesOf(bundle, name)
    expect(sources.length).toBeGreaterThan(0)
    const unwanted =
      /^src\/(rig|renderer\/dock|central\/server)\/|\/simulat[a-z-]*\.ts$|simulated-|fault-script|pty\.ts$/
    expect(sources.filter((source) => unwanted.test(source))).toEqual([])
  })

  it('leaves out the bundles of the rig, the dock and the centre', () => {
    const packaging = readFileSync(join(root, 'electron-builder.yml'), 'utf8')
    const names = bundles.flatMap(({ entryPoints }) => Object.keys(entryPoints as object))
    const others = names.filter((name) => !SHIPPED.includes(name))
    expect([...new Set(others)].sort()).toEqual(['central', 'dock', 'dock-preload', 'rig'])
    for (const pattern of ['!dist/rig*', '!dist/dock*', '!dist/renderer/dock*', '!dist/central*'])
      expect(packaging).toContain(`- '${pattern}'`)
  })
})
