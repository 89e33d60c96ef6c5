import iconv from 'iconv-lite'
import { err, ok, type Result } from '../../lib/result.ts'

/** Longest code accepted, bytes. The largest QR code holds 2953; what is longer is a stuck or hostile device. */
export const MAX_CODE_BYTES = 4096

export type RawScan =
  | { readonly kind: 'code'; readonly bytes: Uint8Array; readonly symbology: string | null }
  /** More than `MAX_CODE_BYTES` without an end; all of it was thrown away. */
  | { readonly kind: 'too-long' }
  /** A scanner in keyboard mode whose letters an input method ate. */
  | { readonly kind: 'keys-lost' }

const CR = 0x0d
const LF = 0x0a

const RIGHT_BRACKET = 0x5d
/** `]`, a letter, a letter or digit: the AIM symbology identifier in front of a code (ISO/IEC 15424). */
const AIM_BYTES = 3

/**
 * Cuts a scanner's stream into codes. CR, LF and CR LF end a code; where the scanner is set to no suffix, silence does
 * (`endBySilence`, called by the driver). An AIM symbology identifier in front (`]Q1`) is told apart from the code.
 * Empty codes are not codes.
 */
export class ScanAssembler {
  private pending = new Uint8Array(MAX_CODE_BYTES + AIM_BYTES)
  private length = 0
  private overflowing = false

  /** True while a code has begun and not ended. */
  get midCode(): boolean {
    return this.length > 0 || this.overflowing
  }

  push(chunk: Uint8Array): RawScan[] {
    const scans: RawScan[] = []
    for (const byte of chunk) {
      if (byte === CR || byte === LF) scans.push(...this.endBySilence())
      else if (this.length < this.pending.length && !this.overflowing) this.pending[this.length++] = byte
      else this.overflowing = true
    }
    return scans
  }

  /** Ends the code in hand, if there is one. */
  endBySilence(): RawScan[] {
    const scans: RawScan[] = []
    if (this.overflowing) scans.push({ kind: 'too-long' })
    else if (this.length > 0) scans.push(...rawScan(this.pending.slice(0, this.length)))
    this.length = 0
    this.overflowing = false
    return scans
  }
}

function rawScan(whole: Uint8Array): RawScan[] {
  const symbology = aimOf(whole)
  const bytes = symbology === null ? whole : whole.subarray(AIM_BYTES)
  if (bytes.length > MAX_CODE_BYTES) return [{ kind: 'too-long' }]
  return bytes.length === 0 ? [] : [{ kind: 'code', bytes, symbology }]
}

function aimOf(whole: Uint8Array): string | null {
  if (whole[0] !== RIGHT_BRACKET) return null
  const aim = Buffer.from(whole.subarray(0, AIM_BYTES)).toString('latin1')
  return /^\][A-Za-z][0-9A-Za-z]$/.test(aim) ? aim : null
}

export interface ScannedText {
  /** Control characters removed. Still a stranger's words: never executed, opened or logged. */
  readonly text: string
  readonly encoding: 'utf-8' | 'gb18030'
}

/** Neither UTF-8 nor GB18030, or nothing but control characters. */
export interface Undecodable {
  readonly code: 'UNDECODABLE'
}

/**
 * Scanners send the byte segment of a QR code as it is: UTF-8 or, from Chinese systems, GBK/GB18030. Strict UTF-8 is
 * tried first; GB18030 text of more than a few characters is practically never valid UTF-8.
 */
export function decodeScan(bytes: Uint8Array): Result<ScannedText, Undecodable> {
  const utf8 = strictUtf8(bytes)
  const decoded = utf8 ?? iconv.decode(Buffer.from(bytes), 'gb18030')
  const text = withoutControls(decoded)
  if (text === '' || (utf8 === undefined && decoded.includes(REPLACEMENT))) return err({ code: 'UNDECODABLE' })
  return ok({ text, encoding: utf8 === undefined ? 'gb18030' : 'utf-8' })
}

/** The bytes of a code (for simulators and tests). */
export function encodeScan(text: string, encoding: ScannedText['encoding'], suffix: string): Uint8Array {
  return iconv.encode(text + suffix, encoding)
}

/** What iconv puts where bytes mean nothing. */
const REPLACEMENT = '\uFFFD'

function strictUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Removes C0, DEL and C1. */
function withoutControls(text: string): string {
  return text.replace(/\p{Cc}/gu, '')
}
