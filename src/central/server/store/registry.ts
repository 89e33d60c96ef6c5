import { parseCertificateNo, type CertificateNo } from '../../../domain/certificate-no.ts'
import type { OperationStatus, OperatorStatus, PlateColor, TradeCode, VehicleTypeCode } from '../../../domain/codes.ts'
import type { LocalDate } from '../../../domain/local-date.ts'
import type { PlateNo, VehicleKey } from '../../../domain/plate.ts'
import type { OperatorFacts, VehicleFacts } from '../../../domain/review/facts.ts'
import { expectOk } from '../../../lib/result.ts'
import type { CentralDatabase } from './database.ts'

export type Relation = 'OWNER' | 'LEGAL_REPRESENTATIVE' | 'AGENT'

export interface Person {
  readonly idNo: string
  readonly name: string
  readonly phone: string | null
  readonly portrait: Buffer | null
}

interface Certificate {
  readonly certificateNo: CertificateNo
  readonly displayNo: string
  readonly verifyCode: string
  readonly status: 'VALID' | 'INVALID'
  readonly validUntil: LocalDate
  readonly reviewValidUntil: LocalDate | null
  readonly nextRow: number
}

/** A vehicle with what the 运政 registry itself knows of it. */
export interface RegisteredVehicle {
  readonly facts: VehicleFacts
  readonly operatorId: string
  readonly operator: OperatorFacts
  readonly certificate: Certificate | null
  readonly scopeText: string
  readonly coachGradeValidUntil: LocalDate | null
}

interface VehicleRow {
  plate_no: PlateNo
  plate_color: PlateColor
  operator_id: string
  vin: string
  vehicle_type_code: VehicleTypeCode
  trade_code: TradeCode
  operation_status: OperationStatus
  area_code: string
  first_registered_on: LocalDate
  total_mass_kg: number
  curb_kg: number | null
  length_mm: number
  width_mm: number
  height_mm: number
  has_tank: number
  long_distance: number
  scope_text: string
  coach_grade_valid_until: LocalDate | null
  operator_name: string
  operator_status: OperatorStatus
  permit_valid_until: LocalDate | null
  scopes: string
}

interface CertificateRow {
  certificate_no: string
  display_no: string
  verify_code: string
  status: 'VALID' | 'INVALID'
  valid_until: LocalDate
  review_valid_until: LocalDate | null
  next_row: number
}

const VEHICLE_COLUMNS = `v.*, o.name AS operator_name, o.status AS operator_status, o.permit_valid_until, o.scopes`

/** Persons, operators, vehicles and certificates: the 运政 registry proper. */
export class Registry {
  private readonly database: CentralDatabase

  constructor(database: CentralDatabase) {
    this.database = database
  }

  person(idNo: string): Person | null {
    const row = this.database
      .prepare<[string], { id_no: string; name: string; phone: string | null; portrait: Buffer | null }>(
        'SELECT * FROM person WHERE id_no = ?',
      )
      .get(idNo)
    return row === undefined ? null : { idNo: row.id_no, name: row.name, phone: row.phone, portrait: row.portrait }
  }

  vehicle(key: VehicleKey): RegisteredVehicle | null {
    const row = this.database
      .prepare<[string, string], VehicleRow>(
        `SELECT ${VEHICLE_COLUMNS} FROM vehicle v JOIN operator o USING (operator_id) WHERE v.plate_no = ? AND v.plate_color = ?`,
      )
      .get(key.plateNo, key.plateColor)
    return row === undefined ? null : this.assemble(row)
  }

  /** Vehicles of operators the person owns, represents or is a recorded agent of (scenario 18), by plate. */
  vehiclesOf(idNo: string): readonly (RegisteredVehicle & { readonly relation: Relation })[] {
    return this.database
      .prepare<{ idNo: string }, VehicleRow & { relation: Relation }>(
        `SELECT ${VEHICLE_COLUMNS},
           CASE WHEN o.principal_id_no <> @idNo THEN 'AGENT' WHEN o.kind = 'INDIVIDUAL' THEN 'OWNER' ELSE 'LEGAL_REPRESENTATIVE' END AS relation
         FROM vehicle v JOIN operator o USING (operator_id)
         WHERE o.principal_id_no = @idNo OR EXISTS (SELECT 1 FROM agent a WHERE a.operator_id = o.operator_id AND a.id_no = @idNo)
         ORDER BY v.plate_no, v.plate_color`,
      )
      .all({ idNo })
      .map((row) => ({ ...this.assemble(row), relation: row.relation }))
  }

  mayActFor(idNo: string, operatorId: string): boolean {
    return (
      this.database
        .prepare(
          `SELECT 1 FROM operator o WHERE o.operator_id = @operatorId AND (o.principal_id_no = @idNo
             OR EXISTS (SELECT 1 FROM agent a WHERE a.operator_id = o.operator_id AND a.id_no = @idNo))`,
        )
        .get({ idNo, operatorId }) !== undefined
    )
  }

  /** What an endorsement changes on the certificate. */
  recordReview(certificateNo: CertificateNo, reviewValidUntil: LocalDate, usedRow: number): void {
    this.database
      .prepare('UPDATE certificate SET review_valid_until = ?, next_row = ? WHERE certificate_no = ?')
      .run(reviewValidUntil, usedRow + 1, certificateNo)
  }

  /** A row that a failed print may have touched is not used again. */
  spoilRow(certificateNo: CertificateNo, row: number): void {
    this.database.prepare('UPDATE certificate SET next_row = ? WHERE certificate_no = ?').run(row + 1, certificateNo)
  }

  private assemble(row: VehicleRow): RegisteredVehicle {
    const certificate = this.database
      .prepare<[string, string], CertificateRow>('SELECT * FROM certificate WHERE plate_no = ? AND plate_color = ?')
      .get(row.plate_no, row.plate_color)
    return {
      facts: vehicleFacts(row),
      operatorId: row.operator_id,
      operator: {
        name: row.operator_name,
        status: row.operator_status,
        permitValidUntil: row.permit_valid_until,
        scopes: JSON.parse(row.scopes) as TradeCode[],
      },
      certificate: certificate === undefined ? null : readCertificate(certificate),
      scopeText: row.scope_text,
      coachGradeValidUntil: row.coach_grade_valid_until,
    }
  }
}

function vehicleFacts(row: VehicleRow): VehicleFacts {
  return {
    key: { plateNo: row.plate_no, plateColor: row.plate_color },
    vin: row.vin,
    vehicleTypeCode: row.vehicle_type_code,
    tradeCode: row.trade_code,
    operationStatus: row.operation_status,
    areaCode: row.area_code,
    firstRegisteredOn: row.first_registered_on,
    totalMassKg: row.total_mass_kg,
    curbKg: row.curb_kg,
    lengthMm: row.length_mm,
    widthMm: row.width_mm,
    heightMm: row.height_mm,
    hasTank: row.has_tank === 1,
    longDistance: row.long_distance === 1,
  }
}

function readCertificate(row: CertificateRow): Certificate {
  return {
    certificateNo: expectOk(parseCertificateNo(row.certificate_no), 'certificate number in the registry'),
    displayNo: row.display_no,
    verifyCode: row.verify_code,
    status: row.status,
    validUntil: row.valid_until,
    reviewValidUntil: row.review_valid_until,
    nextRow: row.next_row,
  }
}
