import { randomUUID } from 'node:crypto'
import type { CentralError } from '../../../src/central/client/central-error.ts'
import type { AuthorizationClaims } from '../../../src/central/contract/endorsement.ts'
import type { VisitId } from '../../../src/central/contract/fields.ts'
import type { Kiosk } from '../../../src/central/server/store/kiosks.ts'
import type { VehicleKey } from '../../../src/domain/plate.ts'
import { Courier } from '../../../src/kiosk/outbox/courier.ts'
import { recover } from '../../../src/kiosk/services/annual-review/recovery.ts'
import { EndorsementSaga, type RowOutcome, type Wish } from '../../../src/kiosk/services/annual-review/saga.ts'
import type { Member } from '../../../src/kiosk/technician/access.ts'
import { settleFinding } from '../../../src/kiosk/technician/findings.ts'
import type { Desk } from '../../../src/kiosk/technician/page.ts'
import type { Clock } from '../../../src/lib/clock.ts'
import { hide, silentLog } from '../../../src/lib/log.ts'
import { err, expectOk, ok, type Result } from '../../../src/lib/result.ts'
import type { Endorsement } from '../../../src/store/endorsement.ts'
import type { Store, StoreWriter } from '../../../src/store/store.ts'
import { stored } from '../../support/store.ts'
import type { ModelCentre } from './centre.ts'
import { Fuse } from './fuse.ts'

/** What a citizen does when things do not go well. */
export type Plan =
  /** Prints, waits for whoever must be waited for, tries again. */
  | 'PATIENT'
  /** The same, and the first print jams; or every print does. */
  | 'JAMS'
  | 'JAMS_ON'
  /** Prints, and leaves at the first trouble. */
  | 'HASTY'
  /** Leaves with the authorization in hand. */
  | 'LEAVES'

/** The page in the printer: whoever prints on it, it keeps every print. */
export interface Page {
  print(claims: AuthorizationClaims, ink: 'WHOLE' | 'SPOILED' | 'NONE'): void
  isWhole(claims: Pick<AuthorizationClaims, 'endorsementNo' | 'attempt'>): boolean
}

/** Looks into a store without writing. */
export function seen<T>(store: Store, look: Parameters<typeof store.read<T>>[0]): T {
  return expectOk(store.read(look), 'the store can be read')
}

/** Thrown where a process dies; nobody of that process comes back from it. */
class Death extends Error {}

const JAMS: Partial<Record<Plan, number>> = { JAMS: 1, JAMS_ON: 3 }

/** Longer than an authorization lives. */
const A_WHILE_MS = 130_000

/** One kiosk: its memory outlives the processes that use it. */
export class ModelKiosk {
  readonly store: Store
  private readonly centre: ModelCentre
  private readonly identity: Kiosk
  private readonly clock: Clock
  private readonly wait: (ms: number) => void
  private running: Life | null = null

  constructor(store: Store, centre: ModelCentre, identity: Kiosk, clock: Clock, wait: (ms: number) => void) {
    this.store = store
    this.centre = centre
    this.identity = identity
    this.clock = clock
    this.wait = wait
    this.running = this.born(new Fuse(null))
  }

  /** A process that remembers nothing of the stories before. */
  renew(): void {
    this.running = this.born(new Fuse(null))
  }

  get alive(): boolean {
    return this.running !== null
  }

  /** Starts anew after a death, and tells the centre what is to be told. */
  async start(fuse: Fuse): Promise<void> {
    const life = this.born(fuse)
    this.running = life
    await this.live(life, async () => {
      recover(life.store, this.clock.now())
      await life.courier.round()
    })
  }

  /** The network is there again: everything that waits has waited long enough. */
  deliver(fuse: Fuse): Promise<void> {
    return this.act(fuse, ({ courier }) => courier.round())
  }

  /** One citizen from the choice of her vehicle to the end of her visit. */
  visit(vehicle: VehicleKey, page: Page, plan: Plan, fuse: Fuse): Promise<void> {
    return this.act(fuse, async (life) => {
      const visitId = `V${randomUUID()}` as VisitId
      const review = await this.centre.review(this.identity, visitId, vehicle)
      if (review.outcome !== 'READY' || review.newValidUntil === null) return
      const subjectHash = life.store.subjectHash(hide('990001198512311235'))
      const wish = { visitId, review, validUntil: review.newValidUntil, subjectHash, subjectMasked: '张*' }
      life.page = page
      life.jams = JAMS[plan] ?? 0
      await this.endorse(life.saga, wish, plan)
      life.saga.leave(visitId)
      await life.courier.round()
    })
  }

  /** Two people look at every page whose row is unknown here, and say what is true. */
  look(page: Page): void {
    const rooms = { store: this.store, clock: this.clock, sendLetters: () => undefined }
    const record = (_entry: unknown, work: (tx: StoreWriter) => void): void => stored(this.store, work)
    const desk = { rooms, member: { id: 'T1' }, record } as unknown as Desk
    for (const { key, endorsementNo, attempt } of this.unknown()) {
      if (endorsementNo === null) throw new Error('an unknown print without a number')
      const seen = page.isWhole({ endorsementNo, attempt })
      settleFinding(desk, key, seen ? 'SEEN' : 'NOT_SEEN', { id: 'W1' } as Member)
    }
  }

  unknown(): readonly Endorsement[] {
    return seen(this.store, (view) => view.endorsements.inFlight()).filter(({ status }) => status === 'PRINT_UNKNOWN')
  }

  private async endorse(saga: EndorsementSaga, wish: Wish, plan: Plan): Promise<void> {
    let authorized = await saga.authorize(wish)
    if (!authorized.ok && plan !== 'HASTY') {
      this.wait(A_WHILE_MS)
      authorized = await saga.authorize(wish)
    }
    if (!authorized.ok) return
    if (plan === 'LEAVES') return saga.release(authorized.value)
    for (;;) {
      const { value } = authorized
      const print = await saga.print(value, () => undefined)
      if (print.outcome === 'PRINTED' || print.outcome === 'UNKNOWN') return
      if (print.outcome === 'FAILED' && !print.mayRetry) return
      if (plan === 'HASTY') return saga.release(value)
      const again = await saga.reauthorize(value)
      if (!again.ok) return saga.release(value)
      authorized = again
    }
  }

  private act(fuse: Fuse, work: (life: Life) => Promise<void>): Promise<void> {
    const life = this.running
    if (life === null) throw new Error('a dead kiosk does nothing')
    life.fuse = fuse
    return this.live(life, () => work(life))
  }

  private async live(life: Life, work: () => Promise<void>): Promise<void> {
    // What the process began and does not wait for dies with it as well.
    const lived = work().catch((error: unknown) => {
      if (!life.dead) throw error
    })
    await Promise.race([lived, life.death])
    if (life.dead) this.running = null
  }

  private born(fuse: Fuse): Life {
    return new Life(this.store, this.centre, this.identity, this.clock, fuse)
  }
}

/** One process of a kiosk. Once it is dead, nothing it does reaches anything. */
class Life {
  readonly store: Store
  readonly courier: Courier
  readonly saga: EndorsementSaga
  readonly death: Promise<void>
  dead = false
  /** Prints that jam before one does not. */
  jams = 0
  fuse: Fuse
  page: Page | null = null
  private readonly die: () => void

  constructor(store: Store, centre: ModelCentre, identity: Kiosk, clock: Clock, fuse: Fuse) {
    const death = Promise.withResolvers<undefined>()
    this.death = death.promise
    this.die = () => {
      this.dead = true
      death.resolve(undefined)
    }
    this.fuse = fuse
    this.store = {
      ...{ read: (work) => store.read(work), subjectHash: (idNo) => store.subjectHash(idNo) },
      ...{ checkpoint: () => store.checkpoint(), checkIntegrity: () => store.checkIntegrity() },
      close: () => undefined,
      transaction: (work) => {
        if (this.dead) throw new Death()
        if (this.fuse.meet('STORE') !== null) this.end()
        return store.transaction(work)
      },
    }
    const client = centre.clientOf(identity, (ask) => this.call(ask))
    this.courier = new QuietCourier(this.store, client, clock, silentLog)
    this.saga = new EndorsementSaga({
      ...{ store: this.store, centre: client, courier: this.courier, clock, log: silentLog },
      kioskId: () => identity.kioskId,
      printer: {
        prepare: (claims) => Promise.resolve(ok({ sha256: 'a'.repeat(64), print: () => this.ink(claims) })),
      },
    })
  }

  private end(): never {
    this.die()
    throw new Death()
  }

  private async call<T>(ask: () => Promise<Result<T, CentralError>>): Promise<Result<T, CentralError>> {
    if (this.dead) throw new Death()
    const mishap = this.fuse.meet('CALL')
    if (mishap === 'LOST') return err({ code: 'UNREACHABLE', detail: 'ECONNREFUSED' })
    const answer = await ask()
    if (mishap === 'DIES_UNHEARD') this.end()
    return mishap === 'UNHEARD' ? err({ code: 'TIMED_OUT', afterMs: 10_000 }) : answer
  }

  private ink(claims: AuthorizationClaims): Promise<RowOutcome> {
    if (this.dead || this.page === null) throw new Death()
    const { page } = this
    const mishap = this.fuse.meet('INK') ?? (this.jams > 0 ? 'JAM' : null)
    this.jams -= 1
    switch (mishap) {
      case 'JAM':
        page.print(claims, 'SPOILED')
        return Promise.resolve({ outcome: 'FAILED', detail: 'PAPER_JAM' })
      case 'SILENT_WHOLE':
      case 'SILENT_NONE':
        page.print(claims, mishap === 'SILENT_WHOLE' ? 'WHOLE' : 'NONE')
        return Promise.resolve({ outcome: 'UNKNOWN', detail: 'NO_ANSWER' })
      case 'DIES_WHOLE':
      case 'DIES_NONE':
        page.print(claims, mishap === 'DIES_WHOLE' ? 'WHOLE' : 'NONE')
        return this.end()
      default:
        page.print(claims, 'WHOLE')
        return Promise.resolve({ outcome: 'PRINTED', method: 'DOCUMENT_SENSOR' })
    }
  }
}

/** A round that nobody waits for ends with its process, and not in a rejection that nobody hears. */
class QuietCourier extends Courier {
  override round(): Promise<void> {
    return super.round().catch(untilDeath)
  }
  override hurry(): Promise<boolean> {
    return super.hurry().catch(untilDeath)
  }
}

function untilDeath(error: unknown): Promise<never> {
  if (error instanceof Death) return new Promise(() => undefined)
  throw error
}
