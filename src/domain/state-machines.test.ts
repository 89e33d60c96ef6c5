import { describe, expect, it } from 'vitest'
import { mayReviewBecome, REVIEW_STATUSES, REVIEW_TRANSITIONS, type ReviewStatus } from './annual-review.ts'
import {
  ENDORSEMENT_STATUSES,
  ENDORSEMENT_TRANSITIONS,
  mayEndorsementBecome,
  mayReprint,
  reprintMark,
  type EndorsementStatus,
} from './endorsement.ts'

function reachable<S extends string>(from: S, table: Readonly<Record<S, readonly S[]>>): Set<S> {
  const seen = new Set<S>([from])
  for (const state of seen) for (const next of table[state]) seen.add(next)
  return seen
}

describe('AnnualReview.status', () => {
  it('reaches every status from 未到期', () => {
    expect(reachable<ReviewStatus>('NOT_DUE', REVIEW_TRANSITIONS)).toEqual(new Set(Object.keys(REVIEW_STATUSES)))
  })
  it('is endorsed only after approval, and never leaves 已签注', () => {
    const before = (Object.keys(REVIEW_STATUSES) as ReviewStatus[]).filter((status) =>
      mayReviewBecome(status, 'ENDORSED'),
    )
    expect(before).toEqual(['APPROVED'])
    expect(REVIEW_TRANSITIONS.ENDORSED).toEqual([])
  })
  it('a lock covers every status that is alive and gives each back', () => {
    for (const [status, next] of Object.entries(REVIEW_TRANSITIONS)) {
      if (status === 'LOCKED' || next.length === 0) continue
      expect(next).toContain('LOCKED')
      expect(REVIEW_TRANSITIONS.LOCKED).toContain(status)
    }
  })
})

describe('Endorsement.status', () => {
  it('reaches every status from 已授权', () => {
    expect(reachable<EndorsementStatus>('AUTHORIZED', ENDORSEMENT_TRANSITIONS)).toEqual(
      new Set(Object.keys(ENDORSEMENT_STATUSES)),
    )
  })
  it('is never authorized again once confirmed, void or unknown', () => {
    for (const status of ['CONFIRMED', 'VOIDED', 'PRINT_UNKNOWN', 'PRINTED'] as const) {
      expect(mayEndorsementBecome(status, 'AUTHORIZED')).toBe(false)
    }
  })
  it('marks a reprint and allows as many as the province says', () => {
    expect([reprintMark(1), reprintMark(2), reprintMark(3)]).toEqual(['', '补打 第1次', '补打 第2次'])
    expect([1, 2, 3].map((attempt) => mayReprint(attempt, 2))).toEqual([true, true, false])
  })
})
