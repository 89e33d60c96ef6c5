import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { afterPack, furtherFuses } from '../../scripts/package/after-pack.ts'
import { root } from '../../scripts/electron/paths.ts'

const known = Object.values(FuseV1Options).filter(
  (name): name is keyof typeof FuseV1Options => typeof name === 'string',
)

/** The fuses stated in electron-builder.yml, read as text: `  runAsNode: false` under `electronFuses:`. */
const stated = ((): Map<string, boolean> => {
  const text = readFileSync(join(root, 'electron-builder.yml'), 'utf8')
  const block = /^electronFuses:\n((?: {2}.*\n)+)/m.exec(text)?.[1] ?? ''
  const lines = [...block.matchAll(/^ {2}(\w+): (true|false)$/gm)]
  return new Map(lines.map(([, name = '', value]) => [name.charAt(0).toUpperCase() + name.slice(1), value === 'true']))
})()

describe('the fuses of the shipped binary', () => {
  test('every fuse that Electron has is decided, each in one place', () => {
    const further = Object.keys(furtherFuses).map((index) => FuseV1Options[Number(index)])
    expect([...stated.keys(), ...further].sort()).toEqual([...known].sort())
  })

  test('no door for another program is open', () => {
    for (const door of ['RunAsNode', 'EnableNodeOptionsEnvironmentVariable', 'EnableNodeCliInspectArguments']) {
      expect([door, stated.get(door)]).toEqual([door, false])
    }
    expect(stated.get('OnlyLoadAppFromAsar')).toBe(true)
    expect(stated.get('EnableEmbeddedAsarIntegrityValidation')).toBe(true)
    expect(stated.get('GrantFileProtocolExtraPrivileges')).toBe(false)
  })
})

/** What every fuse is meant to be: electron-builder's list and our hook's, together. */
const wanted = new Map<string, boolean>([
  ...stated,
  ...Object.entries(furtherFuses).map(([index, value]) => [FuseV1Options[Number(index)] ?? index, value] as const),
])

/** The fuses burnt into a binary, by name. */
async function burnt(binary: string): Promise<Map<string, boolean>> {
  const wire: Readonly<Record<string, unknown>> = { ...(await getCurrentFuseWire(binary)) }
  const value = (name: string): unknown => wire[String(FuseV1Options[name as keyof typeof FuseV1Options])]
  return new Map(known.map((name) => [name, value(name) === FuseState.ENABLE]))
}

describe('the fuses in a binary', () => {
  test('the hook burns what electron-builder does not know, and leaves the others as they are', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fuses-'))
    try {
      // What Electron puts into its binary: a mark, the version, the number of fuses, and one letter each.
      const binary = join(folder, 'kiosk')
      const letters = '0'.repeat(known.length - 1) + '1'
      const mark = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX')
      writeFileSync(
        binary,
        Buffer.concat([Buffer.alloc(64), mark, Buffer.from([1, known.length]), Buffer.from(letters), Buffer.alloc(64)]),
      )
      expect((await burnt(binary)).get('WasmTrapHandlers')).toBe(true)
      await afterPack({
        appOutDir: folder,
        electronPlatformName: 'linux',
        packager: { executableName: 'kiosk', appInfo: { productFilename: 'kiosk' } },
      })
      expect([...(await burnt(binary)).values()]).toEqual(known.map(() => false))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  const built = join(root, 'release', 'linux-unpacked', 'road-transport-kiosk')
  test.skipIf(!existsSync(built))('of the built app are the ones that are stated, all of them', async () => {
    expect(new Map([...(await burnt(built))].sort())).toEqual(new Map([...wanted].sort()))
  })

  test('are nine, and each is meant to be on or off', () => {
    expect([...wanted.keys()].sort()).toEqual([...known].sort())
    expect(known).toHaveLength(9)
  })
})

describe('what is packaged', () => {
  const text = readFileSync(join(root, 'electron-builder.yml'), 'utf8')

  test.each(['!dist/rig*', '!dist/dock*', '!dist/renderer/dock*', '!dist/central*', '!dist/**/*.map'])(
    'leaves out %s',
    (pattern) => {
      expect(text).toContain(`- '${pattern}'`)
    },
  )

  test('is the Electron of package.json', () => {
    const pack = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      devDependencies: { electron: string }
    }
    expect(text).toContain(`electronVersion: ${pack.devDependencies.electron}\n`)
  })
})
