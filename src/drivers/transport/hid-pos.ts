import type { HidFraming, ReportDecoder, ReportMeaning } from './hid-framing.ts'

/**
 * Scanners in HID-POS mode ("HID bar code scanner", USB-IF POS usage tables, page 8C). Input reports, as the manuals of
 * two makers give them:
 *
 * | byte   | content                                                             |
 * | ------ | ------------------------------------------------------------------- |
 * | 0      | 02, the report id                                                   |
 * | 1      | bytes of data in this report, at most 56                            |
 * | 2..4   | AIM symbology identifier, `]Q1` for a QR code                       |
 * | 5..60  | data, zero-filled                                                   |
 * | 61, 62 | the maker's own symbology identifier, reserved                      |
 * | 63     | bit 0: more reports of this code follow                             |
 *
 * Where the system leaves the report id out (as WebHID does) everything stands one byte earlier; some devices keep the
 * identifier at 2 even so. A report without id is known by its `]`.
 *
 * A code is handed on only when it is whole, between its AIM identifier and CR: what a serial scanner sends that is set to
 * name the symbology. Line ends inside a code are left out (a driver strips control characters anyhow), so that one code
 * stays one.
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
const AIM_BYTES = 3
const MAX_DATA = 56

/** Where the fields of a report stand. */
interface Layout {
  readonly lengthAt: number
  readonly aimAt: number
  readonly moreAt: number
}

const WITH_ID: Layout = { lengthAt: 1, aimAt: 2, moreAt: 63 }
const WITHOUT_ID: Layout = { lengthAt: 0, aimAt: 1, moreAt: 62 }
const WITHOUT_ID_SHIFTED: Layout = { lengthAt: 0, aimAt: 2, moreAt: 62 }

/** Undefined for reports that are none of a code. No length is as large as `]`, so the forms cannot be mistaken. */
function layoutOf(report: Uint8Array): Layout | undefined {
  if (report.length >= REPORT_BYTES - 1 && report.length <= REPORT_BYTES) {
    if (report[1] === RIGHT_BRACKET) return WITHOUT_ID
    if (report.length < REPORT_BYTES && report[2] === RIGHT_BRACKET) return WITHOUT_ID_SHIFTED
  }
  return report[0] === REPORT_ID ? WITH_ID : undefined
}

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
    const layout = layoutOf(report)
    if (!layout) return NOTHING
    if (atMs - this.lastAt > PATIENCE_MS) this.progress = { state: 'idle' }
    this.lastAt = atMs
    const more = ((report[layout.moreAt] ?? 1) & 1) === 1
    const data = dataOf(report, layout)
    if (!data) return this.spoil(more)
    const aim = aimOf(report, layout)
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
    if (text.length === 0) return NOTHING
    const symbology = Buffer.from(begun?.aim ?? aim ?? '', 'latin1')
    return { kind: 'bytes', bytes: Uint8Array.from(Buffer.concat([symbology, text, Uint8Array.of(CR)])) }
  }
}

/** Undefined where the report does not have the form of the table. */
function dataOf(report: Uint8Array, layout: Layout): Uint8Array | undefined {
  const length = report[layout.lengthAt] ?? 0
  const from = layout.aimAt + AIM_BYTES
  if (report.length <= layout.moreAt || report.length > REPORT_BYTES || length > MAX_DATA) return undefined
  return report.slice(from, Math.min(from + length, layout.moreAt))
}

/** Undefined where the scanner names no symbology. */
function aimOf(report: Uint8Array, { aimAt }: Layout): string | undefined {
  if (report[aimAt] !== RIGHT_BRACKET) return undefined
  return Buffer.from(report.subarray(aimAt, aimAt + AIM_BYTES)).toString('latin1')
}

function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other
}
