import { randomBytes } from 'node:crypto'
import { readFileSync, statSync, type Stats } from 'node:fs'
import { dirname, join } from 'node:path'
import { err, ok, type Result } from '../lib/result.ts'
import { asStoreFault, type StoreError } from './faults.ts'
import { replaceDurably } from './replace-durably.ts'

/** 32 random bytes that encrypt a store. A key, not a passphrase: nothing is derived from it by work. */
export type StoreKey = Buffer & { readonly __brand: 'StoreKey' }

/** The key of a store; while it is being changed, the old one and the new one, because file and key cannot swap at once. */
export interface Keyring {
  readonly current: StoreKey
  readonly next: StoreKey | null
}

/** Where the keyring lives. The seam for a keystore of the operating system beside the file. */
export interface KeyKeeper {
  /** What a technician reads: the place of the key. */
  readonly place: string
  /** The keyring; null when there is none yet. Refuses one that others could have read or changed. */
  read(): Result<Keyring | null, StoreError>
  /** Keeps the keyring so that it survives a power cut; whole or not at all. */
  write(keyring: Keyring): Result<void, StoreError>
}

const KEY_BYTES = 32
/** The file of the key, beside the store unless `KIOSK_STORE_KEY` names another place. */
const KEY_FILE = 'store.key'

export function freshKey(entropy: (bytes: number) => Uint8Array = randomBytes): StoreKey {
  const key = Buffer.from(entropy(KEY_BYTES))
  if (key.length !== KEY_BYTES) throw new Error('a store key has 32 bytes')
  return key as StoreKey
}

/**
 * The keeper of the store at `storePath`: the file named by `KIOSK_STORE_KEY` (for example a systemd credential, or a
 * file of root on another medium), or `store.key` beside the store.
 */
export function keeperOf(storePath: string): KeyKeeper {
  return new KeyFile(process.env['KIOSK_STORE_KEY'] ?? join(dirname(storePath), KEY_FILE))
}

/** The keyring as a JSON file that only its owner may read. */
export class KeyFile implements KeyKeeper {
  readonly place: string

  constructor(path: string) {
    this.place = path
  }

  read(): Result<Keyring | null, StoreError> {
    try {
      const found = statSync(this.place, { throwIfNoEntry: false })
      if (found === undefined) return ok(null)
      const looseness = loosenessOf(found)
      if (looseness !== null) return err({ code: 'KEY_UNSAFE', place: this.place, detail: looseness })
      const keyring = parse(readFileSync(this.place, 'utf8'))
      return keyring === null ? err({ code: 'KEY_DAMAGED', place: this.place }) : ok(keyring)
    } catch (error) {
      return err(asStoreFault(error))
    }
  }

  write({ current, next }: Keyring): Result<void, StoreError> {
    const text = { version: 1, current: current.toString('hex'), next: next?.toString('hex') ?? null }
    try {
      replaceDurably(this.place, `${JSON.stringify(text)}\n`)
      return ok()
    } catch (error) {
      return err(asStoreFault(error))
    }
  }
}

/** Why others could read or change the file; null when they cannot. NTFS has no such bits: there the folder's ACL rules. */
function loosenessOf(file: Stats): string | null {
  if (!file.isFile()) return 'not a file'
  if (process.platform === 'win32') return null
  if ((file.mode & 0o077) !== 0) return `its mode is ${(file.mode & 0o777).toString(8)}, not 600`
  if (file.uid !== process.getuid?.() && file.uid !== 0) return `it belongs to user ${file.uid}`
  return null
}

const HEX = /^[0-9a-f]{64}$/

function parse(text: string): Keyring | null {
  try {
    const { version, current, next } = JSON.parse(text) as Readonly<Record<string, unknown>>
    if (version !== 1 || !isHex(current) || (next !== null && !isHex(next))) return null
    return { current: keyOf(current), next: next === null ? null : keyOf(next) }
  } catch {
    return null
  }
}

function isHex(value: unknown): value is string {
  return typeof value === 'string' && HEX.test(value)
}

function keyOf(hex: string): StoreKey {
  return Buffer.from(hex, 'hex') as StoreKey
}
