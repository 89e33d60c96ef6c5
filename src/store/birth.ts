import { chmodSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { err, ok, type Result } from '../lib/result.ts'
import { connect } from './connection.ts'
import { asStoreFault, type StoreError } from './faults.ts'
import type { StoreKey } from './key.ts'
import { migrate } from './migrate.ts'
import { migrations } from './migrations/all.ts'
import { syncFolder } from './replace-durably.ts'
import { plantSubjectKey } from './subject.ts'

/**
 * Makes a new store whole under another name and gives it its own in one step, so that a file with the store's name is
 * always a complete store. What an interrupted birth left behind never held an acknowledged row and is thrown away.
 */
export function bringIntoBeing(
  path: string,
  key: StoreKey,
  now: number,
  entropy: (bytes: number) => Uint8Array,
): Result<void, StoreError> {
  const unborn = `${path}.new`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(unborn + suffix, { force: true })
    const opened = connect(unborn, key)
    if (!opened.ok) return opened
    const db = opened.value
    try {
      migrate(db, migrations)
      plantSubjectKey(db, now, entropy)
    } finally {
      // The last connection to close carries the log into the file and removes it.
      db.close()
    }
    // It holds a secret and the traces of people: for its owner only.
    chmodSync(unborn, 0o600)
    renameSync(unborn, path)
    syncFolder(dirname(path))
    return ok()
  } catch (error) {
    return err(asStoreFault(error))
  }
}
