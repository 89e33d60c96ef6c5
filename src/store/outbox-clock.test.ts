import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stored, StoreFixture } from '../../tests/support/store.ts'
import { DEFAULT_BACKOFF } from './backoff.ts'

const DAY = 86_400_000
const ROUND_MS = 5_000

describe('an outbox whose wall clock is set while it waits', () => {
  it('tries every letter again within the longest wait, however far and often the clock is set back or forward', async () => {
    const step = fc.oneof(fc.integer({ min: -DAY, max: DAY }), fc.integer({ min: -400_000, max: 400_000 }))
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 12 }),
        async (steps, tries) => {
          const fixture = new StoreFixture()
          try {
            const store = fixture.open()
            const { id } = stored(store, (tx) =>
              tx.outbox.add({ aggregate: 'A', kind: 'event', payload: null, idempotencyKey: 'k' }),
            )
            for (let n = 0; n < tries; n++) {
              stored(store, (tx) => tx.outbox.settle(id, { outcome: 'UNREACHABLE', error: 'bench' }))
            }
            for (const ms of steps) fixture.clock.stepWall(ms)
            // The courier asks every five seconds; once within the longest wait the letter is due.
            let due: readonly number[] = []
            for (let waited = 0; waited <= DEFAULT_BACKOFF.maxMs && due.length === 0; waited += ROUND_MS) {
              due = stored(store, (tx) => tx.outbox.due(1).map((row) => row.id))
              await fixture.clock.advance(ROUND_MS)
            }
            expect(due).toEqual([id])
          } finally {
            fixture.dispose()
          }
        },
      ),
      { numRuns: 25 },
    )
  })
})
