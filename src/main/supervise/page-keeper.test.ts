import { beforeEach, describe, expect, test } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import type { Snapshot } from '../../ipc/snapshot.ts'
import { PageKeeper, type Page, type PageEvents, type PageLoss, type PageState } from './page-keeper.ts'

class PaperPage implements Page {
  readonly events: PageEvents
  readonly got: number[] = []
  answers = true
  shown = false
  destroyed = false

  constructor(events: PageEvents) {
    this.events = events
  }
  send(snapshot: Snapshot): void {
    this.got.push(snapshot.seq)
  }
  ping(): void {
    if (this.answers) this.events.alive()
  }
  show(): void {
    this.shown = true
  }
  destroy(): void {
    this.destroyed = true
  }
}

const snapshot = (seq: number): Snapshot => ({
  seq,
  viewId: 1,
  header: { stationName: '站', kioskName: '1 号机', helpPhone: '', mode: 'demo' },
  display: { largePrint: false, highContrast: false, lowReach: false },
  countdown: null,
  staffCalled: false,
  problem: null,
  view: { screen: 'S00', tiles: [] },
})

describe('there is one good page on the screen', () => {
  let clock: SimulatedClock
  let pages: PaperPage[]
  let states: PageState[]
  let losses: PageLoss[]
  let readies: number
  let keeper: PageKeeper
  const page = (index: number): PaperPage => pages[index] ?? expect.unreachable(`there is no page ${index}`)

  beforeEach(() => {
    clock = new SimulatedClock(0)
    pages = []
    states = []
    losses = []
    readies = 0
    keeper = new PageKeeper({
      clock,
      log: silentLog,
      create: (events) => {
        const made = new PaperPage(events)
        pages.push(made)
        return made
      },
      onState: (state) => states.push(state),
      onReady: () => (readies += 1),
      onPainted: () => undefined,
      onLost: (why) => losses.push(why),
    })
    keeper.start()
  })

  const draw = (index: number): void => {
    page(index).events.ready()
    keeper.send(snapshot(index))
    page(index).events.painted('S00')
  }

  test('the first page is shown when it has drawn the first snapshot', () => {
    page(0).events.ready()
    expect([readies, page(0).shown]).toEqual([1, false])
    keeper.send(snapshot(1))
    page(0).events.painted('S00')
    expect([page(0).shown, states]).toEqual([true, [{ kind: 'shown' }]])
  })

  test('after a visit the old page stays on the screen until the new one has drawn itself, then it is gone', () => {
    draw(0)
    keeper.renew()
    expect(pages.map(({ shown, destroyed }) => [shown, destroyed])).toEqual([
      [true, false],
      [false, false],
    ])
    draw(1)
    expect(pages.map(({ shown, destroyed }) => [shown, destroyed])).toEqual([
      [true, true],
      [true, false],
    ])
    expect(losses).toEqual([])
  })

  test('a page being prepared that already knows the visit does not outlive it', () => {
    draw(0)
    keeper.renew()
    keeper.send(snapshot(5))
    keeper.renew()
    expect(page(1).destroyed).toBe(true)
    draw(2)
    expect(page(2).shown).toBe(true)
  })

  test('two ends of a visit in a row prepare one page', () => {
    draw(0)
    keeper.renew()
    keeper.renew()
    expect(pages).toHaveLength(2)
  })

  test('a page that crashed is replaced after 0.2 s', async () => {
    draw(0)
    page(0).events.lost('crashed', 'oom')
    expect(states.at(-1)).toEqual({ kind: 'down', outOfService: false, cause: 'page crashed: oom' })
    expect(losses).toEqual(['crashed'])
    await clock.advance(200)
    draw(1)
    expect(states.at(-1)).toEqual({ kind: 'shown' })
  })

  test('a page that does not answer for more than six seconds is frozen and replaced', async () => {
    draw(0)
    await clock.advance(30_000)
    expect(losses).toEqual([])
    page(0).answers = false
    await clock.advance(6_000)
    expect(losses).toEqual([])
    await clock.advance(2_000)
    expect([losses, page(0).destroyed, pages.length]).toEqual([['frozen'], true, 2])
  })

  test('a page that answers but draws nothing is of no use', async () => {
    page(0).events.ready()
    keeper.send(snapshot(1))
    await clock.advance(17_000)
    expect(losses).toEqual(['frozen'])
  })

  test('a page without a snapshot may wait for one', async () => {
    page(0).events.ready()
    await clock.advance(120_000)
    expect(losses).toEqual([])
  })

  test('what a page says after it was replaced does not count', async () => {
    draw(0)
    page(0).events.lost('crashed', 'oom')
    await clock.advance(200)
    page(0).events.lost('crashed', 'again')
    page(0).events.painted('S00')
    page(0).events.ready()
    expect([losses, pages.length, readies, page(1).shown]).toEqual([['crashed'], 2, 1, false])
  })

  test('a storm of crashes puts the kiosk out of service', async () => {
    for (let storm = 0; storm < 6; storm++) {
      page(storm).events.lost('crashed', 'oom')
      await clock.advance(10_000)
    }
    expect(states.at(-1)).toMatchObject({ kind: 'down', outOfService: true })
    expect(pages).toHaveLength(6)
    await clock.advance(50_000)
    expect(pages).toHaveLength(7)
  })

  test('a new page that crashes behind a good one leaves the good one where it is', async () => {
    draw(0)
    keeper.renew()
    page(1).events.lost('crashed', 'oom')
    expect([page(0).destroyed, states.at(-1)]).toEqual([false, { kind: 'shown' }])
    await clock.advance(200)
    draw(2)
    expect(page(0).destroyed).toBe(true)
  })

  test('pages whose kiosk process is gone go at once, and a new one is shown when it has drawn', () => {
    draw(0)
    keeper.replace()
    expect([page(0).destroyed, pages.length, page(1).shown]).toEqual([true, 2, false])
    draw(1)
    expect(page(1).shown).toBe(true)
  })

  test('a new page that has been told of the visit goes too, one that has not may stay', () => {
    draw(0)
    keeper.renew()
    keeper.replace()
    expect([page(1).destroyed, pages.length]).toEqual([false, 2])
    page(1).events.ready()
    keeper.send(snapshot(1))
    keeper.replace()
    expect([page(1).destroyed, pages.length]).toEqual([true, 3])
  })

  test('a page that goes because everything ends is not missed', async () => {
    draw(0)
    keeper.stop()
    page(0).events.lost('crashed', 'closed')
    await clock.advance(60_000)
    expect([losses, pages.length, page(0).destroyed]).toEqual([[], 1, false])
  })
})
