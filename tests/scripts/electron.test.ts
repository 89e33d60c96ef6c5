import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { librariesNotFound, packagesFor } from '../../scripts/electron/debian.ts'
import { fallbackFits } from '../../scripts/electron/fallback.ts'
import { withFileLock } from '../../scripts/electron/file-lock.ts'
import { root } from '../../scripts/electron/paths.ts'

describe('system packages', () => {
  const ldd = `
	linux-vdso.so.1 (0x00007ffd7a5f2000)
	libffmpeg.so => /opt/electron/libffmpeg.so (0x00007f)
	libgtk-3.so.0 => not found
	libgdk-3.so.0 => not found
	libnss3.so => /lib/x86_64-linux-gnu/libnss3.so (0x00007f)
	libasound.so.2 => not found
	libmystery.so.7 => not found
`

  test('what ldd does not find is named', () => {
    expect(librariesNotFound(ldd)).toEqual(['libgtk-3.so.0', 'libgdk-3.so.0', 'libasound.so.2', 'libmystery.so.7'])
  })

  test('a library leads to its package, once, by every name the package has had', () => {
    expect(packagesFor(librariesNotFound(ldd))).toEqual({
      packages: [
        ['libgtk-3-0', 'libgtk-3-0t64'],
        ['libasound2', 'libasound2t64'],
      ],
      unknown: ['libmystery.so.7'],
    })
  })

  test('nothing missing, nothing to install', () => {
    expect(packagesFor(librariesNotFound('libc.so.6 => /lib/libc.so.6 (0x0)'))).toEqual({ packages: [], unknown: [] })
  })
})

test('the fallback is for Linux on x64 only: a laptop uses the official Electron', () => {
  expect(fallbackFits('linux', 'x64')).toBe(true)
  expect([fallbackFits('darwin', 'arm64'), fallbackFits('win32', 'x64'), fallbackFits('linux', 'arm64')]).toEqual([
    false,
    false,
    false,
  ])
})

describe('the lock of a shared folder', () => {
  let folder: string
  let lock: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lock-'))
    lock = join(folder, 'deep', 'x.lock')
  })
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  test('is held while the work is done and let go after it, also when it fails', async () => {
    await withFileLock(lock, 1_000, async () => {
      expect(await readFile(lock, 'utf8')).toBe(String(process.pid))
    })
    expect(existsSync(lock)).toBe(false)
    await expect(withFileLock(lock, 1_000, () => Promise.reject(new Error('no network')))).rejects.toThrow('no network')
    expect(existsSync(lock)).toBe(false)
  })

  test('lets one after the other in', async () => {
    const order: string[] = []
    const slow = withFileLock(lock, 5_000, async () => {
      order.push('first in')
      await new Promise((resolve) => setImmediate(resolve))
      order.push('first out')
    })
    const next = withFileLock(lock, 5_000, () => Promise.resolve(order.push('second')))
    await Promise.all([slow, next])
    expect(order.indexOf('first out')).toBe(order.indexOf('first in') + 1)
  })

  test('of a process that is gone is taken over', async () => {
    const gone = spawn(process.execPath, ['-e', ''])
    await once(gone, 'exit')
    await mkdir(join(folder, 'deep'), { recursive: true })
    await writeFile(lock, String(gone.pid))
    expect(await withFileLock(lock, 1_000, () => Promise.resolve('mine'))).toBe('mine')
  })

  test('of a process that lives is respected, and waiting for it has an end', async () => {
    await mkdir(join(folder, 'deep'), { recursive: true })
    await writeFile(lock, String(process.ppid))
    await expect(withFileLock(lock, 0, () => Promise.resolve('mine'))).rejects.toThrow('held by another process')
  })
})

describe('the stand-in for Electron’s default application', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'loader-'))
    await mkdir(join(folder, 'node_modules', 'electron'), { recursive: true })
    await writeFile(
      join(folder, 'node_modules', 'electron', 'index.js'),
      `const calls = []
       exports.app = new Proxy({}, { get: (_t, name) => (...args) => {
         calls.push([name, ...args]); if (name === 'exit') process.exit(args[0]) } })
       exports.calls = calls`,
    )
    await writeFile(
      join(folder, 'main.cjs'),
      await readFile(join(root, 'scripts', 'electron', 'loader', 'main.cjs'), 'utf8'),
    )
    await mkdir(join(folder, 'app'))
    await writeFile(join(folder, 'app', 'package.json'), '{"name":"kiosk","version":"1.2.3","main":"start.cjs"}')
    await writeFile(
      join(folder, 'app', 'start.cjs'),
      `console.log(JSON.stringify({ argv: process.argv.slice(1), preloaded: globalThis.preloaded ?? false,
         calls: require('electron').calls }))`,
    )
    await writeFile(join(folder, 'preload.cjs'), 'globalThis.preloaded = true')
  })
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  /** Runs the loader with `args` behind the program, as Electron would. */
  const load = async (...args: string[]): Promise<{ code: number; said: string }> => {
    const entry = `process.argv = [process.argv[0], ...${JSON.stringify(args)}]; require(${JSON.stringify(join(folder, 'main.cjs'))})`
    const child = spawn(process.execPath, ['-e', entry], {
      cwd: folder,
      env: { ...process.env, NODE_PATH: join(folder, 'node_modules') },
    })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const [code] = (await once(child, 'close')) as [number]
    return { code, said }
  }

  test('loads the folder named behind the switches and leaves it its own arguments', async () => {
    const { code, said } = await load('--no-sandbox', '--inspect=0', join(folder, 'app'), '--windowed')
    expect(code).toBe(0)
    expect(JSON.parse(said)).toEqual({
      argv: [join(folder, 'app'), '--windowed'],
      preloaded: false,
      calls: [
        ['setName', 'kiosk'],
        ['setVersion', '1.2.3'],
        ['setAppPath', join(folder, 'app')],
      ],
    })
  })

  test('loads modules asked for with -r before the application', async () => {
    const { said } = await load('-r', join(folder, 'preload.cjs'), join(folder, 'app'))
    expect(JSON.parse(said)).toMatchObject({ preloaded: true })
  })

  test('says so when there is no application', async () => {
    expect(await load('--no-sandbox')).toEqual({ code: 1, said: '' })
    expect(await load(join(folder, 'missing'))).toEqual({ code: 1, said: '' })
  })
})
