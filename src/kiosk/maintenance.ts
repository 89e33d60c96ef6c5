import { dateInShanghai, startOfDayInShanghai, type LocalDate } from '../domain/local-date.ts'
import type { CancelTimer, Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'

/** How often the wall clock is looked at, milliseconds. A timer to the hour itself would miss a clock that is set. */
const LOOK_MS = 30_000
/** After this long a night that found no rest is given up: nobody restarts a kiosk when the day's work begins. */
const WINDOW_MS = 3 * 3_600_000
/** Nobody may have touched the kiosk for this long: a citizen between two visits is not interrupted. */
const QUIET_MS = 5 * 60_000
/** A process younger than this need not be renewed. */
const YOUNG_MS = 3_600_000

/** One piece of the night's work. It names its outcome for the log; nothing in it may take longer than seconds. */
export interface NightTask {
  readonly id: string
  /** Flat scalars of what was done; throws only what ends the process. */
  readonly run: () => Promise<Readonly<Record<string, string | number | boolean>>>
}

export interface MaintenanceParts {
  readonly clock: Clock
  readonly log: Log
  /** Time of day in China, `HH:MM`. */
  readonly restartAt: string
  /** Whether nobody visits and no technician is at the console. */
  readonly resting: () => boolean
  /** The day on which the night's work was last done; it survives a restart. */
  readonly lastDone: () => string | null
  readonly markDone: (day: LocalDate) => void
  /** In order, one after the other. */
  readonly tasks: readonly NightTask[]
  /** Ends this process in order; it is started again. */
  readonly restart: () => void
}

/**
 * The night: at an hour of the site's choosing, when nobody has visited for five minutes, the kiosk looks after its
 * memory and then renews its own process. At most once a day by the calendar of the kiosk, however often it starts.
 */
export class Maintenance {
  private readonly parts: MaintenanceParts
  private readonly bornAt: number
  private restingSince: number | null = null
  private working = false
  private stopped = false
  private cancel: CancelTimer = () => undefined

  constructor(parts: MaintenanceParts) {
    this.parts = parts
    this.bornAt = parts.clock.monotonic()
  }

  start(): void {
    this.cancel = this.parts.clock.setTimer(LOOK_MS, () => {
      void this.look().then(() => {
        if (!this.stopped) this.start()
      })
    })
  }

  stop(): void {
    this.stopped = true
    this.cancel()
  }

  private async look(): Promise<void> {
    if (this.working || !this.quiet()) return
    const { clock, log, lastDone, markDone, tasks, restart } = this.parts
    const now = clock.now()
    const today = dateInShanghai(now)
    const begins = startOfDayInShanghai(today) + timeOfDayMs(this.parts.restartAt)
    if (now < begins || now >= begins + WINDOW_MS || lastDone() === today) return
    this.working = true
    // Before the work: a task that kills this process must not meet it again at the next start.
    markDone(today)
    for (const { id, run } of tasks) {
      if (this.stopped) return
      log.info('night.task', { task: id, ...(await run()) })
    }
    this.working = false
    if (this.stopped) return
    const young = clock.monotonic() - this.bornAt < YOUNG_MS
    // Somebody may have come while the tasks ran: then this night has no restart.
    const leave = !young && this.parts.resting()
    log.info('night.done', { restarts: leave })
    if (leave) restart()
  }

  /** Keeps count of the rest; the looks are often enough for that. */
  private quiet(): boolean {
    const now = this.parts.clock.monotonic()
    this.restingSince = this.parts.resting() ? (this.restingSince ?? now) : null
    return this.restingSince !== null && now - this.restingSince >= QUIET_MS
  }
}

/** Milliseconds after midnight of `HH:MM`. */
export function timeOfDayMs(text: string): number {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? []
  if (hours === undefined || minutes === undefined) throw new Error(`not a time of day: ${text}`)
  return (Number(hours) * 60 + Number(minutes)) * 60_000
}
