import type { FullStatusBytes } from './status.ts'

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
 * | 10 0F                 | DLE EOT 20, six bytes (presenters only) |
 */
export type Answer =
  | { readonly kind: 'real-time'; readonly byte: number }
  | { readonly kind: 'automatic'; readonly bytes: readonly [number, number, number, number] }
  | { readonly kind: 'buffered'; readonly byte: number }
  | { readonly kind: 'process-id'; readonly id: string }
  /** DLE EOT 20 of printers with a presenter. */
  | { readonly kind: 'full'; readonly bytes: FullStatusBytes }
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

/** GS e 2 of kiosk printers with a presenter: the piece in the mouth is drawn into the bin inside, where it is set up so. */
export const RETRACT = Uint8Array.of(0x1d, 0x65, 0x02)

/**
 * GS ( H fn 48: when all printing before it is completed the printer sends back `37 22 id 00`.
 * @param id four characters from space to `~`
 */
export function askProcessId(id: string): Uint8Array {
  if (!/^[\x20-\x7e]{4}$/.test(id)) throw new Error('a process id is four printable ASCII characters')
  return Uint8Array.of(0x1d, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, ...Buffer.from(id, 'latin1'))
}

/** DLE EOT 20 of Custom's kiosk printers (VKP, KPM): answers six bytes, `10 0F` first. */
export const ASK_FULL_STATUS = Uint8Array.of(0x10, 0x04, 0x14)

/** An answer longer than any known one is noise; 80 bytes is the longest model name of GS I. */
const MAX_BLOCK = 80
const FULL_STATUS_BYTES = 6
const AUTOMATIC_BYTES = 4

const NOISE = 0
const REAL_TIME = 1
const AUTOMATIC = 2
const BUFFERED = 3
const BLOCK = 4
const FLOW = 5
const BLOCK_HEADERS = [0x35, 0x37, 0x3b, 0x3d, 0x5f]

/** What each first byte begins: the table at the head of this file, worked out once. */
const BEGINS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0x11 || byte === 0x13) return FLOW
  if (BLOCK_HEADERS.includes(byte)) return BLOCK
  if ((byte & 0x93) === 0x12) return REAL_TIME
  if ((byte & 0x93) === 0x10) return AUTOMATIC
  return (byte & 0x90) === 0 ? BUFFERED : NOISE
})

/** The answers of one byte, made once: a flood of them makes nothing but the list it is told in. */
const ONE_BYTE_ANSWERS = Array.from({ length: 256 }, (_, byte): Answer | undefined => {
  if (BEGINS[byte] === REAL_TIME) return { kind: 'real-time', byte }
  return BEGINS[byte] === BUFFERED ? { kind: 'buffered', byte } : undefined
})

/**
 * Takes the answers apart as they arrive, cut anywhere. Never throws; what fits no pattern is dropped and counted.
 *
 * A printer that storms says the same automatic status thousands of times: those that repeat the one before them in the
 * same chunk are told once, so that a storm costs the kiosk no more than its bytes. Barriers are never merged, they are
 * counted by who asked.
 */
export class AnswerParser {
  /** Bytes that belonged to no answer: line noise, a wrong baud rate, or another protocol. */
  noise = 0
  private readonly fullStatus: boolean
  private readonly held = new Uint8Array(MAX_BLOCK + 1)
  private heldLength = 0
  /** The automatic status just told, packed into one number; -1: none in this chunk. */
  private told = -1

  /** @param fullStatus the printer answers DLE EOT 20, so `10 0F` begins six bytes and not an automatic status */
  constructor(fullStatus = false) {
    this.fullStatus = fullStatus
  }

  /** The answers completed by `bytes`, in order. */
  push(bytes: Uint8Array): readonly Answer[] {
    const answers: Answer[] = []
    this.told = -1
    for (let at = 0; at < bytes.length; at++) {
      if (this.heldLength > 0) this.goOn(bytes[at] as number, answers)
      else if (this.wholeAutomatic(bytes, at, answers)) at += AUTOMATIC_BYTES - 1
      else at = this.oneByteAnswers(bytes, at, answers)
    }
    return answers
  }

  /** Forgets a half-received answer (after a silence or a reconnect). */
  reset(): void {
    this.heldLength = 0
  }

  /**
   * Tells the run of one-byte answers that begins at `at`, or begins what else begins there. The list grows once for the
   * run: growing it byte by byte would cost several times the parsing.
   * @returns the place of the last byte taken
   */
  private oneByteAnswers(bytes: Uint8Array, at: number, answers: Answer[]): number {
    let end = at
    while (end < bytes.length && ONE_BYTE_ANSWERS[bytes[end] as number] !== undefined) end++
    if (end === at) {
      this.begin(bytes[at] as number, answers)
      return at
    }
    let to = answers.length
    answers.length = to + end - at
    for (let from = at; from < end; from++) answers[to++] = ONE_BYTE_ANSWERS[bytes[from] as number] as Answer
    return end - 1
  }

  /** The way most bytes of a storm take: an automatic status that lies whole in the chunk. */
  private wholeAutomatic(bytes: Uint8Array, at: number, answers: Answer[]): boolean {
    const one = bytes[at] as number
    if ((one & 0x93) !== 0x10 || this.fullStatus || at + AUTOMATIC_BYTES > bytes.length) return false
    const two = bytes[at + 1] as number
    const three = bytes[at + 2] as number
    const four = bytes[at + 3] as number
    if (((two | three | four) & 0x90) !== 0) return false
    this.tell(one, two, three, four, answers)
    return true
  }

  private tell(one: number, two: number, three: number, four: number, answers: Answer[]): void {
    // The first byte has 7 bits, so four fit into a small integer without a sign.
    const packed = (one << 24) | (two << 16) | (three << 8) | four
    if (packed === this.told) return
    this.told = packed
    answers.push({ kind: 'automatic', bytes: [one, two, three, four] })
  }

  private begin(byte: number, answers: Answer[]): void {
    const whole = ONE_BYTE_ANSWERS[byte]
    if (whole !== undefined) {
      answers.push(whole)
      return
    }
    switch (BEGINS[byte]) {
      case AUTOMATIC:
      case BLOCK:
        this.held[0] = byte
        this.heldLength = 1
        return
      case NOISE:
        this.noise++
        return
      default: // XON, XOFF
    }
  }

  private goOn(byte: number, answers: Answer[]): void {
    const first = this.held[0] ?? 0
    if (BEGINS[first] === BLOCK) this.continueBlock(byte, answers)
    else if (this.fullStatus && first === 0x10 && (this.heldLength === 1 ? byte === 0x0f : this.held[1] === 0x0f))
      this.continueFullStatus(byte, answers)
    else this.continueAutomatic(byte, answers)
  }

  private continueAutomatic(byte: number, answers: Answer[]): void {
    if ((byte & 0x90) !== 0) {
      this.startAgain(byte, answers)
      return
    }
    this.held[this.heldLength++] = byte
    if (this.heldLength < AUTOMATIC_BYTES) return
    this.heldLength = 0
    const [one = 0, two = 0, three = 0, four = 0] = this.held
    this.tell(one, two, three, four, answers)
  }

  private continueFullStatus(byte: number, answers: Answer[]): void {
    this.held[this.heldLength++] = byte
    if (this.heldLength < FULL_STATUS_BYTES) return
    this.heldLength = 0
    const [, , paper = 0, user = 0, recoverable = 0, unrecoverable = 0] = this.held
    answers.push({ kind: 'full', bytes: { paper, user, recoverable, unrecoverable } })
  }

  /** Blocks are printable text up to NUL; anything else means that the block was cut short or never was one. */
  private continueBlock(byte: number, answers: Answer[]): void {
    if (byte !== 0) {
      if (byte < 0x20 || byte > 0x7e || this.heldLength === MAX_BLOCK) this.startAgain(byte, answers)
      else this.held[this.heldLength++] = byte
      return
    }
    const data = this.held.slice(1, this.heldLength)
    const header = this.held[0] ?? 0
    this.heldLength = 0
    if (header === 0x37 && data[0] === 0x22 && data.length === 5) {
      answers.push({ kind: 'process-id', id: String.fromCharCode(...data.subarray(1)) })
    } else answers.push({ kind: 'block', header, data })
  }

  /** What was held is noise; `byte` may begin something sound. */
  private startAgain(byte: number, answers: Answer[]): void {
    this.noise += this.heldLength
    this.heldLength = 0
    this.begin(byte, answers)
  }
}
