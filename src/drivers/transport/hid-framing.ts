/** The ways devices are known to carry bytes in HID reports, named as in addresses and site files. */
export const HID_FRAMINGS = ['length-prefixed-64', 'hid-pos', 'raw'] as const

export type HidFramingName = (typeof HID_FRAMINGS)[number]

/**
 * How one kind of device carries bytes in HID reports. Pure: it holds no device, sets no timer. Reports are as `hidraw`
 * and node-hid show them: ours begin with the report id (0 where the device numbers none), the device's with the id only
 * where it numbers them.
 */
export interface HidFraming {
  /** Usage page of the interface to open where the address names none; absent: any. */
  readonly usagePage?: number
  /** True: behind each report of a message but the last, the device asks for the next one. */
  readonly paced: boolean
  /** Feature report that puts a device of this vendor into the mode spoken here, if it needs one. */
  readonly openingFeature?: (vendorId: number) => Uint8Array | undefined
  /** The reports that carry `bytes`, in order. Absent: the device takes no bytes. */
  readonly encode?: (bytes: Uint8Array) => readonly Uint8Array[]
  /** A reader of reports for one opening of the device; what a lost line left unfinished dies with it. */
  readonly decoder: () => ReportDecoder
}

export interface ReportDecoder {
  /** @param atMs when the report came, monotonic milliseconds */
  take(report: Uint8Array, atMs: number): ReportMeaning
}

export type ReportMeaning =
  /** Bytes for the driver; `acknowledgement` is the report the device wants back for them. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly acknowledgement?: Uint8Array }
  /** The device asks for our next report. */
  | { readonly kind: 'send-next' }
  /** Junk, or part of a message that is not complete. */
  | { readonly kind: 'nothing' }
