import { beforeEach, describe, expect, test } from 'vitest'
import { SimulatedClock } from '../lib/clock.ts'
import { silentLog } from '../lib/log.ts'
import { ToKiosk } from '../ipc/messages.ts'
import type { Snapshot } from '../ipc/snapshot.ts'
import { Shell, type ScreenPage } from './shell.ts'
import type { Cover } from './supervise/cover.ts'
import type { PageEvents } from './supervise/page-keeper.ts'

const snapshot = (seq: number): Snapshot => ({
  seq,
  viewId: 1,
  header: { stationName: '站', kioskName: '1 号机', helpPhone: '0571-00000000', mode: 'demo' },
  display: { largePrint: false, highContrast: false, lowReach: false },
  countdown: null,
  staffCalled: false,
  problem: null,
  view: { screen: 'S00', tiles: [] },
})

interface Child {
  say: (message: unknown) => void
  end: () => void
  readonly heard: string[]
  readonly documents: unknown[]
  /** Ends because it planned to. */
  plannedEnd: () => void
}

describe('the shell between a kiosk process and a page', () => {
  let clock: SimulatedClock
  let children: Child[]
  let pages: { events: PageEvents; got: number[]; framesTaken: number; destroyed: boolean }[]
  let covers: Cover['kind'][]
  let forgotten: number
  let renewed: number
  let shell: Shell
  const child = (): Child => children.at(-1) ?? expect.unreachable('no kiosk process was started')
  const page = () => pages.at(-1) ?? expect.unreachable('no page was made')

  beforeEach(() => {
    clock = new SimulatedClock(0)
    children = []
    pages = []
    covers = []
    forgotten = 0
    renewed = 0
    shell = new Shell({
      clock,
      log: silentLog,
      trace: () => undefined,
      startKiosk: () => {
        const made: Child = {
          say: () => undefined,
          end: () => undefined,
          plannedEnd: () => undefined,
          heard: [],
          documents: [],
        }
        children.push(made)
        return {
          pid: children.length,
          post: (raw) => {
            const message = ToKiosk.parse(raw)
            made.heard.push(message.type)
            if (message.type === 'document-rendered') made.documents.push(message)
          },
          onMessage: (listener) => {
            made.say = listener
          },
          onExit: (listener) => {
            made.plannedEnd = () => {
              listener('exit code 75', 75)
            }
            made.end = () => {
              listener('signal SIGKILL')
            }
          },
          kill: () => {
            made.end()
          },
        }
      },
      createPage: (events): ScreenPage => {
        const made = { events, got: [] as number[], framesTaken: 0, destroyed: false }
        pages.push(made)
        return {
          send: ({ seq }) => made.got.push(seq),
          ping: () => {
            events.alive()
          },
          show: () => undefined,
          destroy: () => {
            made.destroyed = true
          },
          frameTaken: () => {
            made.framesTaken += 1
          },
        }
      },
      showCover: ({ kind }) => {
        if (covers.at(-1) !== kind) covers.push(kind)
      },
      renderDocument: ({ html }) => Promise.resolve({ ok: true, pdf: new TextEncoder().encode(html) }),
      renew: () => {
        renewed += 1
      },
      forgetVisit: () => {
        forgotten += 1
      },
    })
    shell.kiosk.start()
    shell.pages.start()
  })

  const running = (): void => {
    child().say({ type: 'snapshot', snapshot: snapshot(1) })
    page().events.ready()
    page().events.painted('S00')
  }

  test('a snapshot that comes before the page is kept for it', () => {
    running()
    expect(page().got).toEqual([1, 1])
    expect(child().heard).toEqual(['renderer-ready'])
    expect(covers).toEqual(['none'])
  })

  test('when the kiosk process dies, the page is covered until it has drawn what the next one says', async () => {
    running()
    child().end()
    expect(covers).toEqual(['none', 'recovering'])
    await clock.advance(200)
    child().say({ type: 'snapshot', snapshot: snapshot(1) })
    expect(covers).toEqual(['none', 'recovering'])
    page().events.painted('S00')
    expect(covers).toEqual(['none', 'recovering', 'none'])
  })

  test('the page that knew the citizen goes with the kiosk process, and a fresh one shows what the next process says', async () => {
    running()
    const old = page()
    child().end()
    expect([pages.length, old.destroyed]).toEqual([2, true])
    await clock.advance(200)
    child().say({ type: 'snapshot', snapshot: snapshot(7) })
    page().events.painted('S00')
    expect([page().got, covers.at(-1)]).toEqual([[7], 'none'])
  })

  test('a late word of the page about the old kiosk process does not uncover it', () => {
    running()
    const old = page()
    child().end()
    old.events.painted('S00')
    expect(covers).toEqual(['none', 'recovering'])
  })

  test('when the page crashes, the kiosk is told, and the new page gets the current snapshot', async () => {
    running()
    page().events.lost('crashed', 'oom')
    await clock.advance(200)
    page().events.ready()
    expect(child().heard).toEqual(['renderer-ready', 'renderer-gone', 'renderer-ready'])
    expect(page().got).toEqual([1])
    page().events.painted('S00')
    expect(covers).toEqual(['none', 'recovering', 'none'])
  })

  test('after a visit the new page is not given the last snapshot of the visit, and the session is emptied', () => {
    running()
    child().say({ type: 'visit-ended' })
    page().events.ready()
    expect(pages).toHaveLength(2)
    expect(page().got).toEqual([])
    child().say({ type: 'snapshot', snapshot: snapshot(2) })
    page().events.painted('S00')
    expect([page().got, forgotten, covers]).toEqual([[2], 2, ['none']])
  })

  test('the kiosk says when it has taken a frame, and the page hears it', () => {
    running()
    child().say({ type: 'frame-taken' })
    expect(page().framesTaken).toBe(1)
  })

  test('a document of the kiosk is answered under its id', async () => {
    running()
    child().say({ type: 'render-document', document: { id: 'D1', html: '<p>', css: '' } })
    await clock.advance(0)
    const pdf = new TextEncoder().encode('<p>')
    expect(child().documents).toEqual([{ type: 'document-rendered', id: 'D1', outcome: { ok: true, pdf } }])
  })

  test('a kiosk without a site file is out of service', () => {
    shell.refuse('NO_SITE_FILE', 'KIOSK_SITE is not set')
    expect(covers.at(-1)).toBe('out-of-service')
  })

  test('the number to call is known once the kiosk has named it', () => {
    expect(shell.helpPhone).toBeNull()
    running()
    expect(shell.helpPhone).toBe('0571-00000000')
  })

  test('a shell that is a week old uses the night’s restart for one of its own; a younger one does not', () => {
    let older = 0
    const elapsed = clock.monotonic.bind(clock)
    clock.monotonic = () => elapsed() + older
    for (let night = 1; night <= 7; night++) {
      running()
      older = night * 24 * 3_600_000
      child().plannedEnd()
      expect([night, renewed]).toEqual([night, night < 7 ? 0 : 1])
    }
  })

  test('the service manager hears well of it while its screen is drawn, and ill of it when nothing comes back', async () => {
    expect(shell.vitality.health().healthy).toBe(false)
    running()
    expect(shell.vitality.health().healthy).toBe(true)
    child().end()
    await clock.advance(15_000)
    expect(shell.vitality.health().healthy).toBe(true)
    await clock.advance(16_000)
    expect(shell.vitality.health()).toEqual({ healthy: false, why: 'kiosk down for 31 s' })
  })
})
