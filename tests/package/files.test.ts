import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../../scripts/electron/paths.ts'

const builder = readFileSync(join(root, 'electron-builder.yml'), 'utf8')
const bundles = readFileSync(join(root, 'scripts', 'build', 'bundles.ts'), 'utf8')

interface Package {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}
const packageOf = (folder: string): Package =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Package

/** What the bundles leave outside, as far as the product depends on it: the rest is for development. */
const outside = [...(/^const NATIVE = \[([^\]]*)\]/m.exec(bundles)?.[1] ?? '').matchAll(/'([^']+)'/g)]
  .map(([, name = '']) => name)
  .filter((name) => name in (packageOf('.').dependencies ?? {}))

/** Whether a line of the list covers the package: itself, its scope, or a name that begins so. */
const isPacked = (name: string): boolean =>
  [...builder.matchAll(/^ {2}- node_modules\/(\S+)\/\*\*$/gm)].some(([, pattern = '']) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern || name.startsWith(`${pattern}/`),
  )

describe('what the packaged app finds in node_modules', () => {
  test('the list of modules with native code is found', () => {
    expect(outside).toContain('better-sqlite3-multiple-ciphers')
    expect(outside.length).toBeGreaterThan(4)
  })

  test.each(outside)('%s is packed', (name) => {
    expect(isPacked(name)).toBe(true)
  })

  test.each(outside)('%s finds the binary it keeps in another package', (name) => {
    const binaries = Object.keys(packageOf(join('node_modules', name)).optionalDependencies ?? {})
    const here = binaries.filter((binary) => binary.includes('linux-x64-gnu') || binary.includes('win32-x64'))
    expect(here.filter((binary) => !isPacked(binary))).toEqual([])
  })
})

describe('what the packaged app finds beside its archive', () => {
  test.each([
    ['linux', 'packaging/linux'],
    ['win', 'packaging/windows'],
  ])('on %s its own part of packaging/', (system, folder) => {
    const block = new RegExp(`^${system}:\\n((?: .*\\n)+)`, 'm').exec(builder)?.[1] ?? ''
    expect(block).toContain(`    - from: ${folder}\n      to: ${folder}\n`)
  })
})
