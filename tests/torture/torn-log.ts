import { copyFileSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/lib/clock.ts'
import { silentLog } from '../../src/lib/log.ts'
import { expectOk } from '../../src/lib/result.ts'
import { openStore, STORE_FILE } from '../../src/store/store.ts'
import { grantOf, rawDatabase, requestOf } from '../support/store.ts'

export interface TornLogReport {
  /** Places at which the log was cut. */
  readonly cuts: number
  readonly violations: readonly string[]
}

/** Steps stored before the log is cut; the last one is cut through. */
const STEPS = 3

/**
 * A power cut in the middle of a write leaves a log that ends anywhere. Cuts a copy of it at every `stride`th byte of its
 * last transaction, both ends included: what is left must be all steps before the cut, whole, and nothing of the last.
 */
export function tornLog(stride = 1): TornLogReport {
  const folder = mkdtempSync(join(tmpdir(), 'kiosk-torn-'))
  try {
    const path = join(folder, STORE_FILE)
    const store = expectOk(openStore({ path, clock: systemClock, log: silentLog }), 'the store opens')
    const ends = [logSize(path)]
    for (let n = 1; n <= STEPS; n++) {
      const stored = store.transaction((tx) => {
        const { key } = tx.endorsements.request(requestOf(n))
        expectOk(tx.endorsements.authorize(key, grantOf(n)), 'the grant fits')
        tx.outbox.add({ aggregate: key, kind: 'test', payload: { n }, idempotencyKey: key })
        tx.audit.append({ actor: 'kiosk', action: 'test', target: key, result: 'OK', detail: { n } })
      })
      expectOk(stored, 'the step is stored')
      ends.push(logSize(path))
    }
    const violations: string[] = []
    const first = ends.at(-2) ?? 0
    const last = ends.at(-1) ?? 0
    const torn = join(folder, 'torn.db')
    for (const suffix of ['', '-wal']) copyFileSync(path + suffix, torn + suffix)
    let cuts = 0
    for (let cut = last; cut >= first; cut -= cut === last || cut - stride < first ? 1 : stride) {
      cuts += 1
      truncateSync(`${torn}-wal`, cut)
      const whole = ends.filter((end, step) => step > 0 && end <= cut).length
      const found = stepsIn(torn)
      if (found !== whole) violations.push(`cut at byte ${cut}: ${String(found)} steps where ${whole} were whole`)
      rmSync(`${torn}-shm`, { force: true })
    }
    store.close()
    return { cuts, violations }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function logSize(path: string): number {
  return statSync(`${path}-wal`).size
}

/** Whole steps in the file, or in words what is wrong with it. */
function stepsIn(path: string): number | string {
  // Read-only, so that looking does not carry the log over.
  const db = rawDatabase(path, { readonly: true })
  try {
    const count = (table: string): number => (db.prepare(`SELECT COUNT(*) AS n FROM ${table}`).get() as { n: number }).n
    const counts = ['endorsements', 'outbox', 'audit'].map(count)
    const [endorsements = 0] = counts
    return counts.every((each) => each === endorsements) ? endorsements : `torn: ${counts.join('/')}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    db.close()
  }
}
