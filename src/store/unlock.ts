import { randomBytes } from 'node:crypto'
import type { Log } from '../lib/log.ts'
import { err, ok, type Result } from '../lib/result.ts'
import { bringIntoBeing } from './birth.ts'
import { connectReadOnly, type Connection } from './connection.ts'
import type { StoreError } from './faults.ts'
import { formOf, inspect } from './identity.ts'
import { freshKey, keeperOf, type KeyKeeper, type Keyring, type StoreKey } from './key.ts'
import { SCHEMA_VERSION } from './migrations/all.ts'
import { clearRemains, reseal, toTheEnd } from './reseal.ts'

interface UnlockOptions {
  readonly path: string
  readonly keeper: KeyKeeper
  readonly now: number
  readonly log: Log
  readonly entropy?: (bytes: number) => Uint8Array
}

/** A store that lies at its path, encrypted, sound, and opened by `key`. */
interface Unlocked {
  readonly key: StoreKey
  readonly created: boolean
}

/**
 * Brings the store at `path` to where it is encrypted and checked: makes a new one where none is, encrypts one from
 * before encryption, and ends what an interrupted change of key began. A refused store stays as it is, byte for byte.
 */
export function unlock(options: UnlockOptions): Result<Unlocked, StoreError> {
  const { path, keeper, now, log, entropy = randomBytes } = options
  const form = formOf(path)
  if (!form.ok) return form
  const kept = keeper.read()
  if (!kept.ok) return kept
  if (form.value === 'SEALED') {
    const key = keyThatOpens(path, keeper, kept.value)
    if (!key.ok) return key
    const sound = inspect(path, SCHEMA_VERSION, key.value)
    if (!sound.ok) return sound
    const cleared = clearRemains(path, form.value)
    if (!cleared.ok) return cleared
    const settled = settle(keeper, kept.value, key.value)
    return settled.ok ? ok({ key: key.value, created: false }) : settled
  }
  if (form.value === 'PLAIN') {
    const sound = inspect(path, SCHEMA_VERSION, null)
    if (!sound.ok) return sound
  }
  const cleared = clearRemains(path, form.value)
  if (!cleared.ok) return cleared
  // The key is on the disk before the first byte that needs it.
  const key = kept.value?.current ?? freshKey(entropy)
  const settled = settle(keeper, kept.value, key)
  if (!settled.ok) return settled
  if (form.value === 'PLAIN') {
    const sealed = toTheEnd(reseal(path, null, key))
    if (!sealed.ok) return sealed
    log.info('store.encrypted', {})
    return ok({ key, created: false })
  }
  const born = bringIntoBeing(path, key, now, entropy)
  return born.ok ? ok({ key, created: true }) : born
}

/**
 * Opens an existing store for looking only, whoever is writing to it meanwhile; changes neither it nor its key.
 * For the audit, and for tests that look from outside.
 */
export function openToLook(path: string, keeper: KeyKeeper = keeperOf(path)): Result<Connection, StoreError> {
  const form = formOf(path)
  if (!form.ok) return form
  if (form.value === 'ABSENT') return err({ code: 'STORE_UNAVAILABLE', detail: `there is no store at ${path}` })
  if (form.value === 'PLAIN') return connectReadOnly(path, null)
  const kept = keeper.read()
  if (!kept.ok) return kept
  const key = keyThatOpens(path, keeper, kept.value)
  return key.ok ? connectReadOnly(path, key.value) : key
}

/**
 * Encrypts the store under a fresh key. It must not be open anywhere. A cut at any point leaves a store that opens, under
 * the old key or the new one, and the next start ends what was begun.
 */
export function changeKey(path: string, keeper: KeyKeeper, log: Log): Result<void, StoreError> {
  const unlocked = unlock({ path, keeper, now: 0, log })
  if (!unlocked.ok) return unlocked
  const { key: current } = unlocked.value
  const next = freshKey()
  const announced = keeper.write({ current, next })
  if (!announced.ok) return announced
  const sealed = toTheEnd(reseal(path, current, next))
  if (!sealed.ok) return sealed
  return keeper.write({ current: next, next: null })
}

/** The one of the ring's keys that reads the store. */
function keyThatOpens(path: string, keeper: KeyKeeper, keyring: Keyring | null): Result<StoreKey, StoreError> {
  if (keyring === null) return err({ code: 'KEY_MISSING', place: keeper.place })
  const opened = opens(path, keyring.current)
  if (opened.ok || opened.error.code !== 'KEY_REFUSED' || keyring.next === null) return opened
  return opens(path, keyring.next)
}

function opens(path: string, key: StoreKey): Result<StoreKey, StoreError> {
  const opened = connectReadOnly(path, key)
  if (!opened.ok) return opened
  opened.value.close()
  return ok(key)
}

/** A ring that says what is: the key that opens the store and no other. */
function settle(keeper: KeyKeeper, kept: Keyring | null, key: StoreKey): Result<void, StoreError> {
  if (kept?.next === null && kept.current.equals(key)) return ok()
  return keeper.write({ current: key, next: null })
}
