import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MORNING, startPrint, stored, StoreFixture } from '../../tests/support/store.ts'
import { processIdOf, PRINT_JOB_STEPS, type PrintJobRequest, type PrintJobState } from './print-jobs.ts'
import type { Store } from './store.ts'

let fixture: StoreFixture
let store: Store
beforeEach(() => {
  fixture = new StoreFixture()
  store = fixture.open()
})
afterEach(() => {
  fixture.dispose()
})

describe('a print job', () => {
  const slip = (n: number): PrintJobRequest => ({
    jobId: `JOB-${n}`,
    endorsementKey: null,
    document: 'P04',
    role: 'receipt-printer',
    attempt: 1,
    sha256: 'a'.repeat(64),
  })

  it('is stored before, during and after the paper', () => {
    expect(stored(store, (tx) => tx.printJobs.request(slip(1)))).toEqual({
      ...slip(1),
      serial: 1,
      state: 'REQUESTED',
      reason: null,
      requestedAt: MORNING,
      startedAt: null,
      settledAt: null,
    })
    fixture.clock.stepWall(1000)
    stored(store, (tx) => tx.printJobs.start('JOB-1'))
    fixture.clock.stepWall(1000)
    const confirmed = stored(store, (tx) => tx.printJobs.confirm('JOB-1'))
    expect(confirmed).toMatchObject({ state: 'CONFIRMED', startedAt: MORNING + 1000, settledAt: MORNING + 2000 })
    expect(stored(store, (tx) => tx.printJobs.find('JOB-1'))).toEqual(confirmed)
    expect(stored(store, (tx) => tx.printJobs.unsettled())).toEqual([])
  })

  it('of which nobody knows stays unsettled over a restart, until somebody has looked', () => {
    const key = stored(store, (tx) => startPrint(tx.endorsements, 1))
    stored(store, (tx) => {
      tx.printJobs.request({ ...slip(1), endorsementKey: key, document: 'P01', role: 'certificate-printer' })
      tx.printJobs.start('JOB-1')
    })
    store.close()
    store = fixture.open()
    expect(stored(store, (tx) => tx.printJobs.unsettled())).toMatchObject([{ state: 'PRINTING' }])
    stored(store, (tx) => tx.printJobs.markUnknown('JOB-1', 'POWER_CUT'))
    expect(stored(store, (tx) => tx.printJobs.ofEndorsement(key))).toMatchObject([
      { state: 'UNKNOWN', reason: 'POWER_CUT' },
    ])
    stored(store, (tx) => tx.printJobs.refute('JOB-1', 'NOT_SEEN'))
    expect(stored(store, (tx) => tx.printJobs.unsettled())).toEqual([])
  })

  it('takes only the steps of its table', () => {
    const verbs: Partial<Record<PrintJobState, (id: string) => unknown>> = {
      PRINTING: (id) => stored(store, (tx) => tx.printJobs.start(id)),
      CONFIRMED: (id) => stored(store, (tx) => tx.printJobs.confirm(id)),
      REFUTED: (id) => stored(store, (tx) => tx.printJobs.refute(id, 'r')),
      UNKNOWN: (id) => stored(store, (tx) => tx.printJobs.markUnknown(id, 'r')),
    }
    const pathTo: Record<PrintJobState, PrintJobState[]> = {
      REQUESTED: [],
      PRINTING: ['PRINTING'],
      CONFIRMED: ['PRINTING', 'CONFIRMED'],
      REFUTED: ['REFUTED'],
      UNKNOWN: ['PRINTING', 'UNKNOWN'],
    }
    let n = 0
    for (const from of Object.keys(PRINT_JOB_STEPS) as PrintJobState[]) {
      for (const [to, verb] of Object.entries(verbs) as [PrintJobState, (id: string) => unknown][]) {
        const { jobId } = stored(store, (tx) => tx.printJobs.request(slip(++n)))
        for (const step of pathTo[from]) verbs[step]?.(jobId)
        if (PRINT_JOB_STEPS[from].includes(to)) expect(verb(jobId)).toMatchObject({ state: to })
        else expect(() => verb(jobId), `${from} to ${to}`).toThrow(`cannot go from ${from} to ${to}`)
      }
    }
  })

  it('has four characters for the printer to echo', () => {
    const job = stored(store, (tx) => tx.printJobs.request(slip(1)))
    expect(processIdOf(job)).toBe('0001')
    expect(processIdOf({ ...job, serial: 1_230_042 })).toBe('0042')
  })

  it('belongs to an endorsement that exists', () => {
    const key = stored(store, (tx) => startPrint(tx.endorsements, 1))
    stored(store, (tx) => tx.printJobs.request({ ...slip(1), endorsementKey: key }))
    const stranger = `${key}x` as typeof key
    expect(() => store.transaction((tx) => tx.printJobs.request({ ...slip(2), endorsementKey: stranger }))).toThrow(
      'FOREIGN KEY',
    )
  })
})

describe('a visit', () => {
  it('leaves when, how long, how verified and how ended, and nothing that says who', () => {
    stored(store, (tx) => tx.visits.begin('VISIT-1'))
    fixture.clock.stepWall(90_000)
    stored(store, (tx) => tx.visits.end('VISIT-1', 'COMPLETED', 'FACE'))
    expect(stored(store, (tx) => tx.visits.find('VISIT-1'))).toEqual({
      visitId: 'VISIT-1',
      startedAt: MORNING,
      endedAt: MORNING + 90_000,
      outcome: 'COMPLETED',
      method: 'FACE',
    })
  })

  it('that a stop interrupted is found at the next start and ended there', () => {
    stored(store, (tx) => tx.visits.begin('VISIT-1'))
    store.close()
    store = fixture.open()
    expect(stored(store, (tx) => tx.visits.unfinished())).toMatchObject([{ visitId: 'VISIT-1' }])
    stored(store, (tx) => tx.visits.end('VISIT-1', 'INTERRUPTED', null))
    expect(stored(store, (tx) => tx.visits.unfinished())).toEqual([])
  })

  it('ends once', () => {
    stored(store, (tx) => tx.visits.begin('VISIT-1'))
    stored(store, (tx) => tx.visits.end('VISIT-1', 'LEFT', null))
    expect(() => store.transaction((tx) => tx.visits.end('VISIT-1', 'COMPLETED', 'FACE'))).toThrow('not under way')
    expect(() => store.transaction((tx) => tx.visits.end('VISIT-2', 'LEFT', null))).toThrow('not under way')
  })

  it('is rated, and the last word counts', () => {
    stored(store, (tx) => {
      tx.visits.begin('VISIT-1')
      tx.visits.begin('VISIT-2')
      tx.ratings.rate('VISIT-1', 1)
      tx.ratings.rate('VISIT-1', 5)
      tx.ratings.rate('VISIT-2', 4)
    })
    expect(stored(store, (tx) => tx.ratings.summary(MORNING))).toEqual({ count: 2, average: 4.5 })
    expect(stored(store, (tx) => tx.ratings.summary(MORNING + 1))).toEqual({ count: 0, average: null })
  })
})

describe('retention', () => {
  it('forgets what is over and old, keeps what is open, and never touches the audit chain', () => {
    stored(store, (tx) => {
      const over = startPrint(tx.endorsements, 1)
      tx.printJobs.request({ jobId: 'J1', endorsementKey: over, document: 'P01', role: 'r', attempt: 1, sha256: '' })
      tx.endorsements.markPrinted(over)
      tx.endorsements.confirm(over)
      const open = startPrint(tx.endorsements, 2)
      tx.printJobs.request({ jobId: 'J2', endorsementKey: open, document: 'P01', role: 'r', attempt: 1, sha256: '' })
      tx.endorsements.markUnknown(open, 'POWER_CUT')
      for (const [aggregate, send] of [
        ['sent', true],
        ['unsent', false],
      ] as const) {
        const { id } = tx.outbox.add({ aggregate, kind: 'k', payload: 1, idempotencyKey: aggregate })
        if (send) tx.outbox.settle(id, { outcome: 'ACCEPTED' })
      }
      tx.visits.begin('VISIT-1')
      tx.ratings.rate('VISIT-1', 5)
      tx.visits.end('VISIT-1', 'COMPLETED', 'FACE')
      tx.visits.begin('VISIT-2')
      tx.audit.append({ actor: 'kiosk', action: 'a', target: 't', result: 'OK' })
    })
    const before = (moment: number) =>
      stored(store, (tx) =>
        tx.purge({ endorsementsClosedBefore: moment, visitsEndedBefore: moment, messagesSentBefore: moment }),
      )
    expect(before(MORNING)).toEqual({ endorsements: 0, printJobs: 0, visits: 0, messages: 0 })
    expect(before(MORNING + 1)).toEqual({ endorsements: 1, printJobs: 1, visits: 1, messages: 1 })
    stored(store, (tx) => {
      expect(tx.endorsements.inFlight()).toMatchObject([{ status: 'PRINT_UNKNOWN' }])
      expect(tx.printJobs.unsettled()).toMatchObject([{ jobId: 'J2' }])
      expect(tx.outbox.depth().pending).toBe(1)
      expect(tx.visits.unfinished()).toHaveLength(1)
      expect(tx.ratings.summary(0).count).toBe(0)
      expect(tx.audit.verify()).toEqual({ ok: true, rows: 1 })
    })
  })
})
