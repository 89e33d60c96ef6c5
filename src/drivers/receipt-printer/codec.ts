/**
 * ESC/POS commands that ask, and the answers to them. Sources: Epson ESC/POS command reference (DLE EOT, GS a, GS r,
 * GS ( H fn 48), Citizen CT-S310 manual p. 310 (telling the answers apart).
 *
 * | first byte            | answer                                  |
 * |-----------------------|-----------------------------------------|
 * | `0xx1xx10` (93 → 12)  | DLE EOT, one byte                       |
 * | `0xx1xx00` (93 → 10)  | ASB, four bytes, the rest with 90 → 00  |
 * | `0xx0xxxx` (90 → 00)  | GS r, one byte                          |
 * | 35 37 3B 3D 5F        | block, up to NUL                        |
 * | 11, 13                | XON, XOFF                               |
 */
export type Answer =
  | { readonly kind: 'real-time'; readonly byte: number }
  | { readonly kind: 'automatic'; readonly bytes: readonly [number, number, number, number] }
  | { readonly kind: 'buffered'; readonly byte: number }
  | { readonly kind: 'process-id'; readonly id: string }
  | { readonly kind: 'block'; readonly header: number; readonly data: Uint8Array }

/** DLE EOT n: 1 printer, 2 cause of being offline, 3 cause of error, 4 paper. Answered even when offline. */
export function askRealTime(n: 1 | 2 | 3 | 4): Uint8Array {
  return Uint8Array.of(0x10, 0x04, n)
}

/** GS a FF: push four bytes at every change, and once now. */
export const AUTOMATIC_STATUS_ON = Uint8Array.of(0x1d, 0x61, 0xff)
/** GS r 1: executed when the buffer reaches it, so its answer says that everything before it was printed. */
export const BARRIER = Uint8Array.of(0x1d, 0x72, 0x01)
/** ESC @ */
export const RESET = Uint8Array.of(0x1b, 0x40)
/** DLE ENQ 2: forget the buffers and recover from a recoverable error, settings kept. */
export const CLEAR_BY_ENQUIRY = Uint8Array.of(0x10, 0x05, 0x02)
/** DLE DC4 fn 8: forget everything received (from one maker's list; unverified for others). */
export const CLEAR_BY_DC4 = Uint8Array.of(0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08)

/**
 * GS ( H fn 48: when all printing before it is completed the printer sends back `37 22 id 00`.
 * @param id four characters from space to `~`
 */
export function askProcessId(id: string): Uint8Array {
  if (!/^[\x20-\x7e]{4}$/.test(id)) throw new Error('a process id is four printable ASCII characters')
  return Uint8Array.of(0x1d, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, ...Buffer.from(id, 'latin1'))
}

/** An answer longer than any known one is noise; 80 bytes is the longest model name of GS I. */
const MAX_BLOCK = 80
const BLOCK_HEADERS = new Set([0x35, 0x37, 0x3b, 0x3d, 0x5f])

/** Takes the answers apart as they arrive, cut anywhere. Never throws; what fits no pattern is dropped and counted. */
export class AnswerParser {
  /** Bytes that belonged to no answer: line noise, a wrong baud rate, or another protocol. */
  noise = 0
  private pending: number[] = []

  /** The answers completed by `bytes`, in order. */
  push(bytes: Uint8Array): readonly Answer[] {
    const answers: Answer[] = []
    for (const byte of bytes) this.take(byte, answers)
    return answers
  }

  /** Forgets a half-received answer (after a silence or a reconnect). */
  reset(): void {
    this.pending = []
  }

  private take(byte: number, answers: Answer[]): void {
    const first = this.pending[0]
    if (first === undefined) this.begin(byte, answers)
    else if (BLOCK_HEADERS.has(first)) this.continueBlock(byte, answers)
    else this.continueAutomatic(byte, answers)
  }

  private begin(byte: number, answers: Answer[]): void {
    if (byte === 0x11 || byte === 0x13) return
    if ((byte & 0x93) === 0x12) answers.push({ kind: 'real-time', byte })
    else if ((byte & 0x93) === 0x10 || BLOCK_HEADERS.has(byte)) this.pending = [byte]
    else if ((byte & 0x90) === 0) answers.push({ kind: 'buffered', byte })
    else this.noise++
  }

  private continueAutomatic(byte: number, answers: Answer[]): void {
    if ((byte & 0x90) !== 0) {
      this.noise += this.pending.length
      this.pending = []
      this.begin(byte, answers)
      return
    }
    this.pending.push(byte)
    const [one, two, three, four] = this.pending
    if (one === undefined || two === undefined || three === undefined || four === undefined) return
    this.pending = []
    answers.push({ kind: 'automatic', bytes: [one, two, three, four] })
  }

  private continueBlock(byte: number, answers: Answer[]): void {
    if (byte !== 0) {
      this.pending.push(byte)
      if (this.pending.length > MAX_BLOCK) this.giveUpBlock()
      return
    }
    const [header = 0, ...data] = this.pending
    this.pending = []
    if (header === 0x37 && data[0] === 0x22 && data.length === 5) {
      answers.push({ kind: 'process-id', id: String.fromCharCode(...data.slice(1)) })
    } else answers.push({ kind: 'block', header, data: Uint8Array.from(data) })
  }

  private giveUpBlock(): void {
    this.noise += this.pending.length
    this.pending = []
  }
}
