import type { HidFraming, ReportDecoder, ReportMeaning } from './hid-framing.ts'

/**
 * Scanners in HID-POS mode ("HID bar code scanner", USB-IF POS usage tables, page 8C). Input reports, as the manuals of
 * two makers give them:
 *
 * | byte   | content                                                             |
 * | ------ | ------------------------------------------------------------------- |
 * | 0      | 02, the report id                                                   |
 * | 1      | bytes of data in this report, at most 56                            |
 * | 2..4   | AIM symbology identifier, `]Q1` for a QR code; no part of the text  |
 * | 5..60  | data, zero-filled                                                   |
 * | 61, 62 | the maker's own symbology identifier, reserved                      |
 * | 63     | bit 0: more reports of this code follow                             |
 *
 * A code is handed on only when it is whole, followed by CR: what a serial scanner sends. Line ends inside a code are left
 * out (a driver strips control characters anyhow), so that one code stays one.
 */
export const hidPos: HidFraming = {
  usagePage: 0x8c,
  paced: false,
  openingFeature: (vendorId) => (NEEDS_SWITCHING.has(vendorId) ? Uint8Array.of(0xfe, 0x01) : undefined),
  decoder: () => new PosReports(),
}

/** Honeywell and Youjie deliver HID-POS only after feature report FE was set to 1 (one open driver; unverified). */
const NEEDS_SWITCHING: ReadonlySet<number> = new Set([0x0c2e, 0x23d0])

const REPORT_ID = 0x02
const REPORT_BYTES = 64
const AIM_AT = 2
const DATA_AT = 5
const MAX_DATA = 56
const MORE_AT = 63

/** A code whose next report does not come in this time will not be finished, milliseconds. */
const PATIENCE_MS = 500
/** More than any driver takes as one code. What goes beyond is not kept; the driver refuses the code by its length. */
const MAX_KEPT = 8192

const CR = 0x0d
const LF = 0x0a
const RIGHT_BRACKET = 0x5d
const NOTHING: ReportMeaning = { kind: 'nothing' }

type Progress =
  | { readonly state: 'idle' }
  | { readonly state: 'joining'; readonly aim: string | undefined; readonly text: Uint8Array }
  /** A report of this code was damaged: the rest of it is thrown away too. */
  | { readonly state: 'spoiled' }

class PosReports implements ReportDecoder {
  private progress: Progress = { state: 'idle' }
  private lastAt = 0

  take(report: Uint8Array, atMs: number): ReportMeaning {
    if (report[0] !== REPORT_ID) return NOTHING
    if (atMs - this.lastAt > PATIENCE_MS) this.progress = { state: 'idle' }
    this.lastAt = atMs
    const more = ((report[MORE_AT] ?? 1) & 1) === 1
    const data = dataOf(report)
    if (!data) return this.spoil(more)
    const aim = aimOf(report)
    // A code of another symbology began: the one in hand was interrupted.
    if (this.progress.state === 'joining' && differ(this.progress.aim, aim)) this.progress = { state: 'idle' }
    if (this.progress.state === 'spoiled') return this.spoil(more)
    return this.join(data, aim, more)
  }

  private spoil(more: boolean): ReportMeaning {
    this.progress = more ? { state: 'spoiled' } : { state: 'idle' }
    return NOTHING
  }

  private join(data: Uint8Array, aim: string | undefined, more: boolean): ReportMeaning {
    const begun = this.progress.state === 'joining' ? this.progress : undefined
    const joined = begun ? Buffer.concat([begun.text, data]).subarray(0, MAX_KEPT) : data
    if (more) {
      this.progress = { state: 'joining', aim: begun?.aim ?? aim, text: joined }
      return NOTHING
    }
    this.progress = { state: 'idle' }
    const text = joined.filter((byte) => byte !== CR && byte !== LF)
    return text.length === 0 ? NOTHING : { kind: 'bytes', bytes: Uint8Array.of(...text, CR) }
  }
}

/** Undefined where the report does not have the form of the table. */
function dataOf(report: Uint8Array): Uint8Array | undefined {
  const length = report[1] ?? 0
  if (report.length !== REPORT_BYTES || length > MAX_DATA) return undefined
  return report.slice(DATA_AT, DATA_AT + length)
}

/** Undefined where the scanner names no symbology. */
function aimOf(report: Uint8Array): string | undefined {
  if (report[AIM_AT] !== RIGHT_BRACKET) return undefined
  return Buffer.from(report.subarray(AIM_AT, DATA_AT)).toString('latin1')
}

function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other
}
