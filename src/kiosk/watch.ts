import { statfs } from 'node:fs/promises'
import type { CentralClient } from '../central/client/central-client.ts'
import { Supervisor } from '../drivers/supervisor/supervisor.ts'
import type { DeviceChange } from '../drivers/supervisor/standing.ts'
import type { CancelTimer, Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Store } from '../store/store.ts'
import { closingOf } from './device-closings.ts'
import type { Devices } from './devices.ts'
import type { Closing, HouseKeeper, Member } from './house.ts'
import { reachOf, readNetworkSigns } from './network.ts'
import { closingOfBacklog, closingOfDisk, type BusinessPolicy } from './policy.ts'
import { mayBeUnknownPage } from './unknown-page.ts'

type CentrePolicy = BusinessPolicy & { readonly maxClockSkewMs: number }

/** How often the centre and the disk are asked how they are, in milliseconds. */
const CENTRE_MS = 10_000
const DISK_MS = 60_000
/** How soon it is known that two people have looked at an unknown page. */
const PAGE_MS = 5_000

/**
 * Asks devices, centre and disk how they are, at rest and without hurry, and tells the house what changed. Every change of
 * a device's state is one row of the audit.
 */
export class Watch {
  private readonly store: Store
  private readonly clock: Clock
  private readonly log: Log
  private readonly house: HouseKeeper
  private readonly cancels = new Map<Member, CancelTimer>()
  private readonly listeners = new Set<(change: DeviceChange) => void>()
  private supervised: Supervisor | undefined
  private stopped = false

  constructor(house: HouseKeeper, store: Store, clock: Clock, log: Log) {
    this.house = house
    this.store = store
    this.clock = clock
    this.log = log
  }

  /** Devices rest while `busy` says so: nobody asks a printer for its state in the middle of a row. */
  watchDevices({ supervised }: Pick<Devices, 'supervised'>, busy: () => boolean): void {
    const { clock } = this
    this.supervised = new Supervisor({ devices: supervised, clock, busy, onChange: (change) => this.changed(change) })
    this.supervised.start()
    this.repeat('page', PAGE_MS, () => Promise.resolve(this.closingOfPage()))
  }

  /** Who knows how the devices are; undefined before `watchDevices`. */
  get supervisor(): Supervisor | undefined {
    return this.supervised
  }

  /** Tells each change of a device after it was written down. Returns its removal. */
  onDeviceChange(listener: (change: DeviceChange) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** A clock further from the centre's than the policy allows endorses nothing (scenario 36). `host` is the centre's. */
  watchCentre(centre: CentralClient, host: string, policy: CentrePolicy): void {
    const { maxClockSkewMs: maxSkewMs } = policy
    let heardAt = this.clock.monotonic()
    this.repeat('centre', CENTRE_MS, async () => {
      const health = await centre.health()
      const reach = reachOf(health, host, readNetworkSigns())
      if (reach === 'ONLINE') heardAt = this.clock.monotonic()
      this.noteBacklog(this.clock.monotonic() - heardAt, policy)
      const offset = centre.clockOffset
      const skewed = offset !== null && Math.abs(offset.offsetMs) - offset.uncertaintyMs > maxSkewMs
      this.note('clock', skewed ? 'CLOCK_SKEW' : null)
      if (health.ok || health.error.code === 'CLOCK_SKEW') return null
      return reach === 'NO_NETWORK' ? 'NO_NETWORK' : 'CENTRE_UNREACHABLE'
    })
  }

  /** Without room for what an endorsement writes, none begins. A folder that cannot be asked is left to the store. */
  watchDisk(folder: string, policy: Pick<BusinessPolicy, 'minFreeDiskMb'>): void {
    this.repeat('disk', DISK_MS, async () => {
      const found = await statfs(folder).catch(() => undefined)
      return found === undefined ? null : closingOfDisk(found.bavail * found.bsize, policy)
    })
  }

  stop(): void {
    this.stopped = true
    this.supervised?.stop()
    for (const cancel of this.cancels.values()) cancel()
  }

  private changed(change: DeviceChange): void {
    const { role, kind, from, to, standing } = change
    this.log.info('device.changed', { role, kind, from, to, usable: standing.usable })
    const written = this.store.transaction((tx) =>
      tx.audit.append({
        actor: 'device',
        action: 'device.state',
        target: role,
        result: standing.usable ? 'OK' : 'FAILED',
        detail: { kind, from, to },
      }),
    )
    // A full disk must not hide that a printer has no paper.
    if (!written.ok) this.log.error('device.change-not-written', { role, code: written.error.code })
    const closed = closingOf(role, standing)
    if (closed !== null) this.note(closed.member, closed.closing)
    if (role === 'certificate-printer') this.note('page', this.closingOfPage())
    for (const listener of [...this.listeners]) listener(change)
  }

  private closingOfPage(): Closing | null {
    const state = this.supervised?.standing('certificate-printer')?.state
    return mayBeUnknownPage(this.store, state) ? 'UNKNOWN_PAGE_INSIDE' : null
  }

  private noteBacklog(silentMs: number, policy: CentrePolicy): void {
    if (this.stopped) return
    const depth = this.store.read((view) => view.outbox.depth())
    // A store that cannot be read has its own way to say so.
    if (!depth.ok) return
    this.note('outbox', closingOfBacklog({ ...depth.value, silentMs, now: this.clock.now() }, policy))
  }

  private note(member: Member, closing: Closing | null): void {
    if (this.house.report(member, closing)) this.log.info('house.changed', { member, closing })
  }

  private repeat(member: Member, everyMs: number, ask: () => Promise<Closing | null>): void {
    const round = async (): Promise<void> => {
      const closing = await ask()
      if (this.stopped) return
      this.note(member, closing)
      this.cancels.set(
        member,
        this.clock.setTimer(everyMs, () => void round()),
      )
    }
    void round()
  }
}
