import type { CancelTimer, Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { mustWrite } from '../../store/must.ts'
import type { Store } from '../../store/store.ts'
import type { DeviceOnBoard } from './rooms.ts'
import { keepChange, lastChange, markAudited, rollBack, type TrialPlace } from './trial.ts'

/** How long a kiosk must have been up, and how long it is waited for, milliseconds. */
const HEALTHY_AFTER_MS = 60_000
const PATIENCE_MS = 120_000

export interface TrialWatchParts {
  readonly place: TrialPlace
  readonly clock: Clock
  readonly log: Log
  readonly store: Store
  readonly devices: () => readonly DeviceOnBoard[]
  readonly restart: () => void
}

/** Watches a kiosk that runs on a site file on trial: keeps the file when the kiosk is healthy, else takes it back. */
export class TrialWatch {
  private readonly parts: TrialWatchParts
  private readonly good: readonly string[]
  private cancel: CancelTimer = () => undefined

  /** `good`: roles that could be used before the change. */
  constructor(parts: TrialWatchParts, good: readonly string[]) {
    this.parts = parts
    this.good = good
  }

  start(): void {
    const { clock } = this.parts
    this.cancel = clock.setTimer(HEALTHY_AFTER_MS, () => {
      if (this.judge() === null) return
      this.cancel = clock.setTimer(PATIENCE_MS - HEALTHY_AFTER_MS, () => {
        const worse = this.judge()
        if (worse !== null) this.takeBack(worse)
      })
    })
  }

  stop(): void {
    this.cancel()
  }

  /** Keeps the change when all is well; otherwise says what is worse than before. */
  private judge(): string | null {
    const { place, clock, log, store, devices } = this.parts
    const alive = store.read((view) => view.audit.head())
    const worse = devices()
      .filter(({ role, report }) => this.good.includes(role) && !report.usable)
      .map(({ role }) => role)
    if (!alive.ok) return `store ${alive.error.code}`
    if (worse.length > 0) return `worse than before: ${worse.join(', ')}`
    keepChange(place, clock.now())
    log.info('site.kept')
    auditOutcome(store, place.dataDir)
    return null
  }

  private takeBack(reason: string): void {
    const { place, clock, log, restart } = this.parts
    log.error('site.rolled-back', { reason })
    if (rollBack(place, clock.now(), reason)) restart()
  }
}

/** Writes into the audit what became of the last change, once. */
export function auditOutcome(store: Store, dataDir: string): void {
  const change = lastChange(dataDir)
  if (change === null || change.audited || change.outcome === 'TRIAL') return
  mustWrite(store, (tx) =>
    tx.audit.append({
      actor: 'kiosk',
      action: change.outcome === 'KEPT' ? 'site.kept' : 'site.rolled-back',
      target: 'site',
      result: change.outcome === 'KEPT' ? 'OK' : 'FAILED',
      detail: { reason: change.reason, appliedBy: change.staff },
    }),
  )
  markAudited(dataDir)
}
