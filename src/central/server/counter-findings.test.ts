import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  authorize,
  CentralStage,
  claimsOf,
  failed,
  printed,
  type StageVisit,
} from '../../../tests/support/central-stage.ts'
import { expectOk } from '../../lib/result.ts'
import type { AuthorizationGrant, PrintResultReport } from '../contract/endorsement.ts'
import type { Review } from '../contract/review.ts'

let stage: CentralStage
let visit: StageVisit
let review: Review
let grant: AuthorizationGrant

beforeEach(async () => {
  stage = await CentralStage.open()
  const { key } = stage.truck({ plate: '粤BF0001', review: { status: 'APPROVED' } })
  visit = await stage.visit(await stage.kiosk())
  review = await visit.open(key)
  grant = expectOk(await authorize(visit, review), 'authorization')
})
afterEach(() => stage.close())

const unknown = (): PrintResultReport => ({ ...failed(grant, stage.clock.now()), result: 'UNKNOWN' })
const notStarted = (): PrintResultReport => ({ ...failed(grant, 0), result: 'NOT_STARTED', startedAt: null })
const found = (result: 'PRINTED' | 'FAILED'): PrintResultReport => ({
  ...printed(grant, stage.clock.now()),
  result,
  proof: { method: 'TECHNICIAN_FINDING', jobId: 'job-1', sha256: 'b'.repeat(64) },
})
const tell = (report: PrintResultReport) => visit.kiosk.client.reportPrint(grant.endorsementNo, report)
const statusNow = () => stage.central.admin.ledger().find(({ reviewId }) => reviewId === review.reviewId)?.status

/** The kiosk is away, the authorization runs out, and somebody at the counter looks at the page. */
async function lookedAt(finding: 'SEEN' | 'NOT_SEEN'): Promise<void> {
  await stage.clock.advance(121_000)
  expect(stage.central.admin.resolveEndorsement(grant.endorsementNo, finding)).toBe(true)
}

describe('a kiosk that comes back when the counter has already looked at the page', () => {
  it('and says the same is heard: its letter is no contradiction for which staff must be called', async () => {
    const startedAt = stage.clock.now()
    await lookedAt('SEEN')
    expect(await tell(printed(grant, startedAt))).toMatchObject({ value: { status: 'CONFIRMED', duplicate: true } })
  })

  it('and does not know is heard; its technicians, who see the same, are heard as well', async () => {
    await lookedAt('SEEN')
    expect(await tell(unknown())).toMatchObject({ value: { status: 'CONFIRMED', duplicate: true } })
    expect(await tell(found('PRINTED'))).toMatchObject({ value: { status: 'CONFIRMED', duplicate: true } })
  })

  it.each(['FAILED', 'NOT_STARTED', 'UNKNOWN'] as const)(
    'is heard where nothing was seen and it says %s',
    async (result) => {
      const report = { FAILED: failed(grant, stage.clock.now()), NOT_STARTED: notStarted(), UNKNOWN: unknown() }[result]
      await lookedAt('NOT_SEEN')
      expect(await tell(report)).toMatchObject({ value: { status: 'PRINT_FAILED', duplicate: true } })
    },
  )

  it('is heard also when the number is on its way again elsewhere, and takes nothing away from there', async () => {
    await lookedAt('NOT_SEEN')
    const other = await stage.visit(await stage.kiosk('2号机'))
    const next = expectOk(await authorize(other, await other.open(review.vehicle)), 'the other kiosk')
    expect(next).toMatchObject({ endorsementNo: grant.endorsementNo, attempt: 2 })
    expect(await tell(unknown())).toMatchObject({ value: { duplicate: true, mayReprint: false } })
    expect(await tell(found('FAILED'))).toMatchObject({ value: { duplicate: true, mayReprint: false } })
    expect(statusNow()).toBe('AUTHORIZED')
    expectOk(await other.kiosk.client.reportPrint(next.endorsementNo, printed(next, stage.clock.now())), 'printed')
    expect(statusNow()).toBe('CONFIRMED')
    expect((await other.open(review.vehicle)).certificate?.nextRow).toBe(claimsOf(next).row + 1)
  })

  it('and says the opposite is a matter for people', async () => {
    const startedAt = stage.clock.now()
    await lookedAt('NOT_SEEN')
    expect(await tell(printed(grant, startedAt))).toMatchObject({ error: { problem: { code: 'RESULT_CONFLICT' } } })
    expect(statusNow()).toBe('PRINT_FAILED')
  })

  it('and says that nothing is on a page that was seen printed is a matter for people', async () => {
    await lookedAt('SEEN')
    expect(await tell(failed(grant, stage.clock.now()))).toMatchObject({
      error: { problem: { code: 'RESULT_CONFLICT' } },
    })
    expect(await tell(notStarted())).toMatchObject({ error: { problem: { code: 'RESULT_CONFLICT' } } })
    expect(statusNow()).toBe('CONFIRMED')
  })
})

describe('a story told a second time', () => {
  it('is the same story: what was said first is a repetition, also after the finding that ended it', async () => {
    const story = [unknown(), found('PRINTED')]
    for (const report of story) expect(await tell(report)).toMatchObject({ value: { duplicate: false } })
    for (const report of story)
      expect(await tell(report)).toMatchObject({ value: { duplicate: true, status: 'CONFIRMED' } })
  })
})

describe('a question whose sources are slow', () => {
  it('is not granted for a row that somebody spoiled meanwhile', async () => {
    expectOk(await tell(notStarted()), 'given back')
    const other = await stage.visit(await stage.kiosk('2号机'))
    const seen = await other.open(review.vehicle)
    stage.central.admin.setSource('STATION', 'SLOW')
    const asked = authorize(other, seen, 'key-slow-1')
    await stage.clock.advance(1_000)
    stage.central.admin.setSource('STATION', 'UP')

    grant = expectOk(await authorize(visit, review), 'the quick one')
    expectOk(await tell(failed(grant, stage.clock.now())), 'it jams')
    await stage.clock.advance(2_000)
    const slow = await asked
    expect(slow).toMatchObject({ error: { problem: { code: 'EXPECTATION_CHANGED' } } })
    const again = expectOk(await authorize(other, await other.open(review.vehicle), 'key-slow-2'), 'asked again')
    expect(claimsOf(again)).toMatchObject({ attempt: 2, row: claimsOf(grant).row + 1 })
  })
})
