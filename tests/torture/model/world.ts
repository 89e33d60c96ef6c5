import type { AuthorizationClaims } from '../../../src/central/contract/endorsement.ts'
import type { VehicleKey } from '../../../src/domain/plate.ts'
import type { Clock } from '../../../src/lib/clock.ts'
import { seededRandom } from '../../../src/lib/random.ts'
import { MORNING, StoreFixture } from '../../support/store.ts'
import { ModelCentre } from './centre.ts'
import { Fuse, type Misfortune, type Point } from './fuse.ts'
import { ModelKiosk, seen, type Page, type Plan } from './kiosk.ts'

export type Name = 'A' | 'B'
const NAMES: readonly Name[] = ['A', 'B']

/** One thing that happens in the world, at a kiosk or at the counter. */
export type Deed =
  | { readonly what: 'VISIT'; readonly at: Name; readonly plan: Plan }
  | { readonly what: 'START' | 'DELIVER' | 'LOOK'; readonly at: Name }
  /** Somebody at the counter looks at the page before the kiosk can. */
  | { readonly what: 'COUNTER' }
  /** The authorization that is out runs out. */
  | { readonly what: 'WAIT' }

export interface Step {
  readonly deed: Deed
  readonly misfortune: Misfortune | null
}

interface Print extends Pick<AuthorizationClaims, 'endorsementNo' | 'attempt' | 'row'> {
  readonly ink: 'WHOLE' | 'SPOILED' | 'NONE'
}

const A_WHILE_MS = 130_000
/** Longer than the outbox waits between two attempts. */
const LONGEST_WAIT_MS = 301_000
/** More rounds of help than any state may need. */
const ENOUGH = 4

/** Two kiosks, one centre; one truck after the other, each a world of its own for the invariants. */
export class ModelWorld {
  private readonly fixtures = [new StoreFixture(), new StoreFixture()] as const
  private readonly centre: ModelCentre
  private readonly kiosks: Readonly<Record<Name, ModelKiosk>>
  private readonly spent = new Set<string>()
  private vehicle: VehicleKey
  private prints: Print[] = []
  private broken: string[] = []

  private constructor(centre: ModelCentre, kiosks: (world: ModelWorld) => Readonly<Record<Name, ModelKiosk>>) {
    this.centre = centre
    this.vehicle = centre.truck()
    this.kiosks = kiosks(this)
  }

  static async open(): Promise<ModelWorld> {
    const time = { now: MORNING, elapsed: 0 }
    const clock: Clock = { now: () => time.now, monotonic: () => time.elapsed, setTimer: () => () => undefined }
    const wait = (ms: number): void => {
      time.now += ms
      time.elapsed += ms
    }
    const centre = new ModelCentre(clock)
    const identities = { A: await centre.enrol('1号机'), B: await centre.enrol('2号机') }
    return new ModelWorld(centre, (world) => {
      world.wait = wait
      const [a, b] = world.fixtures
      const options = { clock, random: seededRandom(7) }
      return {
        A: new ModelKiosk(a.open(options), centre, identities.A, clock, wait),
        B: new ModelKiosk(b.open(options), centre, identities.B, clock, wait),
      }
    })
  }

  close(): void {
    for (const fixture of this.fixtures) fixture.dispose()
    this.centre.close()
  }

  /** Another truck, with an empty record page; everything before it must have been settled. */
  begin(): void {
    this.vehicle = this.centre.truck()
    this.prints = []
    this.broken = []
    for (const at of NAMES) this.kiosks[at].renew()
  }

  private wait: (ms: number) => void = () => undefined

  /** Lets it happen and returns the points where something could have gone wrong. */
  async happen({ deed, misfortune }: Step): Promise<readonly Point[]> {
    const fuse = new Fuse(misfortune)
    switch (deed.what) {
      case 'VISIT':
        await this.kiosks[deed.at].visit(this.vehicle, this.page, deed.plan, fuse)
        break
      case 'START':
        await this.kiosks[deed.at].start(fuse)
        break
      case 'DELIVER':
        this.wait(LONGEST_WAIT_MS)
        await this.kiosks[deed.at].deliver(fuse)
        break
      case 'LOOK':
        this.kiosks[deed.at].look(this.page)
        break
      case 'COUNTER':
        for (const { endorsementNo, attempt } of this.doubted())
          this.centre.finding(endorsementNo, this.page.isWhole({ endorsementNo, attempt }))
        break
      case 'WAIT':
        this.wait(A_WHILE_MS)
        break
    }
    this.judge()
    return fuse.met
  }

  /** What may happen next, with citizens of these plans. */
  deeds(plans: readonly Plan[]): readonly Deed[] {
    const deeds: Deed[] = []
    for (const at of NAMES) {
      const kiosk = this.kiosks[at]
      if (!kiosk.alive) {
        deeds.push({ what: 'START', at })
        continue
      }
      for (const plan of plans) deeds.push({ what: 'VISIT', at, plan })
      if (kiosk.unknown().length > 0) deeds.push({ what: 'LOOK', at })
      if (seen(kiosk.store, (view) => view.outbox.depth().pending) > 0) deeds.push({ what: 'DELIVER', at })
    }
    if (this.doubted().length > 0) deeds.push({ what: 'COUNTER' })
    if (this.living().some(({ status }) => status === 'AUTHORIZED')) deeds.push({ what: 'WAIT' })
    return deeds
  }

  /** Everything that decides what can happen from here on; two worlds of one state have one future. */
  state(): string {
    const kiosks = NAMES.map((at) => {
      const { alive, store } = this.kiosks[at]
      const { known, unsent } = seen(store, (view) => ({
        known: this.numbers().flatMap(({ reviewId }) => view.endorsements.ofReview(reviewId)),
        unsent: view.outbox.unsent(),
      }))
      const told = unsent.map(({ kind, state, payload }) => `${kind} ${state} ${resultIn(payload)}`)
      const rests = known.filter(({ status }) => status !== 'VOIDED' && status !== 'RELEASED')
      return [alive, rests.map(({ status, attempt }) => `${status} ${attempt}`), told]
    })
    const centre = this.numbers().map(({ status, attempt, kioskId }) => `${status} ${attempt} ${kioskId}`)
    return JSON.stringify([kiosks, centre, this.prints.map(({ ink, attempt, row }) => `${ink} ${attempt} ${row}`)])
  }

  /** Promises broken so far, in words. */
  get violations(): readonly string[] {
    return this.broken
  }

  /**
   * The misfortunes are over: every kiosk starts, the network is there, technicians look at what is unknown. Then nothing
   * is open any more, paper and ledger say the same, and whoever has no endorsement yet gets it at the next visit.
   */
  async settle(): Promise<void> {
    for (let round = 0; round < ENOUGH; round++) {
      for (const at of NAMES) {
        for (const what of this.help(at)) await this.happen({ deed: { what, at }, misfortune: null })
      }
    }
    this.judgeRest()
    const [living] = this.living()
    if (this.broken.length > 0 || living?.status === 'CONFIRMED' || this.numbers().length > this.living().length) return
    await this.happen({ deed: { what: 'VISIT', at: 'B', plan: 'HASTY' }, misfortune: null })
    this.judgeRest()
    if (this.living()[0]?.status !== 'CONFIRMED') this.break(`lost: ${this.state()}`)
  }

  /** What is needed at a kiosk where something is open. */
  private help(at: Name): readonly ('START' | 'LOOK' | 'DELIVER')[] {
    const { alive, store } = this.kiosks[at]
    if (!alive) return ['START', 'LOOK', 'DELIVER']
    const waits = seen(store, (view) => view.endorsements.inFlight().length + view.outbox.depth().pending > 0)
    return waits ? ['LOOK', 'DELIVER'] : []
  }

  private readonly page: Page = {
    print: ({ endorsementNo, attempt, row }, ink) => {
      const number = this.centre.byNo(endorsementNo)
      if (number?.status === 'VOIDED') this.break('printed after it was void')
      if (number?.status === 'CONFIRMED') this.break('printed after it was confirmed')
      if (number?.attempt !== attempt) this.break('printed with an authorization that is not the present one')
      const same = this.prints.filter((print) => print.endorsementNo === endorsementNo && print.attempt === attempt)
      if (same.length > 0) this.break(`attempt ${attempt} printed twice`)
      if (this.prints.some((print) => print.row === row && print.ink !== 'NONE')) this.break(`row ${row} printed over`)
      this.prints.push({ endorsementNo, attempt, row, ink })
    },
    isWhole: ({ endorsementNo, attempt }) =>
      this.prints.some(
        (each) => each.endorsementNo === endorsementNo && each.attempt === attempt && each.ink === 'WHOLE',
      ),
  }

  /** True at every moment. */
  private judge(): void {
    if (this.living().length > 1) this.break('two living numbers')
    if (this.whole() > 1) this.break('two whole rows')
    for (const at of NAMES) {
      const parked = seen(this.kiosks[at].store, (view) => view.outbox.parked())
      if (parked.length > 0) this.break(`parked at ${at}: ${parked.map(({ lastError }) => lastError).join(' ')}`)
      for (const { endorsementNo, status } of this.known(at)) {
        if (
          status === 'CONFIRMED' &&
          this.numbers().every((each) => each.endorsementNo !== endorsementNo || each.status !== status)
        )
          this.break(`confirmed at ${at} and not at the centre`)
      }
    }
  }

  /** True when nobody has anything left to do. */
  private judgeRest(): void {
    const [living] = this.living()
    for (const at of NAMES) {
      for (const { status, closedAt, renewalKey } of this.known(at))
        if (closedAt === null || renewalKey !== null) this.break(`${status} at ${at} and nobody moves it`)
      if (seen(this.kiosks[at].store, (view) => view.outbox.depth().pending) > 0) this.break(`letters stay at ${at}`)
    }
    if (living !== undefined && !['CONFIRMED', 'RELEASED', 'PRINT_FAILED'].includes(living.status))
      this.break(`${living.status} at the centre and nobody moves it`)
    if (this.whole() !== (living?.status === 'CONFIRMED' ? 1 : 0))
      this.break(`${this.whole()} whole rows and ${living?.status ?? 'no number'} at the centre`)
    for (const { endorsementNo, status } of this.numbers()) {
      if (status === 'VOIDED' && this.prints.filter((print) => print.endorsementNo === endorsementNo).length < 3)
        this.break('void before its third print')
      if (this.spent.has(endorsementNo)) this.break('a number given out again')
      if (status === 'CONFIRMED' || status === 'VOIDED') this.spent.add(endorsementNo)
    }
  }

  private known(at: Name) {
    const reviews = new Set(this.numbers().map(({ reviewId }) => reviewId))
    return seen(this.kiosks[at].store, (view) => [...reviews].flatMap((review) => view.endorsements.ofReview(review)))
  }

  private numbers() {
    return this.centre.numbersOf(this.vehicle)
  }

  private living() {
    return this.numbers().filter(({ status }) => status !== 'VOIDED')
  }

  private doubted() {
    return this.numbers().filter(({ status }) => status === 'PRINT_UNKNOWN')
  }

  private whole(): number {
    return this.prints.filter(({ ink }) => ink === 'WHOLE').length
  }

  private break(promise: string): void {
    if (!this.broken.includes(promise)) this.broken.push(promise)
  }
}

function resultIn(payload: unknown): string {
  const { report } = payload as { readonly report?: { readonly result?: string; readonly attempt?: number } }
  return `${report?.result ?? ''} ${report?.attempt ?? ''}`
}
