import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inspectionPeriodMonths, inspectionValidUntil } from './inspection-period.ts'
import { addDays, addMonths, localDate } from './local-date.ts'
import { cents } from './money.ts'
import { daysOverdue, formatLimit, isBeyondLimit, lastAcceptedDay } from './overdue.ts'
import { amountDue } from './surcharge.ts'
import { nextReviewValidUntil, type ValidityPolicy } from './validity.ts'

const day = localDate

describe('the new 审验有效期', () => {
  const next = (policy: ValidityPolicy, approvedOn: string, current: string, ...limits: string[]) =>
    nextReviewValidUntil({
      policy,
      approvedOn: day(approvedOn),
      currentReviewValidUntil: day(current),
      limits: limits.map(day),
    })

  it.each([
    ['ANNIVERSARY', '2026-11-23', '2026-12-31', '2027-12-31'],
    ['ANNIVERSARY', '2026-12-31', '2026-12-31', '2027-12-31'],
    ['ANNIVERSARY', '2027-01-01', '2026-12-31', '2028-01-01'],
    ['ANNIVERSARY', '2024-02-01', '2024-02-29', '2025-02-28'],
    ['MONTH_END', '2026-11-23', '2026-12-15', '2027-12-31'],
    ['MONTH_END', '2026-11-23', '2026-11-10', '2027-11-30'],
    ['YEAR_END', '2026-11-23', '2026-12-15', '2027-12-31'],
    ['YEAR_END', '2027-01-10', '2026-12-15', '2028-12-31'],
  ] as const)('%s, approved %s, current %s: %s', (policy, approvedOn, current, expected) => {
    expect(next(policy, approvedOn, current)).toBe(expected)
  })

  it('never passes the end of the certificate or the scrap date', () => {
    expect(next('ANNIVERSARY', '2026-11-23', '2026-12-31', '2028-11-30', '2027-06-30')).toBe('2027-06-30')
  })

  it('gains nothing by being late and loses nothing by being early', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 1, max: 180 }), (early, late) => {
        const current = day('2026-06-30')
        const of = (approvedOn: ReturnType<typeof day>) =>
          nextReviewValidUntil({ policy: 'ANNIVERSARY', approvedOn, currentReviewValidUntil: current, limits: [] })
        expect(of(addDays(current, -early))).toBe('2027-06-30')
        expect(of(addDays(current, late))).toBe(addMonths(addDays(current, late), 12))
      }),
    )
  })
})

describe('加处罚款 (scenario 7 to 9, display)', () => {
  const due = (payOn: string, suspendedDays = 0) =>
    amountDue({ fine: cents(100_000), deliveredOn: day('2026-11-01'), payOn: day(payOn), suspendedDays })

  it.each([
    ['2026-11-16', 0],
    ['2026-11-17', 3_000],
    ['2026-11-26', 30_000],
    ['2026-12-19', 99_000],
    ['2026-12-20', 100_000],
    ['2027-06-01', 100_000],
  ])('paid on %s it is %i fen', (payOn, surcharge) => {
    expect(due(payOn)).toMatchObject({ surcharge, total: 100_000 + surcharge, dueOn: '2026-11-16' })
  })

  it('does not grow during 复议 or 诉讼', () => {
    expect(due('2026-11-26', 10).surcharge).toBe(0)
  })

  it('scenario 8: unpaid for 90 days, 1000 yuan become 2000 and no more', () => {
    const { surcharge, total } = amountDue({
      fine: cents(100_000),
      deliveredOn: day('2026-08-01'),
      payOn: day('2026-11-14'),
    })
    expect({ surcharge, total }).toEqual({ surcharge: 100_000, total: 200_000 })
  })

  it('scenario 7: a decision of 1000 yuan received 20 days ago costs 1150', () => {
    expect(amountDue({ fine: cents(100_000), deliveredOn: day('2026-11-03'), payOn: day('2026-11-23') }).total).toBe(
      115_000,
    )
  })
})

describe('检验检测周期', () => {
  const freight = { ageMonths: 120, youngMonths: 12, oldMonths: 6 }

  it('scenario 11: registered 121 months ago the period is 6 months, 119 months ago it is 12', () => {
    expect(inspectionPeriodMonths(freight, day('2016-10-01'), day('2026-11-23'))).toBe(6)
    expect(inspectionPeriodMonths(freight, day('2016-12-01'), day('2026-11-23'))).toBe(12)
  })
  it('the day the age is reached still counts as young', () => {
    expect(inspectionPeriodMonths(freight, day('2016-11-23'), day('2026-11-23'))).toBe(12)
    expect(inspectionPeriodMonths(freight, day('2016-11-22'), day('2026-11-23'))).toBe(6)
  })
  it('cuts a station date that is longer than the law allows, and keeps a shorter one', () => {
    const dates = { firstRegisteredOn: day('2010-01-01'), inspectedOn: day('2026-03-01') }
    expect(inspectionValidUntil(freight, { ...dates, reportValidUntil: day('2027-03-01') })).toBe('2026-09-01')
    expect(inspectionValidUntil(freight, { ...dates, reportValidUntil: day('2026-08-01') })).toBe('2026-08-01')
  })
})

describe('逾期', () => {
  const days180 = { unit: 'DAYS', count: 180 } as const
  const months6 = { unit: 'MONTHS', count: 6 } as const

  it('counts from the day after the expiry', () => {
    expect(daysOverdue(day('2026-11-23'), day('2026-11-23'))).toBe(0)
    expect(daysOverdue(day('2026-11-23'), day('2026-11-24'))).toBe(1)
    expect(daysOverdue(day('2026-12-31'), day('2026-11-23'))).toBe(0)
  })
  it('180 days are accepted, 181 are not', () => {
    const until = addDays(day('2026-11-23'), -180)
    expect(isBeyondLimit(until, day('2026-11-23'), days180)).toBe(false)
    expect(isBeyondLimit(until, day('2026-11-24'), days180)).toBe(true)
  })
  it('six months are counted by the calendar', () => {
    expect(lastAcceptedDay(day('2026-08-31'), months6)).toBe('2027-02-28')
    expect([formatLimit(days180), formatLimit(months6)]).toEqual(['180天', '6个月'])
  })
})
