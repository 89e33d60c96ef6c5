import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { dateInShanghai, daysBetween, isLocalDate } from '../domain/local-date.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Store } from '../store/store.ts'
import { reportAuditHead } from './audit-head.ts'
import type { NightTask } from './maintenance.ts'
import { addEvent } from './services/annual-review/records.ts'
import type { Site } from './site/schema.ts'

const DAY_MS = 86_400_000

export interface NightTaskParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly dataDir: string
  readonly retention: Site['retention']
  /** One round of the outbox. */
  readonly sendLetters: () => Promise<void>
}

/**
 * What the kiosk does for its memory each night: is the file whole and the chain unbroken, what is old is forgotten, and
 * what was forgotten leaves the disk. A broken store is said in the log and by the store itself, which then refuses.
 */
export function nightTasks({ store, clock, log, dataDir, retention, sendLetters }: NightTaskParts): NightTask[] {
  const task = (id: string, run: () => ReturnType<NightTask['run']>): NightTask => ({ id, run })
  return [
    task('integrity', () => {
      const checked = store.checkIntegrity()
      if (!checked.ok) log.error('night.store-broken', { code: checked.error.code })
      return Promise.resolve({ result: checked.ok ? 'OK' : checked.error.code })
    }),
    task('audit', () => Promise.resolve(witness(store, clock, log))),
    task('forget', () => {
      const before = (days: number): number => clock.now() - days * DAY_MS
      const purged = store.transaction((tx) => {
        const counts = tx.purge({
          endorsementsClosedBefore: before(retention.endorsementDays),
          visitsEndedBefore: before(retention.visitDays),
          messagesSentBefore: before(retention.sentMessageDays),
        })
        const { endorsements, printJobs, visits, messages } = counts
        if (endorsements + printJobs + visits + messages > 0)
          tx.audit.append({
            actor: 'kiosk',
            action: 'retention.purged',
            target: 'store',
            result: 'OK',
            detail: { ...counts },
          })
        return counts
      })
      return Promise.resolve(purged.ok ? { ...purged.value } : { result: purged.error.code })
    }),
    task('logs', async () => ({
      removed: await forgetLogs(join(dataDir, 'logs'), dateInShanghai(clock.now()), retention.logDays),
    })),
    task('letters', async () => {
      await sendLetters()
      const depth = store.read((view) => view.outbox.depth())
      return depth.ok ? { waiting: depth.value.pending, parked: depth.value.parked } : { result: depth.error.code }
    }),
    // Last: what was deleted above is on the disk until the write-ahead log is cut.
    task('checkpoint', () => {
      const cut = store.checkpoint()
      return Promise.resolve(cut.ok ? { truncated: cut.value.truncated } : { result: cut.error.code })
    }),
  ]
}

/** Verifies the audit chain and tells the centre where it ends, or that it is broken: what is sent cannot be unsaid here. */
function witness(store: Store, clock: Clock, log: Log): Readonly<Record<string, string | number>> {
  const verdict = store.read((view) => view.audit.verify())
  if (!verdict.ok) return { result: verdict.error.code }
  const { ok: whole, rows, firstBroken } = verdict.value
  const broken = `row ${firstBroken?.seq ?? 0} ${firstBroken?.why ?? ''}`
  if (!whole) log.error('night.audit-broken', { broken })
  const told = whole
    ? reportAuditHead(store, clock.now())
    : store.transaction((tx) => addEvent(tx, 'AUDIT_BROKEN', broken, clock.now()))
  return { result: !told.ok ? told.error.code : whole ? 'OK' : 'BROKEN', rows }
}

/** Removes the logs of days longer ago than `keepDays`; returns how many. A file whose name tells no day is left alone. */
async function forgetLogs(folder: string, today: string, keepDays: number): Promise<number> {
  const names = await readdir(folder).catch(() => [])
  const old = names.filter((name) => {
    const day = /^kiosk-(\d{4}-\d{2}-\d{2})\.log$/.exec(name)?.[1]
    return day !== undefined && isLocalDate(day) && isLocalDate(today) && daysBetween(day, today) > keepDays
  })
  for (const name of old) await rm(join(folder, name), { force: true })
  return old.length
}
