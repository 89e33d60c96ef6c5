import { SAM_FRAME, type FrameShape } from './frame-shape.ts'

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
  private readonly shape: FrameShape
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

  /**
   * @param minBodyBytes shortest body of this direction (answers of SAM-V: 3, SW1 SW2 SW3); a shorter length is noise
   * @param shape which kind of frames; those of the security module when absent
   */
  constructor(minBodyBytes: number, shape: FrameShape = SAM_FRAME) {
    this.shape = shape
    this.minLength = minBodyBytes + shape.countedTrailerBytes
  }

  /** True while the beginning of a frame is waiting for its rest. */
  get midFrame(): boolean {
    return this.end - this.start >= this.shape.preamble.length
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
      if (this.end - found < this.shape.headerBytes) return
      const size = this.frameSizeAt(found)
      if (size === undefined) {
        this.start = found + 1
      } else if (this.isStray(found)) {
        this.start = found + (this.shape.stray?.length ?? 0)
      } else if (this.end - found < size) {
        return
      } else if (this.checksumHolds(found, size)) {
        const body = this.buffer.slice(found + this.shape.headerBytes, found + size - this.shape.trailerBytes)
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
    return view.indexOf(this.shape.preamble, from)
  }

  /** Without a preamble only its first bytes can still become one: `AA`, `AA AA`, `AA AA AA`, `AA AA AA 96`. */
  private keepPossiblePreamble(): number {
    const { preamble } = this.shape
    for (let from = Math.max(this.start, this.end - preamble.length + 1); from < this.end; from++) {
      let matches = true
      for (let at = from; at < this.end; at++) matches &&= this.buffer[at] === preamble[at - from]
      if (matches) return from
    }
    return this.end
  }

  /** Whole size of the frame whose header is at `at`, or undefined when its length field cannot be true (or is not there). */
  private frameSizeAt(at: number): number | undefined {
    const { headerBytes, trailerBytes, countedTrailerBytes, maxLengthField } = this.shape
    if (at + headerBytes > this.end) return undefined
    const length = ((this.buffer[at + headerBytes - 2] ?? 0) << 8) | (this.buffer[at + headerBytes - 1] ?? 0)
    if (length < this.minLength || length > maxLengthField) return undefined
    return headerBytes + length + trailerBytes - countedTrailerBytes
  }

  private isStray(at: number): boolean {
    const { stray } = this.shape
    if (stray === undefined || this.end - at < stray.length) return false
    return stray.every((byte, index) => this.buffer[at + index] === byte)
  }

  private checksumHolds(at: number, size: number): boolean {
    const { checksumFrom, endMark, trailerBytes } = this.shape
    if (endMark !== undefined && this.buffer[at + size - 1] !== endMark) return false
    const checked = at + size - trailerBytes + 1
    this.sumUpTo(checked, at)
    return this.running[at + checksumFrom] === this.running[checked]
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
