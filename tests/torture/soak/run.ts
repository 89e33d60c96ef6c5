import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Snapshot } from '../../../src/ipc/snapshot.ts'
import { STORE_FILE } from '../../../src/store/store.ts'
import { citizen, type Citizen } from '../power/citizen.ts'
import { World } from '../power/world.ts'
import { LongKiosk } from './long-kiosk.ts'
import { SteppingClock } from './stepping-clock.ts'
import { BOUNDS, perVisit, trendsOf, violationsOf, type Sample, type Trend } from './trend.ts'

export interface SoakOptions {
  /** Simulated hours. */
  readonly hours: number
  readonly visitsPerHour: number
  readonly tell: (line: string) => void
}

export interface SoakReport {
  readonly hours: number
  readonly visits: number
  /** Lives of the kiosk process: a night's planned restart begins another. */
  readonly lives: number
  readonly tookS: number
  readonly bounds: typeof BOUNDS
  readonly trends: readonly Trend[]
  readonly databasePerVisit: { readonly bytes: number; readonly ratio: number }
  readonly logPerVisit: { readonly bytes: number; readonly ratio: number }
  readonly samples: readonly Sample[]
  readonly violations: readonly string[]
}

const HOUR_MS = 3_600_000
/** While a visit runs time goes faster by steps of so much, so often: waits shrink, answers of devices stay in time. */
const TICK_MS = 10
const HASTE_MS = 25
/** A visit that takes longer in real time is stuck, milliseconds. */
const STUCK_MS = 30_000
/** Nobody comes in these hours of the day in China: the kiosk looks after itself, and starts afresh if it is old enough. */
const NIGHT_HOURS: readonly number[] = [2, 3]
/**
 * A night is leapt through, up to here and there a minute in which devices and clock are looked at. Its steps leave the
 * answers of devices some tens of real milliseconds before their deadline.
 */
const NIGHT_LEAP_MS = 14 * 60_000
const NIGHT_LOOK_MS = 60_000
const NIGHT_STEP_MS = 150

/** A day, or many, of visits one after the other; what the kiosk takes is looked at once in each simulated hour. */
export async function soak({ hours, visitsPerHour, tell }: SoakOptions): Promise<SoakReport> {
  const began = performance.now()
  const clock = new SteppingClock()
  // The first hour begins when the night's work is over.
  clock.leap((24 + 6 - hourInChina(clock.now())) * HOUR_MS)
  const startsAheadMs = clock.now() - Date.now()
  const world = await World.open(clock)
  const hall = new Hall(world, clock, startsAheadMs)
  const samples: Sample[] = []
  try {
    for (let hour = 1; hour <= hours; hour++) {
      const until = clock.now() + HOUR_MS
      const pauseMs = HOUR_MS / visitsPerHour
      if (NIGHT_HOURS.includes(hourInChina(clock.now()))) await hall.sleepUntil(until)
      while (clock.now() < until) {
        const from = clock.now()
        await hall.visit()
        await hall.pass(Math.max(0, Math.min(until, from + pauseMs) - clock.now()))
      }
      samples.push({ hour, ...(await hall.look()) })
      if (hour % 4 === 0) tell(`${hour} of ${hours} hours, ${hall.visits} visits, ${hall.lives} lives`)
    }
    return {
      ...{ hours, visits: hall.visits, lives: hall.lives, tookS: Math.round((performance.now() - began) / 1_000) },
      bounds: BOUNDS,
      trends: trendsOf(samples),
      databasePerVisit: perVisit(samples, ({ database }) => database),
      logPerVisit: perVisit(samples, ({ log }) => log),
      samples,
      violations: [...hall.violations, ...violationsOf(samples)],
    }
  } finally {
    await hall.close()
    await world.close()
  }
}

/** The kiosk in its hall, with one citizen after the other. */
class Hall {
  visits = 0
  lives = 0
  readonly violations: string[] = []
  private readonly world: World
  private readonly clock: SteppingClock
  private kiosk: LongKiosk | null = null
  private skewMs: number
  private person: Citizen | null = null

  constructor(world: World, clock: SteppingClock, aheadMs: number) {
    this.skewMs = aheadMs
    this.world = world
    this.clock = clock
  }

  async visit(): Promise<void> {
    const kiosk = await this.alive()
    const booklet = this.world.nextBooklet()
    const person = citizen(this.world.rig, booklet, true)
    this.person = person
    if (kiosk.snapshot !== null) this.see(kiosk.snapshot)
    const stuckAt = performance.now() + STUCK_MS
    let nextReach = 0
    while (!person.gone) {
      if (kiosk.ended !== null) throw new Error(`the kiosk ended in a visit: ${kiosk.ended}`)
      if (performance.now() > stuckAt)
        throw new Error(`visit ${this.visits} is stuck: ${JSON.stringify(kiosk.snapshot)}`)
      await this.realMs(TICK_MS)
      this.step(HASTE_MS)
      if (performance.now() > nextReach) {
        person.reach()
        nextReach = performance.now() + 100
      }
    }
    this.person = null
    this.visits += 1
    const [record] = this.world.rig.central.admin.ledger().filter(({ reviewId }) => reviewId === booklet.reviewId)
    if (record?.status !== 'CONFIRMED') this.violations.push(`${booklet.plateNo}: ${record?.status ?? 'not endorsed'}`)
    // What the centre remembers of a whole day would weigh on the harness, not on the kiosk.
    this.world.booklets.splice(0, this.world.booklets.length - 1)
  }

  /** Idle time is leapt over: the polls of devices and centre go on as they were. */
  async pass(ms: number): Promise<void> {
    this.skewMs += ms
    this.clock.leap(ms)
    this.kiosk?.leap(ms)
    await this.realMs(TICK_MS)
  }

  /** Nobody comes; the kiosk may end itself, and whoever watches it starts it again. */
  async sleepUntil(until: number): Promise<void> {
    while (this.clock.now() < until) {
      await this.pass(Math.max(0, Math.min(NIGHT_LEAP_MS, until - NIGHT_LOOK_MS - this.clock.now())))
      const looked = this.clock.now() + NIGHT_LOOK_MS
      while (this.clock.now() < looked) {
        this.step(NIGHT_STEP_MS)
        await this.realMs(TICK_MS)
        await this.again()
      }
    }
  }

  /** Starts it again when it has ended itself as planned. */
  private async again(): Promise<void> {
    const ended = this.kiosk?.ended ?? null
    if (ended === null) return
    if (!ended.startsWith('exit 75')) throw new Error(`the kiosk ended at night: ${ended}`)
    this.kiosk = null
    await this.alive()
  }

  async look(): Promise<Omit<Sample, 'hour'>> {
    const kiosk = await this.alive()
    const { rss, heap, handles } = await kiosk.sample()
    const data = this.world.dataDir
    const logs = join(data, 'logs')
    return {
      ...{ life: this.lives, visits: this.visits, rss, heap, handles },
      database: sizeOf(join(data, STORE_FILE)),
      wal: sizeOf(join(data, `${STORE_FILE}-wal`)),
      log: readdirSync(logs).reduce((sum, name) => sum + sizeOf(join(logs, name)), 0),
    }
  }

  async close(): Promise<void> {
    await this.kiosk?.end()
  }

  private async alive(): Promise<LongKiosk> {
    if (this.kiosk !== null) return this.kiosk
    const { sitePath, dataDir } = this.world
    const kiosk = new LongKiosk(sitePath, dataDir, (snapshot) => this.see(snapshot))
    kiosk.leap(this.skewMs)
    this.kiosk = kiosk
    this.lives += 1
    await kiosk.ready
    return kiosk
  }

  private see(snapshot: Snapshot): void {
    const press = this.person?.see(snapshot) ?? null
    if (press !== null) this.kiosk?.press(press)
  }

  private step(ms: number): void {
    this.skewMs += ms
    this.clock.step(ms)
    this.kiosk?.step(ms)
  }

  private realMs(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms))
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function hourInChina(now: number): number {
  return new Date(now + 8 * HOUR_MS).getUTCHours()
}
