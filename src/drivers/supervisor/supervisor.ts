import type { Clock } from '../../lib/clock.ts'
import type { DeviceRole } from '../report.ts'
import { SHIPPED_PACE, type SupervisorPace } from './pace.ts'
import { Post, type Supervised } from './post.ts'
import type { DeviceChange, DeviceStanding } from './standing.ts'

export interface SupervisorOptions {
  readonly devices: readonly Supervised[]
  readonly clock: Clock
  /** True while a visit (or a technician's test) holds the devices; they are not asked then. */
  readonly busy: () => boolean
  readonly onChange: (change: DeviceChange) => void
  /** The shipped pace where absent. */
  readonly pace?: SupervisorPace
}

/**
 * Owns the question "how are the devices": each is asked at rest, every few seconds, by a post of its own. Three questions
 * in a row without an answer make a device gone; then it is looked for with growing pauses, and when it is back its state
 * is what it says now. One event per change of state.
 */
export class Supervisor {
  private readonly posts: ReadonlyMap<DeviceRole, Post>

  constructor({ devices, clock, busy, onChange, pace = SHIPPED_PACE }: SupervisorOptions) {
    this.posts = new Map(
      devices.map((supervised) => [supervised.role, new Post(supervised, { clock, pace, busy, onChange })]),
    )
    if (this.posts.size !== devices.length) throw new Error('a role has two devices')
  }

  start(): void {
    for (const post of this.posts.values()) post.start()
  }

  /** Asks no more. The lines stay as they are: whoever built the devices closes them. */
  stop(): void {
    for (const post of this.posts.values()) post.stop()
  }

  get roles(): readonly DeviceRole[] {
    return [...this.posts.keys()]
  }

  /** What is known of `role` now and since when (wall clock, milliseconds); undefined where the site has no such device. */
  standing(role: DeviceRole): (DeviceStanding & { readonly since: number }) | undefined {
    const post = this.posts.get(role)
    return post && { ...post.standing, since: post.since }
  }

  /** Asks `role` at once. At most its report's deadline long; undefined where the site has no such device. */
  async check(role: DeviceRole): Promise<DeviceStanding | undefined> {
    return this.posts.get(role)?.check()
  }
}
