/** What a device is for. A site binds hardware to roles, never to port numbers. */
export const DEVICE_ROLES = [
  'id-card',
  'scanner',
  'receipt-printer',
  'certificate-printer',
  'document-printer',
  'camera',
  'ic-card',
  'ups',
  'io-board',
  'watchdog',
] as const
export type DeviceRole = (typeof DEVICE_ROLES)[number]

/**
 * How a device is, the same shape for all of them, so that one board, one supervisor and one command line can show any.
 * The device's own union stays its own; `state` is its word for people and logs.
 */
export interface DeviceReport {
  /** `READY`, `PAPER_OUT` …: a word of the device's own union. */
  readonly state: string
  /** good: nothing to do; info: not ready by design; warning: works, somebody should come; bad: does not work. */
  readonly tone: 'good' | 'info' | 'warning' | 'bad'
  /** Key of the words in the text file: `device.receiptPrinter.paperOut`; what to do stands under `remedy.…` of the same name. */
  readonly textKey: string
  /** The remedy in English, for the command line. */
  readonly remedy: string
  /** Whether a service that needs the device may begin. */
  readonly usable: boolean
  /** False when the device did not answer or its line is gone; three in a row make it gone. */
  readonly answered: boolean
}
