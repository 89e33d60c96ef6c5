import { beforeEach, describe, expect, test } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import type { ToShell } from '../../ipc/messages.ts'
import type { ChildLink } from '../child/link.ts'
import { KioskKeeper, type KioskMessage, type KioskState } from './kiosk-keeper.ts'

/** A kiosk process made of paper: the test says what it says. */
class PaperChild implements ChildLink {
  readonly pid: number
  readonly heard: unknown[] = []
  killed = false
  private message: (message: unknown) => void = () => undefined
  private exit: (detail: string, code?: number) => void = () => undefined

  constructor(pid: number) {
    this.pid = pid
  }
  post(message: unknown): void {
    this.heard.push(message)
  }
  onMessage(listener: (message: unknown) => void): void {
    this.message = listener
  }
  onExit(listener: (detail: string) => void): void {
    this.exit = listener
  }
  kill(): void {
    this.killed = true
    this.exit('signal SIGKILL')
  }
  says(message: ToShell | Record<string, unknown>): void {
    this.message(message)
  }
  ends(detail: string, code?: number): void {
    this.exit(detail, code)
  }
}

const snapshot: ToShell = {
  type: 'snapshot',
  snapshot: {
    seq: 1,
    viewId: 1,
    header: { stationName: '站', kioskName: '1 号机', helpPhone: '', mode: 'demo' },
    display: { largePrint: false, highContrast: false, lowReach: false },
    countdown: null,
    staffCalled: false,
    problem: null,
    view: { screen: 'S00', tiles: [] },
  },
}

describe('the kiosk process is kept alive', () => {
  let clock: SimulatedClock
  let children: PaperChild[]
  let states: KioskState[]
  let messages: KioskMessage[]
  let keeper: KioskKeeper
  let planned: number
  const child = (): PaperChild => children.at(-1) ?? expect.unreachable('nothing was started')

  beforeEach(() => {
    clock = new SimulatedClock(0)
    children = []
    states = []
    messages = []
    planned = 0
    keeper = new KioskKeeper({
      clock,
      log: silentLog,
      start: () => {
        children.push(new PaperChild(children.length + 1))
        return child()
      },
      onMessage: (message) => messages.push(message),
      onState: (state) => states.push(state),
      onPlannedEnd: () => {
        planned += 1
      },
    })
    keeper.start()
  })

  /** Time passes while the process says every second that it lives. */
  const live = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      child().says({ type: 'heartbeat' })
      await clock.advance(1_000)
    }
  }

  test('it hears a heartbeat every second', async () => {
    await live(3)
    expect(child().heard).toEqual(Array.from({ length: 3 }, () => ({ type: 'heartbeat' })))
  })

  test('it runs once it has shown something', () => {
    child().says(snapshot)
    expect(states).toEqual([{ kind: 'running' }])
    expect(messages).toEqual([snapshot])
  })

  test('one that ends is started again after 0.2 s', async () => {
    child().ends('exit code 1')
    expect(states).toEqual([{ kind: 'down', outOfService: false, cause: 'kiosk process ended: exit code 1' }])
    await clock.advance(199)
    expect(children).toHaveLength(1)
    await clock.advance(1)
    expect(children).toHaveLength(2)
  })

  test('one that is silent for more than six seconds is killed and replaced, well within ten', async () => {
    await live(60)
    await clock.advance(5_000)
    expect(child().killed).toBe(false)
    await clock.advance(1_000)
    expect(children[0]?.killed).toBe(true)
    await clock.advance(200)
    expect(children).toHaveLength(2)
  })

  test('one that has not spoken yet is given twenty seconds', async () => {
    await clock.advance(20_000)
    expect(child().killed).toBe(false)
    await clock.advance(1_000)
    expect(child().killed).toBe(true)
  })

  test('a message outside the contract is a broken process, and it is replaced', async () => {
    child().says({ type: 'snapshot', snapshot: { seq: 'one' } })
    expect(children[0]?.killed).toBe(true)
    await clock.advance(200)
    expect(children).toHaveLength(2)
  })

  test('a process that was replaced is not listened to any more', async () => {
    await live(1)
    child().says({ type: 'nonsense' })
    await clock.advance(200)
    children[0]?.says(snapshot)
    children[0]?.ends('late')
    expect(messages).toEqual([])
    expect(children).toHaveLength(2)
  })

  test('a storm of ends puts the kiosk out of service, and one that then runs brings it back', async () => {
    for (let storm = 0; storm < 6; storm++) {
      child().ends('exit code 1')
      await clock.advance(10_000)
    }
    expect(states.at(-1)).toMatchObject({ kind: 'down', outOfService: true })
    expect(children).toHaveLength(6)
    await clock.advance(50_000)
    expect(children).toHaveLength(7)
    child().says(snapshot)
    expect(states.at(-1)).toEqual({ kind: 'running' })
  })

  test('five good minutes forgive the failures before them', async () => {
    for (let failure = 0; failure < 4; failure++) {
      child().ends('exit code 1')
      await clock.advance(10_000)
    }
    await live(301)
    child().ends('exit code 1')
    await clock.advance(200)
    expect(children).toHaveLength(6)
  })

  test('a planned end is no failure: it starts at once, a hundred nights in a row, and nobody backs off', async () => {
    for (let night = 0; night < 100; night++) {
      child().says(snapshot)
      await live(10)
      child().ends('exit code 75', 75)
      expect(children).toHaveLength(night + 2)
    }
    expect(planned).toBe(100)
    expect(states.some((state) => state.kind === 'down' && state.outOfService)).toBe(false)
  })

  test('one that plans its restart again and again right after its start is a storm like any other', async () => {
    for (let storm = 0; storm < 6; storm++) {
      child().says(snapshot)
      child().ends('exit code 75', 75)
      await clock.advance(10_000)
    }
    expect(planned).toBe(0)
    expect(states.at(-1)).toMatchObject({ kind: 'down', outOfService: true })
  })

  test('one that refuses to start is not started again, whatever it does next', async () => {
    child().says({ type: 'refused', code: 'SITE_FILE', technician: 'line 3' })
    child().says(snapshot)
    child().ends('exit code 0')
    await clock.advance(10 * 60_000)
    expect(states).toEqual([{ kind: 'refused', code: 'SITE_FILE', technician: 'line 3' }])
    expect(children).toHaveLength(1)
  })

  test('asked to end, it has three seconds', async () => {
    let ended = false
    void keeper.stop().then(() => (ended = true))
    expect(child().heard).toEqual([{ type: 'shutdown' }])
    await clock.advance(2_999)
    expect([child().killed, ended]).toEqual([false, false])
    await clock.advance(1)
    expect([child().killed, ended]).toEqual([true, true])
    await clock.advance(60_000)
    expect(children).toHaveLength(1)
  })

  test('one that ends as asked is not started again', async () => {
    const stopped = keeper.stop()
    child().ends('exit code 0')
    await stopped
    await clock.advance(60_000)
    expect(children).toHaveLength(1)
    expect(states).toEqual([])
  })

  test('nothing is started again after the end, even when it was being restored', async () => {
    child().ends('exit code 1')
    await keeper.stop()
    await clock.advance(60_000)
    expect(children).toHaveLength(1)
  })
})
