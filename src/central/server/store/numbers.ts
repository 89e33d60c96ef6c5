import { randomBytes } from 'node:crypto'
import type { KioskId } from '../../contract/fields.ts'
import { makeEndorsementNo, type EndorsementNo } from '../../../domain/endorsement-no.ts'
import { yearOf, type LocalDate } from '../../../domain/local-date.ts'
import type { CentralDatabase } from './database.ts'

/** An identifier nobody can guess: `R` + 22 characters of base64url (132 bits). */
export function opaqueId(prefix: string): string {
  return `${prefix}${randomBytes(17).toString('base64url').slice(0, 22)}`
}

/** The next 签注编号 of an area and year. Call inside the transaction that uses it. */
export function nextEndorsementNo(database: CentralDatabase, areaCode: string, today: LocalDate): EndorsementNo {
  const year = yearOf(today)
  return makeEndorsementNo({ areaCode, year, sequence: next(database, `endorsement:${areaCode}:${year}`) })
}

/** 终端编号: area of the station and four digits, `440300-0001`: it is printed and read out on the phone. */
export function nextKioskId(database: CentralDatabase, areaCode: string): KioskId {
  return `${areaCode}-${String(next(database, `kiosk:${areaCode}`)).padStart(4, '0')}` as KioskId
}

/** 受理号: `SL` + day + 6 digits. */
export function nextAcceptanceNo(database: CentralDatabase, today: LocalDate): string {
  const day = today.replaceAll('-', '')
  return `SL${day}${String(next(database, `acceptance:${day}`)).padStart(6, '0')}`
}

function next(database: CentralDatabase, name: string): number {
  const row = database
    .prepare<[string], { last: number }>(
      'INSERT INTO number_sequence VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET last = last + 1 RETURNING last',
    )
    .get(name)
  if (row === undefined) throw new Error('a sequence returns its number')
  return row.last
}
