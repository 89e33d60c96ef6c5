import { balance, findingFor, outboxDepth, unresolved, type Balance } from './balance.ts'
import { KioskUnderTest } from './kiosk-under-test.ts'
import type { Ordeal } from './ordeal.ts'
import { suffer } from './suffer.ts'
import type { Booklet, World } from './world.ts'

export interface HallReport extends Balance {
  readonly kills: number
  readonly visits: number
  readonly byMoment: Readonly<Record<string, number>>
  readonly mishaps: Readonly<Record<string, number>>
  /** Milliseconds from each start after the first to the open home screen. */
  readonly recoveries: readonly number[]
  readonly diskFilled: boolean
  readonly findings: { readonly seen: number; readonly notSeen: number }
}

/** Tries with one booklet before its owner gives up. */
const TRIES = 4
/** So many ordeals may end in something the harness did not expect; with more it is not worth going on. */
const MOST_SURPRISES = 10
/** Ordeals that are worth one kill; with fewer kills than that the moments have missed. */
const MOST_VISITS_PER_KILL = 4
/** A kiosk that nobody disturbs has sent its letters within this time, milliseconds. */
const DRAIN_MS = 60_000

/** One kiosk in its hall: ordeal after ordeal, and the people who look at papers in between. */
export class Hall {
  private readonly world: World
  private readonly entry: string
  private readonly tell: (line: string) => void
  private readonly counts = { kills: 0, visits: 0 }
  private readonly findings = { seen: 0, notSeen: 0 }
  private readonly byMoment: Record<string, number> = {}
  private readonly mishaps: Record<string, number> = {}
  private readonly recoveries: number[] = []
  private readonly surprises: string[] = []
  private booklet: Booklet
  private tries = 0

  constructor(world: World, entry: string, tell: (line: string) => void) {
    this.world = world
    this.entry = entry
    this.tell = tell
    this.booklet = world.nextBooklet()
  }

  /** Plays until the kiosk was killed `kills` times; a kiosk that ended by itself is told as a violation. */
  async play(all: Iterable<Ordeal>, kills: number): Promise<HallReport> {
    const { world, counts, surprises } = this
    for (const ordeal of all) {
      if (counts.kills >= kills || surprises.length > MOST_SURPRISES) break
      if (counts.visits > kills * MOST_VISITS_PER_KILL + MOST_SURPRISES) {
        surprises.push(`only ${counts.kills} kills in ${counts.visits} visits`)
        break
      }
      await this.surprised(`ordeal ${ordeal.n} ${JSON.stringify(ordeal)}`, () => this.live(ordeal))
      if (counts.visits % 20 === 0) this.tell(`${counts.kills} of ${kills} kills, ${world.booklets.length} booklets`)
    }
    await this.surprised('the end', () => this.drain())
    const { byMoment, mishaps, recoveries, findings } = this
    const held = balance(world)
    return {
      ...counts,
      ...{ byMoment, mishaps, recoveries, findings, diskFilled: world.diskIsSmall },
      ...held,
      violations: [...surprises, ...held.violations],
    }
  }

  private async surprised(when: string, act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (error) {
      this.surprises.push(`${when}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  private async live(ordeal: Ordeal): Promise<void> {
    const { counts, byMoment, mishaps, world, entry } = this
    counts.visits += 1
    if (ordeal.mishap !== null) mishaps[ordeal.mishap.kind] = (mishaps[ordeal.mishap.kind] ?? 0) + 1
    const { killed, openAfterMs, stuck } = await suffer({ world, ordeal, entry, next: () => this.next() })
    if (killed) {
      counts.kills += 1
      const moment = stuck ? 'STUCK' : ordeal.kill.at
      byMoment[moment] = (byMoment[moment] ?? 0) + 1
    }
    if (openAfterMs !== null && counts.visits > 1) this.recoveries.push(openAfterMs)
  }

  /**
   * Whose turn it is: nobody's before the start has reported what the last one left, and a person has looked at the paper
   * of what is unknown.
   */
  private next(): Booklet | null {
    this.lookAtPapers(this.booklet)
    if (unresolved(this.world, this.booklet).length > 0) return null
    if (this.tries >= TRIES || isDone(this.world, this.booklet)) {
      this.booklet = this.world.nextBooklet()
      this.tries = 0
    }
    this.tries += 1
    return this.booklet
  }

  private lookAtPapers(booklet: Booklet): void {
    const { admin } = this.world.rig.central
    for (const { status, endorsementNo } of unresolved(this.world, booklet)) {
      if (status !== 'PRINT_UNKNOWN') continue
      const finding = findingFor(this.world, booklet, endorsementNo)
      if (!admin.resolveEndorsement(endorsementNo, finding)) continue
      if (finding === 'SEEN') this.findings.seen += 1
      else this.findings.notSeen += 1
    }
  }

  /** A kiosk that nobody kills empties its outbox; then the last papers are looked at. */
  private async drain(): Promise<void> {
    const { world, entry } = this
    let wake: () => void = () => undefined
    world.rig.gate.onCall = ({ phase }) => {
      if (phase === 'answered') setImmediate(() => wake())
    }
    const kiosk = new KioskUnderTest(entry, world.sitePath, world.dataDir, () => wake(), world.cache)
    const until = performance.now() + DRAIN_MS
    // The first screen comes after the recovery, which may have written letters.
    while ((kiosk.snapshot === null || outboxDepth(world).pending > 0) && performance.now() < until) {
      await new Promise<void>((resolve) => {
        wake = resolve
        setTimeout(resolve, 500)
      })
    }
    world.rig.gate.onCall = () => undefined
    const why = await kiosk.stop()
    if (!why.startsWith('exit 0')) throw new Error(`an undisturbed kiosk ended: ${why} ${kiosk.refusal ?? ''}`)
    for (const booklet of world.booklets) this.lookAtPapers(booklet)
  }
}

function isDone(world: World, { reviewId }: Booklet): boolean {
  const [record] = world.rig.central.admin.ledger().filter((each) => each.reviewId === reviewId)
  return record !== undefined && (record.status === 'CONFIRMED' || record.status === 'VOIDED')
}
