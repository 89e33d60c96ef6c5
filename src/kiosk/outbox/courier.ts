import type { CentralClient } from '../../central/client/central-client.ts'
import type { CentralError } from '../../central/client/central-error.ts'
import type { PrintResultReceipt } from '../../central/contract/endorsement.ts'
import type { Problem } from '../../central/contract/problem.ts'
import type { EndorsementStatus } from '../../domain/endorsement.ts'
import type { CancelTimer, Clock } from '../../lib/clock.ts'
import { Lock } from '../../lib/lock.ts'
import type { Log } from '../../lib/log.ts'
import { ok, type Result } from '../../lib/result.ts'
import type { EndorsementKey } from '../../store/endorsement.ts'
import type { Delivery, OutboxRow } from '../../store/outbox.ts'
import { mustRead, mustWrite } from '../../store/must.ts'
import type { Store, StoreWriter } from '../../store/store.ts'
import { Letter } from '../../central/contract/letter.ts'

/** How many rows one round sends, and how often a round starts without being asked, in milliseconds. */
const BATCH = 50
const ROUND_MS = 5_000

/** Refusals that say nothing about the letter: busy, or a second copy of our call that the network made. */
const LATER: ReadonlySet<Problem['code']> = new Set(['RATE_LIMITED', 'SOURCE_UNAVAILABLE', 'REPLAYED'])

/** What the centre makes of an endorsement it was told about; null for letters of other things. */
type Sent = Result<EndorsementStatus | null, CentralError>

/**
 * Carries letters from the outbox to the centre, oldest first within each aggregate. It decides nothing about time or
 * order (the store does) and loses nothing: a row leaves the outbox only by the centre's answer.
 */
export class Courier {
  private readonly store: Store
  private readonly centre: CentralClient
  private readonly clock: Clock
  private readonly log: Log
  private readonly rounds = new Lock()
  /** Rows the network kept here; they wait for their time, unless somebody is in a hurry. */
  private readonly kept = new Set<number>()
  private cancel: CancelTimer = () => undefined
  private stopped = false

  constructor(store: Store, centre: CentralClient, clock: Clock, log: Log) {
    this.store = store
    this.centre = centre
    this.clock = clock
    this.log = log
  }

  start(): void {
    this.stopped = false
    void this.round()
  }

  /** Resolves when the round under way has ended. */
  stop(): Promise<void> {
    this.stopped = true
    this.cancel()
    return this.rounds.run(() => Promise.resolve())
  }

  /** Sends what is due now and resolves when that round is done; the next one follows by itself. */
  round(): Promise<void> {
    this.cancel()
    return this.rounds.run(() => this.deliverDue()).finally(() => this.arm())
  }

  /**
   * A round that begins with what the network kept, whatever its time: for a question whose answer depends on what was
   * reported before. False when some of it is still here.
   */
  hurry(): Promise<boolean> {
    this.cancel()
    const work = async (): Promise<boolean> => {
      await this.deliverKept()
      if (this.kept.size === 0) await this.deliverDue()
      return this.kept.size === 0
    }
    return this.rounds.run(work).finally(() => this.arm())
  }

  private arm(): void {
    this.cancel()
    if (!this.stopped) this.cancel = this.clock.setTimer(ROUND_MS, () => void this.round())
  }

  private async deliverDue(): Promise<void> {
    for (let sent = BATCH; sent === BATCH && !this.stopped;) {
      const due = mustRead(this.store, (view) => view.outbox.due(BATCH))
      sent = due.length
      for (const row of due) {
        if (!(await this.carry(row))) return
      }
    }
  }

  private async deliverKept(): Promise<void> {
    for (const id of [...this.kept].sort((a, b) => a - b)) {
      const row = mustRead(this.store, (view) => view.outbox.find(id))
      if (row?.state !== 'PENDING') this.kept.delete(id)
      else if (!(await this.carry(row))) return
    }
  }

  /** False when the centre could not be reached. */
  private async carry(row: OutboxRow): Promise<boolean> {
    const { delivery, status } = await this.deliver(row)
    this.settle(row, delivery, status)
    if (delivery.outcome === 'UNREACHABLE') this.kept.add(row.id)
    else this.kept.delete(row.id)
    return delivery.outcome !== 'UNREACHABLE'
  }

  private async deliver(row: OutboxRow): Promise<Delivered> {
    const letter = Letter.safeParse(row.payload)
    if (!letter.success) return undelivered('REFUSED', 'letter does not fit its schema')
    const sent = await this.send(letter.data)
    if (sent.ok) return { delivery: { outcome: 'ACCEPTED' }, status: sent.value }
    if (sent.error.code !== 'REFUSED') return undelivered('UNREACHABLE', sent.error.code)
    const { code } = sent.error.problem
    return undelivered(LATER.has(code) ? 'UNREACHABLE' : 'REFUSED', code)
  }

  private async send(letter: Letter): Promise<Sent> {
    switch (letter.kind) {
      case 'print-result':
        return told(await this.centre.reportPrint(letter.endorsementNo, letter.report))
      case 'withdraw-request':
        return done(await this.centre.withdraw({ key: letter.key, at: letter.at }))
      case 'event':
        return done(await this.centre.reportEvent(letter.report))
      case 'rating':
        return done(await this.centre.rate(letter.rating))
    }
  }

  private settle(row: OutboxRow, delivery: Delivery, status: EndorsementStatus | null): void {
    const state = mustWrite(this.store, (tx) => {
      const state = tx.outbox.settle(row.id, delivery)
      if (status !== null && isPrinted(row)) acknowledge(tx, row.aggregate as EndorsementKey, status)
      return state
    })
    const fields = { id: row.id, kind: row.kind, outcome: delivery.outcome, state }
    if (delivery.outcome === 'ACCEPTED' || delivery.outcome === 'DUPLICATE') this.log.info('outbox.sent', fields)
    else this.log.warn('outbox.waits', { ...fields, error: delivery.error })
  }
}

interface Delivered {
  readonly delivery: Delivery
  readonly status: EndorsementStatus | null
}

function undelivered(outcome: 'UNREACHABLE' | 'REFUSED', error: string): Delivered {
  return { delivery: { outcome, error }, status: null }
}

/** Done is what the centre calls confirmed. A paper it doubts is for two people to look at, here where it was printed. */
function acknowledge(tx: StoreWriter, key: EndorsementKey, status: EndorsementStatus): void {
  if (tx.endorsements.find(key)?.status !== 'PRINTED') return
  const confirmed = status === 'CONFIRMED'
  if (confirmed) tx.endorsements.confirm(key)
  else tx.endorsements.markUnknown(key, 'CENTRE_DOUBTS')
  tx.audit.append({
    actor: confirmed ? 'kiosk' : 'centre',
    action: confirmed ? 'endorsement.confirmed' : 'endorsement.doubted',
    target: key,
    result: confirmed ? 'OK' : 'UNKNOWN',
    detail: confirmed ? {} : { status },
  })
}

function isPrinted(row: OutboxRow): boolean {
  const letter = Letter.safeParse(row.payload)
  return letter.success && letter.data.kind === 'print-result' && letter.data.report.result === 'PRINTED'
}

function told(answer: Result<PrintResultReceipt, CentralError>): Sent {
  return answer.ok ? ok(answer.value.status) : answer
}

function done(answer: Result<unknown, CentralError>): Sent {
  return answer.ok ? ok(null) : answer
}
