import { err, ok, type Result } from '../../lib/result.ts'
import type { Desk } from './page.ts'
import { sealChange } from './site-seal.ts'
import { beginTrial } from './trial.ts'
import { sentence } from './words.ts'

/** How many values of one change the audit spells out; more are counted. */
const MOST_AUDITED = 100

/**
 * Puts the draft in the place of the site file, on trial, and starts the kiosk anew. Old and new values go into the audit
 * before the file changes.
 */
export function applyDraft(desk: Desk): Result<void, { readonly code: 'NOT_WRITTEN'; readonly detail: string }> {
  const { rooms, draft, member, record } = desk
  const changes = draft.changes()
  for (const { path, from, to } of changes.slice(0, MOST_AUDITED))
    record({ action: 'site.changed', target: path, detail: { from, to } })
  const good = rooms.devices
    .devices()
    .filter(({ report }) => report.usable)
    .map(({ role }) => role)
  try {
    const { sitePath, dataDir, clock, device } = rooms
    const sealed = sealChange(sitePath, draft.text, device, member.id, clock.now())
    if (!sealed.ok) {
      record({ action: 'site.applied', target: 'site', result: 'REFUSED', detail: { code: 'SIGNED' } })
      return err({ code: 'NOT_WRITTEN', detail: sealed.error })
    }
    beginTrial({ sitePath, dataDir }, draft.text, clock.now(), { good, staff: member.id })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    record({ action: 'site.applied', target: 'site', result: 'FAILED', detail: { code: String(error.code) } })
    return err({ code: 'NOT_WRITTEN', detail: sentence('console.siteProblem.notWritten', { detail: error.message }) })
  }
  record({ action: 'site.applied', target: 'site', detail: { changes: changes.length } })
  rooms.log.info('site.applied', { changes: changes.length })
  rooms.restart()
  return ok()
}
