import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { licencesPage, makeSbom } from '../../scripts/sbom.ts'

const root = join(import.meta.dirname, '../..')
const sbom = makeSbom(Date.UTC(2026, 10, 23))

const licence = z.union([
  z.strictObject({ license: z.strictObject({ id: z.string().regex(/^[A-Za-z0-9.+-]+$/) }) }),
  z.strictObject({ expression: z.string().min(1) }),
])
const component = z.strictObject({
  'bom-ref': z.string().min(1),
  type: z.enum(['library', 'framework', 'machine-learning-model', 'file']),
  name: z.string().min(1),
  version: z.string().min(1),
  purl: z.string().startsWith('pkg:npm/').optional(),
  hashes: z.array(
    z.discriminatedUnion('alg', [
      z.strictObject({ alg: z.literal('SHA-512'), content: z.string().regex(/^[0-9a-f]{128}$/) }),
      z.strictObject({ alg: z.literal('SHA-256'), content: z.string().regex(/^[0-9a-f]{64}$/) }),
    ]),
  ),
  licenses: z.array(licence).min(1),
})
/** The members of CycloneDX 1.5 that we use, as its schema has them. */
const document = z.strictObject({
  $schema: z.literal('http://cyclonedx.org/schema/bom-1.5.schema.json'),
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.literal('1.5'),
  serialNumber: z.string().regex(/^urn:uuid:[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/),
  version: z.literal(1),
  metadata: z.strictObject({ timestamp: z.iso.datetime(), component }),
  components: z.array(component).min(100),
  dependencies: z.array(z.strictObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
})

describe('the bill of materials', () => {
  it('has the shape of CycloneDX 1.5, every reference once and none into the void', () => {
    document.parse(sbom)
    const refs = [sbom.metadata.component, ...sbom.components].map((one) => one['bom-ref'])
    expect(new Set(refs).size).toBe(refs.length)
    const used = sbom.dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn])
    expect(used.filter((ref) => !refs.includes(ref))).toEqual([])
  })

  it('holds every production dependency of package.json, the Electron it runs in, the models and the type', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>
      devDependencies: Record<string, string>
    }
    const held = new Map(sbom.components.map(({ name, version }) => [name, version]))
    for (const [name, version] of Object.entries(dependencies)) {
      const versions = sbom.components.filter((one) => one.name === name).map((one) => one.version)
      expect([name, versions]).toEqual([name, expect.arrayContaining([version])])
    }
    expect(held.get('electron')).toBe(devDependencies['electron'])
    expect([...held.keys()].filter((name) => name.endsWith('.onnx'))).toHaveLength(5)
    expect([...held.keys()].filter((name) => name.endsWith('.ttf'))).toHaveLength(2)
    for (const tool of ['vitest', 'eslint', 'typescript', 'playwright-core']) expect(held.has(tool), tool).toBe(false)
  })

  it('reaches everything it lists from the product', () => {
    const edges = new Map(sbom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]))
    const seen = new Set<string>()
    const open = [sbom.metadata.component['bom-ref']]
    for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
      if (seen.has(ref)) continue
      seen.add(ref)
      open.push(...(edges.get(ref) ?? []))
    }
    const unreached = sbom.components.map((one) => one['bom-ref']).filter((ref) => !seen.has(ref))
    expect(unreached).toEqual([])
  })

  it('says of each package what npm’s own list says: its place and its hash', () => {
    const options = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only']
    const whole = JSON.parse(
      execFileSync('npm', options, {
        cwd: root,
        maxBuffer: 64 * 1024 * 1024,
        stdio: ['ignore', 'pipe', 'ignore'],
      }).toString(),
    ) as { components: { purl: string; hashes?: { alg: string; content: string }[] }[] }
    const theirs = new Map(whole.components.map(({ purl, hashes }) => [purl, hashes?.[0]?.content]))
    const packages = sbom.components.filter(({ purl }) => purl !== undefined)
    for (const { purl = '', hashes } of packages) expect([purl, theirs.get(purl)]).toEqual([purl, hashes[0]?.content])
  })
})

describe('docs/licences.md', () => {
  it('is what the lock file says (else: npm run sbom)', async () => {
    expect(readFileSync(join(root, 'docs/licences.md'), 'utf8')).toBe(await licencesPage(sbom))
  })

  it('names the licence that the installed package names', () => {
    const wrong: unknown[] = []
    for (const { name, version, licenses } of sbom.components) {
      const file = join(root, 'node_modules', name, 'package.json')
      if (!existsSync(file)) continue
      const installed = JSON.parse(readFileSync(file, 'utf8')) as { version: string; license?: string }
      if (installed.version !== version || typeof installed.license !== 'string') continue
      const ours = licenses.map((one) => ('expression' in one ? one.expression : one.license.id)).join()
      if (ours !== installed.license) wrong.push([name, ours, installed.license])
    }
    expect(wrong).toEqual([])
  })

  it('has no licence that asks for more than to be named', () => {
    const ids = sbom.components.flatMap(({ licenses }) =>
      licenses.map((one) => ('expression' in one ? one.expression : one.license.id)),
    )
    expect(ids.filter((id) => /\b(A?GPL|SSPL|BUSL|CC-BY-NC)/.test(id))).toEqual([])
  })
})
