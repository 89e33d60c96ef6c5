/**
 * Frames of the SAM_A/SAM_V security module (GA 450 / GA 467 family), the same in both directions:
 *
 *   AA AA AA 96 69 | Len(2, big-endian) | body … | CHK
 *
 * Len counts the body and CHK; CHK is the XOR of everything from Len to the last body byte, so XOR(Len…CHK) = 0.
 */
const PREAMBLE = Uint8Array.of(0xaa, 0xaa, 0xaa, 0x96, 0x69)
const HEADER_BYTES = PREAMBLE.length + 2
/** The longest legal answer is 2321 bytes (text, portrait, two fingerprints); what claims more is noise. */
export const MAX_LENGTH_FIELD = 4096

/**
 * What some handhelds send instead of an answer when they waited too long: `AA AA AA 96 69 00 05 05 05 05`, two bytes
 * short of its own length. Taken at its word it would eat the first two bytes of the next frame, with a checksum that holds.
 */
const VENDOR_TIME_OUT = [0x00, 0x05, 0x05, 0x05, 0x05] as const
const VENDOR_TIME_OUT_BYTES = PREAMBLE.length + VENDOR_TIME_OUT.length

/** Wraps a body (command or answer) into a frame. */
export function encodeFrame(body: Uint8Array): Uint8Array {
  const length = body.length + 1
  if (length > MAX_LENGTH_FIELD) throw new RangeError(`a body of ${body.length} bytes does not fit a frame`)
  const frame = new Uint8Array(HEADER_BYTES + length)
  frame.set(PREAMBLE)
  frame[5] = length >> 8
  frame[6] = length & 0xff
  frame.set(body, HEADER_BYTES)
  frame[frame.length - 1] = xorOf(frame.subarray(5, -1))
  return frame
}

/** Exclusive or of all bytes. */
export function xorOf(bytes: Uint8Array): number {
  let sum = 0
  for (const byte of bytes) sum ^= byte
  return sum
}

export type FrameEvent =
  | {
      readonly kind: 'frame'
      readonly body: Uint8Array
      /** It lay inside what a frame with a wrong checksum claimed: perhaps payload that only looks like a frame. */
      readonly inDoubt: boolean
    }
  /** A header with its full length arrived, but the checksum is wrong: the other side may want to hear of it. */
  | { readonly kind: 'damaged' }

/**
 * Finds frames in a stream cut anywhere, in time linear in the bytes whatever they are: the preamble is searched, the
 * length decides where the frame ends, and after a wrong checksum the search goes on one byte later, so a good frame
 * inside or behind a bad one is found. Checksums of overlapping candidates come from one running XOR.
 */
export class FrameParser {
  private readonly minLength: number
  private buffer = new Uint8Array(CAPACITY)
  /** `running[i]` is the XOR of `buffer[base…i)` for some fixed base; valid below `summed`. */
  private running = new Uint8Array(CAPACITY + 1)
  private summed = 0
  private start = 0
  private end = 0
  /** Up to here frames are in doubt: a damaged one claimed the bytes. */
  private doubtEnd = 0
  private lastFrameEnd = 0

  /** @param minBodyBytes 3 for answers (SW1 SW2 SW3), 1 for requests (CMD); a shorter length field is noise. */
  constructor(minBodyBytes: number) {
    this.minLength = minBodyBytes + 1
  }

  /** True while the beginning of a frame is waiting for its rest. */
  get midFrame(): boolean {
    return this.end - this.start >= PREAMBLE.length
  }

  /** True when the last frame was the last thing received: nothing came behind it. */
  get endsWithFrame(): boolean {
    return this.lastFrameEnd === this.end
  }

  reset(): void {
    this.start = this.end = this.summed = this.doubtEnd = this.lastFrameEnd = 0
  }

  /** Takes a chunk and returns what it completed, in order. */
  push(chunk: Uint8Array): FrameEvent[] {
    const events: FrameEvent[] = []
    for (let at = 0; at < chunk.length; at += CAPACITY / 2) {
      this.append(chunk.subarray(at, at + CAPACITY / 2))
      this.scan(events)
    }
    return events
  }

  /**
   * Call when the line fell silent in the middle of a frame. A frame whose head promised more than came may hide a
   * complete one behind it; that one is returned. If there is none nothing changes: the rest may merely be slow.
   * The frame must be the last thing received: a portrait may contain, by chance or malice, the bytes of a frame.
   */
  recover(): FrameEvent[] {
    const events: FrameEvent[] = []
    const { start } = this
    this.sumUpTo(this.end, start)
    for (let at = this.indexOfPreamble(start + 1); at >= 0; at = this.indexOfPreamble(at + 1)) {
      const size = this.frameSizeAt(at)
      if (size === undefined || at + size !== this.end || !this.checksumHolds(at, size)) continue
      this.start = at
      this.scan(events)
      return events
    }
    return events
  }

  private append(bytes: Uint8Array): void {
    if (this.end + bytes.length > CAPACITY) this.compact()
    this.buffer.set(bytes, this.end)
    this.end += bytes.length
  }

  /** Moves what is pending (at most one incomplete frame, < CAPACITY / 2) to the front. */
  private compact(): void {
    this.buffer.copyWithin(0, this.start, this.end)
    this.running.copyWithin(0, this.start, this.end + 1)
    this.summed = Math.max(0, this.summed - this.start)
    this.doubtEnd = Math.max(0, this.doubtEnd - this.start)
    this.lastFrameEnd -= this.start
    this.end -= this.start
    this.start = 0
  }

  private scan(events: FrameEvent[]): void {
    for (;;) {
      const found = this.indexOfPreamble(this.start)
      if (found < 0) {
        this.start = this.keepPossiblePreamble()
        return
      }
      this.start = found
      if (this.end - found < HEADER_BYTES) return
      const size = this.frameSizeAt(found)
      if (size === undefined) {
        this.start = found + 1
      } else if (this.isVendorTimeOut(found)) {
        this.start = found + VENDOR_TIME_OUT_BYTES
      } else if (this.end - found < size) {
        return
      } else if (this.checksumHolds(found, size)) {
        const body = this.buffer.slice(found + HEADER_BYTES, found + size - 1)
        events.push({ kind: 'frame', body, inDoubt: found < this.doubtEnd })
        this.start = this.lastFrameEnd = found + size
      } else {
        events.push({ kind: 'damaged' })
        this.doubtEnd = Math.max(this.doubtEnd, found + size)
        this.start = found + 1
      }
    }
  }

  private indexOfPreamble(from: number): number {
    const view = Buffer.from(this.buffer.buffer, 0, this.end)
    return view.indexOf(PREAMBLE, from)
  }

  /** Without a preamble only its first bytes can still become one: `AA`, `AA AA`, `AA AA AA`, `AA AA AA 96`. */
  private keepPossiblePreamble(): number {
    for (let from = Math.max(this.start, this.end - PREAMBLE.length + 1); from < this.end; from++) {
      let matches = true
      for (let at = from; at < this.end; at++) matches &&= this.buffer[at] === PREAMBLE[at - from]
      if (matches) return from
    }
    return this.end
  }

  /** Whole size of the frame whose header is at `at`, or undefined when its length field cannot be true (or is not there). */
  private frameSizeAt(at: number): number | undefined {
    if (at + HEADER_BYTES > this.end) return undefined
    const length = ((this.buffer[at + 5] ?? 0) << 8) | (this.buffer[at + 6] ?? 0)
    return length < this.minLength || length > MAX_LENGTH_FIELD ? undefined : HEADER_BYTES + length
  }

  private isVendorTimeOut(at: number): boolean {
    if (this.end - at < VENDOR_TIME_OUT_BYTES) return false
    return VENDOR_TIME_OUT.every((byte, index) => this.buffer[at + PREAMBLE.length + index] === byte)
  }

  private checksumHolds(at: number, size: number): boolean {
    this.sumUpTo(at + size, at)
    return this.running[at + PREAMBLE.length] === this.running[at + size]
  }

  private sumUpTo(limit: number, from: number): void {
    const { buffer, running } = this
    if (this.summed < from) this.summed = from
    let sum = running[this.summed] ?? 0
    for (let at = this.summed; at < limit; at++) {
      sum ^= buffer[at] ?? 0
      running[at + 1] = sum
    }
    if (limit > this.summed) this.summed = limit
  }
}

/** Room for two of the longest frames: one pending, one arriving. */
const CAPACITY = 16_384
