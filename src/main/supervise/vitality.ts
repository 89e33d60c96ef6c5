import type { Health } from '../../drivers/watchdog/device.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Cover } from './cover.ts'
import type { KioskState } from './kiosk-keeper.ts'
import type { PageState } from './page-keeper.ts'

/** How long a process may be in the making anew before the shell itself is doubted, milliseconds. */
const REPLACING_MS = 30_000
/** How long 暂停服务 for a storm of failures may stand before everything is started anew, the shell too. */
const STORM_MS = 15 * 60_000

/**
 * Whether the service manager should believe in this shell. A kiosk that refuses its site file is well in this sense:
 * its page names the cause, and no restart would help. One whose processes do not come back is not.
 */
export class Vitality {
  private readonly clock: Clock
  private drawn = false
  private refused = false
  private storm = false
  private readonly downSince = new Map<'kiosk' | 'page', number>()

  constructor(clock: Clock) {
    this.clock = clock
  }

  kioskIs(state: KioskState): void {
    this.refused = state.kind === 'refused'
    this.note('kiosk', state.kind === 'down')
  }

  pageIs(state: PageState): void {
    this.note('page', state.kind === 'down')
  }

  /** A screen has been drawn for the first time or again. */
  painted(): void {
    this.drawn = true
  }

  coverIs(cover: Cover): void {
    this.storm = cover.kind === 'out-of-service'
    if (this.storm) this.drawn = true
  }

  health(): Health {
    if (!this.drawn) return { healthy: false, why: 'nothing has been drawn yet' }
    if (this.refused) return { healthy: true }
    const limit = this.storm ? STORM_MS : REPLACING_MS
    for (const [who, since] of this.downSince) {
      const forMs = this.clock.monotonic() - since
      if (forMs > limit) return { healthy: false, why: `${who} down for ${Math.round(forMs / 1_000)} s` }
    }
    return { healthy: true }
  }

  private note(who: 'kiosk' | 'page', down: boolean): void {
    if (!down) this.downSince.delete(who)
    else if (!this.downSince.has(who)) this.downSince.set(who, this.clock.monotonic())
  }
}
