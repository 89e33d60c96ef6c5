import type { Snapshot } from '../../../src/ipc/snapshot.ts'
import { citizen, type Citizen } from './citizen.ts'
import { KioskUnderTest } from './kiosk-under-test.ts'
import { befall, clearAway } from './mishap.ts'
import type { Ordeal } from './ordeal.ts'
import { Plug } from './plug.ts'
import type { Booklet, World } from './world.ts'

/** A kiosk that shows nothing new for so long is stuck, milliseconds. */
const STUCK_MS = 20_000
/** How often a person looks whether the printer wants something from her hands, milliseconds. */
const HANDS_MS = 100

export interface Suffering {
  readonly world: World
  readonly ordeal: Ordeal
  /** Program of the kiosk process. */
  readonly entry: string
  /** Who comes to the open kiosk; null while nobody may. */
  readonly next: () => Booklet | null
}

export interface Ended {
  readonly killed: boolean
  /** Null when the service never opened. */
  readonly openAfterMs: number | null
  /** Killed because it showed nothing new, and not at its moment. */
  readonly stuck: boolean
}

/**
 * One life of the kiosk process with one visit, its kill and its mishap. Throws when the process ended by itself for
 * anything but a full disk.
 */
export async function suffer({ world, ordeal, entry, next }: Suffering): Promise<Ended> {
  const { rig } = world
  let person: Citizen | null = null
  let openAfterMs: number | null = null
  const gone = Promise.withResolvers<'gone'>()
  const plug = new Plug(ordeal.kill, () => kiosk.kill())
  const stopWatching = plug.watch(rig)

  const look = (snapshot: Snapshot): void => {
    if (person === null && isOpenHome(snapshot)) {
      const booklet = next()
      if (booklet !== null) person = citizen(rig, booklet, ordeal.patient)
    }
    const press = person?.see(snapshot) ?? null
    if (press !== null) kiosk.press(press)
    if (person?.gone === true) gone.resolve('gone')
  }
  const kiosk: KioskUnderTest = new KioskUnderTest(
    entry,
    world.sitePath,
    world.dataDir,
    (snapshot) => {
      alarm.touch()
      const place = placeOf(snapshot)
      if (openAfterMs === null && isOpenHome(snapshot)) openAfterMs = performance.now() - kiosk.startedAt
      befall(world, ordeal.mishap, place)
      plug.screen(place)
      look(snapshot)
    },
    world.cache,
  )
  rig.gate.onCall = (call) => {
    plug.call(call)
    // What was reported may be what the next citizen waits for.
    if (call.phase === 'answered')
      setImmediate(() => {
        if (person === null && kiosk.snapshot !== null) look(kiosk.snapshot)
      })
  }
  const alarm = new Alarm(STUCK_MS)
  const hands = setInterval(() => person?.reach(), HANDS_MS)
  plug.started()
  const came = await Promise.race([kiosk.ended, gone.promise, alarm.rang])
  plug.unhand()
  // A person walks away from a screen that does nothing, and the visit would time out; here the plug is pulled instead.
  if (came === 'stuck') kiosk.kill()
  const why = came === 'gone' ? await kiosk.stop() : await kiosk.ended
  alarm.stop()
  clearInterval(hands)
  stopWatching()
  clearAway(world, ordeal)
  const killed = why === 'SIGKILL'
  // A full disk may end a kiosk: it says so and comes back when there is room.
  if (!killed && !why.startsWith('exit 0') && ordeal.mishap?.kind !== 'DISK_FULL')
    throw new Error(`the kiosk ended by itself: ${why} ${kiosk.refusal ?? ''}`)
  return { killed, openAfterMs, stuck: came === 'stuck' }
}

/** Rings once when it was not touched for so long. */
class Alarm {
  readonly rang: Promise<'stuck'>
  private timer: NodeJS.Timeout
  private readonly ms: number
  private readonly ring: () => void

  constructor(ms: number) {
    const { promise, resolve } = Promise.withResolvers<'stuck'>()
    this.rang = promise
    this.ms = ms
    this.ring = () => resolve('stuck')
    this.timer = setTimeout(this.ring, ms)
  }

  touch(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(this.ring, this.ms)
  }

  stop(): void {
    clearTimeout(this.timer)
  }
}

function placeOf({ view }: Snapshot): string {
  return 'stage' in view ? `${view.screen}.${view.stage}` : view.screen
}

function isOpenHome({ view }: Snapshot): boolean {
  return view.screen === 'S00' && view.tiles.some(({ id, closed }) => id === 'annual-review' && closed === null)
}
