import type { DeviceRole } from '../report.ts'

/** A sentence of the text file: its key and what to put into it. The kiosk hands it to the screen as it is. */
export interface ReportLine {
  readonly key: string
  readonly params?: Readonly<Record<string, string | number>>
}

export function line(key: string, params?: ReportLine['params']): ReportLine {
  return params === undefined ? { key: `console.detect.told.${key}` } : { key: `console.detect.told.${key}`, params }
}

/** How sure a guess is: an unmistakable answer; the answer of a family; a class of devices and nothing more. */
type Certainty = 'CERTAIN' | 'LIKELY' | 'POSSIBLE'

export interface Guess {
  readonly role: DeviceRole
  readonly driver: string
  readonly certainty: Certainty
}

type PortKind = 'serial' | 'hid' | 'usb' | 'lp' | 'cups' | 'tcp' | 'pcsc'

/** Something that is plugged in, before anybody has asked it anything. */
export interface PluggedIn {
  /** Unique in one inventory, and the same as long as it stays plugged in: `serial:/dev/ttyUSB0`. */
  readonly id: string
  readonly kind: PortKind
  /** For `--port` and for people: bound to the USB device where that can be told from its twins, else the path. */
  readonly address: string
  /** Path, HID path, name of the queue or of the card reader: where it is today. */
  readonly at: string
  readonly usb: {
    readonly vendorId: number
    readonly productId: number
    readonly serialNumber: string | null
    readonly interface: number | null
  } | null
  /** HID only: what kind of device the interface says it is. */
  readonly usagePage: number | null
  /** As the site file writes it; null for what no site file can name. */
  readonly transport: Readonly<Record<string, unknown>> | null
}

/** Something that is plugged in, with what was found out about it. */
export interface Found {
  readonly id: string
  readonly kind: PortKind
  readonly address: string
  /** `10C4:EA60 S1`, or null for what has no USB identity. */
  readonly identity: string | null
  /** The role that uses it; it was asked nothing then. */
  readonly boundTo: string | null
  readonly guess: Guess | null
  /** What was tried and what came back, line by line. */
  readonly report: readonly ReportLine[]
  readonly transport: Readonly<Record<string, unknown>> | null
}
