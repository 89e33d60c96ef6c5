import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { generateKeyPair, keyPairOfPem, type KeyPair, type SignatureAlgorithm } from '../contract/key.ts'
import { err, ok, type Result } from '../../lib/result.ts'

/** The kiosk's identity. The private half never leaves the machine. */
export type DeviceIdentity = KeyPair

export type KeyFileProblem =
  | { readonly code: 'KEY_FILE_OPEN_TO_OTHERS'; readonly path: string; readonly mode: string }
  | { readonly code: 'KEY_FILE_UNREADABLE'; readonly path: string; readonly detail: string }
  | { readonly code: 'KEY_FILE_DAMAGED'; readonly path: string }

export function generateDeviceIdentity(algorithm: SignatureAlgorithm = 'ed25519'): DeviceIdentity {
  return generateKeyPair(algorithm)
}

/**
 * Reads the key (PKCS #8 PEM) or, if there is no file, makes one, readable by its owner only and synced to disk before
 * it is used. A file that others may read is refused on POSIX: the key in it cannot be called ours. A key that exists is
 * used whatever its algorithm: it changes by rotation.
 */
export function loadOrCreateDeviceIdentity(
  path: string,
  algorithm: SignatureAlgorithm = 'ed25519',
): Result<DeviceIdentity, KeyFileProblem> {
  const existing = readKeyFile(path)
  if (existing.ok || existing.error.code !== 'KEY_FILE_UNREADABLE' || existing.error.detail !== 'ENOENT')
    return existing
  const identity = generateDeviceIdentity(algorithm)
  try {
    const file = openSync(path, 'wx', 0o600)
    try {
      writeSync(file, identity.toPem())
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    syncFolder(dirname(path))
  } catch (error) {
    return err({ code: 'KEY_FILE_UNREADABLE', path, detail: errorCode(error) })
  }
  return ok(identity)
}

/** Where the key that is about to replace the one at `path` waits. */
const nextPath = (path: string): string => `${path}.next`

/** The key waiting to replace the one at `path`; null when none is. */
export function pendingDeviceIdentity(path: string): Result<DeviceIdentity | null, KeyFileProblem> {
  const found = readKeyFile(nextPath(path))
  return !found.ok && found.error.code === 'KEY_FILE_UNREADABLE' && found.error.detail === 'ENOENT' ? ok(null) : found
}

/** The waiting key, made where there is none. It is on the disk before anybody hears of it. */
export function prepareNextIdentity(
  path: string,
  algorithm: SignatureAlgorithm,
): Result<DeviceIdentity, KeyFileProblem> {
  return loadOrCreateDeviceIdentity(nextPath(path), algorithm)
}

/** Puts the waiting key in the place of the present one, in one step that a power cut finds done or not begun. */
export function adoptNextIdentity(path: string): Result<void, KeyFileProblem> {
  try {
    renameSync(nextPath(path), path)
    syncFolder(dirname(path))
    return ok()
  } catch (error) {
    return err({ code: 'KEY_FILE_UNREADABLE', path, detail: errorCode(error) })
  }
}

/** Windows has no such call: NTFS journals its names. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

function readKeyFile(path: string): Result<DeviceIdentity, KeyFileProblem> {
  let pem: string
  try {
    const file = openSync(path, 'r')
    try {
      const mode = fstatSync(file).mode & 0o777
      if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
        return err({ code: 'KEY_FILE_OPEN_TO_OTHERS', path, mode: mode.toString(8) })
      }
      pem = readFileSync(file, 'utf8')
    } finally {
      closeSync(file)
    }
  } catch (error) {
    return err({ code: 'KEY_FILE_UNREADABLE', path, detail: errorCode(error) })
  }
  try {
    return ok(keyPairOfPem(pem))
  } catch {
    return err({ code: 'KEY_FILE_DAMAGED', path })
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN'
}
