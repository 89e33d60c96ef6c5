import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

interface Locked {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly link?: boolean
}

/**
 * What `npm ci` installs is what was locked: every package by the SHA-512 of its bytes, and from nowhere but the registry.
 * An address in the lock file would be asked instead of it, so the only one allowed is the registry's own.
 */
const REGISTRY = 'https://registry.npmjs.org/'

interface LockFile {
  readonly lockfileVersion: number
  readonly packages: Readonly<Record<string, Locked>>
}

function problemsOf({ packages }: LockFile): readonly string[] {
  return Object.entries(packages).flatMap(([place, locked]) => {
    if (place === '') return []
    const { integrity = '', resolved, link } = locked
    return [
      ...(link === true || !place.startsWith('node_modules/') ? [`${place}: a folder, not a package`] : []),
      ...(/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity) ? [] : [`${place}: integrity ${integrity}`]),
      ...(resolved === undefined || resolved.startsWith(REGISTRY) ? [] : [`${place}: from ${resolved}`]),
    ]
  })
}

const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as LockFile

it('the lock file names every package by its SHA-512, and no place but the registry', () => {
  expect(lock.lockfileVersion).toBe(3)
  expect(Object.keys(lock.packages).length).toBeGreaterThan(100)
  expect(problemsOf(lock)).toEqual([])
})

it('no dependency is asked for by an address, a folder or a branch', () => {
  const asked = lock.packages[''] as Readonly<Record<string, Readonly<Record<string, string>>>>
  const all = Object.entries({
    ...asked['dependencies'],
    ...asked['devDependencies'],
    ...asked['optionalDependencies'],
  })
  expect(all.length).toBeGreaterThan(10)
  expect(all.filter(([, wanted]) => !/^\d+\.\d+\.\d+[\w.-]*$/.test(wanted))).toEqual([])
})

it.each([
  ['no hash', { resolved: `${REGISTRY}a/-/a-1.0.0.tgz` }],
  ['a weak hash', { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }],
  ['another place', { integrity: `sha512-${'A'.repeat(86)}==`, resolved: 'https://registry.example/a.tgz' }],
  ['a branch', { integrity: `sha512-${'A'.repeat(86)}==`, resolved: 'git+ssh://git@github.com/a/a.git#1' }],
  ['a folder', { integrity: `sha512-${'A'.repeat(86)}==`, link: true }],
])('%s would be found', (_what, locked) => {
  expect(problemsOf({ lockfileVersion: 3, packages: { 'node_modules/a': locked } })).toHaveLength(1)
})
