import { accessSync, constants, existsSync } from 'node:fs'
import { assetPath } from '../../lib/assets.ts'
import type { Clock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { buildDevices } from '../devices.ts'
import type { Site } from '../site/schema.ts'
import type { SiteDraft } from './site-draft.ts'
import { namedProblem } from './site-problem.ts'
import { sentence } from './words.ts'

/**
 * Tries a draft without touching a port or the disk: the file's own rules, the profiles and templates of every device,
 * whether ports, certificate authority and province exist. What the devices answer shows only on trial.
 * @returns what is wrong and what to do, in the technician's language; empty when nothing is
 */
export async function dryRun(draft: SiteDraft, clock: Clock): Promise<readonly string[]> {
  const site = draft.check()
  if (!site.ok) return site.error.map(namedProblem)
  const built = await buildDevices(site.value, clock, silentLog)
  return [
    ...(built.ok ? [] : [sentence('console.siteProblem.device', { detail: built.error.detail })]),
    ...missingPorts(site.value),
    ...unreadable('centre.caFile', site.value.centre.caFile),
    ...unreadable('face.manifest', site.value.face.manifest),
    ...(existsSync(assetPath('provinces', `${site.value.province}.json`))
      ? []
      : [problemAt('province', 'noProfile', { province: site.value.province })]),
  ]
}

function problemAt(path: string, name: string, params: Readonly<Record<string, string>>): string {
  return namedProblem({ path, words: sentence(`console.siteProblem.${name}`, params) })
}

function missingPorts(site: Site): readonly string[] {
  return Object.entries(site.devices).flatMap(([role, device]) => {
    const transport =
      device !== undefined && 'transport' in device ? (device.transport as { kind: string; path?: string }) : null
    if (transport?.kind !== 'serial' || transport.path === undefined) return []
    // Windows names its ports in no folder.
    if (process.platform === 'win32' || existsSync(transport.path)) return []
    return [problemAt(`devices.${role}.transport.path`, 'portAway', { port: transport.path })]
  })
}

function unreadable(path: string, file: string | undefined): readonly string[] {
  if (file === undefined) return []
  try {
    accessSync(file, constants.R_OK)
    return []
  } catch {
    return [problemAt(path, 'unreadable', { file })]
  }
}
