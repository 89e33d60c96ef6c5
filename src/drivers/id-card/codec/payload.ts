import { err, ok, type Result } from '../../../lib/result.ts'

/** The parts of a read answer (30 01 or 30 10). */
export interface CardPayload {
  /** 256 bytes of UTF-16LE text. */
  readonly text: Uint8Array
  /** The portrait, WLT-compressed and opaque; normally 1024 bytes. */
  readonly portrait: Uint8Array
  /** Fingerprint template bytes the card gave (0, 512 or 1024). Never kept: only their count. */
  readonly fingerprintBytes: number
}

export interface MalformedPayload {
  readonly code: 'MALFORMED_PAYLOAD'
  readonly detail: string
}

export const TEXT_BYTES = 256

/**
 * Splits the data of a read answer. Which of the two layouts it has is decided by arithmetic, never by the command:
 * both occur in the field for cards without fingerprint. With P data bytes and lengths t, p (, f) big-endian,
 * P = 4 + t + p is `t p text portrait`, P = 6 + t + p + f is `t p f text portrait fingerprint`.
 */
export function splitPayload(data: Uint8Array): Result<CardPayload, MalformedPayload> {
  const textLength = wordAt(data, 0)
  const portraitLength = wordAt(data, 2)
  const fingerprintLength = wordAt(data, 4)
  const plain = data.length === 4 + textLength + portraitLength
  const withFingerprint = data.length === 6 + textLength + portraitLength + fingerprintLength
  if (!plain && !withFingerprint) {
    const detail = `lengths ${textLength}, ${portraitLength}, ${fingerprintLength} do not add up to ${data.length} bytes`
    return err({ code: 'MALFORMED_PAYLOAD', detail })
  }
  if (textLength !== TEXT_BYTES)
    return err({ code: 'MALFORMED_PAYLOAD', detail: `the text has ${textLength} bytes instead of ${TEXT_BYTES}` })
  const from = plain ? 4 : 6
  return ok({
    text: new Uint8Array(data.subarray(from, from + textLength)),
    portrait: new Uint8Array(data.subarray(from + textLength, from + textLength + portraitLength)),
    fingerprintBytes: plain ? 0 : fingerprintLength,
  })
}

/** Joins the parts again (for simulators and tests); `fingerprint` undefined makes the layout without its length. */
export function joinPayload(text: Uint8Array, portrait: Uint8Array, fingerprint?: Uint8Array): Uint8Array {
  const lengths = [text.length, portrait.length, ...(fingerprint ? [fingerprint.length] : [])]
  return Buffer.concat([
    Uint8Array.from(lengths.flatMap((length) => [length >> 8, length & 0xff])),
    text,
    portrait,
    fingerprint ?? new Uint8Array(0),
  ])
}

function wordAt(data: Uint8Array, at: number): number {
  return ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0)
}
