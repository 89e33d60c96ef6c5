import type { AnswerStream } from '../conversation.ts'

/**
 * Answers of Keynius metal keypads: `02 len status data… bcc 03`. `len` counts status, data and bcc; `bcc` is the exclusive
 * or of everything from len to the last data byte. One public source; unverified on hardware. A plain metal keypad is a USB
 * keyboard and needs no driver.
 */
export interface KeypadAnswer {
  readonly outcome: 'OK' | 'BAD_COMMAND' | 'BAD_CHECK' | 'OTHER'
  readonly status: number
  readonly data: Uint8Array
}

const STX = 0x02
const ETX = 0x03
const OK_STATUS = 0xaa
const BAD_STATUS = 0x55
const BAD_COMMAND = 0xe1
const BAD_CHECK = 0xe0
/** STX, len, ETX. */
const FRAME_BYTES = 3
const MAX_BYTES = 0xff + FRAME_BYTES

/** Finds answers in a stream cut anywhere; after a wrong check the search goes on one byte later. */
export class KeypadStream implements AnswerStream<KeypadAnswer> {
  private pending: Uint8Array = new Uint8Array(0)

  push(bytes: Uint8Array): readonly KeypadAnswer[] {
    const joined = this.pending.length === 0 ? bytes : Buffer.concat([this.pending, bytes])
    const answers: KeypadAnswer[] = []
    let at = 0
    while (at < joined.length) {
      if (joined[at] !== STX) {
        at++
        continue
      }
      const length = joined[at + 1]
      if (length === undefined) break
      const end = at + length + FRAME_BYTES
      if (length >= 2 && end > joined.length) break
      const answer = length < 2 ? undefined : decodeKeypadAnswer(joined.subarray(at, end))
      if (answer) answers.push(answer)
      at = answer ? end : at + 1
    }
    this.pending = joined.slice(Math.max(at, joined.length - MAX_BYTES))
    return answers
  }

  reset(): void {
    this.pending = new Uint8Array(0)
  }
}

/** Reads one whole frame; `undefined` when it is none. */
export function decodeKeypadAnswer(frame: Uint8Array): KeypadAnswer | undefined {
  const length = frame[1] ?? 0
  if (frame[0] !== STX || length < 2 || frame.length !== length + FRAME_BYTES || frame.at(-1) !== ETX) return undefined
  if (xorOf(frame.subarray(1, -2)) !== frame.at(-2)) return undefined
  const status = frame[2] ?? 0
  const data = Uint8Array.from(frame.subarray(3, -2))
  return { outcome: outcomeOf(status, data[0]), status, data }
}

/** Writes an answer as the keypad does. For simulators and tests. */
export function encodeKeypadAnswer(status: number, data: Uint8Array): Uint8Array {
  const body = Uint8Array.of(data.length + 2, status, ...data)
  return Uint8Array.of(STX, ...body, xorOf(body), ETX)
}

function outcomeOf(status: number, reason: number | undefined): KeypadAnswer['outcome'] {
  if (status === OK_STATUS) return 'OK'
  if (status === BAD_STATUS && reason === BAD_COMMAND) return 'BAD_COMMAND'
  if (status === BAD_STATUS && reason === BAD_CHECK) return 'BAD_CHECK'
  return 'OTHER'
}

function xorOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum ^ byte, 0)
}
