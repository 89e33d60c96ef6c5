import { dateInShanghai } from '../../domain/local-date.ts'
import type { CancelTimer, Clock } from '../../lib/clock.ts'
import { mustRead, mustWrite } from '../../store/must.ts'
import type { Store } from '../../store/store.ts'
import { addEvent } from '../services/annual-review/records.ts'
import { lowOnes } from './consumables.ts'

const SETTING = 'technician.low-alert'
const ROUND_MS = 10 * 60_000

/** Tells the centre what runs low, once a day for each consumable; services stay as they are (scenario 40). */
export class LowAlert {
  private readonly store: Store
  private readonly clock: Clock
  private readonly tonerLeft: () => Promise<number | null>
  private cancel: CancelTimer = () => undefined
  private underWay: Promise<void> = Promise.resolve()
  private stopped = false

  constructor(store: Store, clock: Clock, tonerLeft: () => Promise<number | null>) {
    this.store = store
    this.clock = clock
    this.tonerLeft = tonerLeft
  }

  start(): void {
    this.underWay = this.round()
    this.cancel = this.clock.setTimer(ROUND_MS, () => this.start())
  }

  /** Resolves when nothing is written any more. */
  async stop(): Promise<void> {
    this.stopped = true
    this.cancel()
    await this.underWay
  }

  private async round(): Promise<void> {
    const toner = await this.tonerLeft()
    if (!this.stopped) this.tell(toner)
  }

  private tell(toner: number | null): void {
    const today: string = dateInShanghai(this.clock.now())
    const { counted, told } = mustRead(this.store, (view) => ({
      counted: view.consumables.all(),
      told: (view.settings.get(SETTING) ?? {}) as Readonly<Record<string, string>>,
    }))
    const news = lowOnes(counted, toner).filter(({ id }) => told[id] !== today)
    if (news.length === 0) return
    mustWrite(this.store, (tx) => {
      for (const { id, leftPercent } of news) {
        addEvent(
          tx,
          'DEVICE_FAULT',
          `consumable ${id} low: ${leftPercent} % left`,
          this.clock.now(),
          id.split('.')[0] ?? null,
        )
      }
      tx.settings.set(SETTING, { ...told, ...Object.fromEntries(news.map(({ id }) => [id, today])) })
    })
  }
}
