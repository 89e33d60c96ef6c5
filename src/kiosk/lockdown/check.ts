import { z } from 'zod'
import { dataPoints } from './data-points.ts'
import { keyboardPoints } from './keyboard-points.ts'
import { packagingPath } from './packaging-path.ts'
import type { Place, Point } from './point.ts'
import { systemPoints } from './system-points.ts'
import type { SystemView } from './system-view.ts'

const pointReport = z.object({
  id: z.string(),
  what: z.string(),
  wanted: z.string(),
  found: z.string(),
  /** Null: whoever asked may not see it. */
  ok: z.boolean().nullable(),
  mend: z.string(),
  revert: z.string(),
})

type LockdownPoint = z.infer<typeof pointReport>

/** How far the computer is locked down. */
export interface LockdownReport {
  /** Every point is good, and every point could be seen. */
  readonly ok: boolean
  readonly platform: NodeJS.Platform
  readonly points: readonly LockdownPoint[]
}

/** All points of Linux; each is looked at by itself and changes nothing. */
export const linuxPoints: readonly Point[] = [...systemPoints, ...keyboardPoints, ...dataPoints]

export const DEFAULT_PLACE: Place = {
  user: 'kiosk',
  unit: 'road-transport-kiosk.service',
  dataDir: '/var/lib/kiosk',
  sitePath: '/etc/kiosk/site.json',
}

const fromWindows = z.object({ points: z.array(pointReport) })

/**
 * Looks at every point. On Windows the PowerShell script of `packaging/windows` looks; `windowsScript` is its path.
 * Never throws for what the computer is like: what cannot be seen is a point with `ok: null`.
 */
export async function checkLockdown(
  view: SystemView,
  place: Place = DEFAULT_PLACE,
  windowsScript: string | null = packagingPath('windows/check-lockdown.ps1'),
): Promise<LockdownReport> {
  const points = view.platform === 'win32' ? await lookOnWindows(view, windowsScript) : await lookOnLinux(view, place)
  return { ok: points.every(({ ok }) => ok === true), platform: view.platform, points }
}

function lookOnLinux(view: SystemView, place: Place): Promise<readonly LockdownPoint[]> {
  return Promise.all(linuxPoints.map(async ({ look, ...point }) => ({ ...point, ...(await look(view, place)) })))
}

async function lookOnWindows(view: SystemView, script: string | null): Promise<readonly LockdownPoint[]> {
  const args = ['-NoProfile', '-ExecutionPolicy', 'Bypass', '-File', script ?? '']
  const answer = script === null ? null : await view.run('powershell.exe', args)
  const parsed = fromWindows.safeParse(answer === null ? null : jsonOrNull(answer))
  if (parsed.success) return parsed.data.points
  const point = { id: 'windows', what: 'the check of Windows', wanted: 'an answer', found: 'none', ok: null }
  return [{ ...point, mend: 'run packaging/windows/check-lockdown.ps1 as administrator', revert: '' }]
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
