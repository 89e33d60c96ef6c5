import type { AuthorizationClaims } from '../../contract/endorsement.ts'
import type { AuthorizationId, KioskId, ReviewId, VisitId } from '../../contract/fields.ts'
import { addDays, addMonths, startOfDayInShanghai, type LocalDate } from '../../../domain/local-date.ts'
import type { ProvinceProfile } from '../../../domain/province.ts'
import { authorityOf } from '../../../domain/province.ts'
import type { CertificateNo } from '../../../domain/certificate-no.ts'
import type { CentralDatabase } from '../store/database.ts'
import { Endorsements } from '../store/endorsements.ts'
import { nextEndorsementNo, opaqueId } from '../store/numbers.ts'
import { insertRow } from './insert.ts'
import { DEMO_PEOPLE, type DemoPersonName } from './people.ts'
import { addCase, addVehicle, type SeededVehicle, type VehicleSeed } from './vehicle-seed.ts'

export interface DemoSeed {
  readonly today: LocalDate
  readonly province: ProvinceProfile
  /** Registered portraits (JPEG), where the rig has any: the repository holds none. */
  readonly portrait?: ((person: DemoPersonName) => Buffer | null) | undefined
}

/** Where the demo's kiosk stands: its site file names this code. */
export const DEMO_STATION_CODE = 'ST-DEMO-001'
const OTHER_STATION_CODE = 'ST-DEMO-002'
const OTHER_KIOSK_ID = 'KdemoOtherStation000001'
const OTHER_KIOSK_NAME = '城东客运站2号机'
const OWNER_ID = 'OP-OWNER'
const COMPANY_ID = 'OP-COMPANY'
const BLACK_ID = 'OP-BLACK'
const COMPANY_NAME = '样例顺达运输有限公司'
const BLACK_NAME = '样例失信物流有限公司'

/** Plates of the demo's home city, another city of the province, and another province. */
interface Places {
  readonly home: { readonly plate: string; readonly areaCode: string }
  readonly otherCity: { readonly plate: string; readonly areaCode: string }
  readonly otherProvince: { readonly plate: string; readonly areaCode: string }
}

const PLACES: Readonly<Record<string, Places>> = {
  guangdong: {
    home: { plate: '粤B', areaCode: '440300' },
    otherCity: { plate: '粤A', areaCode: '440100' },
    otherProvince: { plate: '湘A', areaCode: '430100' },
  },
  zhejiang: {
    home: { plate: '浙A', areaCode: '330100' },
    otherCity: { plate: '浙B', areaCode: '330200' },
    otherProvince: { plate: '湘A', areaCode: '430100' },
  },
}

/** Fills an empty store with people and vehicles for every state of the domain, all relative to `today`. */
export function seedDemo(database: CentralDatabase, seed: DemoSeed): void {
  const places = PLACES[seed.province.id]
  if (places === undefined) throw new Error(`no demo data for province ${seed.province.id}`)
  database.transaction(() => {
    addStations(database, places)
    addPeople(database, seed)
    addOperators(database, seed.today)
    addOwnersVehicles(database, seed, places)
    addCompanyVehicles(database, seed, places)
  })()
}

export function isEmpty(database: CentralDatabase): boolean {
  return database.prepare('SELECT 1 FROM station').get() === undefined
}

function addStations(database: CentralDatabase, { home, otherCity }: Places): void {
  insertRow(database, 'station', {
    station_code: DEMO_STATION_CODE,
    name: '样例机动车检验检测站',
    area_code: home.areaCode,
  })
  insertRow(database, 'station', {
    station_code: OTHER_STATION_CODE,
    name: '城东客运站',
    area_code: otherCity.areaCode,
  })
  insertRow(database, 'kiosk', {
    kiosk_id: OTHER_KIOSK_ID,
    name: OTHER_KIOSK_NAME,
    station_code: OTHER_STATION_CODE,
    key_id: 'no key: this kiosk exists in the ledger only',
    key_x: '',
    enrolled_at: 0,
  })
}

function addPeople(database: CentralDatabase, { portrait }: DemoSeed): void {
  for (const [key, { idNo, name, phone }] of Object.entries(DEMO_PEOPLE)) {
    insertRow(database, 'person', { id_no: idNo, name, phone, portrait: portrait?.(key as DemoPersonName) ?? null })
  }
}

function addOperators(database: CentralDatabase, today: LocalDate): void {
  const { owner, representative, agent, rareName } = DEMO_PEOPLE
  const common = {
    status: '1',
    permit_valid_until: addMonths(today, 20),
    scopes: JSON.stringify(['010', '020', '030']),
  }
  const operator = (operatorId: string, name: string, kind: string, principal: string) => {
    insertRow(database, 'operator', {
      operator_id: operatorId,
      name,
      kind,
      principal_id_no: principal,
      permit_no: `XK${operatorId}`,
      ...common,
    })
  }
  operator(OWNER_ID, owner.name, 'INDIVIDUAL', owner.idNo)
  operator(COMPANY_ID, COMPANY_NAME, 'COMPANY', representative.idNo)
  operator(BLACK_ID, BLACK_NAME, 'COMPANY', representative.idNo)
  operator('OP-RARE', rareName.name, 'INDIVIDUAL', rareName.idNo)
  insertRow(database, 'agent', { operator_id: COMPANY_ID, id_no: agent.idNo })
  insertRow(database, 'credit_entry', { operator_id: BLACK_ID, source: '省信用平台', reason: '严重失信主体名单' })
}

function addOwnersVehicles(
  database: CentralDatabase,
  seed: DemoSeed,
  { home, otherCity, otherProvince }: Places,
): void {
  const { today } = seed
  const own = { operatorId: OWNER_ID, operatorName: DEMO_PEOPLE.owner.name, areaCode: home.areaCode }
  const add = (vehicle: Omit<VehicleSeed, 'operatorId' | 'operatorName' | 'areaCode'>) =>
    addVehicle(database, seed.province, today, { ...own, ...vehicle })
  const at = (serial: string) => `${home.plate}${serial}`

  // 可签注: approved online, 38 days left (2026-12-31 seen from 2026-11-23).
  add({ plate: at('23456'), review: { status: 'APPROVED' } })
  add({ plate: at('12345D'), color: '93', review: { status: 'APPROVED' }, reviewValidUntil: addDays(today, 12) })
  // 异地签注: another city of the province.
  addVehicle(database, seed.province, today, {
    ...own,
    areaCode: otherCity.areaCode,
    plate: `${otherCity.plate}86420`,
    review: { status: 'APPROVED' },
  })
  // 待审验, 即将到期 (today is the last day), 逾期, 未到期, 逾期超限.
  add({ plate: at('45678'), reviewValidUntil: addDays(today, 60) })
  add({ plate: at('34567'), reviewValidUntil: today })
  add({ plate: at('67890'), reviewValidUntil: addDays(today, -10) })
  add({ plate: at('56789'), reviewValidUntil: addDays(today, 200) })
  add({ plate: at('78901'), reviewValidUntil: addDays(today, -220) })
  // 锁定: a decision received 20 days ago, five days past the date to pay.
  const locked = add({ plate: at('89012'), review: { status: 'APPROVED' } })
  addCase(database, {
    caseNo: `样交罚〔${today.slice(0, 4)}〕00123号`,
    party: locked.key,
    cause: '擅自改装已取得道路运输证的车辆',
    fineCents: 100_000,
    deliveredOn: addDays(today, -20),
    payCode: '44030026000000123456',
  })
  // 已签注 at another kiosk last week.
  const endorsed = add({
    plate: at('90123'),
    reviewValidUntil: addMonths(addDays(today, 25), 12),
    certificate: { nextRow: 4 },
  })
  addConfirmedEndorsement(database, seed, endorsed, home.areaCode)
  // 人工复核, 限期整改, 不合格.
  add({ plate: at('01234'), review: { status: 'MANUAL_REVIEW' }, inspection: { lengthMm: 12_480 } })
  add({ plate: at('12340'), review: { status: 'RECTIFY', rectifyUntil: addDays(today, 20) } })
  add({ plate: at('13579'), review: { status: 'REJECTED' } })
  // 校验不通过: the inspection ran out yesterday. 结构尺寸变动: goes to a person once submitted.
  add({
    plate: at('24680'),
    inspection: { inspectedOn: addDays(addMonths(today, -12), -1), validUntil: addDays(today, -1) },
  })
  add({ plate: at('35790'), inspection: { lengthMm: 12_480 } })
  // 无需年审, 外省车, 停运, 挂车.
  add({ plate: at('46801'), color: '1', vehicleType: '23', totalMassKg: 4_495, certificate: null, gnss: null })
  addVehicle(database, seed.province, today, {
    ...own,
    areaCode: otherProvince.areaCode,
    plate: `${otherProvince.plate}12345`,
  })
  add({ plate: at('57913'), operationStatus: '21' })
  add({ plate: at('1357挂'), vehicleType: '37', review: { status: 'APPROVED' } })
}

function addCompanyVehicles(database: CentralDatabase, seed: DemoSeed, { home }: Places): void {
  const { today } = seed
  const company = { operatorId: COMPANY_ID, operatorName: COMPANY_NAME, areaCode: home.areaCode }
  const coach = { ...company, vehicleType: '11', trade: '011' } as const
  const dangerous = { ...company, vehicleType: '40', trade: '031' } as const
  const approved = { status: 'APPROVED' } as const
  const at = (serial: string) => `${home.plate}${serial}`
  const vehicles: readonly VehicleSeed[] = [
    { ...coach, plate: at('60001'), review: approved },
    // 承运人责任险 ended yesterday.
    { ...coach, plate: at('60002'), insuranceUntil: addDays(today, -1) },
    { ...coach, plate: at('60003'), coachGradeUntil: addDays(today, -1) },
    { ...dangerous, plate: at('70001'), review: approved, hasTank: true },
    // 20 days offline where 15 are allowed.
    { ...dangerous, plate: at('70002'), gnss: { lastOnlineOn: addDays(today, -20) } },
    { ...dangerous, plate: at('70003'), tank: { validUntil: null, equipmentConfirmed: false } },
    { ...company, plate: at('50001'), review: approved, vehicleType: '36' },
    // The record page is full; the certificate ends before a year is over.
    { ...company, plate: at('50002'), review: approved, certificate: { nextRow: seed.province.recordRows + 1 } },
    { ...company, plate: at('50003'), review: approved, certificate: { validUntil: addMonths(today, 5) } },
    { ...company, plate: at('50004'), review: approved, police: { ownerName: '另一家样例公司' } },
    { ...company, operatorId: BLACK_ID, operatorName: BLACK_NAME, plate: at('80001'), review: approved },
    {
      ...company,
      operatorId: 'OP-RARE',
      operatorName: DEMO_PEOPLE.rareName.name,
      plate: at('90001'),
      review: approved,
    },
  ]
  for (const vehicle of vehicles) addVehicle(database, seed.province, today, vehicle)
}

function addConfirmedEndorsement(
  database: CentralDatabase,
  { today, province }: DemoSeed,
  vehicle: SeededVehicle,
  areaCode: string,
): void {
  const day = addDays(today, -7)
  const previousValidUntil = addDays(today, 25)
  const reviewId = opaqueId('R') as ReviewId
  const confirmedAt = startOfDayInShanghai(day) + 10 * 3_600_000
  insertRow(database, 'review', {
    review_id: reviewId,
    plate_no: vehicle.key.plateNo,
    plate_color: vehicle.key.plateColor,
    cycle_until: previousValidUntil,
    status: 'ENDORSED',
    approved_on: day,
  })
  const authority = authorityOf(province, areaCode)
  const claims: AuthorizationClaims = {
    iss: `central:${province.id}`,
    aud: OTHER_KIOSK_ID as KioskId,
    jti: opaqueId('A') as AuthorizationId,
    iat: confirmedAt / 1000 - 60,
    exp: confirmedAt / 1000 + 60,
    endorsementNo: nextEndorsementNo(database, areaCode, day),
    attempt: 1,
    reviewId,
    vehicle: vehicle.key,
    certificateNo: vehicle.certificateNo as CertificateNo,
    row: 3,
    previousValidUntil,
    validUntil: addMonths(previousValidUntil, 12),
    print: {
      resultText: '合格',
      techGrade: '一级',
      reviewDate: day,
      authorityName: authority.name,
      sealText: authority.sealText,
      checkCode: 'SPEC1MEN',
      specimen: true,
    },
    kioskId: OTHER_KIOSK_ID as KioskId,
    kioskName: OTHER_KIOSK_NAME,
    visitId: opaqueId('V') as VisitId,
  }
  const endorsements = new Endorsements(database)
  const issue = {
    claims,
    idempotencyKey: `seed:${reviewId}`,
    requestHash: 'seed',
    issuedAt: claims.iat * 1000,
    expiresAt: claims.exp * 1000,
  }
  endorsements.issue(issue)
  const stored = endorsements.byNo(claims.endorsementNo, claims.iat * 1000)
  if (stored === null) throw new Error('an endorsement just written is there')
  endorsements.become(stored, 'CONFIRMED', confirmedAt)
}
