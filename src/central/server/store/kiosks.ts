import { createHash } from 'node:crypto'
import type { KioskId } from '../../contract/fields.ts'
import { keyIdOf, publicKey, type PublicKey } from '../../contract/key.ts'
import type { CentralDatabase } from './database.ts'

export interface Station {
  readonly stationCode: string
  readonly name: string
  readonly areaCode: string
}

export interface Kiosk {
  readonly kioskId: KioskId
  readonly name: string
  readonly station: Station
  /** The key it was found by. */
  readonly keyId: string
  readonly key: PublicKey
  readonly revoked: boolean
}

interface KioskRow {
  kiosk_id: KioskId
  name: string
  key_id: string
  jwk: string
  revoked_at: number | null
  station_code: string
  station_name: string
  area_code: string
}

const SELECT = `SELECT k.kiosk_id, k.name, k.station_code, k.revoked_at, d.key_id, d.jwk, s.name AS station_name, s.area_code
  FROM kiosk k JOIN station s USING (station_code) JOIN device_key d USING (kiosk_id)`

/** Requests signed with the former key that are still on their way, after the new one was first used. */
const FORMER_KEY_MS = 300_000

/** Stations, enrolment codes, enrolled kiosks and the nonces they have used. */
export class Kiosks {
  private readonly database: CentralDatabase

  constructor(database: CentralDatabase) {
    this.database = database
  }

  /** A key that has been replaced is nobody's. */
  byKey(keyId: string, at: number): Kiosk | null {
    return read(
      this.database
        .prepare<[string, number], KioskRow>(
          `${SELECT} WHERE d.key_id = ? AND (d.retires_at IS NULL OR d.retires_at > ?)`,
        )
        .get(keyId, at),
    )
  }

  byId(kioskId: KioskId): Kiosk | null {
    return read(
      this.database
        .prepare<[string], KioskRow>(`${SELECT} WHERE k.kiosk_id = ? ORDER BY d.added_at DESC, d.rowid DESC LIMIT 1`)
        .get(kioskId),
    )
  }

  /** The kiosk's next key; one that was to be the next and was never used is forgotten. */
  addNextKey(kioskId: KioskId, key: PublicKey, at: number): void {
    this.database.prepare('DELETE FROM device_key WHERE kiosk_id = ? AND first_used_at IS NULL').run(kioskId)
    this.addKey(kioskId, key, at, null)
  }

  /** The first genuine request with a new key is the proof that the kiosk has it: the former ones end soon. */
  noteUse({ kioskId, keyId }: Kiosk, at: number): void {
    const first = this.database
      .prepare('UPDATE device_key SET first_used_at = ? WHERE key_id = ? AND first_used_at IS NULL')
      .run(at, keyId)
    if (first.changes === 0) return
    this.database
      .prepare('UPDATE device_key SET retires_at = ? WHERE kiosk_id = ? AND key_id <> ? AND retires_at IS NULL')
      .run(at + FORMER_KEY_MS, kioskId, keyId)
  }

  station(stationCode: string): Station | null {
    const row = this.database
      .prepare<[string], { station_code: string; name: string; area_code: string }>(
        'SELECT * FROM station WHERE station_code = ?',
      )
      .get(stationCode)
    return row === undefined ? null : { stationCode: row.station_code, name: row.name, areaCode: row.area_code }
  }

  /** Stores only the hash: who reads the store cannot enrol a kiosk. */
  addEnrolmentCode(code: string, at: number): void {
    this.database.prepare('INSERT INTO enrolment_code (code_hash, created_at) VALUES (?, ?)').run(hashOf(code), at)
  }

  /** True once per code. */
  useEnrolmentCode(code: string, at: number): boolean {
    return (
      this.database
        .prepare('UPDATE enrolment_code SET used_at = ? WHERE code_hash = ? AND used_at IS NULL')
        .run(at, hashOf(code)).changes === 1
    )
  }

  add(kiosk: Kiosk, at: number): void {
    this.database
      .prepare('INSERT INTO kiosk (kiosk_id, name, station_code, key_id, key_x, enrolled_at) VALUES (?, ?, ?, ?, ?, ?)')
      .run(kiosk.kioskId, kiosk.name, kiosk.station.stationCode, kiosk.keyId, kiosk.key.x, at)
    this.addKey(kiosk.kioskId, kiosk.key, at, at)
  }

  private addKey(kioskId: KioskId, key: PublicKey, at: number, usedAt: number | null): void {
    this.database
      .prepare('INSERT INTO device_key (key_id, kiosk_id, jwk, added_at, first_used_at) VALUES (?, ?, ?, ?, ?)')
      .run(keyIdOf(key), kioskId, JSON.stringify(key), at, usedAt)
  }

  /** The kiosk with all its keys, for good: a kiosk that comes back enrols anew with a new key. */
  revoke(kioskId: KioskId, at: number): boolean {
    return (
      this.database
        .prepare('UPDATE kiosk SET revoked_at = ? WHERE kiosk_id = ? AND revoked_at IS NULL')
        .run(at, kioskId).changes === 1
    )
  }

  /** False when the nonce was seen before with this key. Forgets those that are too old to be accepted anyway. */
  rememberNonce(keyId: string, nonce: string, now: number, expiresAt: number): boolean {
    this.database.prepare('DELETE FROM nonce WHERE expires_at < ?').run(now)
    return (
      this.database.prepare('INSERT OR IGNORE INTO nonce VALUES (?, ?, ?)').run(keyId, nonce, expiresAt).changes === 1
    )
  }
}

function read(row: KioskRow | undefined): Kiosk | null {
  if (row === undefined) return null
  return {
    kioskId: row.kiosk_id,
    name: row.name,
    station: { stationCode: row.station_code, name: row.station_name, areaCode: row.area_code },
    keyId: row.key_id,
    key: publicKey.parse(JSON.parse(row.jwk)),
    revoked: row.revoked_at !== null,
  }
}

function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('hex')
}
