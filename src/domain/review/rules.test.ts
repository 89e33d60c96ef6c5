import { describe, expect, it } from 'vitest'
import { addDays, addMonths, localDate } from '../local-date.ts'
import { parsePlateNo } from '../plate.ts'
import { provinceProfile, type ProvinceProfile } from '../province.ts'
import { expectOk } from '../../lib/result.ts'
import guangdong from '../../../assets/provinces/guangdong.json' with { type: 'json' }
import zhejiang from '../../../assets/provinces/zhejiang.json' with { type: 'json' }
import { assessReview, verdictOf, type ReviewStanding } from './assess.ts'
import { badgeLabel, badgeOf, type BadgeFacts } from './badge.ts'
import { isLightTruck, vehicleClassOf, type ReviewFacts, type Sourced, type VehicleFacts } from './facts.ts'
import { RULE_IDS, VEHICLE_CLASSES, type RuleId, type VehicleClass } from './vocabulary.ts'

const GUANGDONG = provinceProfile.parse(guangdong)
const ZHEJIANG = provinceProfile.parse(zhejiang)
const TODAY = localDate('2026-11-23')
const AT = 1_795_400_000_000
const APPROVED: ReviewStanding = { status: 'APPROVED', approvedOn: addDays(TODAY, -3), settledDoubts: [] }
const DUE: ReviewStanding = { status: 'DUE', approvedOn: null, settledDoubts: [] }

const up = <T>(value: T): Sourced<T> => ({ state: 'UP', value, checkedAt: AT })
const DOWN = { state: 'DOWN', checkedAt: AT } as const

const TRUCK: VehicleFacts = {
  key: { plateNo: expectOk(parsePlateNo('粤B12345'), 'plate'), plateColor: '2' },
  vin: 'LGA0000B6TA000002',
  vehicleTypeCode: '21',
  tradeCode: '021',
  operationStatus: '10',
  areaCode: '440300',
  firstRegisteredOn: addMonths(TODAY, -40),
  totalMassKg: 18_000,
  curbKg: 8_000,
  lengthMm: 11_980,
  widthMm: 2_550,
  heightMm: 3_990,
  hasTank: false,
  longDistance: false,
}
const COACH: VehicleFacts = { ...TRUCK, vehicleTypeCode: '11', tradeCode: '011' }
const TANKER: VehicleFacts = { ...TRUCK, vehicleTypeCode: '40', tradeCode: '031', hasTank: true }
const TRAILER: VehicleFacts = { ...TRUCK, vehicleTypeCode: '37' }

/** A vehicle about which everything is in order and known. */
function facts(vehicle: VehicleFacts = TRUCK, changes: Partial<ReviewFacts> = {}): ReviewFacts {
  return {
    today: TODAY,
    checkedAt: AT,
    vehicle,
    certificate: {
      displayNo: '粤交运管深字440300165715号',
      status: 'VALID',
      validUntil: addMonths(TODAY, 30),
      reviewValidUntil: localDate('2026-12-31'),
    },
    operator: {
      name: '样例顺达运输有限公司',
      status: '1',
      permitValidUntil: addMonths(TODAY, 20),
      scopes: ['010', '020', '030'],
    },
    coachGradeValidUntil: addMonths(TODAY, 8),
    endorsedThisCycle: null,
    locks: [],
    inspection: up(INSPECTION),
    police: up(POLICE),
    gnss: up({ networked: true, lastOnlineOn: addDays(TODAY, -1) }),
    maintenance: up({ validUntil: addMonths(TODAY, 2) }),
    insurance: up({ insurer: '样例财产保险', validUntil: addMonths(TODAY, 9) }),
    openCases: up([]),
    tank: up({ tankValidUntil: addMonths(TODAY, 7), equipmentConfirmed: true }),
    credit: up({ queryId: 'XY1', blackList: null }),
    ...changes,
  }
}

const INSPECTION = {
  stationName: '样例机动车检验检测站',
  inspectedOn: addMonths(TODAY, -1),
  validUntil: addMonths(TODAY, 11),
  conclusion: '合格',
  techGrade: '1',
  lengthMm: 11_980,
  widthMm: 2_550,
  heightMm: 3_990,
  curbKg: 8_000,
} as const
const POLICE = {
  inspectionValidUntil: addMonths(TODAY, 10),
  vin: TRUCK.vin,
  ownerName: '样例顺达运输有限公司',
  scrapOn: addMonths(TODAY, 110),
  scrapped: false,
} as const

/** The same facts about a vehicle at home in the province. */
function at(profile: ProvinceProfile, given: ReviewFacts): ReviewFacts {
  return profile === ZHEJIANG ? { ...given, vehicle: { ...given.vehicle, areaCode: '330100' } } : given
}

function item(id: RuleId, given: ReviewFacts, profile: ProvinceProfile = GUANGDONG) {
  const found = assessReview(at(profile, given), APPROVED, profile).items.find(({ ruleId }) => ruleId === id)
  if (found === undefined) throw new Error(`${id} was not asked`)
  return found
}
const outcome = (given: ReviewFacts, standing = APPROVED, profile = GUANGDONG) =>
  assessReview(at(profile, given), standing, profile).outcome

describe('the check matrix of a province', () => {
  const asked = (vehicle: VehicleFacts, profile = GUANGDONG) =>
    assessReview(at(profile, facts(vehicle)), APPROVED, profile)
      .items.filter(({ result }) => result !== 'NOT_APPLICABLE')
      .map(({ ruleId }) => ruleId)

  it('lists all eighteen rules in order for every class', () => {
    for (const vehicle of [TRUCK, TRAILER, TANKER, COACH]) {
      expect(assessReview(facts(vehicle), APPROVED, GUANGDONG).items.map(({ ruleId }) => ruleId)).toEqual(RULE_IDS)
    }
  })

  it.each([
    ['FREIGHT', TRUCK, ['R09', 'R10', 'R12', 'R13']],
    ['TRAILER', TRAILER, ['R05', 'R08', 'R09', 'R10', 'R12', 'R13']],
    ['DANGEROUS', TANKER, ['R09', 'R12']],
    ['PASSENGER', COACH, ['R09', 'R13']],
  ] as const)('asks %s everything but what does not apply', (vehicleClass, vehicle, notAsked) => {
    expect(vehicleClassOf(vehicle)).toBe(vehicleClass)
    expect(asked(vehicle)).toEqual(RULE_IDS.filter((id) => !(notAsked as readonly RuleId[]).includes(id)))
  })

  it('asks light freight vehicles no satellite device, tractors always, and trailers with a tank for its inspection', () => {
    expect(asked({ ...TRUCK, totalMassKg: 8_000 })).not.toContain('R08')
    expect(asked({ ...TRUCK, totalMassKg: 8_000, vehicleTypeCode: '36' })).toContain('R08')
    expect(asked({ ...TRAILER, hasTank: true })).toContain('R13')
  })

  it('differs between provinces by data alone', () => {
    expect(asked(COACH, ZHEJIANG)).toContain('R09')
    const blackListed = facts(TRUCK, {
      credit: up({ queryId: 'XY9', blackList: { source: '信用浙江', reason: '严重失信' } }),
    })
    expect(item('R14', blackListed, GUANGDONG)).toMatchObject({ result: 'FAIL', action: 'BLOCK' })
    expect(item('R14', blackListed, ZHEJIANG)).toMatchObject({ result: 'MANUAL', action: 'MANUAL' })
    expect(item('R14', blackListed).evidence).toContain('XY9')
  })

  it('the profile covers every class and rule', () => {
    for (const profile of [GUANGDONG, ZHEJIANG]) {
      for (const id of RULE_IDS)
        expect(Object.keys(profile.rules[id].applies).sort()).toEqual(Object.keys(VEHICLE_CLASSES).sort())
      for (const vehicleClass of Object.keys(VEHICLE_CLASSES) as VehicleClass[])
        expect(profile.inspectionPeriods[vehicleClass].youngMonths).toBe(12)
    }
  })
})

describe('rules R01 to R18', () => {
  const yesterday = addDays(TODAY, -1)
  const certificate = {
    displayNo: 'x',
    status: 'VALID',
    validUntil: addMonths(TODAY, 30),
    reviewValidUntil: localDate('2026-12-31'),
  } as const

  it.each<[RuleId, string, ReviewFacts]>([
    ['R01', '未查到该车辆的道路运输证', facts(TRUCK, { certificate: null })],
    ['R01', '无效', facts(TRUCK, { certificate: { ...certificate, status: 'INVALID' } })],
    ['R01', '2026年11月22日，已过期', facts(TRUCK, { certificate: { ...certificate, validUntil: yesterday } })],
    ['R02', '停运', facts({ ...TRUCK, operationStatus: '21' })],
    ['R03', '停业整顿', facts(TRUCK, { operator: { ...facts().operator, status: '4' } })],
    ['R03', '已过期', facts(TRUCK, { operator: { ...facts().operator, permitValidUntil: yesterday } })],
    ['R03', '不包含道路普通货物运输', facts(TRUCK, { operator: { ...facts().operator, scopes: ['011'] } })],
    ['R04', '未查到检验检测报告', facts(TRUCK, { inspection: up(null) })],
    ['R04', '不合格', facts(TRUCK, { inspection: up({ ...INSPECTION, conclusion: '不合格' }) })],
    ['R05', '二级，要求不低于一级', facts(TANKER, { inspection: up({ ...INSPECTION, techGrade: '2' }) })],
    [
      'R05',
      '要求不低于一级',
      facts({ ...COACH, longDistance: true }, { inspection: up({ ...INSPECTION, techGrade: '2' }) }),
    ],
    [
      'R07',
      '检验有效期至2026年11月22日，已过期',
      facts(TRUCK, { police: up({ ...POLICE, inspectionValidUntil: yesterday }) }),
    ],
    ['R07', '车辆识别代号', facts(TRUCK, { police: up({ ...POLICE, vin: 'LGA0000B6TA000099' }) })],
    ['R08', '未查到卫星定位装置', facts(TRUCK, { gnss: up(null) })],
    ['R08', '未接入', facts(TRUCK, { gnss: up({ networked: false, lastOnlineOn: TODAY }) })],
    ['R12', '类型等级评定有效期至2026年11月22日', facts(COACH, { coachGradeValidUntil: yesterday })],
    [
      'R13',
      '罐体检测有效期至2026年11月22日',
      facts(TANKER, { tank: up({ tankValidUntil: yesterday, equipmentConfirmed: true }) }),
    ],
    ['R15', '达到强制报废期', facts(TRUCK, { police: up({ ...POLICE, scrapOn: yesterday }) })],
    ['R15', '已登记报废', facts(TRUCK, { police: up({ ...POLICE, scrapped: true }) })],
  ])('%s fails with "%s" and blocks', (id, evidence, given) => {
    expect(item(id, given)).toMatchObject({ result: 'FAIL', action: 'BLOCK' })
    expect(item(id, given).evidence).toContain(evidence)
    expect(outcome(given)).toBe('BLOCKED')
    expect(outcome(given, DUE)).toBe('BLOCKED')
  })

  it('an owner who differs from the operator, and unconfirmed emergency equipment, are for a person to look at', () => {
    expect(item('R07', facts(TRUCK, { police: up({ ...POLICE, ownerName: '别家公司' }) }))).toMatchObject({
      result: 'MANUAL',
      action: 'MANUAL',
    })
    const tank = up({ tankValidUntil: addMonths(TODAY, 7), equipmentConfirmed: false })
    expect(item('R13', facts(TANKER, { tank }))).toMatchObject({ result: 'MANUAL', action: 'MANUAL' })
  })

  it('a wider scope of the permit covers the trade of the vehicle', () => {
    expect(item('R03', facts(TRUCK, { operator: { ...facts().operator, scopes: ['020'] } })).result).toBe('PASS')
  })

  it('a missed 二级维护 only warns, where it is asked at all', () => {
    const late = facts(COACH, { maintenance: up({ validUntil: yesterday }) })
    expect(item('R09', late, ZHEJIANG)).toMatchObject({ result: 'FAIL', action: 'WARN' })
    expect(outcome(late, APPROVED, ZHEJIANG)).toBe('READY')
  })

  it('scenario 10: an inspection report that ended yesterday fails R04 with station and date', () => {
    const given = facts(TRUCK, {
      inspection: up({ ...INSPECTION, inspectedOn: addMonths(yesterday, -12), validUntil: yesterday }),
    })
    expect(item('R04', given)).toMatchObject({ result: 'FAIL', sourceSystem: 'STATION' })
    expect(item('R04', given).evidence).toMatch(/样例机动车检验检测站.*2026年11月22日/)
  })

  it('scenario 11: the evidence of R04 names the period of the age', () => {
    expect(item('R04', facts({ ...TRUCK, firstRegisteredOn: localDate('2016-10-01') })).evidence).toContain(
      '检测周期6个月',
    )
    expect(item('R04', facts({ ...TRUCK, firstRegisteredOn: localDate('2016-12-01') })).evidence).toContain(
      '检测周期12个月',
    )
  })

  it('scenario 12: a measured length beyond the tolerance is never passed automatically', () => {
    const given = facts(TRUCK, { inspection: up({ ...INSPECTION, lengthMm: 11_980 + 101 }) })
    expect(item('R06', given)).toMatchObject({ result: 'MANUAL' })
    expect(outcome(given)).toBe('MANUAL_REVIEW')
    expect(verdictOf(assessReview(given, DUE, GUANGDONG).items)).toBe('MANUAL_REVIEW')
    expect(item('R06', facts(TRUCK, { inspection: up({ ...INSPECTION, lengthMm: 11_980 + 100 }) })).result).toBe('PASS')
    expect(outcome(given, { ...APPROVED, settledDoubts: ['R06'] })).toBe('READY')
  })

  it('scenario 13: 20 days offline with N=15 block; a source that is down blocks nothing and locks nothing', () => {
    const offline = facts(TANKER, { gnss: up({ networked: true, lastOnlineOn: addDays(TODAY, -20) }) })
    expect(item('R08', offline)).toMatchObject({ result: 'FAIL', action: 'BLOCK' })
    expect(item('R08', offline).evidence).toMatch(/离线20天.*恢复上线/)
    expect(
      item('R08', facts(TANKER, { gnss: up({ networked: true, lastOnlineOn: addDays(TODAY, -15) }) })).result,
    ).toBe('PASS')
    const down = facts(TANKER, { gnss: DOWN })
    expect(item('R08', down).result).toBe('UNAVAILABLE')
    expect(item('R08', down).evidence).toContain('暂时无法连接联网联控系统')
    expect(outcome(down)).toBe('UNAVAILABLE')
  })

  it('scenario 14: a coach whose 承运人责任险 ended yesterday is blocked; a truck without one is not asked', () => {
    const coach = facts(COACH, { insurance: up({ insurer: '样例', validUntil: yesterday }) })
    expect(item('R10', coach)).toMatchObject({ result: 'FAIL', action: 'BLOCK' })
    const truck = facts(TRUCK, { insurance: up(null) })
    expect(item('R10', truck).result).toBe('NOT_APPLICABLE')
    expect(outcome(truck)).toBe('READY')
  })

  it('scenario 15: 4495 kg needs no review, 4501 kg goes the normal way', () => {
    expect(outcome(facts({ ...TRUCK, totalMassKg: 4_495 }))).toBe('NOT_REQUIRED')
    expect(outcome(facts({ ...TRUCK, totalMassKg: 4_501 }))).toBe('READY')
    expect(isLightTruck({ ...TRUCK, totalMassKg: 4_500 }, 4_500)).toBe(true)
    expect(outcome(facts({ ...TANKER, totalMassKg: 4_000 }))).toBe('READY')
  })

  it('scenario 17: satellite device and technical grade do not apply to a trailer', () => {
    const given = facts(
      { ...TRAILER, key: { plateNo: expectOk(parsePlateNo('粤A1234挂'), 'plate'), plateColor: '2' } },
      { gnss: up(null) },
    )
    expect(item('R05', given)).toMatchObject({ result: 'NOT_APPLICABLE', evidence: '挂车不适用此项' })
    expect(item('R08', given).result).toBe('NOT_APPLICABLE')
    expect(outcome(given)).toBe('READY')
  })
})

describe('what the check comes to', () => {
  const withReviewUntil = (until: string, changes: Partial<ReviewFacts> = {}) => {
    const given = facts(TRUCK, changes)
    return { ...given, certificate: given.certificate && { ...given.certificate, reviewValidUntil: localDate(until) } }
  }

  it('scenario 1: an approved truck in order is ready, until 2027-12-31', () => {
    const assessment = assessReview(facts(), APPROVED, GUANGDONG)
    expect(assessment).toMatchObject({
      outcome: 'READY',
      extension: { validUntil: '2027-12-31', limitedBy: null, gainsNothing: false },
    })
  })

  it('scenario 2: the same truck, only due, may be submitted', () => {
    expect(outcome(facts(), DUE)).toBe('SUBMITTABLE')
    expect(verdictOf(assessReview(facts(), DUE, GUANGDONG).items)).toBe('PASSED_AUTO')
  })

  it.each([
    [179, 'SUBMITTABLE'],
    [180, 'SUBMITTABLE'],
    [181, 'OVERDUE_LIMIT'],
  ])('scenario 4: %i days overdue with a limit of 180: %s', (days, expected) => {
    const given = withReviewUntil(addDays(TODAY, -days))
    expect(outcome(given, { ...DUE, status: 'OVERDUE' }, ZHEJIANG)).toBe(expected)
    expect(item('R16', given, ZHEJIANG).result).toBe(days > 180 ? 'FAIL' : 'PASS')
  })

  it('scenario 5: six months in Guangdong end on 2026-11-23 for an expiry of 2026-05-23', () => {
    const given = withReviewUntil('2026-05-23')
    expect(outcome(given, { ...DUE, status: 'OVERDUE' })).toBe('SUBMITTABLE')
    expect(outcome({ ...given, today: addDays(TODAY, 1) }, { ...DUE, status: 'OVERDUE' })).toBe('OVERDUE_LIMIT')
  })

  it('scenario 6: an open case locks, with the masked number as evidence', () => {
    const given = facts(TRUCK, { openCases: up([{ caseNo: '样交罚〔2026〕00123号', authority: '样例支队' }]) })
    expect(item('R11', given)).toMatchObject({ result: 'FAIL', action: 'LOCK' })
    expect(item('R11', given).evidence).not.toContain('00123')
    expect(outcome(given)).toBe('LOCKED')
  })

  it('a lock of the registry is known even while the enforcement system is away', () => {
    const lock = [{ authority: '样例局', reason: '案件未结' }]
    expect(outcome(facts(TRUCK, { locks: lock, openCases: DOWN }))).toBe('LOCKED')
    expect(outcome(facts(TRUCK, { openCases: DOWN }))).toBe('UNAVAILABLE')
  })

  it('no source that is down ever passes a review, and none ever blocks or locks it', () => {
    for (const source of ['inspection', 'police', 'gnss', 'openCases', 'credit'] as const) {
      expect([source, outcome(facts(TRUCK, { [source]: DOWN }))]).toEqual([source, 'UNAVAILABLE'])
      expect(verdictOf(assessReview(facts(TRUCK, { [source]: DOWN }), DUE, GUANGDONG).items)).toBeNull()
    }
    for (const source of ['insurance', 'tank'] as const)
      expect(outcome(facts(TANKER, { [source]: DOWN }))).toBe('UNAVAILABLE')
    expect(outcome(facts(TRUCK, { insurance: DOWN, tank: DOWN, maintenance: DOWN }))).toBe('READY')
    expect(outcome(facts(COACH, { maintenance: DOWN }), APPROVED, ZHEJIANG)).toBe('READY')
  })

  it('a known failure is told even while another source is away', () => {
    expect(outcome(facts({ ...TRUCK, operationStatus: '21' }, { credit: DOWN }))).toBe('BLOCKED')
  })

  it('ninety-one days early it is not due, ninety days early it is', () => {
    expect(outcome(withReviewUntil(addDays(TODAY, 91)), { ...DUE, status: 'NOT_DUE' })).toBe('NOT_DUE')
    expect(outcome(withReviewUntil(addDays(TODAY, 90)), DUE)).toBe('SUBMITTABLE')
    expect(item('R17', withReviewUntil(addDays(TODAY, 91))).evidence).toContain('可于2026年11月24日起办理')
  })

  it('an endorsed cycle is told as such, whatever the dates say', () => {
    const endorsedThisCycle = {
      endorsementNo: '4403002026000000012' as never,
      kioskName: '2号机',
      at: AT,
      validUntil: localDate('2027-12-31'),
    }
    const given = withReviewUntil('2027-12-31', { endorsedThisCycle })
    expect(outcome(given, { ...DUE, status: 'ENDORSED' })).toBe('ALREADY_ENDORSED')
    expect(item('R18', given).evidence).toContain('2号机')
  })

  it('scenario 26: another city of the province is served, another province is shown the way', () => {
    expect(outcome(facts({ ...TRUCK, areaCode: '440100' }))).toBe('READY')
    expect(assessReview(facts({ ...TRUCK, areaCode: '430100' }), APPROVED, GUANGDONG)).toMatchObject({
      outcome: 'OTHER_PROVINCE',
      items: [],
    })
    const unknownArea = {
      ...TRUCK,
      areaCode: '',
      key: { ...TRUCK.key, plateNo: expectOk(parsePlateNo('湘A12345'), 'plate') },
    }
    expect(outcome(facts(unknownArea))).toBe('OTHER_PROVINCE')
  })

  it('a certificate that ends with the present date has nothing to extend', () => {
    const given = facts(TRUCK, {
      certificate: {
        displayNo: 'x',
        status: 'VALID',
        validUntil: localDate('2026-12-31'),
        reviewValidUntil: localDate('2026-12-31'),
      },
    })
    expect(assessReview(given, APPROVED, GUANGDONG)).toMatchObject({
      outcome: 'BLOCKED',
      extension: { limitedBy: 'CERTIFICATE', gainsNothing: true },
    })
  })

  it('Zhejiang ends with the month and never later than the inspection', () => {
    expect(assessReview(at(ZHEJIANG, facts()), APPROVED, ZHEJIANG).extension).toMatchObject({
      validUntil: '2027-10-23',
      limitedBy: 'INSPECTION',
    })
  })

  it('a review under way, sent to rectify or rejected says so', () => {
    expect(outcome(facts(), { ...DUE, status: 'CHECKING' })).toBe('IN_PROGRESS')
    expect(outcome(facts(), { ...DUE, status: 'MANUAL_REVIEW' })).toBe('MANUAL_REVIEW')
    expect(outcome(facts(), { ...DUE, status: 'RECTIFY' })).toBe('BLOCKED')
    expect(outcome(facts(), { ...DUE, status: 'REJECTED' })).toBe('BLOCKED')
    expect(outcome(facts(), { ...DUE, status: 'FAILED' })).toBe('SUBMITTABLE')
  })
})

describe('the badge in a list', () => {
  const badge = (changes: Partial<BadgeFacts>) =>
    badgeLabel(
      badgeOf(
        {
          today: TODAY,
          vehicle: TRUCK,
          reviewValidUntil: localDate('2026-12-31'),
          status: 'DUE',
          locked: false,
          endorsedThisCycle: false,
          ...changes,
        },
        GUANGDONG,
      ),
    )

  it('scenario 3: on the expiry day it is 即将到期, tomorrow 逾期1天', () => {
    expect(badge({ reviewValidUntil: TODAY })).toBe('即将到期')
    expect(badge({ reviewValidUntil: TODAY, today: addDays(TODAY, 1), status: 'OVERDUE' })).toBe('逾期1天')
  })

  it.each<[string, Partial<BadgeFacts>]>([
    ['可签注', { status: 'APPROVED' }],
    ['待审验', { reviewValidUntil: addDays(TODAY, 60) }],
    ['即将到期', { reviewValidUntil: addDays(TODAY, 30) }],
    ['未到期', { reviewValidUntil: addDays(TODAY, 91) }],
    ['逾期超限', { reviewValidUntil: localDate('2026-05-22') }],
    ['锁定', { locked: true, status: 'APPROVED' }],
    ['已签注', { endorsedThisCycle: true }],
    ['审核中', { status: 'MANUAL_REVIEW' }],
    ['不通过', { status: 'RECTIFY' }],
    ['非营运', { vehicle: { ...TRUCK, operationStatus: '21' } }],
    ['无需年审', { vehicle: { ...TRUCK, totalMassKg: 4_495 } }],
    ['外省车', { vehicle: { ...TRUCK, areaCode: '430100' } }],
    ['暂时无法核验', { locked: null, status: 'APPROVED' }],
  ])('%s', (label, changes) => {
    expect(badge(changes)).toBe(label)
  })
})
