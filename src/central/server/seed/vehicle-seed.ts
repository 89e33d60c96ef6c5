import type { ReviewStatus } from '../../../domain/annual-review.ts'
import { certificateDisplayNo, parseCertificateNo } from '../../../domain/certificate-no.ts'
import type { OperationStatus, PlateColor, TechGrade, TradeCode, VehicleTypeCode } from '../../../domain/codes.ts'
import { addDays, addMonths, type LocalDate } from '../../../domain/local-date.ts'
import { parsePlateNo, vehicleKeyText, type VehicleKey } from '../../../domain/plate.ts'
import { authorityOf, type ProvinceProfile } from '../../../domain/province.ts'
import { vehicleClassOf } from '../../../domain/review/facts.ts'
import type { RuleId } from '../../../domain/review/vocabulary.ts'
import { expectOk } from '../../../lib/result.ts'
import { vinCheckDigit } from '../../../domain/vin.ts'
import type { CentralDatabase } from '../store/database.ts'
import { opaqueId } from '../store/numbers.ts'
import { insertRow } from './insert.ts'

/** A vehicle in perfect order unless it says otherwise: every field below is a deviation. */
export interface VehicleSeed {
  readonly plate: string
  readonly color?: PlateColor
  readonly operatorId: string
  readonly operatorName: string
  readonly areaCode: string
  readonly vehicleType?: VehicleTypeCode
  readonly trade?: TradeCode
  readonly operationStatus?: OperationStatus
  readonly totalMassKg?: number
  readonly firstRegisteredOn?: LocalDate
  readonly longDistance?: boolean
  readonly hasTank?: boolean
  readonly reviewValidUntil?: LocalDate | null
  readonly certificate?: {
    readonly status?: 'VALID' | 'INVALID'
    readonly validUntil?: LocalDate
    readonly nextRow?: number
  } | null
  readonly inspection?: {
    readonly inspectedOn?: LocalDate
    readonly validUntil?: LocalDate
    readonly conclusion?: '合格' | '不合格'
    readonly techGrade?: TechGrade
    readonly lengthMm?: number
  } | null
  readonly police?: {
    readonly inspectionValidUntil?: LocalDate
    readonly ownerName?: string
    readonly scrapOn?: LocalDate
    readonly scrapped?: boolean
  } | null
  readonly gnss?: { readonly networked?: boolean; readonly lastOnlineOn?: LocalDate | null } | null
  readonly insuranceUntil?: LocalDate | null
  readonly coachGradeUntil?: LocalDate | null
  readonly tank?: { readonly validUntil: LocalDate | null; readonly equipmentConfirmed: boolean } | null
  readonly review?: {
    readonly status: ReviewStatus
    readonly approvedOn?: LocalDate
    readonly settledDoubts?: readonly RuleId[]
    readonly acceptanceNo?: string
    readonly rectifyUntil?: LocalDate
  }
}

export interface SeededVehicle {
  readonly key: VehicleKey
  readonly certificateNo: string | null
  readonly reviewId: string | null
}

const LENGTH_MM = 11_980
const WIDTH_MM = 2_550
const HEIGHT_MM = 3_990

/** Writes the vehicle and what every department knows of it. Dates not given are comfortable ones around `today`. */
export function addVehicle(
  database: CentralDatabase,
  province: ProvinceProfile,
  today: LocalDate,
  seed: VehicleSeed,
): SeededVehicle {
  const key = { plateNo: expectOk(parsePlateNo(seed.plate), seed.plate), plateColor: seed.color ?? '2' }
  const columns = { plate_no: key.plateNo, plate_color: key.plateColor }
  const serial = nextSerial(database)
  const vin = syntheticVin(serial)
  addRegistryRow(database, seed, columns, vin, today)
  const certificateNo = addCertificate(database, province, seed, columns, serial, today)
  addInspection(database, seed, columns, serial, today)
  addOtherRecords(database, seed, columns, vin, today)
  return { key, certificateNo, reviewId: addReview(database, seed, columns, today) }
}

type KeyColumns = Readonly<Record<'plate_no' | 'plate_color', string>>

function addRegistryRow(
  database: CentralDatabase,
  seed: VehicleSeed,
  columns: KeyColumns,
  vin: string,
  today: LocalDate,
): void {
  const trade = seed.trade ?? '021'
  insertRow(database, 'vehicle', {
    ...columns,
    operator_id: seed.operatorId,
    vin,
    vehicle_type_code: seed.vehicleType ?? '21',
    trade_code: trade,
    operation_status: seed.operationStatus ?? '10',
    area_code: seed.areaCode,
    first_registered_on: seed.firstRegisteredOn ?? addMonths(today, -40),
    total_mass_kg: seed.totalMassKg ?? 18_000,
    curb_kg: null,
    length_mm: LENGTH_MM,
    width_mm: WIDTH_MM,
    height_mm: HEIGHT_MM,
    has_tank: seed.hasTank ?? false,
    long_distance: seed.longDistance ?? false,
    scope_text: scopeText(trade),
    coach_grade_valid_until:
      seed.coachGradeUntil === undefined ? defaultFor(seed, 'PASSENGER', addMonths(today, 8)) : seed.coachGradeUntil,
  })
}

function addCertificate(
  database: CentralDatabase,
  province: ProvinceProfile,
  seed: VehicleSeed,
  columns: KeyColumns,
  serial: number,
  today: LocalDate,
): string | null {
  if (seed.certificate === null) return null
  const certificateNo = expectOk(parseCertificateNo(`${seed.areaCode}${String(serial).padStart(6, '0')}`), 'seed')
  const word = seed.areaCode.startsWith(province.areaPrefix)
    ? authorityOf(province, seed.areaCode).certificateWord
    : '外省交运管'
  insertRow(database, 'certificate', {
    ...columns,
    certificate_no: certificateNo,
    display_no: certificateDisplayNo(word, certificateNo),
    verify_code: `YZ${String(serial).padStart(6, '0')}`,
    status: seed.certificate?.status ?? 'VALID',
    valid_until: seed.certificate?.validUntil ?? addMonths(today, 30),
    review_valid_until: seed.reviewValidUntil === undefined ? addDays(today, 38) : seed.reviewValidUntil,
    next_row: seed.certificate?.nextRow ?? 3,
  })
  return certificateNo
}

function addInspection(
  database: CentralDatabase,
  seed: VehicleSeed,
  columns: KeyColumns,
  serial: number,
  today: LocalDate,
): void {
  if (seed.inspection === null) return
  insertRow(database, 'inspection_report', {
    ...columns,
    report_no: `JC${today.slice(0, 4)}${String(serial).padStart(8, '0')}`,
    station_name: '样例机动车检验检测站',
    inspected_on: seed.inspection?.inspectedOn ?? addMonths(today, -1),
    valid_until: seed.inspection?.validUntil ?? addMonths(today, 11),
    conclusion: seed.inspection?.conclusion ?? '合格',
    tech_grade: seed.inspection?.techGrade ?? '1',
    length_mm: seed.inspection?.lengthMm ?? LENGTH_MM,
    width_mm: WIDTH_MM,
    height_mm: HEIGHT_MM,
    curb_kg: null,
  })
}

function addOtherRecords(
  database: CentralDatabase,
  seed: VehicleSeed,
  columns: KeyColumns,
  vin: string,
  today: LocalDate,
): void {
  if (seed.police !== null) {
    insertRow(database, 'police_record', {
      ...columns,
      inspection_valid_until: seed.police?.inspectionValidUntil ?? addMonths(today, 10),
      vin,
      owner_name: seed.police?.ownerName ?? seed.operatorName,
      scrap_on: seed.police?.scrapOn ?? addMonths(today, 110),
      scrapped: seed.police?.scrapped ?? false,
    })
  }
  if (seed.gnss !== null && classOf(seed) !== 'TRAILER') {
    const lastOnlineOn = seed.gnss?.lastOnlineOn
    insertRow(database, 'gnss_record', {
      ...columns,
      networked: seed.gnss?.networked ?? true,
      last_online_on: lastOnlineOn === undefined ? addDays(today, -1) : lastOnlineOn,
    })
  }
  const insured = seed.insuranceUntil === undefined ? insuredByDefault(seed, today) : seed.insuranceUntil
  if (insured !== null)
    insertRow(database, 'insurance_policy', { ...columns, insurer: '样例财产保险', valid_until: insured })
  const tank = seed.tank === undefined ? tankByDefault(seed, today) : seed.tank
  if (tank !== null) {
    insertRow(database, 'tank_record', {
      ...columns,
      tank_valid_until: tank.validUntil,
      equipment_confirmed: tank.equipmentConfirmed,
    })
  }
  insertRow(database, 'maintenance_record', { ...columns, valid_until: addMonths(today, 2) })
}

function addReview(database: CentralDatabase, seed: VehicleSeed, columns: KeyColumns, today: LocalDate): string | null {
  if (seed.review === undefined) return null
  const reviewId = opaqueId('R')
  insertRow(database, 'review', {
    ...columns,
    review_id: reviewId,
    cycle_until: seed.reviewValidUntil === undefined ? addDays(today, 38) : (seed.reviewValidUntil ?? 'NONE'),
    status: seed.review.status,
    approved_on: seed.review.approvedOn ?? (seed.review.status === 'APPROVED' ? addDays(today, -3) : null),
    settled_doubts: JSON.stringify(seed.review.settledDoubts ?? []),
    acceptance_no:
      seed.review.acceptanceNo ??
      `SL${addDays(today, -4).replaceAll('-', '')}${String(nextSerial(database)).padStart(6, '0')}`,
    rectify_until: seed.review.rectifyUntil ?? null,
  })
  return reviewId
}

export interface CaseSeed {
  readonly caseNo: string
  /** The vehicle, or the id of the operator. */
  readonly party: VehicleKey | string
  readonly cause: string
  readonly fineCents?: number
  readonly deliveredOn?: LocalDate
  readonly payCode?: string
}

/** An open case: 立案 without 结案. */
export function addCase(database: CentralDatabase, seed: CaseSeed): void {
  insertRow(database, 'penalty_case', {
    case_no: seed.caseNo,
    party_type: typeof seed.party === 'string' ? 'OPERATOR' : 'VEHICLE',
    party_id: typeof seed.party === 'string' ? seed.party : vehicleKeyText(seed.party),
    authority: '样例市交通运输综合行政执法支队',
    contact: '0755-12328',
    cause: seed.cause,
    state: seed.deliveredOn === undefined ? 'REGISTERED' : 'DELIVERED',
    delivered_on: seed.deliveredOn ?? null,
    fine_cents: seed.fineCents ?? null,
    pay_code: seed.payCode ?? null,
  })
}

function classOf(seed: VehicleSeed) {
  return vehicleClassOf({ vehicleTypeCode: seed.vehicleType ?? '21', tradeCode: seed.trade ?? '021' })
}

function defaultFor<T>(seed: VehicleSeed, vehicleClass: ReturnType<typeof classOf>, value: T): T | null {
  return classOf(seed) === vehicleClass ? value : null
}

function insuredByDefault(seed: VehicleSeed, today: LocalDate): LocalDate | null {
  return classOf(seed) === 'PASSENGER' || classOf(seed) === 'DANGEROUS' ? addMonths(today, 9) : null
}

function tankByDefault(seed: VehicleSeed, today: LocalDate): (VehicleSeed['tank'] & {}) | null {
  if (classOf(seed) !== 'DANGEROUS' && seed.hasTank !== true) return null
  return { validUntil: seed.hasTank === true ? addMonths(today, 7) : null, equipmentConfirmed: true }
}

function scopeText(trade: TradeCode): string {
  if (trade.startsWith('01')) return '客运：班车客运、包车客运。'
  return trade.startsWith('03') ? '货运：危险货物运输（3类）。' : '货运：普通货运。'
}

/** A VIN no maker uses (LGA0000…) with a right check digit. */
function syntheticVin(serial: number): string {
  const raw = `LGA00000XTA${String(serial).padStart(6, '0')}`
  return `${raw.slice(0, 8)}${vinCheckDigit(raw)}${raw.slice(9)}`
}

function nextSerial(database: CentralDatabase): number {
  const row = database.prepare<[], { n: number }>('SELECT count(*) AS n FROM vehicle').get()
  return 165_715 + (row?.n ?? 0)
}
