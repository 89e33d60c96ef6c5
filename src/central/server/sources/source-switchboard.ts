import type { SourceSystem } from '../../../domain/codes.ts'
import type { Sourced } from '../../../domain/review/facts.ts'
import { delay, type Clock } from '../../../lib/clock.ts'
import { withDeadline } from '../../../lib/deadline.ts'

export type SourceState = 'UP' | 'SLOW' | 'DOWN'

/** The systems beside the registry that can be slow or away; COMPUTED asks nobody. */
export const SWITCHABLE_SOURCES = [
  ...(['TRANSPORT', 'STATION', 'POLICE', 'GNSS', 'INSURANCE'] as const),
  ...(['ENFORCEMENT', 'CREDIT', 'MAINTENANCE', 'SHARED'] as const),
] as const satisfies readonly SourceSystem[]
export type SwitchableSource = (typeof SWITCHABLE_SOURCES)[number]

/** What a source may take to answer before it counts as away. */
const ANSWER_WITHIN_MS = 3_000

/** Puts every question to another system behind a deadline and, in the reference centre, behind a switch. */
export class SourceSwitchboard {
  private readonly clock: Clock
  private readonly states = new Map<SwitchableSource, { readonly state: SourceState; readonly delayMs: number }>()

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** `delayMs` matters for SLOW only: beyond three seconds a slow source is as good as down. */
  set(system: SwitchableSource, state: SourceState, delayMs = 2_000): void {
    this.states.set(system, { state, delayMs })
  }

  stateOf(system: SwitchableSource): SourceState {
    return this.states.get(system)?.state ?? 'UP'
  }

  async ask<T>(system: SwitchableSource, read: () => T): Promise<Sourced<T>> {
    const { state, delayMs } = this.states.get(system) ?? { state: 'UP', delayMs: 0 }
    if (state === 'DOWN') return { state: 'DOWN', checkedAt: this.clock.now() }
    if (state === 'SLOW') {
      const waited = await withDeadline(this.clock, ANSWER_WITHIN_MS, () => delay(this.clock, delayMs))
      if (!waited.ok) return { state: 'DOWN', checkedAt: this.clock.now() }
    }
    return { state: 'UP', value: read(), checkedAt: this.clock.now() }
  }
}
