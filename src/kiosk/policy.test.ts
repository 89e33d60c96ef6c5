import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closingOfBacklog, closingOfDisk, type Backlog } from './policy.ts'

const DAY = 86_400_000
const policy = { maxOfflineMs: DAY, maxOutboxRows: 500 }
const calm: Backlog = { pending: 0, parked: 0, oldestPendingAt: null, silentMs: 0, now: 1_795_399_200_000 }

describe('the policy of the site', () => {
  it('lets a kiosk work whose letters arrive', () => {
    expect(closingOfBacklog(calm, policy)).toBeNull()
    expect(closingOfBacklog({ ...calm, pending: 500, oldestPendingAt: calm.now - DAY }, policy)).toBeNull()
  })

  it('stops business when the centre was silent for longer than the site allows', () => {
    expect(closingOfBacklog({ ...calm, silentMs: DAY + 1 }, policy)).toBe('OFFLINE_TOO_LONG')
  })

  it('remembers through a restart how old the oldest letter is', () => {
    const waiting = { ...calm, pending: 1, oldestPendingAt: calm.now - DAY - 1 }
    expect(closingOfBacklog(waiting, policy)).toBe('OFFLINE_TOO_LONG')
  })

  it('stops business when too many letters wait, those that staff must look at included', () => {
    expect(closingOfBacklog({ ...calm, pending: 400, parked: 101 }, policy)).toBe('OUTBOX_TOO_DEEP')
  })

  it('is not fooled into stopping by a clock that was put back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 * 365 * DAY }), (back) => {
        expect(closingOfBacklog({ ...calm, pending: 1, oldestPendingAt: calm.now + back }, policy)).toBeNull()
      }),
    )
  })

  it('begins no endorsement on a disk without room', () => {
    expect(closingOfDisk(499_999_999, { minFreeDiskMb: 500 })).toBe('DISK_LOW')
    expect(closingOfDisk(500_000_000, { minFreeDiskMb: 500 })).toBeNull()
  })
})
