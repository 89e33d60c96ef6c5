import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectOk } from '../../lib/result.ts'
import { loadOrCreateDeviceIdentity } from './device-key.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'device-key-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

describe('the kiosk’s key file', () => {
  it('is made once, for its owner only, and read again', () => {
    const path = join(folder, 'device.pem')
    const made = expectOk(loadOrCreateDeviceIdentity(path), 'made')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const read = expectOk(loadOrCreateDeviceIdentity(path), 'read')
    expect(read.keyId).toBe(made.keyId)
    expect(read.keyId).toMatch(/^[\w-]{43}$/)
  })
  it('is refused when others may read it', () => {
    const path = join(folder, 'device.pem')
    expectOk(loadOrCreateDeviceIdentity(path), 'made')
    chmodSync(path, 0o640)
    expect(loadOrCreateDeviceIdentity(path)).toEqual({
      ok: false,
      error: { code: 'KEY_FILE_OPEN_TO_OTHERS', path, mode: '640' },
    })
  })
  it('is never replaced when damaged', () => {
    const path = join(folder, 'device.pem')
    writeFileSync(path, 'not a key', { mode: 0o600 })
    expect(loadOrCreateDeviceIdentity(path)).toEqual({ ok: false, error: { code: 'KEY_FILE_DAMAGED', path } })
    expect(readFileSync(path, 'utf8')).toBe('not a key')
  })
  it('says when it cannot be written', () => {
    const path = join(folder, 'nowhere', 'device.pem')
    expect(loadOrCreateDeviceIdentity(path)).toEqual({
      ok: false,
      error: { code: 'KEY_FILE_UNREADABLE', path, detail: 'ENOENT' },
    })
  })
})
