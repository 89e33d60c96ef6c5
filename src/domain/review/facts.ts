import type { OperationStatus, OperatorStatus, TechGrade, TradeCode, VehicleTypeCode } from '../codes.ts'
import type { LocalDate } from '../local-date.ts'
import type { VehicleKey } from '../plate.ts'
import type { EndorsementNo } from '../endorsement-no.ts'
import type { VehicleClass } from './vocabulary.ts'

/** The answer of one source, or the knowledge that it gave none. `checkedAt`: milliseconds since the epoch. */
export type Sourced<T> =
  | { readonly state: 'UP'; readonly value: T; readonly checkedAt: number }
  | { readonly state: 'DOWN'; readonly checkedAt: number }

/** Everything R01–R18 look at. What the registry (运政) itself knows is plain; what comes from elsewhere may be missing. */
export interface ReviewFacts {
  readonly today: LocalDate
  /** When the registry was read. */
  readonly checkedAt: number
  readonly vehicle: VehicleFacts
  readonly certificate: CertificateFacts | null
  readonly operator: OperatorFacts
  /** 客车类型等级评定 */
  readonly coachGradeValidUntil: LocalDate | null
  readonly endorsedThisCycle: EndorsedFacts | null
  /** Locks of the registry that cover 年度审验. */
  readonly locks: readonly LockFacts[]
  readonly inspection: Sourced<InspectionFacts | null>
  readonly police: Sourced<PoliceFacts | null>
  readonly gnss: Sourced<GnssFacts | null>
  readonly maintenance: Sourced<{ readonly validUntil: LocalDate } | null>
  readonly insurance: Sourced<{ readonly insurer: string; readonly validUntil: LocalDate } | null>
  readonly openCases: Sourced<readonly CaseFacts[]>
  readonly tank: Sourced<TankFacts | null>
  readonly credit: Sourced<CreditFacts>
}

export interface VehicleFacts {
  readonly key: VehicleKey
  readonly vin: string
  readonly vehicleTypeCode: VehicleTypeCode
  readonly tradeCode: TradeCode
  readonly operationStatus: OperationStatus
  readonly areaCode: string
  readonly firstRegisteredOn: LocalDate
  readonly totalMassKg: number
  readonly curbKg: number | null
  readonly lengthMm: number
  readonly widthMm: number
  readonly heightMm: number
  readonly hasTank: boolean
  /** 800 km and more: the stricter 技术等级 applies. */
  readonly longDistance: boolean
}

interface CertificateFacts {
  readonly displayNo: string
  readonly status: 'VALID' | 'INVALID'
  readonly validUntil: LocalDate
  readonly reviewValidUntil: LocalDate | null
}

export interface OperatorFacts {
  readonly name: string
  readonly status: OperatorStatus
  readonly permitValidUntil: LocalDate | null
  readonly scopes: readonly TradeCode[]
}

export interface EndorsedFacts {
  readonly endorsementNo: EndorsementNo
  readonly kioskName: string
  readonly at: number
  readonly validUntil: LocalDate
}

interface LockFacts {
  readonly authority: string
  readonly reason: string
}

interface CaseFacts {
  readonly caseNo: string
  readonly authority: string
}

export interface InspectionFacts {
  readonly stationName: string
  readonly inspectedOn: LocalDate
  readonly validUntil: LocalDate
  readonly conclusion: '合格' | '不合格'
  readonly techGrade: TechGrade | null
  readonly lengthMm: number
  readonly widthMm: number
  readonly heightMm: number
  readonly curbKg: number | null
}

export interface PoliceFacts {
  readonly inspectionValidUntil: LocalDate
  readonly vin: string
  readonly ownerName: string
  /** 强制报废期止 */
  readonly scrapOn: LocalDate | null
  readonly scrapped: boolean
}

export interface GnssFacts {
  readonly networked: boolean
  readonly lastOnlineOn: LocalDate | null
}

export interface TankFacts {
  readonly tankValidUntil: LocalDate | null
  /** 应急处理器材、安全防护设施 confirmed this cycle. */
  readonly equipmentConfirmed: boolean
}

export interface CreditFacts {
  /** Kept with the check, so that it can be shown later what was asked (逢办必查). */
  readonly queryId: string
  readonly blackList: { readonly source: string; readonly reason: string } | null
}

/** The column of the check matrix a vehicle belongs to. */
export function vehicleClassOf({
  vehicleTypeCode,
  tradeCode,
}: Pick<VehicleFacts, 'vehicleTypeCode' | 'tradeCode'>): VehicleClass {
  if (vehicleTypeCode === '37') return 'TRAILER'
  if (tradeCode.startsWith('03') || vehicleTypeCode === '40') return 'DANGEROUS'
  return tradeCode.startsWith('01') || tradeCode === '071' ? 'PASSENGER' : 'FREIGHT'
}

/** Ordinary freight vehicles up to the province's limit (4 500 kg) have needed no 道路运输证 since 2019. */
export function isLightTruck(vehicle: VehicleFacts, upToKg: number): boolean {
  return vehicleClassOf(vehicle) === 'FREIGHT' && vehicle.tradeCode === '021' && vehicle.totalMassKg <= upToKg
}
