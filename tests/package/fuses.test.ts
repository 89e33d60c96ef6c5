import { FuseV1Options } from '@electron/fuses'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { furtherFuses } from '../../scripts/package/after-pack.ts'
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
