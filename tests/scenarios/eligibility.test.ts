import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addDays } from '../../src/domain/local-date.ts'
import type { View } from '../../src/ipc/snapshot.ts'
import type { Visitor } from '../support/visitor.ts'
import { inMemoryOf, technicianReads } from './remains.ts'
import { SCENARIO_TODAY, Station, type RunningKiosk } from './station.ts'

let station: Station
let kiosk: RunningKiosk
let visitor: Visitor

async function open(province?: string): Promise<void> {
  station = await Station.open(province === undefined ? {} : { province })
  kiosk = await station.kiosk()
  visitor = kiosk.visitor
}
beforeEach(() => open())
afterEach(() => station.close())

function slips(): string[] {
  return station.rig.receiptPrinter.paper.documents.map(({ text }) => text.join('\n'))
}

function badgeOf(view: View, plateNo: string) {
  return view.screen === 'S04' ? view.vehicles.find((vehicle) => vehicle.plateNo === plateNo)?.badge.label : undefined
}

/** Presses 打印 and waits for the slip. */
async function printsList(): Promise<string> {
  visitor.press({ type: 'PRINT_LIST' })
  await visitor.until('the slip', ({ view }) => 'list' in view && view.list === 'PRINTED')
  return slips().at(-1) ?? ''
}

describe('a review that is not approved yet', () => {
  it('scenario 2: all checks pass, the kiosk submits, waits for the approval and only then goes on to confirm', async () => {
    await visitor.comesToVehicles()
    const due = await visitor.chooses('粤B45678')
    expect(due).toMatchObject({
      screen: 'S05',
      canContinue: true,
      verdict: { title: { key: 'verdict.SUBMITTABLE.title' } },
    })
    visitor.press({ type: 'CONTINUE' })
    await visitor.sees('S05', 'SUBMITTING')
    const approved = await visitor.sees('S05', 'DONE')
    expect(approved.verdict?.title.key).toBe('verdict.READY.title')
    visitor.press({ type: 'CONTINUE' })
    await visitor.sees('S07')
    expect(station.ledgerOf('粤B45678')).toEqual([])
    await visitor.leaves()
  })

  it('scenario 2: a doubt goes to a person, the acceptance slip P04 is printed, and nothing is endorsed', async () => {
    await visitor.comesToVehicles()
    await visitor.chooses('粤B35790')
    visitor.press({ type: 'CONTINUE' })
    const { view } = await visitor.until(
      'the decision',
      ({ view }) => view.screen === 'S05' && view.verdict?.title.key === 'verdict.MANUAL_REVIEW.title',
    )
    expect(view).toMatchObject({ canContinue: false, list: 'OFFERED' })
    const slip = await printsList()
    expect(slip).toContain('业 务 回 执')
    expect(slip).toMatch(/受理号\s+SL20261123\d{6}/)
    visitor.press({ type: 'CONTINUE' })
    await visitor.leaves()
    expect(visitor.path).not.toContain('S07')
    expect(station.ledgerOf('粤B35790')).toEqual([])
  })
})

describe('dates', () => {
  it('scenario 3: on the last day the badge says 即将到期, tomorrow 逾期1天', async () => {
    expect(badgeOf(await visitor.comesToVehicles(), '粤B34567')).toEqual({ key: 'badge.DUE_SOON', params: { n: 0 } })
    await visitor.leaves()
    station.clock.step(24 * 3_600_000)
    expect(badgeOf(await visitor.comesToVehicles(), '粤B34567')).toEqual({ key: 'badge.OVERDUE', params: { n: 1 } })
  })

  it('scenario 4: 179 and 180 days overdue are served, 181 are refused with the counter text, and the audit says R16', async () => {
    await station.close()
    await open('zhejiang')
    for (const [plate, days] of [
      ['浙ALATE1', 179],
      ['浙ALATE2', 180],
      ['浙ALATE3', 181],
    ] as const) {
      station.truck({ plate, reviewValidUntil: addDays(SCENARIO_TODAY, -days) })
    }
    for (const [plate, days] of [
      ['浙ALATE1', 179],
      ['浙ALATE2', 180],
    ] as const) {
      await visitor.comesToVehicles()
      const served = await visitor.chooses(plate)
      expect(served).toMatchObject({
        canContinue: true,
        verdict: { detail: { key: 'verdict.READY_OVERDUE.detail', params: { days } } },
      })
      await visitor.leaves()
    }
    await visitor.comesToVehicles()
    const refused = await visitor.chooses('浙ALATE3')
    expect(refused).toMatchObject({
      canContinue: false,
      verdict: {
        tone: 'bad',
        title: { key: 'verdict.OVERDUE_LIMIT.title' },
        detail: { params: { days: 181, limit: '180天' } },
      },
    })
    expect(refused.screen === 'S05' && refused.items.find(({ ruleId }) => ruleId === 'R16')?.result).toBe('FAIL')
    await visitor.leaves()
    expect(station.ledgerOf('浙ALATE3')).toEqual([])
    expect(slips()).toEqual([])
    const refusals = inMemoryOf(kiosk.dataDir, ({ audit }) =>
      audit.latest(50).filter(({ action }) => action === 'review.refused'),
    )
    expect(refusals).toHaveLength(1)
    expect(JSON.parse(refusals[0]?.detail ?? '')).toMatchObject({ outcome: 'OVERDUE_LIMIT', rules: 'R16' })
  })
})

describe('an open case', () => {
  it('scenario 6: locks its vehicle with authority, masked number and a way to pay; the others are not locked', async () => {
    await visitor.comesToVehicles()
    expect(badgeOf(visitor.view, '粤B89012')?.key).toBe('badge.LOCKED')
    expect(badgeOf(visitor.view, '粤B23456')?.key).toBe('badge.ENDORSABLE')
    const locked = await visitor.chooses('粤B89012')
    expect(locked).toMatchObject({
      screen: 'S06',
      locks: [
        {
          authority: '样例市交通运输综合行政执法支队',
          caseNoMasked: '样交罚〔2026〕***23号',
          contact: '0755-12328',
          payment: { payCodeMasked: '****3456', fineCents: 100_000, surchargeCents: 15_000, totalCents: 115_000 },
        },
      ],
    })
    expect(JSON.stringify(locked)).not.toContain('〕00123')
    const slip = await printsList()
    expect(slip).toContain('0755-12328')
    expect(slip).not.toContain('〕00123')

    visitor.press({ type: 'BACK' })
    await visitor.chooses('粤B23456')
    visitor.press({ type: 'CONTINUE' })
    await visitor.sees('S07')
    await visitor.leaves()
  })

  it('scenario 6: once it is closed, asking again on the same screen opens the way without a new visit', async () => {
    await visitor.comesToVehicles()
    await visitor.chooses('粤B89012')
    expect(station.rig.central.admin.closeCase('样交罚〔2026〕00123号')).toBe(true)
    visitor.press({ type: 'RETRY' })
    const ready = await visitor.sees('S05', 'DONE')
    expect(ready).toMatchObject({ canContinue: true, verdict: { title: { key: 'verdict.READY.title' } } })
    await visitor.leaves()
  })
})

describe('vehicles of other kinds', () => {
  it('scenario 10: an expired inspection report blocks, and the list of what failed is printed', async () => {
    await visitor.comesToVehicles()
    const blocked = await visitor.chooses('粤B24680')
    expect(blocked).toMatchObject({ screen: 'S05', canContinue: false, list: 'OFFERED' })
    const report = blocked.screen === 'S05' ? blocked.items.find(({ ruleId }) => ruleId === 'R04') : undefined
    expect(report).toMatchObject({ result: 'FAIL' })
    expect(await printsList()).toContain(report?.title)
    await visitor.leaves()
  })

  it('scenario 15: a light truck needs no review; one of 4501 kg takes the normal way', async () => {
    station.truck({ plate: '粤BHEAVY', totalMassKg: 4_501 })
    await visitor.comesToVehicles()
    const light = await visitor.chooses('粤B46801')
    expect(light).toMatchObject({ canContinue: false, verdict: { title: { key: 'verdict.NOT_REQUIRED.title' } } })
    visitor.press({ type: 'BACK' })
    expect(await visitor.chooses('粤BHEAVY')).toMatchObject({ canContinue: true })
    await visitor.leaves()
  })
})

describe('any plate, for everybody', () => {
  /** Asks, and reads the answer when the question has come and gone. */
  async function asks(plateNo: string, plateColor: string) {
    const asked = visitor.now.viewId
    visitor.press({ type: 'QUERY_PLATE', plateNo, plateColor })
    const { view } = await visitor.until(`the public status of ${plateNo}`, ({ viewId }) => viewId >= asked + 2)
    return view.screen === 'S04' ? view.publicStatus : null
  }

  it('scenario 16: both new-energy forms are plates, 粤BO1234 is none, and one number in two colours is two vehicles', async () => {
    station.truck({ plate: '粤BD12345', color: '94', operatorId: 'OP-COMPANY', operatorName: '样例顺达运输有限公司' })
    station.truck({ plate: '粤B5T789', color: '2', operatorId: 'OP-COMPANY', operatorName: '样例顺达运输有限公司' })
    await visitor.comesToVehicles()
    expect(await asks('粤B12345D', '93')).toMatchObject({ found: true })
    expect(await asks('粤bd·12345', '94')).toMatchObject({ found: true, vehicle: { plateNo: '粤BD12345' } })
    expect(await asks('粤BO1234', '2')).toMatchObject({ found: false, remark: { key: 'publicStatus.notFound' } })
    expect(await asks('粤B5T789', '2')).toMatchObject({ found: true })
    expect(await asks('粤B5T789', '94')).toMatchObject({ found: false })
    await visitor.leaves()
  })

  it.each(['', '　', '粤', '粤B', "' OR 1=1--", '<b>粤B1</b>', '🚛🚛🚛', '粤B12345🚛', '../../etc', '粤B\u0000123'])(
    'scenario 16: %j is no plate, and saying so ends nothing',
    async (nonsense) => {
      await visitor.comesToVehicles()
      expect(await asks(nonsense, '2')).toMatchObject({ found: false, rows: [] })
      expect(await asks('粤B23456', '0')).toMatchObject({ found: false, rows: [] })
      expect(await asks('粤B23456', '2')).toMatchObject({ found: true })
      await visitor.leaves()
    },
  )

  it('scenario 18: who is neither owner nor agent does not see the vehicle, and of its plate only public fields', async () => {
    const list = await visitor.comesToVehicles('agent')
    expect(list.vehicles.map(({ plateNo }) => plateNo)).toContain('粤B60001')
    expect(list.vehicles.map(({ plateNo }) => plateNo)).not.toContain('粤B23456')
    visitor.press({ type: 'SELECT_VEHICLE', vehicleId: '2-粤B23456' })
    const status = await asks('粤B23456', '2')
    expect(status?.rows.map(({ label }) => label.key)).toEqual([
      'publicStatus.operator',
      'publicStatus.operationStatus',
      'publicStatus.scope',
      'publicStatus.certificateValidUntil',
      'publicStatus.reviewValidUntil',
    ])
    expect(status?.remark.key).toBe('publicStatus.notYours')
    expect(JSON.stringify(status)).not.toMatch(/990001|10000005678|样交罚|LGA0000/)
    expect(visitor.path).not.toContain('S05.CHECKING')
    await visitor.leaves()
  })

  it('scenario 30: the eleventh question within a minute is put off, in words, and the visit goes on', async () => {
    await visitor.comesToVehicles()
    for (let count = 0; count < 10; count++) await asks('粤B23456', '2')
    await asks('粤B23456', '2')
    const { problem } = await visitor.meets('PLATE_QUERY_LIMITED')
    expect(problem.what.params).toEqual({ seconds: expect.any(Number) })
    await technicianReads(kiosk.dataDir, 'visit.trouble', { code: 'PLATE_QUERY_LIMITED' })
    visitor.press({ type: 'BACK' })
    await visitor.chooses('粤B23456')
    await visitor.leaves()
  })
})
