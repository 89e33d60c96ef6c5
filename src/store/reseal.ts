import Database from 'better-sqlite3-multiple-ciphers'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  copyFileSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { err, ok, type Result } from '../lib/result.ts'
import { keyText, useKey, type Connection } from './connection.ts'
import { asStoreFault, type StoreError } from './faults.ts'
import { quickCheck, type Form } from './identity.ts'
import type { StoreKey } from './key.ts'
import { syncFile, syncFolder } from './replace-durably.ts'

/** Where a cut of the power is tried by the tests: what has just been done. */
export type ResealStep = 'QUIET' | 'COPIED' | 'ENCRYPTED' | 'VERIFIED' | 'REMEMBERED' | 'SWAPPED' | 'OVERWRITTEN'

type Resealing = Generator<ResealStep, Result<void, StoreError>>

/**
 * Encrypts the store at `path` under `to`, as a copy that is compared row by row and then takes the store's name in one
 * step. The store itself is never written to, so a cut leaves the old one or the new one, whole.
 * @param from the key it is encrypted with now; null when it is not
 */
export function* reseal(path: string, from: StoreKey | null, to: StoreKey): Resealing {
  const copy = `${path}.new`
  const old = `${path}.old`
  try {
    const source = openAlone(path, from)
    if (!source.ok) return source
    try {
      yield 'QUIET'
      copyFileSync(path, copy)
      chmodSync(copy, 0o600)
      yield 'COPIED'
      encryptInPlace(copy, from, to)
      syncFile(copy)
      yield 'ENCRYPTED'
      const same = compare(source.value, copy, to)
      if (!same.ok) return same
      yield 'VERIFIED'
      // A second name for the plain file, so that its bytes can be overwritten once nothing needs them.
      if (from === null) linkSync(path, old)
      yield 'REMEMBERED'
      // Windows does not rename over an open file; elsewhere the lock is held until the new file has the name.
      if (process.platform === 'win32') source.value.close()
      renameSync(copy, path)
      syncFolder(dirname(path))
      yield 'SWAPPED'
    } finally {
      source.value.close()
    }
    if (from === null) overwriteAndRemove(old)
    yield 'OVERWRITTEN'
    return ok()
  } catch (error) {
    return err(asStoreFault(error))
  }
}

/** Runs every step. */
export function toTheEnd(resealing: Resealing): Result<void, StoreError> {
  for (;;) {
    const { done, value } = resealing.next()
    if (done === true) return value
  }
}

/**
 * Removes what an interrupted `reseal` left. The old plain file is overwritten when the store is encrypted; before that
 * its second name is the store itself and is only taken away.
 */
export function clearRemains(path: string, form: Form): Result<void, StoreError> {
  const old = `${path}.old`
  try {
    // Half a copy of a plain store is plain.
    if (form !== 'ABSENT') overwriteAndRemove(`${path}.new`)
    const oldFile = statSync(old, { throwIfNoEntry: false })
    if (oldFile === undefined) return ok()
    const isTheStore = oldFile.ino === statSync(path, { throwIfNoEntry: false })?.ino
    if (form === 'SEALED' && !isTheStore) overwriteAndRemove(old)
    else if (isTheStore) rmSync(old)
    else return err({ code: 'STORE_CORRUPT', detail: `${old} lies beside a store that is not encrypted` })
    return ok()
  } catch (error) {
    return err(asStoreFault(error))
  }
}

/** Carries the log into the file and locks it. Only the one connection there is can end the log mode, so nobody else is in. */
function openAlone(path: string, key: StoreKey | null): Result<Connection, StoreError> {
  const db = new Database(path, { fileMustExist: true, timeout: 0 })
  try {
    if (key !== null) useKey(db, key)
    db.pragma('synchronous = FULL')
    if (db.pragma('journal_mode = DELETE', { simple: true }) !== 'delete') {
      db.close()
      return err({ code: 'STORE_BUSY', detail: 'another program has the store open' })
    }
    db.exec('BEGIN IMMEDIATE')
    return ok(db)
  } catch (error) {
    db.close()
    throw error
  }
}

/** The copy is thrown away when this is cut short, so it keeps no journal: that would be a second file with plain pages. */
function encryptInPlace(path: string, from: StoreKey | null, to: StoreKey): void {
  const db = new Database(path, { fileMustExist: true })
  try {
    if (from === null) db.pragma("cipher = 'chacha20'")
    else useKey(db, from)
    db.pragma('journal_mode = OFF')
    db.pragma('temp_store = MEMORY')
    db.pragma(`rekey = ${keyText(to)}`)
  } finally {
    db.close()
  }
}

/** Every row of every table, and SQLite's own check. */
function compare(source: Connection, copyPath: string, key: StoreKey): Result<void, StoreError> {
  const copy = new Database(copyPath, { readonly: true, fileMustExist: true })
  try {
    useKey(copy, key)
    const sound = quickCheck(copy)
    if (!sound.ok) return sound
    if (digestOf(copy) === digestOf(source)) return ok()
    return err({ code: 'STORE_CORRUPT', detail: 'the encrypted copy differs from the store' })
  } finally {
    copy.close()
  }
}

/** SHA-256 over the identity, the schema and every row in the order of its key. */
function digestOf(db: Connection): string {
  const digest = createHash('sha256')
  const identity = [db.pragma('application_id', { simple: true }), db.pragma('user_version', { simple: true })]
  digest.update(JSON.stringify(identity))
  const objects = db.prepare<[], { name: string; type: string; sql: string | null }>(
    'SELECT type, name, sql FROM sqlite_schema ORDER BY type, name',
  )
  for (const object of objects.all()) {
    digest.update(JSON.stringify([object.type, object.name, object.sql]))
    if (object.type !== 'table') continue
    for (const row of db.prepare(`SELECT * FROM "${object.name}"`).raw().iterate()) digest.update(JSON.stringify(row))
  }
  return digest.digest('hex')
}

const BLOCK = Buffer.alloc(64 * 1024)

/** Zeros over the bytes, to the disk, and then the name. A flash disk may keep an old block: docs/decisions/0009. */
function overwriteAndRemove(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size
  if (size === undefined) return
  const file = openSync(path, 'r+')
  try {
    for (let at = 0; at < size; at += BLOCK.length) writeSync(file, BLOCK, 0, Math.min(BLOCK.length, size - at), at)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  rmSync(path)
}
