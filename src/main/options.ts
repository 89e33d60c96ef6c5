import { join } from 'node:path'

/** How this run of the shell was asked to behave. */
export interface ShellOptions {
  /** Path of the site file; null runs the rig, or in a packaged app shows that it is missing. */
  readonly site: string | null
  /** Folder of store, logs and Chromium's profile. */
  readonly data: string
  readonly windowed: boolean
  readonly dock: boolean
  /** Print start marks for the bench. */
  readonly trace: boolean
  readonly development: boolean
  /** Module of the kiosk process. */
  readonly kioskEntry: string
  /** Folder with `index.html`. */
  readonly pages: string
}

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv
  readonly argv: readonly string[]
  readonly packaged: boolean
  /** Folder that holds `dist/`. */
  readonly appPath: string
  /** Where a packaged app keeps its data. */
  readonly userData: string
}

/** Reads the environment and the command line. What weakens the kiosk is read only in development. */
export function readOptions({ env, argv, packaged, appPath, userData }: Surroundings): ShellOptions {
  const development = !packaged
  const set = (name: string): string | null => {
    const value = env[name]
    return value === undefined || value === '' ? null : value
  }
  const dist = join(appPath, 'dist')
  return {
    site: set('KIOSK_SITE'),
    data: set('KIOSK_DATA') ?? (packaged ? userData : join(appPath, '.kiosk')),
    windowed: development && (set('KIOSK_WINDOWED') === '1' || argv.includes('--windowed')),
    dock: development && set('KIOSK_DOCK') !== '0',
    trace: set('KIOSK_TRACE_START') === '1',
    development,
    kioskEntry: (development ? set('KIOSK_ENTRY') : null) ?? join(dist, 'kiosk.mjs'),
    pages: (development ? set('KIOSK_PAGES') : null) ?? join(dist, 'renderer'),
  }
}
