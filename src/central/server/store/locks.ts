import type { BusinessType } from '../../../domain/codes.ts'
import { vehicleKeyText, type VehicleKey } from '../../../domain/plate.ts'
import type { CentralDatabase } from './database.ts'

/** 业务锁定 recorded in the registry itself (not the locks that follow from an open case). */
export interface RegistryLock {
  readonly subject: 'OPERATOR' | 'VEHICLE'
  readonly authority: string
  readonly contact: string
  readonly reason: string
  readonly caseNo: string | null
  readonly businessTypes: readonly BusinessType[]
}

/** Active locks of the vehicle or its operator that cover 年度审验. */
export function reviewLocksOf(database: CentralDatabase, key: VehicleKey, operatorId: string): RegistryLock[] {
  return database
    .prepare<
      [string, string],
      {
        subject_type: 'OPERATOR' | 'VEHICLE'
        authority: string
        contact: string
        reason: string
        case_no: string | null
        business_types: string
      }
    >(
      `SELECT * FROM business_lock WHERE released_at IS NULL
         AND ((subject_type = 'VEHICLE' AND subject_id = ?) OR (subject_type = 'OPERATOR' AND subject_id = ?)) ORDER BY lock_id`,
    )
    .all(vehicleKeyText(key), operatorId)
    .map((row) => ({
      subject: row.subject_type,
      authority: row.authority,
      contact: row.contact,
      reason: row.reason,
      caseNo: row.case_no,
      businessTypes: JSON.parse(row.business_types) as BusinessType[],
    }))
    .filter((lock) => lock.businessTypes.includes('ANNUAL_REVIEW'))
}
