import type { SaidAbout } from './fault-script.ts'

/** The part of a simulated scanner that speaks its family's protocol, one for each connection. */
export interface SimulatedHead {
  /** Whether it would read a code now. */
  readonly lit: boolean
  hear(bytes: Uint8Array): void
  /** Sends a code, `text` in its encoding; `suffix` where the family uses one. Not asked while unlit. */
  read(text: Uint8Array, suffix: Uint8Array): void
  stop(): void
}

/** Sends something; `refusal` is what stands for "no" in its place. */
export type Say = (about: SaidAbout, bytes: Uint8Array, refusal?: Uint8Array) => void
