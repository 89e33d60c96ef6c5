import type { Clock } from '../../lib/clock.ts'
import type { DeviceLine } from '../transport/device-line.ts'
import type { AnswerFault, AnswerKind, AnswerMisbehaviour } from './faults.ts'

/** Sends the printer's answers as its faults say: late, twice, in part, or not at all. */
export class SimulatedAnswers {
  private readonly clock: Clock
  private active: { fault: AnswerFault; skip: number; left: number }[] = []

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** The faults from now on; those that were used up begin anew. */
  misbehave(faults: readonly AnswerFault[]): void {
    this.active = faults.map((fault) => {
      const times = fault.times ?? 1
      return { fault, skip: fault.skip ?? 0, left: times === 0 ? Infinity : times }
    })
  }

  send(line: DeviceLine | undefined, kind: AnswerKind, bytes: readonly number[]): void {
    const answer = Uint8Array.from(bytes)
    const fault = this.faultFor(kind)
    switch (fault?.kind) {
      case undefined:
        line?.send(answer)
        return
      case 'silence':
        return
      case 'late':
        this.clock.setTimer(fault.ms, () => line?.send(answer))
        return
      case 'duplicate':
        line?.send(answer)
        line?.send(answer)
        return
      case 'truncated':
        line?.send(answer.subarray(0, fault.at))
        return
      case 'hang-up':
        line?.send(answer.subarray(0, fault.at))
        line?.hangUp()
    }
  }

  private faultFor(kind: AnswerKind): AnswerMisbehaviour | undefined {
    const meant = this.active.filter(({ fault, left }) => left > 0 && (fault.on === undefined || fault.on === kind))
    for (const one of meant) {
      if (one.skip > 0) {
        one.skip--
        continue
      }
      one.left--
      return one.fault
    }
    return undefined
  }
}
