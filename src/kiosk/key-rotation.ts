import { z } from 'zod'
import type { CentralClient } from '../central/client/central-client.ts'
import type { CentralError } from '../central/client/central-error.ts'
import {
  adoptNextIdentity,
  pendingDeviceIdentity,
  prepareNextIdentity,
  type DeviceIdentity,
  type KeyFileProblem,
} from '../central/client/device-key.ts'
import type { SignatureAlgorithm } from '../central/contract/key.ts'
import type { Log } from '../lib/log.ts'
import { err, ok, type Result } from '../lib/result.ts'
import { mustWrite } from '../store/must.ts'
import type { Store } from '../store/store.ts'
import { confirmKey, expectKey } from './enrolment.ts'

const SINCE = 'device-key.since'
const Since = z.object({ keyId: z.string(), at: z.number() })

/** A key serves this long. */
const DEVICE_KEY_MAX_AGE_MS = 365 * 86_400_000

export interface KeyRotationParts {
  readonly store: Store
  readonly centre: CentralClient
  /** `device.key` of the data folder. */
  readonly keyFile: string
  /** The key in use. */
  readonly identity: DeviceIdentity
  /** Of the new key: a province that begins to demand 国密 gets it by a rotation. */
  readonly algorithm: SignatureAlgorithm
  readonly log: Log
  /** What else bears the present key's signature and must outlive it (the technician's changes of the site file). */
  readonly beforeAdoption: (next: DeviceIdentity) => void
}

export type KeyRotationProblem = KeyFileProblem | CentralError

/**
 * Rotates the key when it is a year old or of another kind than demanded, and finishes a rotation that was cut short. For
 * the start of the kiosk and each night. `now` is milliseconds since the epoch.
 * @returns the new key, or null when nothing was due
 */
export async function keepDeviceKeyYoung(
  parts: KeyRotationParts,
  now: number,
): Promise<Result<DeviceIdentity | null, KeyRotationProblem>> {
  const pending = pendingDeviceIdentity(parts.keyFile)
  if (!pending.ok) return pending
  const { identity, algorithm } = parts
  if (pending.value === null && identity.algorithm === algorithm && !isOld(parts, now)) return ok(null)
  return rotateDeviceKey(parts, now)
}

/**
 * A new device key, vouched for by the present one. At no instant is the kiosk locked out: the new key is on the disk
 * before the centre hears of it; the store knows the enrolment under both; the centre takes the present one until the new
 * one is used; and the file changes its name in one step. Cut short anywhere, the next call goes on with the same new key.
 */
export async function rotateDeviceKey(
  parts: KeyRotationParts,
  now: number,
): Promise<Result<DeviceIdentity, KeyRotationProblem>> {
  const { store, centre, keyFile, identity, algorithm, log } = parts
  const next = prepareNextIdentity(keyFile, algorithm)
  if (!next.ok) return next
  const { keyId } = next.value
  mustWrite(store, (tx) => {
    expectKey(tx, keyId)
    tx.audit.append({ actor: 'kiosk', action: 'device-key.next', target: keyId, result: 'OK' })
  })
  const known = await makeKnown(centre, identity, next.value)
  if (!known.ok) {
    log.warn('device-key.rotation-waits', { code: known.error.code })
    return known
  }
  parts.beforeAdoption(next.value)
  const adopted = adoptNextIdentity(keyFile)
  if (!adopted.ok) {
    centre.useIdentity(identity)
    return adopted
  }
  centre.useIdentity(next.value)
  mustWrite(store, (tx) => {
    confirmKey(tx, keyId)
    tx.settings.set(SINCE, { keyId, at: now })
    tx.audit.append({ actor: 'kiosk', action: 'device-key.rotated', target: keyId, result: 'OK' })
  })
  log.info('device-key.rotated', { keyId })
  // The first use of the new key ends the old one. If this call is lost, the next one does it.
  const standing = await centre.standing()
  if (!standing.ok) log.warn('device-key.first-use', { code: standing.error.code })
  return next
}

/** The centre no longer takes the present key if the new one was used already: then it knows the new one. */
async function makeKnown(
  centre: CentralClient,
  identity: DeviceIdentity,
  next: DeviceIdentity,
): Promise<Result<void, CentralError>> {
  const asked = await centre.rotateKey(next)
  if (asked.ok) return ok()
  if (asked.error.code !== 'NOT_ENROLLED' || asked.error.reason !== 'UNKNOWN_KEY') return asked
  centre.useIdentity(next)
  if ((await centre.standing()).ok) return ok()
  centre.useIdentity(identity)
  return err(asked.error)
}

/** The age is counted from when this kiosk first looked: a file's date can be anything. */
function isOld({ store, identity }: KeyRotationParts, now: number): boolean {
  const { keyId } = identity
  return mustWrite(store, (tx) => {
    const since = Since.safeParse(tx.settings.get(SINCE))
    if (since.success && since.data.keyId === keyId) return now - since.data.at > DEVICE_KEY_MAX_AGE_MS
    tx.settings.set(SINCE, { keyId, at: now })
    return false
  })
}
