import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { say } from './say.ts'

const run = promisify(execFile)

/**
 * Which Debian package brings a shared library that Electron links against. Where a release renamed the package
 * (64-bit time_t), the names are tried in order.
 */
const PACKAGES: readonly (readonly [prefix: string, ...packages: string[]])[] = [
  ['libgtk-3', 'libgtk-3-0', 'libgtk-3-0t64'],
  ['libgdk-3', 'libgtk-3-0', 'libgtk-3-0t64'],
  ['libnss', 'libnss3'],
  ['libsmime', 'libnss3'],
  ['libnspr4', 'libnspr4'],
  ['libasound', 'libasound2', 'libasound2t64'],
  ['libgbm', 'libgbm1'],
  ['libdrm', 'libdrm2'],
  ['libXss', 'libxss1'],
  ['libatk-bridge', 'libatk-bridge2.0-0', 'libatk-bridge2.0-0t64'],
  ['libatk-1', 'libatk1.0-0', 'libatk1.0-0t64'],
  ['libatspi', 'libatspi2.0-0', 'libatspi2.0-0t64'],
  ['libcups', 'libcups2', 'libcups2t64'],
  ['libdbus', 'libdbus-1-3'],
  ['libxkbcommon', 'libxkbcommon0'],
  ['libX11', 'libx11-6'],
  ['libxcb', 'libxcb1'],
  ['libXcomposite', 'libxcomposite1'],
  ['libXdamage', 'libxdamage1'],
  ['libXext', 'libxext6'],
  ['libXfixes', 'libxfixes3'],
  ['libXrandr', 'libxrandr2'],
  ['libpango', 'libpango-1.0-0'],
  ['libcairo', 'libcairo2'],
  ['libexpat', 'libexpat1'],
  ['libglib', 'libglib2.0-0', 'libglib2.0-0t64'],
  ['libgobject', 'libglib2.0-0', 'libglib2.0-0t64'],
  ['libgio', 'libglib2.0-0', 'libglib2.0-0t64'],
  ['libudev', 'libudev1'],
]

/** Shared libraries the binary names and this system does not have. */
async function missingLibraries(executable: string): Promise<string[]> {
  const environment = { ...process.env, LD_LIBRARY_PATH: dirname(executable) }
  const { stdout } = await run('ldd', [executable], { env: environment }).catch(() => ({ stdout: '' }))
  return librariesNotFound(stdout)
}

/** Reads the answer of `ldd`. */
export function librariesNotFound(ldd: string): string[] {
  return [...ldd.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1] ?? '')
}

/** Packages, by any of their names, that bring `libraries`; the second list holds what no package is known for. */
export function packagesFor(libraries: readonly string[]): { packages: string[][]; unknown: string[] } {
  const packages = new Map<string, string[]>()
  const unknown: string[] = []
  for (const library of libraries) {
    const row = PACKAGES.find(([prefix]) => library.startsWith(prefix))
    if (row === undefined) unknown.push(library)
    else packages.set(row[1] ?? '', row.slice(1))
  }
  return { packages: [...packages.values()], unknown }
}

/**
 * Makes sure that Electron's libraries and, where there is no display, Xvfb are there. As root the missing Debian
 * packages are installed after saying which; otherwise they are named in one line to paste.
 * @throws when something is missing and cannot be installed from here.
 */
export async function ensureSystemPackages(executable: string, needsDisplay: boolean): Promise<void> {
  const { packages, unknown } = packagesFor(await missingLibraries(executable))
  if (needsDisplay && !onPath('Xvfb')) packages.push(['xvfb'])
  if (packages.length === 0 && unknown.length === 0) return
  if (!onPath('apt-get')) {
    throw new Error(
      `Electron needs ${[...packages.map((names) => names[0]), ...unknown].join(', ')}; install them with your package tool`,
    )
  }
  let names = chooseNames(packages)
  const line = (): string => `apt-get install -y --no-install-recommends ${names.join(' ')}`
  if (process.getuid?.() !== 0)
    throw new Error(`Electron needs Debian packages that are missing; run:\n  sudo ${line()}`)
  say(`installing missing Debian packages: ${names.join(' ')}`)
  if (!install(names)) {
    apt(['update'])
    names = chooseNames(packages)
    if (!install(names)) throw new Error(`could not install what Electron needs; try:\n  ${line()}`)
  }
  if (unknown.length > 0) throw new Error(`Electron also needs ${unknown.join(', ')}, and no package is known for it`)
}

/** Programs some tests use as the real counterpart: without them those tests are skipped and say so. */
const TEST_PROGRAMS: readonly (readonly [path: string, packageName: string])[] = [
  ['/usr/sbin/cupsd', 'cups'],
  ['/usr/sbin/pcscd', 'pcscd'],
  ['/etc/reader.conf.d/vpcd', 'vsmartcard-vpcd'],
  ['/usr/bin/pdftoppm', 'poppler-utils'],
  ['/usr/bin/openssl', 'openssl'],
  ['/usr/bin/udevadm', 'udev'],
  ['/usr/bin/systemd-analyze', 'systemd'],
  ['/usr/sbin/ip', 'iproute2'],
  ['/usr/bin/xinit', 'xinit'],
  ['/usr/bin/xset', 'x11-xserver-utils'],
  ['/usr/lib/xorg/modules/drivers/dummy_drv.so', 'xserver-xorg-video-dummy'],
  ['/usr/bin/cage', 'cage'],
  ['/usr/bin/Xwayland', 'xwayland'],
  ['/usr/sbin/nft', 'nftables'],
  ['/usr/bin/xmllint', 'libxml2-utils'],
]

/** On Debian as root, installs what the tests can use; anywhere else it names what will be missing. Never fails. */
export function offerTestPackages(): void {
  const missing = TEST_PROGRAMS.filter(([path]) => !existsSync(path)).map(([, name]) => name)
  if (missing.length === 0) return
  if (!onPath('apt-get') || process.getuid?.() !== 0) {
    say(`tests that need ${missing.join(', ')} will be skipped`)
    return
  }
  say(`installing for the tests: ${missing.join(' ')}`)
  if (install(missing)) return
  apt(['update'])
  if (!install(missing)) say(`could not install ${missing.join(', ')}: tests that need them will be skipped`)
}

/** Of each package's names the one this release knows; the first when its lists are empty. */
function chooseNames(packages: readonly (readonly string[])[]): string[] {
  return packages.map((names) => names.find((name) => hasCandidate(name)) ?? names[0] ?? '')
}

function hasCandidate(name: string): boolean {
  const answer = spawnSync('apt-cache', ['policy', name], { encoding: 'utf8' }).stdout
  return /Candidate: (?!\(none\))/.test(answer)
}

function install(names: readonly string[]): boolean {
  return apt(['install', '-y', '--no-install-recommends', ...names])
}

/** apt keeps its own lock; waiting for it is better than failing beside a nightly update. */
function apt(args: readonly string[]): boolean {
  const result = spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (result.status !== 0) say(`apt-get ${args[0] ?? ''}: ${result.stderr.trim().split('\n').at(-1) ?? ''}`)
  return result.status === 0
}

function onPath(command: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(':')
  return folders.some((folder) => existsSync(`${folder}/${command}`))
}
