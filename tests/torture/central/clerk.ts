import { randomUUID } from 'node:crypto'
import type { CentralClient } from '../../../src/central/client/central-client.ts'
import type { CentralError } from '../../../src/central/client/central-error.ts'
import type { AuthorizationGrant, PrintResultReport } from '../../../src/central/contract/endorsement.ts'
import type { KioskId, VisitId } from '../../../src/central/contract/fields.ts'
import type { Review } from '../../../src/central/contract/review.ts'
import { DEMO_PEOPLE } from '../../../src/central/server/seed/people.ts'
import type { VehicleKey } from '../../../src/domain/plate.ts'
import { delay, systemClock } from '../../../src/lib/clock.ts'
import type { Random } from '../../../src/lib/random.ts'
import { err, type Result } from '../../../src/lib/result.ts'
import { claimsOf, failed, printed } from '../../support/central-stage.ts'
import type { Memory } from './memory.ts'

/** Calls the network swallowed are repeated after so long, milliseconds. */
const AGAIN_MS = 15

export interface ClerkCounts {
  visits: number
  grants: number
  refusals: number
  /** Calls without an answer, repeated under the same key. */
  repeated: number
  confirmed: number
}

/**
 * One enrolled kiosk that endorses as the protocol asks: unanswered questions are repeated under their own key or taken
 * back, every result is reported until it is acknowledged. What it was told it writes into the shared memory.
 */
export class Clerk {
  readonly counts: ClerkCounts = { visits: 0, grants: 0, refusals: 0, repeated: 0, confirmed: 0 }
  readonly kioskId: KioskId
  private readonly client: CentralClient
  private readonly memory: Memory
  private readonly random: Random

  constructor(client: CentralClient, kioskId: KioskId, memory: Memory, random: Random) {
    this.client = client
    this.kioskId = kioskId
    this.memory = memory
    this.random = random
  }

  /** One visit for one vehicle, up to its end, whatever happens to the centre meanwhile. */
  async visit(vehicle: VehicleKey): Promise<void> {
    this.counts.visits += 1
    const visitId = `V${randomUUID()}` as VisitId
    const review = await this.open(vehicle, visitId)
    if (review === null || review.newValidUntil === null) return
    const key = `${this.kioskId}:${visitId}:${review.reviewId}`
    const { reviewId, newValidUntil } = review
    const ask = () => this.client.authorize(reviewId, key, { visitId, expectedValidUntil: newValidUntil })
    const grant = await this.wanted(key, ask)
    if (grant !== null) await this.print(grant, visitId, 1)
  }

  private async open(vehicle: VehicleKey, visitId: VisitId): Promise<Review | null> {
    const { idNo, name } = DEMO_PEOPLE.owner
    for (;;) {
      const found = await this.until(() => this.client.identify({ idNo, name, visitId, cardKind: 'RESIDENT' }))
      if (!found.ok) return null
      const { identificationId } = found.value
      const face = { result: 'PASS', scoreBand: 'HIGH', algorithmVersion: 'torture', at: Date.now() } as const
      const verified = await this.until(() => this.client.verifyFace(identificationId, face))
      if (!verified.ok) continue
      const opened = await this.until(() => this.client.openReview(identificationId, { vehicle, visitId }))
      return opened.ok ? opened.value : null
    }
  }

  /** Null when it was refused or taken back. */
  private async wanted(
    key: string,
    ask: () => Promise<Result<AuthorizationGrant, CentralError>>,
  ): Promise<AuthorizationGrant | null> {
    const first = await ask()
    // Some visits end at once when no answer comes: the question is taken back.
    if (!first.ok && unanswered(first.error) && this.random() < 0.3) {
      await this.takeBack(key)
      return null
    }
    const answer = first.ok ? first : unanswered(first.error) ? await this.again(ask) : first
    if (!answer.ok) {
      this.counts.refusals += 1
      return null
    }
    this.counts.grants += 1
    this.memory.granted(this.kioskId, key, claimsOf(answer.value))
    // A kiosk that is not sure it has heard asks once more: the answer is the same.
    if (this.random() < 0.25) {
      const repeated = await this.until(ask)
      if (repeated.ok) this.memory.granted(this.kioskId, key, claimsOf(repeated.value))
      else this.memory.violations.push(`${key}: granted, then ${JSON.stringify(repeated.error)}`)
    }
    return answer.value
  }

  private async print(grant: AuthorizationGrant, visitId: VisitId, depth: number): Promise<void> {
    const chance = this.random()
    const now = Date.now()
    if (chance < 0.6) return this.report(grant, { ...printed(grant, now), at: now })
    if (chance < 0.7) {
      const nothing = { result: 'NOT_STARTED', startedAt: null, proof: null } as const
      return this.report(grant, { ...failed(grant, now), ...nothing, at: now })
    }
    await this.report(grant, { ...failed(grant, now), at: now })
    if (depth >= 3) return
    const { endorsementNo } = grant
    const key = `${this.kioskId}:${visitId}:${endorsementNo}:${depth + 1}`
    const next = await this.wanted(key, () => this.client.reauthorize(endorsementNo, key, { visitId }))
    if (next !== null) await this.print(next, visitId, depth + 1)
  }

  private async report(grant: AuthorizationGrant, report: PrintResultReport): Promise<void> {
    const { reviewId, endorsementNo } = claimsOf(grant)
    const answer = await this.until(() => this.client.reportPrint(grant.endorsementNo, report))
    if (!answer.ok) {
      this.memory.violations.push(`${endorsementNo}: ${report.result} was not taken: ${JSON.stringify(answer.error)}`)
      return
    }
    const { authorizationId, result } = report
    this.memory.reports.push({ endorsementNo, reviewId, authorizationId, result })
    if (answer.value.status === 'CONFIRMED') this.counts.confirmed += 1
    else if (result === 'PRINTED')
      this.memory.violations.push(`${endorsementNo}: printed, and the centre says ${answer.value.status}`)
  }

  private async takeBack(key: string): Promise<void> {
    const answer = await this.until(() => this.client.withdraw({ key, at: Date.now() }))
    if (answer.ok) this.memory.withdrawals.push({ kioskId: this.kioskId, key })
    else this.memory.violations.push(`${key}: could not be taken back`)
  }

  private async until<T>(ask: () => Promise<Result<T, CentralError>>): Promise<Result<T, CentralError>> {
    const answer = await ask()
    return !answer.ok && unanswered(answer.error) ? this.again(ask) : answer
  }

  private async again<T>(ask: () => Promise<Result<T, CentralError>>): Promise<Result<T, CentralError>> {
    const giveUpAt = performance.now() + 60_000
    while (performance.now() < giveUpAt) {
      this.counts.repeated += 1
      await delay(systemClock, AGAIN_MS)
      const answer = await ask()
      if (answer.ok || !unanswered(answer.error)) return answer
    }
    return err({ code: 'UNREACHABLE', detail: 'for a minute' })
  }
}

/** Nobody knows whether the centre has heard it. */
function unanswered({ code }: CentralError): boolean {
  return code === 'UNREACHABLE' || code === 'TIMED_OUT' || code === 'CENTRE_DOWN' || code === 'NONSENSE'
}
