/**
 * Frames of Zebra's (Symbol's, Motorola's) simple serial interface:
 *
 * | byte  | content                                                            |
 * | ----- | ------------------------------------------------------------------ |
 * | 0     | length, without the checksum: 4 to 255                             |
 * | 1     | opcode                                                             |
 * | 2     | who sends: 0 the scanner, 4 the host                               |
 * | 3     | status: bit 0 sent again, bit 1 more packets follow                |
 * | 4..   | data                                                               |
 * | last 2| two's complement of the sum of all bytes before it, high byte first|
 */
export interface SsiFrame {
  readonly opcode: number
  readonly status: number
  readonly data: Uint8Array
}

export const SSI = {
  ACK: 0xd0,
  NAK: 0xd1,
  START_SESSION: 0xe4,
  STOP_SESSION: 0xe5,
  SCAN_ENABLE: 0xe9,
  SCAN_DISABLE: 0xea,
  DECODE_DATA: 0xf3,
} as const

/** Causes in the first data byte of a NAK. */
export const SSI_CAUSE = { RESEND: 0x01, BAD_CONTEXT: 0x02, DENIED: 0x06 } as const

export const SSI_STATUS = { RETRANSMITTED: 0x01, MORE_FOLLOWS: 0x02 } as const

export type SsiSide = 'host' | 'scanner'
const SOURCE: Readonly<Record<SsiSide, number>> = { host: 0x04, scanner: 0x00 }

const HEADER_BYTES = 4
const CHECKSUM_BYTES = 2
/** What one frame carries, bytes. */
export const MAX_SSI_DATA = 255 - HEADER_BYTES

export function encodeSsi(side: SsiSide, opcode: number, data: readonly number[] = [], status = 0): Uint8Array {
  if (data.length > MAX_SSI_DATA) throw new Error('an SSI frame carries 251 bytes')
  const body = [HEADER_BYTES + data.length, opcode, SOURCE[side], status, ...data]
  const checksum = -body.reduce((sum, byte) => sum + byte, 0) & 0xffff
  return Uint8Array.of(...body, checksum >> 8, checksum & 0xff)
}

export type SsiHeard = SsiFrame | 'damaged'

/**
 * Finds frames of one side in a stream. Bytes that are no frame are stepped over one by one and told once as `damaged`;
 * at most one frame is held back.
 */
export class SsiParser {
  private readonly source: number
  private buffer: Uint8Array = new Uint8Array(0)

  constructor(from: SsiSide) {
    this.source = SOURCE[from]
  }

  get midFrame(): boolean {
    return this.buffer.length > 0
  }

  push(chunk: Uint8Array): SsiHeard[] {
    this.buffer = this.buffer.length === 0 ? Uint8Array.from(chunk) : Buffer.concat([this.buffer, chunk])
    return this.takeFrames(false)
  }

  /** The line fell silent: a frame that is not whole now will not become so. */
  endBySilence(): SsiHeard[] {
    return this.takeFrames(true)
  }

  private takeFrames(over: boolean): SsiHeard[] {
    const found: SsiHeard[] = []
    let at = 0
    let skipped = false
    while (at < this.buffer.length) {
      const size = this.sizeAt(at)
      if (size === 'unknown' && !over) break
      const frame = typeof size === 'number' ? this.frameAt(at, size) : undefined
      if (frame === 'unfinished' && !over) break
      if (typeof frame === 'object') {
        if (skipped) found.push('damaged')
        skipped = false
        found.push(frame)
        at += Number(size)
      } else {
        skipped = true
        at++
      }
    }
    if (skipped) found.push('damaged')
    this.buffer = this.buffer.slice(at)
    return found
  }

  /** Whole size of the frame that seems to begin here, bytes. */
  private sizeAt(at: number): number | 'unknown' | 'none' {
    const length = this.buffer[at] ?? 0
    if (length < HEADER_BYTES) return 'none'
    const opcode = this.buffer[at + 1]
    const source = this.buffer[at + 2]
    if (opcode === undefined) return 'unknown'
    if (opcode < SSI.ACK) return 'none'
    if (source === undefined) return 'unknown'
    return source === this.source ? length + CHECKSUM_BYTES : 'none'
  }

  private frameAt(at: number, size: number): SsiFrame | 'unfinished' | 'wrong' {
    if (at + size > this.buffer.length) return 'unfinished'
    const bytes = this.buffer.subarray(at, at + size)
    const body = bytes.subarray(0, size - CHECKSUM_BYTES)
    let sum = ((bytes[size - 2] ?? 0) << 8) | (bytes[size - 1] ?? 0)
    for (const byte of body) sum += byte
    if ((sum & 0xffff) !== 0) return 'wrong'
    return { opcode: body[1] ?? 0, status: body[3] ?? 0, data: body.slice(HEADER_BYTES) }
  }
}
