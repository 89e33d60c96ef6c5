import type { CaseState, TechGrade } from '../../../domain/codes.ts'
import { isOpenCase } from '../../../domain/codes.ts'
import type { LocalDate } from '../../../domain/local-date.ts'
import type { Cents } from '../../../domain/money.ts'
import { vehicleKeyText, type VehicleKey } from '../../../domain/plate.ts'
import type { CreditFacts, GnssFacts, InspectionFacts, PoliceFacts, TankFacts } from '../../../domain/review/facts.ts'
import type { CentralDatabase } from '../store/database.ts'

/** An open case as the enforcement system tells it. */
export interface OpenCase {
  readonly caseNo: string
  readonly subject: 'OPERATOR' | 'VEHICLE'
  readonly authority: string
  readonly contact: string
  readonly cause: string
  readonly deliveredOn: LocalDate | null
  readonly fine: Cents | null
  readonly payCode: string | null
}

interface CaseRow {
  case_no: string
  party_type: 'OPERATOR' | 'VEHICLE'
  authority: string
  contact: string
  cause: string
  state: CaseState
  delivered_on: LocalDate | null
  fine_cents: Cents | null
  pay_code: string | null
}

/** What other departments know of a vehicle. The reference centre keeps their records in its own store. */
export class SharedRecords {
  private readonly database: CentralDatabase

  constructor(database: CentralDatabase) {
    this.database = database
  }

  /** The newest report of an inspection station. */
  inspection(key: VehicleKey): InspectionFacts | null {
    const row = this.one<{
      station_name: string
      inspected_on: LocalDate
      valid_until: LocalDate
      conclusion: '合格' | '不合格'
      tech_grade: TechGrade | null
      length_mm: number
      width_mm: number
      height_mm: number
      curb_kg: number | null
    }>('inspection_report', key, 'ORDER BY inspected_on DESC LIMIT 1')
    if (row === null) return null
    return {
      stationName: row.station_name,
      inspectedOn: row.inspected_on,
      validUntil: row.valid_until,
      conclusion: row.conclusion,
      techGrade: row.tech_grade,
      lengthMm: row.length_mm,
      widthMm: row.width_mm,
      heightMm: row.height_mm,
      curbKg: row.curb_kg,
    }
  }

  police(key: VehicleKey): PoliceFacts | null {
    const row = this.one<{
      inspection_valid_until: LocalDate
      vin: string
      owner_name: string
      scrap_on: LocalDate | null
      scrapped: number
    }>('police_record', key)
    if (row === null) return null
    return {
      inspectionValidUntil: row.inspection_valid_until,
      vin: row.vin,
      ownerName: row.owner_name,
      scrapOn: row.scrap_on,
      scrapped: row.scrapped === 1,
    }
  }

  gnss(key: VehicleKey): GnssFacts | null {
    const row = this.one<{ networked: number; last_online_on: LocalDate | null }>('gnss_record', key)
    return row === null ? null : { networked: row.networked === 1, lastOnlineOn: row.last_online_on }
  }

  maintenance(key: VehicleKey): { validUntil: LocalDate } | null {
    const row = this.one<{ valid_until: LocalDate }>('maintenance_record', key)
    return row === null ? null : { validUntil: row.valid_until }
  }

  insurance(key: VehicleKey): { insurer: string; validUntil: LocalDate } | null {
    const row = this.one<{ insurer: string; valid_until: LocalDate }>('insurance_policy', key)
    return row === null ? null : { insurer: row.insurer, validUntil: row.valid_until }
  }

  tank(key: VehicleKey): TankFacts | null {
    const row = this.one<{ tank_valid_until: LocalDate | null; equipment_confirmed: number }>('tank_record', key)
    return row === null
      ? null
      : { tankValidUntil: row.tank_valid_until, equipmentConfirmed: row.equipment_confirmed === 1 }
  }

  credit(operatorId: string, queryId: string): CreditFacts {
    const entry = this.database
      .prepare<[string], { source: string; reason: string }>(
        'SELECT source, reason FROM credit_entry WHERE operator_id = ?',
      )
      .get(operatorId)
    return { queryId, blackList: entry ?? null }
  }

  /** Open cases against the vehicle or its operator; cases against persons lock other business (domain: lock matrix). */
  openCases(key: VehicleKey, operatorId: string): readonly OpenCase[] {
    return this.database
      .prepare<[string, string], CaseRow>(
        `SELECT * FROM penalty_case WHERE (party_type = 'VEHICLE' AND party_id = ?) OR (party_type = 'OPERATOR' AND party_id = ?) ORDER BY case_no`,
      )
      .all(vehicleKeyText(key), operatorId)
      .filter((row) => isOpenCase(row.state))
      .map((row) => ({
        caseNo: row.case_no,
        subject: row.party_type,
        authority: row.authority,
        contact: row.contact,
        cause: row.cause,
        deliveredOn: row.delivered_on,
        fine: row.fine_cents,
        payCode: row.pay_code,
      }))
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller names the columns of its table
  private one<Row>(table: string, key: VehicleKey, order = ''): Row | null {
    const statement = this.database.prepare<[string, string], Row>(
      `SELECT * FROM ${table} WHERE plate_no = ? AND plate_color = ? ${order}`,
    )
    return statement.get(key.plateNo, key.plateColor) ?? null
  }
}
