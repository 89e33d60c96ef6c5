/**
 * ESC/P2 (Epson LQ and the Chinese LQ-K emulations) as far as an endorsement row needs it. Sources: Epson ESC/P2
 * reference for ESC ( U, ESC ( C, ESC ( c, ESC ( V, ESC $, ESC EM; ESC/P-K manuals for FS &, FS S.
 *
 * | bytes | meaning |
 * |---|---|
 * | `1B 40` | reset |
 * | `1B 28 55 01 00 0A` | unit of positions: 10/3600" = 1/360" |
 * | `1B 28 43 02 00 nL nH` | page length in units |
 * | `1B 28 63 04 00 tL tH bL bH` | top and bottom margin: none |
 * | `1B 28 56 02 00 nL nH` | absolute vertical position from the top of the page |
 * | `1B 24 nL nH` | absolute horizontal position |
 * | `1B 67` | 15 characters per inch: Latin characters half as wide as Chinese ones |
 * | `1C 26`, `1C 53 00 00` | Chinese mode, no space between Chinese characters |
 * | `1B 2A 27 nL nH d…` | 24-pin graphics, 180 dpi, three bytes a column |
 * | `0D` | prints the line |
 * | `18` | drops the line |
 * | `00` | nothing |
 * | `1B 19 52` | ejects the document |
 */
const UNITS_PER_MM = 360 / 25.4

/** Position in 1/360", never negative: calibration must not push print off the page. */
export function units(mm: number): number {
  return Math.max(0, Math.round(mm * UNITS_PER_MM))
}

/** Columns of one graphics command: the longest command there is, so that one that broke off can be completed. */
const MOST_COLUMNS = 512

const word = (value: number) => [value & 0xff, value >> 8] as const

export const escp2 = {
  /** Reset, unit, page of `heightMm` without margins, Chinese mode. */
  begin(heightMm: number): Uint8Array {
    const length = units(heightMm)
    return Uint8Array.from([
      ...[0x1b, 0x40],
      ...[0x1b, 0x28, 0x55, 0x01, 0x00, 0x0a],
      ...[0x1b, 0x28, 0x43, 0x02, 0x00, ...word(length)],
      ...[0x1b, 0x28, 0x63, 0x04, 0x00, 0x00, 0x00, ...word(length)],
      ...[0x1b, 0x67],
      ...[0x1c, 0x26, 0x1c, 0x53, 0x00, 0x00],
    ])
  },
  /** Absolute vertical position; the paper only moves forward, so rows come from top to bottom. */
  down: (mm: number): Uint8Array => Uint8Array.of(0x1b, 0x28, 0x56, 0x02, 0x00, ...word(units(mm))),
  across: (mm: number): Uint8Array => Uint8Array.of(0x1b, 0x24, ...word(units(mm))),
  /** 24-pin columns, three bytes each, top pin in the highest bit. */
  graphics(columns: Uint8Array): Uint8Array {
    const out: number[] = []
    for (let at = 0; at < columns.length; at += MOST_COLUMNS * 3) {
      const part = columns.subarray(at, at + MOST_COLUMNS * 3)
      out.push(0x1b, 0x2a, 0x27, ...word(part.length / 3), ...part)
    }
    return Uint8Array.from(out)
  },
  printLine: Uint8Array.of(0x0d),
  eject: Uint8Array.of(0x1b, 0x19, 0x52),
  /** In its turn: whatever broke off is completed with nothing, then the line is dropped. */
  forget: Uint8Array.from([...new Array<number>(MOST_COLUMNS * 3 + 4).fill(0), 0x18, 0x1b, 0x40]),
} as const

/** The longest argument of a PR2 command has five bytes (`1B 2F 1 nnnn`); one more DEL is obeyed whatever broke off. */
const FORGET_PR2 = [0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x1b, 0x6c] as const

/**
 * Olivetti PR2 emulation; numbers are ASCII digits. Sources: the command lists of Compuprint MDP40B/SP40, Tally PR50 and
 * PR45, and a bank terminal's driver. What only one of them confirms is marked so in docs/devices/certificate-printer.md.
 *
 * | bytes | meaning |
 * |---|---|
 * | `1B 6C` | clears an error |
 * | `1B 53 35` | front station, where passbooks go in |
 * | `1B 2E` | draws a document in when it is inserted |
 * | `1B 7C 41 nnn` | horizontal origin in 1/120" |
 * | `1B 3E` | 16.6 characters per inch: one column is 1.53 mm |
 * | `1C 26` | Chinese mode, GBK |
 * | `1B 2F 1 nnnn` | absolute vertical position in elementary steps from the top of the document |
 * | `1B 48 nnn` | absolute horizontal position in columns from the origin |
 * | `1B 4F` | ejects the document |
 * | `7F` | empties the buffer; several, so that one is left where a command that broke off takes some for its figures |
 * | `1B 6A` → `1B 72 x` | status |
 * | `1B 20 42` → `1B 42 35 m 1B 5A` | document in the front station |
 * | `1B 2D` → `1B 53 n` | measures the document |
 */
export const pr2 = {
  /** Before a document is in: afterwards set-up commands are refused. What an earlier row left is dropped. `origin` in 1/120". */
  setUp: (origin: number): Uint8Array =>
    Uint8Array.from([...FORGET_PR2, 0x1b, 0x53, 0x35, 0x1b, 0x2e, 0x1b, 0x7c, 0x41, ...digits(origin, 3)]),
  chinese: Uint8Array.of(0x1c, 0x26),
  pitch: Uint8Array.of(0x1b, 0x3e),
  /** Absolute vertical position; a step is 1/240" or 1/216", as the printer is set up. */
  down: (steps: number): Uint8Array => Uint8Array.of(0x1b, 0x2f, 0x31, ...digits(steps, 4)),
  /** Absolute horizontal position, millimetres from the origin, at the nearest column. */
  across: (mm: number, columnMm: number): Uint8Array => Uint8Array.of(0x1b, 0x48, ...digits(mm / columnMm, 3)),
  eject: Uint8Array.of(0x1b, 0x4f),
  /** DEL empties the buffer; then the error is cleared. */
  forget: Uint8Array.from(FORGET_PR2),
  askStatus: Uint8Array.of(0x1b, 0x6a),
  askDocument: Uint8Array.of(0x1b, 0x20, 0x42),
  askLength: Uint8Array.of(0x1b, 0x2d),
} as const

/** Steps of the horizontal origin of PR2 in an inch: 0.21 mm each, 0 to 999 of them. */
const ORIGIN_STEPS = 120

/**
 * Where PR2 counts columns from: the column of `baseMm` moved by `dxMm`. The two are rounded each for itself, so that a
 * calibration moves print by its own millimetres whatever lies under it.
 */
export function originUnits(baseMm: number, dxMm: number): number {
  const steps = (mm: number) => Math.round((mm / 25.4) * ORIGIN_STEPS)
  return Math.min(999, Math.max(0, steps(baseMm) + steps(dxMm)))
}

function digits(value: number, count: number): readonly number[] {
  const shown = Math.min(10 ** count - 1, Math.max(0, Math.round(value)))
  return [...Buffer.from(String(shown).padStart(count, '0'), 'latin1')]
}

/** DLE DC4 fn 8: forget everything received (from one maker's list; unverified for others). */
export const FORGET_SLIP = Uint8Array.of(0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 0x06, 0x02, 0x08)

/** What a certificate printer answers. */
export type CertificateAnswer =
  | { readonly kind: 'real-time'; readonly byte: number }
  | { readonly kind: 'pr2-status'; readonly code: number }
  | { readonly kind: 'pr2-document'; readonly code: number }
  | { readonly kind: 'pr2-length'; readonly value: number }

/** DLE EOT n for slip printers: 1 printer, 2 offline cause, 3 error cause, 5 slip. */
export function askSlip(n: 1 | 2 | 3 | 5): Uint8Array {
  return Uint8Array.of(0x10, 0x04, n)
}

/**
 * Takes answers apart as they arrive, cut anywhere; unknown bytes are dropped and counted. PR2 answers begin with ESC:
 * `1B 72 x` status, `1B 42 35 m 1B 5A` document, `1B 53 n` length. DLE EOT answers have the pattern `0xx1xx10`.
 */
export class CertificateAnswerParser {
  noise = 0
  private pending: number[] = []
  private readonly lengthDigits: number

  /** @param lengthDigits ASCII digits of a measured length; 0 where it is one binary byte */
  constructor(lengthDigits = 0) {
    this.lengthDigits = lengthDigits
  }

  push(bytes: Uint8Array): readonly CertificateAnswer[] {
    const answers: CertificateAnswer[] = []
    for (const byte of bytes) {
      const answer = this.take(byte)
      if (answer !== undefined) answers.push(answer)
    }
    return answers
  }

  reset(): void {
    this.pending = []
  }

  private take(byte: number): CertificateAnswer | undefined {
    const [escape, kind] = this.pending
    if (escape === undefined) {
      if (byte === 0x1b) this.pending = [byte]
      else if ((byte & 0x93) === 0x12) return { kind: 'real-time', byte }
      else this.noise++
      return undefined
    }
    this.pending.push(byte)
    if (kind === undefined) {
      if (byte !== 0x72 && byte !== 0x42 && byte !== 0x53) this.drop(byte)
      return undefined
    }
    if (kind === 0x72) return this.done({ kind: 'pr2-status', code: byte })
    if (kind === 0x53) return this.lengthAnswer(byte)
    return this.documentAnswer(byte)
  }

  private lengthAnswer(byte: number): CertificateAnswer | undefined {
    if (this.lengthDigits === 0) return this.done({ kind: 'pr2-length', value: byte })
    if (byte < 0x30 || byte > 0x39) {
      this.drop(byte)
      return undefined
    }
    const figures = this.pending.slice(2)
    if (figures.length < this.lengthDigits) return undefined
    return this.done({ kind: 'pr2-length', value: Number(String.fromCharCode(...figures)) })
  }

  private documentAnswer(byte: number): CertificateAnswer | undefined {
    const expected = DOCUMENT_FRAME[this.pending.length - 1]
    if (expected !== undefined && expected !== byte) {
      this.drop(byte)
      return undefined
    }
    if (this.pending.length < DOCUMENT_FRAME.length) return undefined
    return this.done({ kind: 'pr2-document', code: this.pending[3] ?? 0 })
  }

  private done(answer: CertificateAnswer): CertificateAnswer {
    this.pending = []
    return answer
  }

  /** The frame broke off; an ESC that broke it begins the next one. */
  private drop(byte: number): void {
    const begins = byte === 0x1b
    this.noise += this.pending.length - (begins ? 1 : 0)
    this.pending = begins ? [byte] : []
  }
}

/** 1B 42 35 m 1B 5A; `undefined` is the free byte. */
const DOCUMENT_FRAME: readonly (number | undefined)[] = [0x1b, 0x42, 0x35, undefined, 0x1b, 0x5a]
