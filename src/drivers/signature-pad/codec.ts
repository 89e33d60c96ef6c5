/**
 * Reports of Wacom STU signature pads (USB 056A; 430: 00A4, 530: 00A5, 540: 00A8). Their specification is closed; these
 * layouts are those of one open program. Unverified on hardware. Numbers are big-endian; the report id comes first.
 */

export const REPORT = { pen: 0x01, capability: 0x09, clear: 0x20, timedPen: 0x34 } as const
/** Asked for with room to spare; the answer says how long it is. */
export const CAPABILITY_BYTES = 32

/** Where the pen is, and how hard it presses. */
export interface PenSample {
  /** The pen is over the pad. */
  readonly near: boolean
  readonly touching: boolean
  /** 0 to 1. The one source lets its high bits overlap the two flags, so nothing may depend on it. */
  readonly pressure: number
  /** In the pad's own units, 0 to `maxX` and `maxY` of its capability. */
  readonly x: number
  readonly y: number
  /** The pad's milliseconds, 0 to FFFF and round again; only in the timed report. */
  readonly timeMs: number | null
  readonly sequence: number | null
}

export interface PadCapability {
  readonly maxX: number
  readonly maxY: number
  readonly maxPressure: number
  /** Picture elements of its screen. */
  readonly width: number
  readonly height: number
  /** Reports each second. */
  readonly rate: number
}

const PEN_BYTES = 7
const TIMED_PEN_BYTES = 11
const MAX_PRESSURE = 1023

/** Reads an input report; `undefined` when it is not one of the pen, or too short. */
export function decodePenReport(report: Uint8Array): PenSample | undefined {
  const timed = report[0] === REPORT.timedPen
  if (!timed && report[0] !== REPORT.pen) return undefined
  if (report.length < (timed ? TIMED_PEN_BYTES : PEN_BYTES)) return undefined
  const flags = report[1] ?? 0
  const pressure = ((flags & 0x0f) << 8) | (report[2] ?? 0)
  return {
    near: (flags & 0x01) !== 0,
    touching: (flags & 0x02) !== 0,
    pressure: Math.min(1, pressure / MAX_PRESSURE),
    x: wordAt(report, 3),
    y: wordAt(report, 5),
    timeMs: timed ? wordAt(report, 7) : null,
    sequence: timed ? wordAt(report, 9) : null,
  }
}

/** Reads the capability feature report; `undefined` when it is too short or says nothing. */
export function decodeCapability(report: Uint8Array): PadCapability | undefined {
  if (report.length < 12 || report[0] !== REPORT.capability) return undefined
  const capability = {
    maxX: wordAt(report, 1),
    maxY: wordAt(report, 3),
    maxPressure: wordAt(report, 5),
    width: wordAt(report, 7),
    height: wordAt(report, 9),
    rate: report[11] ?? 0,
  }
  return capability.maxX > 0 && capability.maxY > 0 ? capability : undefined
}

/** Feature report that empties the pad's screen. */
export const CLEAR_SCREEN = Uint8Array.of(REPORT.clear, 0)

function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}
