import { afterEach, describe, expect, it } from 'vitest'
import { StoreFixture, stored } from '../../tests/support/store.ts'
import { settleInterruptedSlips, slipLeftover } from './slip-job.ts'

let fixture: StoreFixture
afterEach(() => fixture.dispose())

const slip = (jobId: string, role: string) =>
  ({ jobId, endorsementKey: null, document: 'acceptance-receipt', role, attempt: 1, sha256: 'a'.repeat(64) }) as const

describe('a kiosk that stopped in the middle of a slip', () => {
  it('finds the job still printing, calls it unknown, and tells the printer that paper may be left', () => {
    fixture = new StoreFixture()
    const store = fixture.open()
    stored(store, (tx) => {
      tx.printJobs.request(slip('J1', 'receipt-printer'))
      tx.printJobs.start('J1')
      tx.printJobs.request(slip('J2', 'document-printer'))
      tx.printJobs.start('J2')
    })
    expect(slipLeftover(store).recall()).toBe(false)
    settleInterruptedSlips(store)
    expect(stored(store, (tx) => tx.printJobs.find('J1'))).toMatchObject({ state: 'UNKNOWN', reason: 'INTERRUPTED' })
    expect(stored(store, (tx) => tx.printJobs.find('J2'))).toMatchObject({ state: 'PRINTING' })
    expect(slipLeftover(store).recall()).toBe(true)
    slipLeftover(store).remember(false)
    settleInterruptedSlips(store)
    expect(slipLeftover(store).recall()).toBe(false)
  })
})
