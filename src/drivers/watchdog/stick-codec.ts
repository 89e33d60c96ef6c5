import type { AnswerStream } from '../conversation.ts'

/**
 * The USB watchdog stick with a CH340 (9600 8N1): one byte 1 to 127 says "the next one within so many times ten seconds";
 * 80 asks whether it lives, 81 is the answer; FF starts the computer anew at once. It keeps the time across its own resets:
 * a time shorter than the boot would start the computer anew for ever. One public source.
 */
export const STICK_QUERY = Uint8Array.of(0x80)
export const STICK_RESET_NOW = Uint8Array.of(0xff)
export const STICK_ALIVE = 0x81
const UNIT_SECONDS = 10
const MAX_UNITS = 0x7f

/** No kiosk boots slower than this; no shorter time is ever sent. Seconds. */
export const SHORTEST_TIMEOUT_SECONDS = 120
export const LONGEST_TIMEOUT_SECONDS = MAX_UNITS * UNIT_SECONDS

/** The kick byte for a time in seconds, rounded up, never below `SHORTEST_TIMEOUT_SECONDS`. */
export function encodeKick(timeoutSeconds: number): Uint8Array {
  const seconds = Math.min(LONGEST_TIMEOUT_SECONDS, Math.max(SHORTEST_TIMEOUT_SECONDS, timeoutSeconds))
  return Uint8Array.of(Math.ceil(seconds / UNIT_SECONDS))
}

/** The time a kick byte asks for, seconds; `undefined` when it is none. For simulators and tests. */
export function secondsOfKick(byte: number): number | undefined {
  return byte >= 1 && byte <= MAX_UNITS ? byte * UNIT_SECONDS : undefined
}

/** Each byte is an answer; all but 81 are noise. */
export class StickStream implements AnswerStream<'alive'> {
  push(bytes: Uint8Array): readonly 'alive'[] {
    return bytes.includes(STICK_ALIVE) ? ['alive'] : []
  }

  reset(): void {
    // Nothing is ever half received.
  }
}
