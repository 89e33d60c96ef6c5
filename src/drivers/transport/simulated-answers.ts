import type { Clock } from '../../lib/clock.ts'
import type { DeviceLine } from './device-line.ts'
import { FaultQueue } from './fault-queue.ts'

/** What a simulated printer does wrong when it gives an answer of a kind. */
export type AnswerFault<Kind extends string> = {
  /** Only answers of this kind; any if absent. */
  readonly on?: Kind
  /** Lets so many matching answers pass first. */
  readonly skip?: number
  /** How many answers are spoiled, default 1; 0 means for ever. */
  readonly times?: number
} & AnswerMisbehaviour

type AnswerMisbehaviour =
  /** Nothing comes. */
  | { readonly kind: 'silence' }
  /** The right answer, so many milliseconds late: into the next exchange. */
  | { readonly kind: 'late'; readonly ms: number }
  | { readonly kind: 'duplicate' }
  /** Only the first bytes arrive. */
  | { readonly kind: 'truncated'; readonly at: number }
  /** The cable is pulled after so many bytes of the answer. */
  | { readonly kind: 'hang-up'; readonly at: number }

/** Sends a printer's answers as its faults say: late, twice, in part, or not at all. */
export class SimulatedAnswers<Kind extends string> {
  private readonly clock: Clock
  private faults = new FaultQueue<AnswerFault<Kind>>({})

  constructor(clock: Clock) {
    this.clock = clock
  }

  /** The faults from now on; those that were used up begin anew. */
  misbehave(faults: readonly AnswerFault<Kind>[]): void {
    this.faults = new FaultQueue({ faults })
  }

  send(line: DeviceLine | undefined, kind: Kind, bytes: readonly number[]): void {
    const answer = Uint8Array.from(bytes)
    const fault = this.faults.take(kind)
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
}
