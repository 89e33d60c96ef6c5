import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { keyThumbprint } from '../contract/signature.ts'
import type { DeviceKey } from '../contract/station.ts'
import { err, ok, type Result } from '../../lib/result.ts'

/** The kiosk's Ed25519 identity. The private half never leaves the machine. */
export interface DeviceIdentity {
  /** RFC 7638 thumbprint of the public key. */
  readonly keyId: string
  readonly publicKey: DeviceKey
  readonly privateKey: KeyObject
}

export type KeyFileProblem =
  | { readonly code: 'KEY_FILE_OPEN_TO_OTHERS'; readonly path: string; readonly mode: string }
  | { readonly code: 'KEY_FILE_UNREADABLE'; readonly path: string; readonly detail: string }
  | { readonly code: 'KEY_FILE_DAMAGED'; readonly path: string }

export function generateDeviceIdentity(): DeviceIdentity {
  return identityOf(generateKeyPairSync('ed25519').privateKey)
}

/**
 * Reads the key (PKCS #8 PEM) or, if there is no file, makes one, readable by its owner only and synced to disk before
 * it is used. A file that others may read is refused on POSIX: the key in it cannot be called ours.
 */
export function loadOrCreateDeviceIdentity(path: string): Result<DeviceIdentity, KeyFileProblem> {
  const existing = readKeyFile(path)
  if (existing.ok || existing.error.code !== 'KEY_FILE_UNREADABLE' || existing.error.detail !== 'ENOENT')
    return existing
  const identity = generateDeviceIdentity()
  try {
    const file = openSync(path, 'wx', 0o600)
    try {
      writeSync(file, identity.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  } catch (error) {
    return err({ code: 'KEY_FILE_UNREADABLE', path, detail: errorCode(error) })
  }
  return ok(identity)
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
    const key = createPrivateKey(pem)
    return key.asymmetricKeyType === 'ed25519' ? ok(identityOf(key)) : err({ code: 'KEY_FILE_DAMAGED', path })
  } catch {
    return err({ code: 'KEY_FILE_DAMAGED', path })
  }
}

function identityOf(privateKey: KeyObject): DeviceIdentity {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' })
  if (x === undefined) throw new Error('an Ed25519 key has x')
  return { keyId: keyThumbprint(x), publicKey: { kty: 'OKP', crv: 'Ed25519', x }, privateKey }
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN'
}
