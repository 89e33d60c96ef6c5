import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { withFileLock } from './file-lock.ts'
import { cacheDir } from './paths.ts'
import { say } from './say.ts'

const require = createRequire(import.meta.url)
const home = dirname(require.resolve('electron/package.json'))
const { version } = require('electron/package.json') as { version: string }

/** How long the release site has to show its first bytes before it counts as out of reach. */
const PROBE_MS = 8_000
/** How long the whole download may take once bytes are known to arrive. */
const DOWNLOAD_MS = 5 * 60_000
/** For how long an unreachable release site is not asked again. */
const REMEMBER_MS = 12 * 60 * 60_000

const unreachableMark = join(cacheDir, 'official-unreachable')

export const officialVersion = version

/** The official binary if it is there or can be had, else null. Never waits longer than the limits above. */
export async function officialElectron(): Promise<string | null> {
  const present = await installed()
  if (present !== null) return present
  if (await recentlyUnreachable()) return null
  return withFileLock(join(cacheDir, 'official.lock'), DOWNLOAD_MS + 60_000, async () => {
    const meanwhile = await installed()
    if (meanwhile !== null || (await recentlyUnreachable())) return meanwhile
    return download()
  })
}

async function download(): Promise<string | null> {
  if (await releaseSiteAnswers()) {
    say(`downloading Electron ${version} …`)
    if (await runInstaller()) return installed()
  }
  await mkdir(cacheDir, { recursive: true })
  await writeFile(unreachableMark, 'delete this file to try the download again\n')
  say(`the official Electron ${version} cannot be downloaded from here`)
  return null
}

async function installed(): Promise<string | null> {
  const relative = await readFile(join(home, 'path.txt'), 'utf8').catch(() => null)
  if (relative === null) return null
  const path = join(home, 'dist', relative)
  return existsSync(path) ? path : null
}

async function recentlyUnreachable(): Promise<boolean> {
  const mark = await stat(unreachableMark).catch(() => null)
  return mark !== null && Date.now() - mark.mtimeMs < REMEMBER_MS
}

/** Asks for the first bytes of the very file that would be downloaded: a name that resolves proves nothing. */
async function releaseSiteAnswers(): Promise<boolean> {
  const file = `electron-v${version}-${process.platform}-${process.arch}.zip`
  const mirror = process.env['ELECTRON_MIRROR'] ?? process.env['npm_config_electron_mirror']
  const base = mirror ?? 'https://github.com/electron/electron/releases/download/'
  const signal = AbortSignal.timeout(PROBE_MS)
  try {
    const answer = await fetch(`${base}v${version}/${file}`, { headers: { range: 'bytes=0-1023' }, signal })
    const chunk = await answer.body?.getReader().read()
    return answer.ok && (chunk?.value?.byteLength ?? 0) > 0
  } catch {
    return false
  }
}

/** Electron's own installer, which checks the archive against its published hashes; its noise is kept to one line. */
function runInstaller(): Promise<boolean> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(home, 'install.js')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: DOWNLOAD_MS,
    })
    let complaint = ''
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(0, 300)
    })
    child.once('close', (code) => {
      if (code !== 0) say(`download failed: ${complaint.split('\n')[0] ?? ''}`)
      done(code === 0)
    })
  })
}
