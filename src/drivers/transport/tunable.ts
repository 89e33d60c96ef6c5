import type { Transport } from './transport.ts'

/** A line whose other side may speak at another speed than was said: a closed one can be set to the next. */
export interface TunableTransport extends Transport {
  /** Bits per second of this opening, or of the next one. */
  readonly speed: number
  /** What is worth trying, the set speed first. */
  readonly speeds: readonly number[]
  /** Sets the speed of the next opening. Tuning an open line is our bug. */
  tune(speed: number): void
}

export function isTunable(transport: Transport): transport is TunableTransport {
  return 'tune' in transport
}
