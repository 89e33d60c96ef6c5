import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addDays, localDate } from '../../domain/local-date.ts'
import { parsePlateNo } from '../../domain/plate.ts'
import { expectOk } from '../../lib/result.ts'
import { SimulatedClock } from '../../lib/clock.ts'
import {
  authorize,
  CentralStage,
  claimsOf,
  failed,
  printed,
  province,
  SCENARIO_TODAY,
  type StageVisit,
} from '../../../tests/support/central-stage.ts'
import type { Review } from '../contract/review.ts'
import type { VisitId } from '../contract/fields.ts'
import type { CentralError } from '../client/central-error.ts'
import type { Result } from '../../lib/result.ts'
import { addCase } from './seed/vehicle-seed.ts'
import { DEMO_PEOPLE } from './seed/people.ts'

let stage: CentralStage
beforeEach(async () => {
  stage = await CentralStage.open()
})
afterEach(() => stage.close())

const APPROVED = { status: 'APPROVED' } as const
const YEAR_END = localDate('2026-12-31')

/** The problem a refusal carries. */
function problemOf(result: Result<unknown, CentralError>): object {
  if (result.ok || result.error.code !== 'REFUSED') throw new Error(`not refused: ${JSON.stringify(result)}`)
  return result.error.problem
}

async function readyTruck(plate = '粤BTEST1'): Promise<{ visit: StageVisit; review: Review }> {
  const truck = stage.truck({ plate, reviewValidUntil: YEAR_END, review: APPROVED })
  const visit = await stage.visit(await stage.kiosk())
  return { visit, review: await visit.open(truck.key) }
}

/** Submits and follows the review until it is no longer being checked. */
async function submitAndWait(visit: StageVisit, review: Review): Promise<Review> {
  const submitted = expectOk(await visit.kiosk.client.submitReview(review.reviewId), 'submission')
  expect(submitted).toMatchObject({ outcome: 'IN_PROGRESS', status: 'SUBMITTED' })
  await stage.clock.advance(500)
  expect(expectOk(await visit.kiosk.client.review(review.reviewId), 'poll')).toMatchObject({ status: 'CHECKING' })
  await stage.clock.advance(1_000)
  return expectOk(await visit.kiosk.client.review(review.reviewId), 'poll')
}

describe('acceptance scenarios at the centre', () => {
  it('scenario 1: a freight truck approved online is endorsed until 2027-12-31', async () => {
    const { visit, review } = await readyTruck()
    expect(review).toMatchObject({ outcome: 'READY', status: 'APPROVED', newValidUntil: '2027-12-31' })
    expect(review.print).toMatchObject({ techGrade: '一级', authorityName: '深圳市交通运输局', specimen: true })
    const grant = expectOk(await authorize(visit, review), 'authorization')
    const receipt = expectOk(
      await visit.kiosk.client.reportPrint(grant.endorsementNo, printed(grant, stage.clock.now())),
      'report',
    )
    expect(receipt).toMatchObject({ status: 'CONFIRMED', duplicate: false })
    const after = await visit.open(review.vehicle)
    expect(after).toMatchObject({ outcome: 'ALREADY_ENDORSED', status: 'ENDORSED', reviewValidUntil: '2027-12-31' })
    expect(after.message).toMatchObject({ code: 'ALREADY_ENDORSED', kioskName: '1号机', validUntil: '2027-12-31' })
    expect(after.certificate?.nextRow).toBe(4)
    const record = expectOk(await visit.kiosk.client.endorsement(grant.endorsementNo), 'record')
    expect(record).toMatchObject({
      status: 'CONFIRMED',
      attempt: 1,
      row: 3,
      validUntil: '2027-12-31',
      previousValidUntil: '2026-12-31',
    })
  })

  it('scenario 2: a review that is only due is submitted, checked, approved and then endorsed', async () => {
    const truck = stage.truck({ plate: '粤BTEST2', reviewValidUntil: YEAR_END })
    const visit = await stage.visit(await stage.kiosk())
    const due = await visit.open(truck.key)
    expect(due).toMatchObject({ outcome: 'SUBMITTABLE', status: 'DUE', print: null })
    expect(problemOf(await authorize(visit, due))).toMatchObject({ code: 'REVIEW_NOT_READY', outcome: 'SUBMITTABLE' })
    const approved = await submitAndWait(visit, due)
    expect(approved).toMatchObject({
      outcome: 'READY',
      status: 'APPROVED',
      acceptanceNo: expect.stringMatching(/^SL20261123\d{6}$/),
    })
    expectOk(await authorize(visit, approved), 'authorization')
  })

  it('scenario 2: a doubt sends the submission to a person, and nothing is endorsed until that person decides', async () => {
    const truck = stage.truck({ plate: '粤BTEST3', reviewValidUntil: YEAR_END, inspection: { lengthMm: 12_500 } })
    const visit = await stage.visit(await stage.kiosk())
    const review = await submitAndWait(visit, await visit.open(truck.key))
    expect(review).toMatchObject({ outcome: 'MANUAL_REVIEW', status: 'MANUAL_REVIEW', print: null })
    expect(review.message).toEqual({ code: 'MANUAL_REVIEW', acceptanceNo: review.acceptanceNo })
    expect(problemOf(await authorize(visit, review))).toMatchObject({ code: 'REVIEW_NOT_READY' })
    expect(stage.central.admin.decideReview(review.reviewId, { decision: 'APPROVED', settledDoubts: ['R06'] })).toBe(
      true,
    )
    expect(await visit.open(truck.key)).toMatchObject({ outcome: 'READY' })
  })

  it('scenario 2: submitting twice is one application', async () => {
    const truck = stage.truck({ plate: '粤BTEST4', reviewValidUntil: YEAR_END })
    const visit = await stage.visit(await stage.kiosk())
    const { reviewId } = await visit.open(truck.key)
    const [first, second] = await Promise.all([
      visit.kiosk.client.submitReview(reviewId),
      visit.kiosk.client.submitReview(reviewId),
    ])
    expect(expectOk(first, 'first').acceptanceNo).toBe(expectOk(second, 'second').acceptanceNo)
  })

  it('scenario 3: on the expiry day the list says 即将到期, tomorrow 逾期1天', async () => {
    const truck = stage.truck({ plate: '粤BTEST5', reviewValidUntil: SCENARIO_TODAY })
    const kiosk = await stage.kiosk()
    const badge = async () => {
      const visitId = `V${randomUUID()}` as VisitId
      const { idNo, name } = DEMO_PEOPLE.owner
      const { identificationId } = expectOk(
        await kiosk.client.identify({ idNo, name, visitId, cardKind: 'RESIDENT' }),
        'identify',
      )
      const face = { result: 'PASS', scoreBand: 'HIGH', algorithmVersion: 'test', at: stage.clock.now() } as const
      expectOk(await kiosk.client.verifyFace(identificationId, face), 'face')
      const { vehicles } = expectOk(await kiosk.client.vehicles(identificationId), 'list')
      return vehicles.find(({ vehicle }) => vehicle.plateNo === truck.key.plateNo)?.badge
    }
    expect(await badge()).toEqual({ kind: 'DUE_SOON', days: 0 })
    await stage.clock.advance(24 * 3_600_000)
    expect(await badge()).toEqual({ kind: 'OVERDUE', days: 1 })
  })

  it('scenario 4: 179 and 180 days overdue are served, 181 are refused by R16 with the text for the counter', async () => {
    await stage.close()
    stage = await CentralStage.open({ province: province('zhejiang') })
    const visit = await stage.visit(await stage.kiosk())
    const open = (plate: string, days: number) =>
      visit.open(
        stage.truck({
          plate,
          areaCode: '330100',
          reviewValidUntil: addDays(SCENARIO_TODAY, -days),
          review: APPROVED,
          inspection: { validUntil: addDays(SCENARIO_TODAY, 300) },
        }).key,
      )
    expect(await open('浙ATEST1', 179)).toMatchObject({
      outcome: 'READY',
      daysOverdue: 179,
      message: { code: 'READY_OVERDUE', days: 179 },
    })
    expect(await open('浙ATEST2', 180)).toMatchObject({ outcome: 'READY', daysOverdue: 180 })
    const late = await open('浙ATEST3', 181)
    expect(late).toMatchObject({
      outcome: 'OVERDUE_LIMIT',
      status: 'CANCELLABLE',
      message: { code: 'OVERDUE_LIMIT', days: 181, limit: '180天' },
    })
    expect(late.items.find(({ ruleId }) => ruleId === 'R16')?.result).toBe('FAIL')
    expect(problemOf(await authorize(visit, late))).toMatchObject({
      code: 'REVIEW_NOT_READY',
      outcome: 'OVERDUE_LIMIT',
    })
    expect(stage.central.admin.ledger().filter(({ status }) => status === 'AUTHORIZED')).toEqual([])
  })

  it('scenario 5: with six months, an expiry of 2026-05-23 is served today and refused tomorrow', async () => {
    const truck = stage.truck({ plate: '粤BTEST6', reviewValidUntil: localDate('2026-05-23'), review: APPROVED })
    const kiosk = await stage.kiosk()
    expect(await (await stage.visit(kiosk)).open(truck.key)).toMatchObject({ outcome: 'READY' })
    await stage.clock.advance(24 * 3_600_000)
    const late = await (await stage.visit(kiosk)).open(truck.key)
    expect(late).toMatchObject({ outcome: 'OVERDUE_LIMIT', message: { code: 'OVERDUE_LIMIT', limit: '6个月' } })
  })

  it('scenario 6: an open case locks its vehicle with authority, masked number and payment; the others go on', async () => {
    const truck = stage.truck({ plate: '粤BTEST7', reviewValidUntil: YEAR_END, review: APPROVED })
    const other = stage.truck({ plate: '粤BTEST8', reviewValidUntil: YEAR_END, review: APPROVED })
    addCase(stage.central.database, {
      caseNo: '样交罚〔2026〕00777号',
      party: truck.key,
      cause: '超越许可事项从事经营',
      fineCents: 100_000,
      deliveredOn: addDays(SCENARIO_TODAY, -20),
      payCode: '44030026000000987654',
    })
    const visit = await stage.visit(await stage.kiosk())
    const locked = await visit.open(truck.key)
    expect(locked).toMatchObject({
      outcome: 'LOCKED',
      status: 'LOCKED',
      message: { code: 'LOCKED', caseNoMasked: '样交罚〔2026〕***77号' },
    })
    expect(locked.locks).toMatchObject([
      {
        authority: '样例市交通运输综合行政执法支队',
        subject: 'VEHICLE',
        payment: { payCodeLast4: '7654', surchargeCents: 15_000, totalCents: 115_000 },
      },
    ])
    expect(problemOf(await authorize(visit, locked))).toMatchObject({ code: 'REVIEW_NOT_READY', outcome: 'LOCKED' })
    expect(await visit.open(other.key)).toMatchObject({ outcome: 'READY' })

    expect(stage.central.admin.closeCase('样交罚〔2026〕00777号')).toBe(true)
    expect(expectOk(await visit.kiosk.client.review(locked.reviewId), 'again')).toMatchObject({
      outcome: 'READY',
      status: 'APPROVED',
      locks: [],
    })

    addCase(stage.central.database, { caseNo: '样交立〔2026〕1号', party: 'OP-OWNER', cause: '未按规定维护' })
    expect(await visit.open(other.key)).toMatchObject({
      outcome: 'LOCKED',
      locks: [{ subject: 'OPERATOR', payment: null }],
    })
  })

  it('scenario 10: an expired inspection report blocks, and no application is created', async () => {
    const yesterday = addDays(SCENARIO_TODAY, -1)
    const truck = stage.truck({ plate: '粤BTEST9', reviewValidUntil: YEAR_END, inspection: { validUntil: yesterday } })
    const visit = await stage.visit(await stage.kiosk())
    const review = await visit.open(truck.key)
    expect(review).toMatchObject({ outcome: 'BLOCKED', message: { code: 'BLOCKED', ruleIds: ['R04'] } })
    expect(problemOf(await visit.kiosk.client.submitReview(review.reviewId))).toMatchObject({
      code: 'REVIEW_NOT_SUBMITTABLE',
      outcome: 'BLOCKED',
    })
    expect(await visit.open(truck.key)).toMatchObject({ acceptanceNo: null, status: 'DUE' })
  })

  it('scenario 13: a source that is down is UNAVAILABLE: it neither passes, nor blocks, nor locks, and is asked again at once', async () => {
    const { visit, review } = await readyTruck()
    for (const system of ['STATION', 'POLICE', 'GNSS', 'ENFORCEMENT', 'CREDIT'] as const) {
      stage.central.admin.setSource(system, 'DOWN')
      const checked = expectOk(await visit.kiosk.client.review(review.reviewId), system)
      expect([system, checked.outcome, checked.status, checked.locks.length]).toEqual([
        system,
        'UNAVAILABLE',
        'APPROVED',
        0,
      ])
      expect(problemOf(await authorize(visit, review))).toMatchObject({
        code: 'REVIEW_NOT_READY',
        outcome: 'UNAVAILABLE',
      })
      stage.central.admin.setSource(system, 'UP')
    }
    stage.central.admin.setSource('TRANSPORT', 'DOWN')
    expect(problemOf(await visit.kiosk.client.review(review.reviewId))).toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      sourceSystem: 'TRANSPORT',
    })
    stage.central.admin.setSource('TRANSPORT', 'UP')
    expect(expectOk(await visit.kiosk.client.review(review.reviewId), 'again').outcome).toBe('READY')
  })

  it('scenario 13: a submission made while a source is down goes on being checked until it answers', async () => {
    const truck = stage.truck({ plate: '粤BTESTA', reviewValidUntil: YEAR_END })
    const visit = await stage.visit(await stage.kiosk())
    const review = await visit.open(truck.key)
    expectOk(await visit.kiosk.client.submitReview(review.reviewId), 'submission')
    stage.central.admin.setSource('CREDIT', 'DOWN')
    await stage.clock.advance(5_000)
    expect(expectOk(await visit.kiosk.client.review(review.reviewId), 'poll')).toMatchObject({
      status: 'CHECKING',
      outcome: 'UNAVAILABLE',
    })
    stage.central.admin.setSource('CREDIT', 'UP')
    expect(expectOk(await visit.kiosk.client.review(review.reviewId), 'poll')).toMatchObject({
      status: 'APPROVED',
      outcome: 'READY',
    })
  })

  it('scenario 15: a light truck needs no review', async () => {
    const light = stage.truck({ plate: '粤BTESTB', color: '1', totalMassKg: 4_495, certificate: null })
    const heavier = stage.truck({ plate: '粤BTESTC', totalMassKg: 4_501, reviewValidUntil: YEAR_END, review: APPROVED })
    const visit = await stage.visit(await stage.kiosk())
    expect(await visit.open(light.key)).toMatchObject({
      outcome: 'NOT_REQUIRED',
      message: { code: 'NOT_REQUIRED' },
      print: null,
    })
    expect(await visit.open(heavier.key)).toMatchObject({ outcome: 'READY' })
  })

  it('scenario 16: the same plate string in colours 2 and 94 is two vehicles', async () => {
    stage.truck({ plate: '粤BTESTD', color: '2', reviewValidUntil: YEAR_END, review: APPROVED })
    const visit = await stage.visit(await stage.kiosk())
    const plateNo = expectOk(parsePlateNo('粤BTESTD'), 'plate')
    expect(await visit.open({ plateNo, plateColor: '2' })).toMatchObject({ outcome: 'READY' })
    const kiosk = visit.kiosk.client
    expect(problemOf(await kiosk.publicVehicle({ plateNo, plateColor: '94' }))).toMatchObject({
      code: 'VEHICLE_NOT_FOUND',
    })
  })

  it('scenario 17: a trailer is reviewed without grade and satellite device', async () => {
    const trailer = stage.truck({ plate: '粤B999T挂', vehicleType: '37', reviewValidUntil: YEAR_END, review: APPROVED })
    const review = await (await stage.visit(await stage.kiosk())).open(trailer.key)
    expect(review).toMatchObject({ outcome: 'READY', vehicleClass: 'TRAILER', print: { techGrade: '—' } })
    expect(review.items.filter(({ result }) => result === 'NOT_APPLICABLE').map(({ ruleId }) => ruleId)).toEqual(
      expect.arrayContaining(['R05', 'R08']),
    )
  })

  it('scenario 18: a stranger sees no vehicle, and of a typed plate only what is public', async () => {
    const { review } = await readyTruck()
    const visit = await stage.visit(await stage.kiosk('2号机'), DEMO_PEOPLE.stranger)
    const found = await visit.kiosk.client.publicVehicle(review.vehicle)
    expect(Object.keys(expectOk(found, 'public')).sort()).toEqual(
      [
        'certificateValidUntil',
        'checkedAt',
        'operationStatus',
        'operatorName',
        'reviewValidUntil',
        'scopeText',
        'vehicle',
      ].sort(),
    )
    await expect(visit.open(review.vehicle)).rejects.toThrow('VEHICLE_NOT_FOUND')
  })

  it('scenario 18: legal representative and recorded agent see the vehicles of their company, and only those', async () => {
    const list = async (person: (typeof DEMO_PEOPLE)[keyof typeof DEMO_PEOPLE]) => {
      const kiosk = await stage.kiosk()
      const visitId = `V${randomUUID()}` as VisitId
      const { identificationId } = expectOk(
        await kiosk.client.identify({ idNo: person.idNo, name: person.name, visitId, cardKind: 'RESIDENT' }),
        'identify',
      )
      expect(problemOf(await kiosk.client.vehicles(identificationId))).toMatchObject({ code: 'NOT_VERIFIED' })
      const face = { result: 'PASS', scoreBand: 'HIGH', algorithmVersion: 'test', at: stage.clock.now() } as const
      expectOk(await kiosk.client.verifyFace(identificationId, face), 'face')
      return expectOk(await kiosk.client.vehicles(identificationId), 'list').vehicles
    }
    const relations = async (person: (typeof DEMO_PEOPLE)[keyof typeof DEMO_PEOPLE]) =>
      [...new Set((await list(person)).map(({ relation, operatorName }) => `${relation} ${operatorName}`))].sort()
    expect(await relations(DEMO_PEOPLE.agent)).toEqual(['AGENT 样例顺达运输有限公司'])
    expect(await relations(DEMO_PEOPLE.representative)).toEqual([
      'LEGAL_REPRESENTATIVE 样例失信物流有限公司',
      'LEGAL_REPRESENTATIVE 样例顺达运输有限公司',
    ])
    expect(await relations(DEMO_PEOPLE.owner)).toEqual(['OWNER 陈海燕'])
    expect(await list(DEMO_PEOPLE.stranger)).toEqual([])
  })

  it('scenario 24: a confirmation that arrives hours late counts, because printing began while the authorization was valid', async () => {
    const { visit, review } = await readyTruck()
    const grant = expectOk(await authorize(visit, review), 'authorization')
    const startedAt = stage.clock.now() + 110_000
    await stage.clock.advance(5 * 3_600_000)
    const receipt = expectOk(
      await visit.kiosk.client.reportPrint(grant.endorsementNo, printed(grant, startedAt)),
      'late report',
    )
    expect(receipt).toMatchObject({ status: 'CONFIRMED', duplicate: false })
    expect(expectOk(await visit.kiosk.client.endorsement(grant.endorsementNo), 'record').confirmedAt).toBe(
      startedAt + 20_000,
    )
  })

  it('scenario 24: what was printed after the expiry is not confirmed but waits for a person, and the review stays closed', async () => {
    const { visit, review } = await readyTruck()
    const grant = expectOk(await authorize(visit, review), 'authorization')
    const receipt = expectOk(
      await visit.kiosk.client.reportPrint(grant.endorsementNo, printed(grant, stage.clock.now() + 120_000)),
      'report',
    )
    expect(receipt).toMatchObject({ status: 'PRINT_UNKNOWN', mayReprint: false })
    expect(problemOf(await authorize(visit, review))).toMatchObject({ code: 'PRINT_UNRESOLVED' })
    expect(stage.central.admin.resolveEndorsement(grant.endorsementNo, 'SEEN')).toBe(true)
    expect(problemOf(await authorize(visit, review))).toMatchObject({ code: 'ALREADY_ENDORSED' })
  })

  it('scenario 25: of two kiosks that confirm within a second exactly one is authorized; the other learns where', async () => {
    const truck = stage.truck({ plate: '粤BRACE1', reviewValidUntil: YEAR_END, review: APPROVED })
    const visits = await Promise.all(['1号机', '2号机'].map(async (name) => stage.visit(await stage.kiosk(name))))
    const reviews = await Promise.all(visits.map((visit) => visit.open(truck.key)))
    expect(reviews[0]?.reviewId).toBe(reviews[1]?.reviewId)
    const answers = await Promise.all(visits.map((visit, index) => authorize(visit, reviews[index]!)))
    const winner = answers.findIndex(({ ok }) => ok)
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    const loser = visits[1 - winner]!
    expect(problemOf(answers[1 - winner]!)).toMatchObject({
      code: 'AUTHORIZED_ELSEWHERE',
      kioskName: winner === 0 ? '1号机' : '2号机',
    })

    const grant = expectOk(answers[winner]!, 'winner')
    expectOk(
      await visits[winner]!.kiosk.client.reportPrint(grant.endorsementNo, printed(grant, stage.clock.now())),
      'report',
    )
    expect(problemOf(await authorize(loser, reviews[1 - winner]!))).toMatchObject({
      code: 'ALREADY_ENDORSED',
      endorsementNo: grant.endorsementNo,
      kioskName: winner === 0 ? '1号机' : '2号机',
    })
    expect(stage.central.admin.ledger().filter(({ vehicle }) => vehicle.plateNo === truck.key.plateNo)).toHaveLength(1)
  })

  it('scenario 25: ten kiosks, ten keys, slow sources: still one', async () => {
    const truck = stage.truck({ plate: '粤BRACE2', reviewValidUntil: YEAR_END, review: APPROVED })
    const visits = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => stage.visit(await stage.kiosk(`${index}号机`))),
    )
    const reviews = await Promise.all(visits.map((visit) => visit.open(truck.key)))
    stage.central.admin.setSource('STATION', 'SLOW', 500)
    const racing = Promise.all(visits.map((visit, index) => authorize(visit, reviews[index]!)))
    let done = false
    void racing.then(() => (done = true))
    while (!done) await stage.clock.advance(100)
    expect((await racing).filter(({ ok }) => ok)).toHaveLength(1)
  })

  it('scenario 26: a vehicle of another city is endorsed in the name of its own authority', async () => {
    const truck = stage.truck({ plate: '粤ATEST1', areaCode: '440100', reviewValidUntil: YEAR_END, review: APPROVED })
    const visit = await stage.visit(await stage.kiosk('深圳1号机'))
    const review = await visit.open(truck.key)
    expect(review).toMatchObject({ outcome: 'READY', print: { authorityName: '广州市交通运输局' } })
    const grant = expectOk(await authorize(visit, review), 'authorization')
    expect(claimsOf(grant)).toMatchObject({ kioskName: '深圳1号机', print: { authorityName: '广州市交通运输局' } })
    expect(grant.endorsementNo.startsWith('4401002026')).toBe(true)
  })

  it('scenario 26: a vehicle of another province is shown the national service, and not endorsed', async () => {
    const truck = stage.truck({ plate: '湘ATEST1', areaCode: '430100', reviewValidUntil: YEAR_END, review: APPROVED })
    const visit = await stage.visit(await stage.kiosk())
    const review = await visit.open(truck.key)
    expect(review).toMatchObject({
      outcome: 'OTHER_PROVINCE',
      message: { code: 'OTHER_PROVINCE', province: '湘', url: 'https://ysfw.mot.gov.cn/' },
    })
    expect(problemOf(await authorize(visit, review))).toMatchObject({ code: 'REVIEW_NOT_READY' })
  })

  it('scenario 36: a kiosk ten minutes ahead is refused with the centre’s time until its clock is set', async () => {
    const ahead = new SimulatedClock(stage.clock.now() + 600_000)
    const kiosk = await stage.kiosk('1号机', ahead)
    const { idNo, name } = DEMO_PEOPLE.owner
    const request = { idNo, name, visitId: `V${randomUUID()}` as VisitId, cardKind: 'RESIDENT' } as const
    expect(await kiosk.client.identify(request)).toEqual({
      ok: false,
      error: { code: 'CLOCK_SKEW', offsetMs: -600_000 },
    })
    ahead.stepWall(-600_000)
    expect((await kiosk.client.identify(request)).ok).toBe(true)
  })

  it('scenario 36: a clock that jumps between confirming and authorizing is noticed before anything is asked', async () => {
    const drifting = new SimulatedClock(stage.clock.now())
    const truck = stage.truck({ plate: '粤BTESTE', reviewValidUntil: YEAR_END, review: APPROVED })
    const visit = await stage.visit(await stage.kiosk('1号机', drifting))
    const review = await visit.open(truck.key)
    drifting.stepWall(600_000)
    expect(await authorize(visit, review)).toMatchObject({ ok: false, error: { code: 'CLOCK_SKEW' } })
    expect(stage.central.admin.ledger().some(({ vehicle }) => vehicle.plateNo === truck.key.plateNo)).toBe(false)
  })
})

describe('an endorsement is never lost and never issued twice', () => {
  it('the same key gives the same authorization, word for word', async () => {
    const { visit, review } = await readyTruck()
    const [first, again] = [await authorize(visit, review, 'key-000001'), await authorize(visit, review, 'key-000001')]
    expect(again).toEqual(first)
    expect(stage.central.admin.ledger().filter(({ reviewId }) => reviewId === review.reviewId)).toHaveLength(1)
  })

  it('the same key with another wish is refused', async () => {
    const { visit, review } = await readyTruck()
    const other = stage.truck({ plate: '粤BTESTF', reviewValidUntil: YEAR_END, review: APPROVED })
    expectOk(await authorize(visit, review, 'key-000001'), 'authorization')
    const answer = await authorize(visit, await visit.open(other.key), 'key-000001')
    expect(problemOf(answer)).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
  })

  it('what the citizen did not confirm is not authorized', async () => {
    const { visit, review } = await readyTruck()
    const answer = await authorize(visit, { ...review, newValidUntil: localDate('2028-12-31') })
    expect(problemOf(answer)).toMatchObject({ code: 'EXPECTATION_CHANGED' })
  })

  it('an authorization that ran out unreported is free for nobody until its kiosk says what happened', async () => {
    const { visit, review } = await readyTruck()
    const grant = expectOk(await authorize(visit, review, 'key-000001'), 'authorization')
    await stage.clock.advance(120_000)
    const other = await stage.visit(await stage.kiosk('2号机'))
    const seenThere = await other.open(review.vehicle)
    expect(problemOf(await authorize(other, seenThere))).toMatchObject({ code: 'PRINT_UNRESOLVED', kioskName: '1号机' })
    expect(problemOf(await authorize(visit, review, 'key-000001'))).toMatchObject({
      code: 'ENDORSEMENT_STATE',
      endorsementStatus: 'PRINT_UNKNOWN',
    })

    const notStarted = { ...printed(grant, 0), result: 'NOT_STARTED', startedAt: null, proof: null } as const
    const receipt = expectOk(await visit.kiosk.client.reportPrint(grant.endorsementNo, notStarted), 'release')
    expect(receipt).toMatchObject({ status: 'RELEASED', mayReprint: true })
    const next = expectOk(await authorize(other, seenThere), 'the other kiosk')
    expect(next).toMatchObject({ endorsementNo: grant.endorsementNo, attempt: 1 })
    expect(claimsOf(next).jti).not.toBe(claimsOf(grant).jti)
    const late = printed(grant, stage.clock.now() - 60_000)
    expect(problemOf(await visit.kiosk.client.reportPrint(grant.endorsementNo, late))).toMatchObject({
      code: 'RESULT_CONFLICT',
    })
  })

  it('scenario 22 at the centre: failures keep the number, take a fresh row, and the third makes it void', async () => {
    const { visit, review } = await readyTruck()
    const { client } = visit.kiosk
    const first = expectOk(await authorize(visit, review), 'first')
    expect(
      expectOk(await client.reportPrint(first.endorsementNo, failed(first, stage.clock.now())), 'report'),
    ).toMatchObject({
      status: 'PRINT_FAILED',
      mayReprint: true,
    })
    const second = expectOk(
      await client.reauthorize(first.endorsementNo, 'again-0001', { visitId: visit.visitId }),
      'second',
    )
    expect(second).toMatchObject({ endorsementNo: first.endorsementNo, attempt: 2 })
    expect([claimsOf(first).row, claimsOf(second).row]).toEqual([3, 4])
    expectOk(await client.reportPrint(second.endorsementNo, failed(second, stage.clock.now())), 'report')
    const third = expectOk(
      await client.reauthorize(first.endorsementNo, 'again-0002', { visitId: visit.visitId }),
      'third',
    )
    expect(third.attempt).toBe(3)
    const last = expectOk(await client.reportPrint(third.endorsementNo, failed(third, stage.clock.now())), 'report')
    expect(last).toMatchObject({ status: 'VOIDED', mayReprint: false })
    expect(
      problemOf(await client.reauthorize(first.endorsementNo, 'again-0003', { visitId: visit.visitId })),
    ).toMatchObject({ code: 'REPRINT_LIMIT' })
    expect(problemOf(await authorize(visit, review))).toMatchObject({ code: 'REPRINT_LIMIT' })
  })

  it('the same report again is a success and changes nothing; another one for the same attempt is a conflict', async () => {
    const { visit, review } = await readyTruck()
    const grant = expectOk(await authorize(visit, review), 'authorization')
    const report = printed(grant, stage.clock.now())
    const { client } = visit.kiosk
    expectOk(await client.reportPrint(grant.endorsementNo, report), 'first')
    expect(expectOk(await client.reportPrint(grant.endorsementNo, report), 'again')).toMatchObject({
      status: 'CONFIRMED',
      duplicate: true,
    })
    expect(problemOf(await client.reportPrint(grant.endorsementNo, failed(grant, stage.clock.now())))).toMatchObject({
      code: 'RESULT_CONFLICT',
    })
    expect((await visit.open(review.vehicle)).certificate?.nextRow).toBe(4)
  })

  it('an unknown result is left only by a finding', async () => {
    const { visit, review } = await readyTruck()
    const grant = expectOk(await authorize(visit, review), 'authorization')
    const { client } = visit.kiosk
    const report = printed(grant, stage.clock.now())
    expect(
      expectOk(await client.reportPrint(grant.endorsementNo, { ...report, result: 'UNKNOWN' }), 'unknown'),
    ).toMatchObject({ status: 'PRINT_UNKNOWN' })
    expect(problemOf(await client.reportPrint(grant.endorsementNo, report))).toMatchObject({ code: 'RESULT_CONFLICT' })
    expect(
      problemOf(await client.reauthorize(grant.endorsementNo, 'again-0001', { visitId: visit.visitId })),
    ).toMatchObject({ code: 'PRINT_UNRESOLVED' })
    const proof = { method: 'TECHNICIAN_FINDING', jobId: 'seen', sha256: 'b'.repeat(64) } as const
    expect(expectOk(await client.reportPrint(grant.endorsementNo, { ...report, proof }), 'finding')).toMatchObject({
      status: 'CONFIRMED',
    })
  })

  it('a request whose answer never arrived is taken back, and the other kiosk gets the same number', async () => {
    const { visit, review } = await readyTruck()
    const grant = expectOk(await authorize(visit, review, 'key-000001'), 'the answer that got lost')
    const taken = { key: 'key-000001', at: stage.clock.now() }
    expect(await visit.kiosk.client.withdraw(taken)).toMatchObject({ value: { duplicate: false } })
    expect(await visit.kiosk.client.withdraw(taken)).toMatchObject({ value: { duplicate: true } })
    const again = await authorize(visit, review, 'key-000001')
    expect(problemOf(again)).toMatchObject({ code: 'ENDORSEMENT_STATE', endorsementStatus: 'RELEASED' })
    const other = await stage.visit(await stage.kiosk('2号机'))
    const next = expectOk(await authorize(other, await other.open(review.vehicle)), 'the other kiosk')
    expect(next).toMatchObject({ endorsementNo: grant.endorsementNo, attempt: 1 })
  })

  it('a request that is overtaken by its own withdrawal is refused when it arrives', async () => {
    const { visit, review } = await readyTruck()
    expectOk(await visit.kiosk.client.withdraw({ key: 'key-000001', at: stage.clock.now() }), 'withdrawal')
    expect(problemOf(await authorize(visit, review, 'key-000001'))).toMatchObject({ code: 'ENDORSEMENT_STATE' })
    expectOk(await authorize(visit, review, 'key-000002'), 'a new wish')
  })

  it('a withdrawal does not undo what was printed, nor what another kiosk was granted', async () => {
    const { visit, review } = await readyTruck()
    const grant = expectOk(await authorize(visit, review, 'key-000001'), 'authorization')
    const stranger = await stage.kiosk('2号机')
    expectOk(await stranger.client.withdraw({ key: 'key-000001', at: stage.clock.now() }), 'a stranger’s')
    expect(expectOk(await visit.kiosk.client.endorsement(grant.endorsementNo), 'record').status).toBe('AUTHORIZED')
    expectOk(await visit.kiosk.client.reportPrint(grant.endorsementNo, printed(grant, stage.clock.now())), 'report')
    expect(await visit.kiosk.client.withdraw({ key: 'key-000001', at: stage.clock.now() })).toMatchObject({
      value: { duplicate: true },
    })
    expect(expectOk(await visit.kiosk.client.endorsement(grant.endorsementNo), 'record').status).toBe('CONFIRMED')
  })

  it('nobody else reports on, asks about or reprints a kiosk’s endorsement', async () => {
    const { visit, review } = await readyTruck()
    const grant = expectOk(await authorize(visit, review), 'authorization')
    const { client } = await stage.kiosk('2号机')
    expect(problemOf(await client.reportPrint(grant.endorsementNo, printed(grant, stage.clock.now())))).toMatchObject({
      code: 'NOT_FOUND',
    })
    expect(problemOf(await client.endorsement(grant.endorsementNo))).toMatchObject({ code: 'NOT_FOUND' })
    expect(
      problemOf(await client.reauthorize(grant.endorsementNo, 'again-0001', { visitId: visit.visitId })),
    ).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('once the visit is over its reviews are closed to the kiosk', async () => {
    const { visit, review } = await readyTruck()
    await stage.visit(visit.kiosk, DEMO_PEOPLE.stranger)
    expect(problemOf(await visit.kiosk.client.review(review.reviewId))).toMatchObject({ code: 'NOT_FOUND' })
    expect(problemOf(await authorize(visit, review))).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('a full record page is a matter for the counter', async () => {
    const full = stage.truck({
      plate: '粤BTESTG',
      reviewValidUntil: YEAR_END,
      review: APPROVED,
      certificate: { nextRow: 13 },
    })
    const visit = await stage.visit(await stage.kiosk())
    const review = await visit.open(full.key)
    expect(review).toMatchObject({ outcome: 'BLOCKED', message: { code: 'RECORD_PAGE_FULL' }, print: null })
    expect(problemOf(await authorize(visit, review))).toMatchObject({ code: 'REVIEW_NOT_READY', outcome: 'BLOCKED' })
  })

  it('a date cut short by the certificate does not invite a second endorsement', async () => {
    const certificate = { validUntil: addDays(YEAR_END, 30) }
    const truck = stage.truck({ plate: '粤BTESTH', reviewValidUntil: YEAR_END, review: APPROVED, certificate })
    const visit = await stage.visit(await stage.kiosk())
    const review = await visit.open(truck.key)
    expect(review).toMatchObject({ outcome: 'READY', newValidUntil: '2027-01-30' })
    const grant = expectOk(await authorize(visit, review), 'authorization')
    expectOk(await visit.kiosk.client.reportPrint(grant.endorsementNo, printed(grant, stage.clock.now())), 'report')
    expect(await visit.open(truck.key)).toMatchObject({ outcome: 'ALREADY_ENDORSED' })
  })
})
