import { createHash } from 'node:crypto'
import type { KioskId } from '../../contract/fields.ts'
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
  readonly keyId: string
  /** Ed25519 public key, base64url. */
  readonly keyX: string
  readonly revoked: boolean
}

interface KioskRow {
  kiosk_id: KioskId
  name: string
  key_id: string
  key_x: string
  revoked_at: number | null
  station_code: string
  station_name: string
  area_code: string
}

const SELECT = `SELECT k.*, s.name AS station_name, s.area_code FROM kiosk k JOIN station s USING (station_code)`

/** Stations, enrolment codes, enrolled kiosks and the nonces they have used. */
export class Kiosks {
  private readonly database: CentralDatabase

  constructor(database: CentralDatabase) {
    this.database = database
  }

  byKey(keyId: string): Kiosk | null {
    return read(this.database.prepare<[string], KioskRow>(`${SELECT} WHERE k.key_id = ?`).get(keyId))
  }

  byId(kioskId: KioskId): Kiosk | null {
    return read(this.database.prepare<[string], KioskRow>(`${SELECT} WHERE k.kiosk_id = ?`).get(kioskId))
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
      .run(kiosk.kioskId, kiosk.name, kiosk.station.stationCode, kiosk.keyId, kiosk.keyX, at)
  }

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
    keyX: row.key_x,
    revoked: row.revoked_at !== null,
  }
}

function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('hex')
}
