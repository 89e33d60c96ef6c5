import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MORNING, stored, StoreFixture } from '../../tests/support/store.ts'
import { seededRandom } from '../lib/random.ts'
import { backoffMs, DEFAULT_BACKOFF } from './backoff.ts'
import type { Delivery, OutboxRow } from './outbox.ts'
import type { Store } from './store.ts'

const ACCEPTED: Delivery = { outcome: 'ACCEPTED' }
const UNREACHABLE: Delivery = { outcome: 'UNREACHABLE', error: 'ETIMEDOUT' }
const REFUSED: Delivery = { outcome: 'REFUSED', error: '422' }

let fixture: StoreFixture
let store: Store
let serial = 0
beforeEach(() => {
  fixture = new StoreFixture()
  store = fixture.open()
})
afterEach(() => {
  fixture.dispose()
})

describe('a message', () => {
  it('is due at once, once and with its payload', () => {
    const row = add('a', { 道路: [1, null] })
    expect(due()).toEqual([row])
    expect(row).toMatchObject({
      seq: 1,
      state: 'PENDING',
      attempts: 0,
      nextAttemptAt: MORNING,
      payload: { 道路: [1, null] },
    })
    expect(settle(row, ACCEPTED)).toBe('SENT')
    expect(due()).toEqual([])
    expect(depth()).toEqual({ pending: 0, parked: 0, oldestPendingAt: null })
  })

  it('that the centre knows already counts as sent', () => {
    expect(settle(add('a'), { outcome: 'DUPLICATE' })).toBe('SENT')
  })

  it('waits for the one before it of the same aggregate, and not for others', () => {
    const [a1, a2, b1] = [add('a'), add('a'), add('b')]
    expect(due()).toEqual([a1, b1])
    settle(a1, UNREACHABLE)
    expect(due()).toEqual([b1])
    fixture.clock.stepWall(DEFAULT_BACKOFF.maxMs)
    expect(due().map((row) => row.id)).toEqual([b1.id, a1.id])
    settle(a1, ACCEPTED)
    expect(due().map((row) => row.id)).toEqual([b1.id, a2.id])
  })

  it('is tried again for ever while the centre cannot be reached, and never parked', () => {
    const row = add('a')
    for (let attempt = 1; attempt <= 200; attempt++) {
      fixture.clock.stepWall(DEFAULT_BACKOFF.maxMs)
      expect(settle(row, UNREACHABLE)).toBe('PENDING')
    }
    expect(depth()).toEqual({ pending: 1, parked: 0, oldestPendingAt: MORNING })
  })

  it('that the centre keeps refusing is parked, and holds back those behind it until staff try it again', () => {
    const [first, second] = [add('a'), add('a')]
    for (let refusal = 1; refusal < DEFAULT_BACKOFF.parkAfterRefusals; refusal++)
      expect(settle(first, REFUSED)).toBe('PENDING')
    expect(settle(first, REFUSED)).toBe('PARKED')
    fixture.clock.stepWall(DEFAULT_BACKOFF.maxMs * 10)
    expect(due()).toEqual([])
    expect(stored(store, (tx) => tx.outbox.parked())).toMatchObject([{ id: first.id, lastError: '422' }])
    expect(depth()).toMatchObject({ pending: 1, parked: 1 })
    stored(store, (tx) => tx.outbox.retry(first.id))
    expect(due()).toMatchObject([{ id: first.id, attempts: 0, refusals: 0 }])
    settle(first, ACCEPTED)
    expect(due()).toMatchObject([{ id: second.id }])
  })

  it('stamped by a clock that ran ahead is not left waiting for that time', () => {
    fixture.clock.stepWall(365 * 86_400_000)
    const row = add('a')
    fixture.clock.stepWall(-365 * 86_400_000)
    expect(due()).toEqual([row])
  })

  it('is not sent twice by mistake: settling it again is a bug', () => {
    const row = add('a')
    settle(row, ACCEPTED)
    expect(() => store.transaction((tx) => tx.outbox.settle(row.id, ACCEPTED))).toThrow('is SENT, not PENDING')
    expect(() => store.transaction((tx) => tx.outbox.retry(row.id))).toThrow('is SENT, not PARKED')
  })

  it('cannot borrow the idempotency key of another: the centre would take it for a repetition and drop it', () => {
    const add = (aggregate: string) =>
      store.transaction((tx) => tx.outbox.add({ aggregate, kind: 'k', payload: 1, idempotencyKey: 'same' }))
    expect(add('a').ok).toBe(true)
    expect(() => add('b')).toThrow('UNIQUE')
  })

  it('needs a JSON value', () => {
    expect(() => add('a', (() => 1) as never)).toThrow('JSON')
  })
})

it('the next due time tells the sender when to wake', () => {
  expect(stored(store, (tx) => tx.outbox.nextDueAt())).toBeUndefined()
  const row = add('a')
  add('a')
  expect(stored(store, (tx) => tx.outbox.nextDueAt())).toBe(MORNING)
  settle(row, UNREACHABLE)
  const next = stored(store, (tx) => tx.outbox.nextDueAt()) ?? 0
  expect(next).toBeGreaterThan(MORNING)
  expect(next).toBeLessThanOrEqual(MORNING + DEFAULT_BACKOFF.baseMs)
})

it('waits double up to the longest, and half of each is chance', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer(), (attempts, seed) => {
      const ceiling = Math.min(DEFAULT_BACKOFF.maxMs, DEFAULT_BACKOFF.baseMs * 2 ** (attempts - 1))
      const wait = backoffMs(attempts, DEFAULT_BACKOFF, seededRandom(seed))
      expect(wait).toBeGreaterThanOrEqual(ceiling / 2)
      expect(wait).toBeLessThanOrEqual(ceiling)
    }),
  )
})

type Move =
  | { readonly do: 'add'; readonly aggregate: string }
  | { readonly do: 'send'; readonly which: number; readonly delivery: Delivery }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'retry' }
  | { readonly do: 'purge' }
  | { readonly do: 'restart' }

const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), aggregate: fc.constantFrom('a', 'b', 'c') }) },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('send' as const),
        which: fc.nat(5),
        delivery: fc.constantFrom<Delivery>(
          ACCEPTED,
          ACCEPTED,
          { outcome: 'DUPLICATE' },
          UNREACHABLE,
          REFUSED,
          REFUSED,
        ),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: -400_000, max: 400_000 }) }),
    },
    fc.constant({ do: 'retry' as const }),
    fc.constant({ do: 'purge' as const }),
    fc.constant({ do: 'restart' as const }),
  ),
  { maxLength: 60 },
)

it('whatever the network does, each aggregate arrives complete and in its order', () => {
  fc.assert(
    fc.property(moves, (story) => {
      const own = new StoreFixture()
      let outbox = own.open()
      const added: Record<string, number[]> = { a: [], b: [], c: [] }
      const arrived: Record<string, number[]> = { a: [], b: [], c: [] }
      const deliver = (row: OutboxRow, delivery: Delivery): void => {
        const state = stored(outbox, (tx) => tx.outbox.settle(row.id, delivery))
        if (state === 'SENT') arrived[row.aggregate]?.push(Number(row.payload))
      }
      for (const move of story) {
        const rows = stored(outbox, (tx) => tx.outbox.due(10))
        expect(new Set(rows.map((row) => row.aggregate)).size, 'one of each aggregate').toBe(rows.length)
        if (move.do === 'add') {
          const n = serial++
          added[move.aggregate]?.push(n)
          stored(outbox, (tx) =>
            tx.outbox.add({ aggregate: move.aggregate, kind: 'k', payload: n, idempotencyKey: `n-${n}` }),
          )
        } else if (move.do === 'send') {
          const row = rows[move.which % Math.max(1, rows.length)]
          if (row !== undefined) deliver(row, move.delivery)
        } else if (move.do === 'wait') own.clock.stepWall(move.ms)
        else if (move.do === 'retry')
          stored(outbox, (tx) => tx.outbox.parked().forEach((row) => tx.outbox.retry(row.id)))
        else if (move.do === 'purge') stored(outbox, (tx) => tx.purge(everythingBefore(own.clock.now() - 100_000)))
        else {
          outbox.close()
          outbox = own.open()
        }
      }
      // The centre comes back for good, and staff try what was parked.
      stored(outbox, (tx) => tx.outbox.parked().forEach((row) => tx.outbox.retry(row.id)))
      for (let round = 0; round < 200 && stored(outbox, (tx) => tx.outbox.depth()).pending > 0; round++) {
        own.clock.stepWall(DEFAULT_BACKOFF.maxMs)
        for (const row of stored(outbox, (tx) => tx.outbox.due(10))) deliver(row, ACCEPTED)
      }
      expect(arrived).toEqual(added)
      own.dispose()
    }),
    { numRuns: 25 },
  )
})

function everythingBefore(moment: number) {
  return { endorsementsClosedBefore: moment, visitsEndedBefore: moment, messagesSentBefore: moment }
}

type Payload = Readonly<Record<string, readonly (number | null)[]>>

function add(aggregate: string, payload: Payload = {}): OutboxRow {
  const idempotencyKey = `key-${serial++}`
  return stored(store, (tx) => tx.outbox.add({ aggregate, kind: 'test', payload, idempotencyKey }))
}

function settle(row: OutboxRow, delivery: Delivery) {
  return stored(store, (tx) => tx.outbox.settle(row.id, delivery))
}

function due(): readonly OutboxRow[] {
  return stored(store, (tx) => tx.outbox.due(10))
}

function depth() {
  return stored(store, (tx) => tx.outbox.depth())
}
