import type { SystemView } from './system-view.ts'

/** What the points are asked about. */
export interface Place {
  /** The kiosk's user. */
  readonly user: string
  /** Name of the systemd unit. */
  readonly unit: string
  readonly dataDir: string
  readonly sitePath: string
}

/** How a point is: `null` when this user may not see it. */
export interface Found {
  readonly ok: boolean | null
  readonly found: string
}

/** One thing that keeps a citizen out of the system, or a thief out of the data. */
export interface Point {
  readonly id: string
  readonly what: string
  readonly wanted: string
  /** What a technician does about it. */
  readonly mend: string
  /** How it is taken back. */
  readonly revert: string
  readonly look: (view: SystemView, place: Place) => Promise<Found>
}

export const APPLY = 'npm run lockdown -- --apply'
export const REVERT = 'npm run lockdown -- --revert'

export const good = (found: string): Found => ({ ok: true, found })
export const bad = (found: string): Found => ({ ok: false, found })
export const unseen = (found: string): Found => ({ ok: null, found })

/** A kernel setting under /proc/sys. */
export async function kernelSetting(view: SystemView, name: string): Promise<string | null> {
  return (await view.read(`/proc/sys/${name.replaceAll('.', '/')}`))?.trim() ?? null
}

/**
 * The value a key of an ini-like configuration ends up with: the file, then its drop-ins in order of their names, as
 * systemd reads them. Null when nobody sets it.
 */
export async function configured(view: SystemView, file: string, key: string): Promise<string | null> {
  const folder = `${file}.d`
  const dropIns = (await view.list(folder)).filter((name) => name.endsWith('.conf')).map((name) => `${folder}/${name}`)
  let value: string | null = null
  for (const path of [file, ...dropIns]) {
    const text = (await view.read(path)) ?? ''
    for (const match of text.matchAll(new RegExp(`^[ \\t]*${key}[ \\t]*=[ \\t]*(.*?)[ \\t]*$`, 'gm')))
      value = match[1] ?? null
  }
  return value
}
