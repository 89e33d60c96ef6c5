/**
 * What a frame of one protocol looks like. All of them are: a preamble, a length of two bytes (big-endian), a body, a
 * check byte that makes the exclusive or over a known stretch zero, and perhaps an end mark.
 */
export interface FrameShape {
  readonly preamble: Uint8Array
  /** Preamble and length field, bytes. */
  readonly headerBytes: number
  /** What follows the body: the check byte first, then the end mark. */
  readonly trailerBytes: number
  /** How many of the trailer's bytes the length field counts beside the body. */
  readonly countedTrailerBytes: number
  /** A greater length field is noise. */
  readonly maxLengthField: number
  /** Offset of the first byte the check byte covers. */
  readonly checksumFrom: number
  readonly endMark?: number
  /** Bytes some readers send that look like the beginning of a frame and are none. */
  readonly stray?: Uint8Array
}

/**
 * Frames of the SAM_A/SAM_V security module (GA 450 / GA 467 family), the same in both directions:
 *
 *   AA AA AA 96 69 | Len(2) | body … | CHK
 *
 * Len counts the body and CHK; CHK is the XOR of everything from Len to the last body byte. The longest legal answer is
 * 2321 bytes (text, portrait, fingerprints), so a Len above 4096 is noise.
 *
 * The stray is what some handhelds send when they waited too long: two bytes short of its own length. Taken at its word
 * it would eat the first two bytes of the next frame, with a checksum that holds.
 */
export const SAM_FRAME: FrameShape = {
  preamble: Uint8Array.of(0xaa, 0xaa, 0xaa, 0x96, 0x69),
  headerBytes: 7,
  trailerBytes: 1,
  countedTrailerBytes: 1,
  maxLengthField: 4096,
  checksumFrom: 5,
  stray: Uint8Array.of(0xaa, 0xaa, 0xaa, 0x96, 0x69, 0x00, 0x05, 0x05, 0x05, 0x05),
}

/**
 * Frames of the multi-function wrapper (bank modules), the same in both directions:
 *
 *   02 | len(2) | body … | LRC | 03
 *
 * len counts the body alone; LRC is the XOR of the body.
 */
export const WRAPPER_FRAME: FrameShape = {
  preamble: Uint8Array.of(0x02),
  headerBytes: 3,
  trailerBytes: 2,
  countedTrailerBytes: 0,
  maxLengthField: 4096,
  checksumFrom: 3,
  endMark: 0x03,
}

/** Wraps a body into a frame. Throws for a body too long for the length field: our bug. */
export function encodeFrame(body: Uint8Array, shape: FrameShape = SAM_FRAME): Uint8Array {
  const { preamble, headerBytes, trailerBytes, countedTrailerBytes, maxLengthField, checksumFrom, endMark } = shape
  const length = body.length + countedTrailerBytes
  if (length > maxLengthField) throw new RangeError(`a body of ${body.length} bytes does not fit a frame`)
  const frame = new Uint8Array(headerBytes + body.length + trailerBytes)
  frame.set(preamble)
  frame[headerBytes - 2] = length >> 8
  frame[headerBytes - 1] = length & 0xff
  frame.set(body, headerBytes)
  const checkAt = headerBytes + body.length
  let check = 0
  for (const byte of frame.subarray(checksumFrom, checkAt)) check ^= byte
  frame[checkAt] = check
  if (endMark !== undefined) frame[checkAt + 1] = endMark
  return frame
}
