import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ENDORSEMENT_STATUSES } from '../domain/endorsement.ts'
import { expectOk } from '../lib/result.ts'
import {
  authorize,
  grantOf,
  MORNING,
  numberOf,
  requestOf,
  startPrint,
  stored,
  StoreFixture,
} from '../../tests/support/store.ts'
import {
  advance,
  endorsementKey,
  requested,
  SAGA,
  type PrintFinding,
  type SagaStatus,
  type SagaStep,
} from './endorsement.ts'
import type { Store } from './store.ts'

const STATUSES = Object.keys(SAGA) as SagaStatus[]
const seen: PrintFinding = { document: 'SEEN', technician: 'T-17', witness: 'S-04', note: '第3行已打印' }

let fixture: StoreFixture
let store: Store
beforeEach(() => {
  fixture = new StoreFixture()
  store = fixture.open()
})
afterEach(() => {
  fixture.dispose()
})

describe('the table of the saga', () => {
  it('knows every status the centre knows, and the two that only the kiosk has', () => {
    expect(new Set(STATUSES)).toEqual(new Set([...Object.keys(ENDORSEMENT_STATUSES), 'REQUESTED', 'PRINT_REQUESTED']))
  })

  it('reaches every status from the first, and gives each that is not at rest an owner', () => {
    const reached = new Set<SagaStatus>(['REQUESTED'])
    for (const status of reached) for (const next of SAGA[status].next) reached.add(next)
    expect(reached).toEqual(new Set(STATUSES))
    for (const status of STATUSES) {
      const isOver = status === 'CONFIRMED' || status === 'VOIDED'
      expect(SAGA[status].next.length === 0, status).toBe(isOver)
      if (SAGA[status].owner === 'NOBODY') expect(isOver || status === 'RELEASED', status).toBe(true)
    }
  })

  it('never leads from an unknown or a finished print back to the printer without the centre', () => {
    for (const status of ['PRINT_UNKNOWN', 'PRINT_FAILED', 'PRINTED', 'CONFIRMED', 'VOIDED', 'RELEASED'] as const) {
      expect(SAGA[status].next).not.toContain('PRINT_REQUESTED')
      expect(SAGA[status].next).not.toContain('PRINTING')
    }
  })

  it('is the whole law: a step it does not list throws, a step it lists is taken', () => {
    for (const from of STATUSES) {
      for (const to of STATUSES) {
        const endorsement = { ...requested(requestOf(1), 0), status: from, ...grantOf(1) }
        const step = stepTo(from, to)
        if (step === undefined) continue
        if (SAGA[from].next.includes(to)) expect(advance(endorsement, step, 9).status).toBe(to)
        else expect(() => advance(endorsement, step, 9), `${from} to ${to}`).toThrow('cannot go from')
      }
    }
  })
})

describe('an endorsement', () => {
  it('is stored step by step with its times', () => {
    const key = stored(store, (tx) => tx.endorsements.request(requestOf(1)).key)
    fixture.clock.stepWall(1000)
    expectOk(
      stored(store, (tx) => tx.endorsements.authorize(key, grantOf(1))),
      'the grant fits',
    )
    fixture.clock.stepWall(1000)
    expectOk(
      stored(store, (tx) => tx.endorsements.requestPrint(key)),
      'the number is free',
    )
    fixture.clock.stepWall(1000)
    stored(store, (tx) => tx.endorsements.startPrinting(key))
    fixture.clock.stepWall(1000)
    stored(store, (tx) => tx.endorsements.markPrinted(key))
    fixture.clock.stepWall(1000)
    const confirmed = stored(store, (tx) => tx.endorsements.confirm(key))
    expect(confirmed).toEqual({
      ...requestOf(1),
      ...grantOf(1),
      status: 'CONFIRMED',
      reason: null,
      renewalKey: null,
      finding: null,
      requestedAt: MORNING,
      authorizedAt: MORNING + 1000,
      printRequestedAt: MORNING + 2000,
      printingAt: MORNING + 3000,
      settledAt: MORNING + 4000,
      closedAt: MORNING + 5000,
    })
    store.close()
    expect(stored(fixture.open(), (tx) => tx.endorsements.find(key))).toEqual(confirmed)
  })

  it('asked for twice with the same key is one endorsement', () => {
    const first = stored(store, (tx) => tx.endorsements.request(requestOf(1)))
    fixture.clock.stepWall(5000)
    expect(stored(store, (tx) => tx.endorsements.request(requestOf(1)))).toEqual(first)
  })

  it('asked for again with another vehicle under the same key is a bug', () => {
    stored(store, (tx) => tx.endorsements.request(requestOf(1)))
    expect(() => store.transaction((tx) => tx.endorsements.request(requestOf(1, { plateColor: '93' })))).toThrow(
      'another vehicle',
    )
  })

  it('that jammed is printed again with the same number and the next attempt', () => {
    const key = stored(store, (tx) => startPrint(tx.endorsements, 1))
    expect(stored(store, (tx) => tx.endorsements.markFailed(key, 'PAPER_JAM'))).toMatchObject({
      status: 'PRINT_FAILED',
      reason: 'PAPER_JAM',
      attempt: 1,
    })
    const again = grantOf(1, { attempt: 2, authorization: 'the.next.one' })
    expect(stored(store, (tx) => tx.endorsements.authorize(key, again))).toMatchObject({
      ok: true,
      value: { ...again, status: 'AUTHORIZED', reason: null },
    })
  })

  it('keeps its number: a grant with another one is refused and changes nothing', () => {
    const key = stored(store, (tx) => startPrint(tx.endorsements, 1))
    const failed = stored(store, (tx) => tx.endorsements.markFailed(key, 'PAPER_JAM'))
    expect(stored(store, (tx) => tx.endorsements.authorize(key, grantOf(2)))).toEqual({
      ok: false,
      error: { code: 'NUMBER_CHANGED', known: numberOf(1) },
    })
    expect(stored(store, (tx) => tx.endorsements.find(key))).toEqual(failed)
  })

  it('is not given the number of another review', () => {
    const other = stored(store, (tx) => authorize(tx.endorsements, 1))
    const { key } = stored(store, (tx) => tx.endorsements.request(requestOf(2)))
    expect(stored(store, (tx) => tx.endorsements.authorize(key, grantOf(1)))).toEqual({
      ok: false,
      error: { code: 'NUMBER_TAKEN', other },
    })
  })

  it('does not go to the printer while its number is there for another visit', () => {
    const first = stored(store, (tx) => startPrint(tx.endorsements, 1))
    const again = requestOf(2, { reviewId: 'REVIEW-1' })
    stored(store, (tx) => tx.endorsements.request(again))
    expect(stored(store, (tx) => tx.endorsements.authorize(again.key, grantOf(1, { attempt: 2 }))).ok).toBe(true)
    for (const step of ['in the printer', 'unknown'] as const) {
      if (step === 'unknown') stored(store, (tx) => tx.endorsements.markUnknown(first, 'POWER_CUT'))
      expect(
        stored(store, (tx) => tx.endorsements.requestPrint(again.key)),
        step,
      ).toEqual({
        ok: false,
        error: { code: 'NUMBER_IN_PRINT', other: first },
      })
    }
    stored(store, (tx) => tx.endorsements.resolveUnknown(first, { ...seen, document: 'NOT_SEEN' }))
    expect(stored(store, (tx) => tx.endorsements.requestPrint(again.key)).ok).toBe(true)
    expect(stored(store, (tx) => tx.endorsements.ofReview('REVIEW-1')).map((e) => e.key)).toEqual([first, again.key])
    expect(stored(store, (tx) => tx.endorsements.ofNumber(numberOf(1)))).toHaveLength(2)
  })

  it('does not go to the printer while another visit has printed its number, whatever the centre grants', () => {
    const first = stored(store, (tx) => startPrint(tx.endorsements, 1))
    const again = requestOf(2, { reviewId: 'REVIEW-1' })
    stored(store, (tx) => tx.endorsements.request(again))
    expect(stored(store, (tx) => tx.endorsements.authorize(again.key, grantOf(1, { attempt: 2 }))).ok).toBe(true)
    for (const step of ['markPrinted', 'confirm'] as const) {
      stored(store, (tx) => tx.endorsements[step](first))
      expect(
        stored(store, (tx) => tx.endorsements.requestPrint(again.key)),
        step,
      ).toEqual({ ok: false, error: { code: 'NUMBER_IN_PRINT', other: first } })
    }
  })

  it('that expired before a byte was printed is released, and may be authorized again', () => {
    const key = stored(store, (tx) => authorize(tx.endorsements, 1))
    expect(stored(store, (tx) => tx.endorsements.release(key, 'EXPIRED')).closedAt).toBe(MORNING)
    expect(stored(store, (tx) => tx.endorsements.inFlight())).toEqual([])
    expect(stored(store, (tx) => tx.endorsements.authorize(key, grantOf(1)))).toMatchObject({
      ok: true,
      value: { status: 'AUTHORIZED', closedAt: null },
    })
    expect(stored(store, (tx) => tx.endorsements.inFlight())).toHaveLength(1)
  })
})

describe('a power cut during the print', () => {
  it('shows the endorsement in flight at the next start, and recovery makes it unknown, for a technician', () => {
    const key = stored(store, (tx) => startPrint(tx.endorsements, 1))
    store.close()
    const booted = fixture.open()
    expect(stored(booted, (tx) => tx.endorsements.inFlight())).toMatchObject([{ key, status: 'PRINTING' }])
    expect(stored(booted, (tx) => tx.endorsements.markUnknown(key, 'POWER_CUT'))).toMatchObject({
      status: 'PRINT_UNKNOWN',
      reason: 'POWER_CUT',
    })
    expect(SAGA.PRINT_UNKNOWN.owner).toBe('TECHNICIAN')
  })

  it('is settled by what two people found: seen is printed, not seen is failed', () => {
    const [a, b] = stored(store, (tx) => {
      const keys = [startPrint(tx.endorsements, 1), startPrint(tx.endorsements, 2)] as const
      for (const key of keys) tx.endorsements.markUnknown(key, 'POWER_CUT')
      return keys
    })
    expect(stored(store, (tx) => tx.endorsements.resolveUnknown(a, seen))).toMatchObject({
      status: 'PRINTED',
      finding: seen,
    })
    const notSeen = { ...seen, document: 'NOT_SEEN' } as const
    expect(stored(store, (tx) => tx.endorsements.resolveUnknown(b, notSeen)).status).toBe('PRINT_FAILED')
    expect(stored(store, (tx) => tx.endorsements.find(a))?.finding).toEqual(seen)
  })

  it('is not settled by the program alone, and a known print is not settled by a finding', () => {
    const key = stored(store, (tx) => startPrint(tx.endorsements, 1))
    expect(() => store.transaction((tx) => tx.endorsements.resolveUnknown(key, seen))).toThrow('only an unknown one')
    stored(store, (tx) => tx.endorsements.markUnknown(key, 'POWER_CUT'))
    expect(() => store.transaction((tx) => tx.endorsements.markPrinted(key))).toThrow('settled by a finding')
    expect(() => store.transaction((tx) => tx.endorsements.markFailed(key, 'x'))).toThrow('settled by a finding')
  })

  it('may be settled by the operator at the centre', () => {
    const key = stored(store, (tx) => startPrint(tx.endorsements, 1))
    stored(store, (tx) => tx.endorsements.markUnknown(key, 'POWER_CUT'))
    expect(stored(store, (tx) => tx.endorsements.confirm(key)).status).toBe('CONFIRMED')
  })
})

it('three parts never make the key of another three', () => {
  const part = fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/)
  fc.assert(
    fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), (a, b) => {
      expect(endorsementKey(...a) === endorsementKey(...b)).toBe(a.join('\0') === b.join('\0'))
    }),
  )
  expect(() => endorsementKey('a:b', 'c', 'd')).toThrow('colon')
  expect(() => endorsementKey('a', '', 'd')).toThrow('empty')
})

/** A step to `to` that is complete for one that comes from `from`; nothing leads to the first status. */
function stepTo(from: SagaStatus, to: SagaStatus): SagaStep | undefined {
  switch (to) {
    case 'REQUESTED':
      return undefined
    case 'AUTHORIZED':
      return { to, grant: grantOf(1) }
    case 'PRINT_REQUESTED':
    case 'PRINTING':
    case 'CONFIRMED':
      return { to }
    case 'PRINTED':
      return from === 'PRINT_UNKNOWN' ? { to, finding: seen } : { to }
    case 'PRINT_FAILED':
      return from === 'PRINT_UNKNOWN' ? { to, finding: seen } : { to, reason: 'PAPER_JAM' }
    case 'PRINT_UNKNOWN':
    case 'RELEASED':
    case 'VOIDED':
      return { to, reason: 'a reason' }
  }
}
