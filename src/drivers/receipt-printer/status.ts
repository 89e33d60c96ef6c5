/** The state of a receipt printer in one word; the worst of what it reports. */
export type PrinterState =
  | 'READY'
  | 'PAPER_LOW'
  | 'PAPER_OUT'
  | 'COVER_OPEN'
  | 'CUTTER_ERROR'
  | 'PAPER_JAM'
  | 'OVERHEATED'
  | 'UNRECOVERABLE'
  | 'FEEDING'
  | 'OFFLINE'
  | 'UNREPORTED'
  | 'NO_ANSWER'
  | 'LINE_LOST'

/** A state in which the printer will not complete a receipt. */
export type PrinterFault = Exclude<PrinterState, 'READY' | 'PAPER_LOW' | 'UNREPORTED'>

export function isFault(state: PrinterState): state is PrinterFault {
  return state !== 'READY' && state !== 'PAPER_LOW' && state !== 'UNREPORTED'
}

/** The four bytes of DLE EOT 1 to 4. */
export interface RealTimeBytes {
  readonly printer: number
  readonly offline: number
  readonly error: number
  readonly paper: number
}

/**
 * Folds DLE EOT answers into one state. The order is that of what a person has to do first: an open cover hides the
 * paper sensor, and lack of paper is also reported as "offline".
 *
 * | n | bits |
 * |---|------|
 * | 1 | 3 offline |
 * | 2 | 2 cover open, 3 fed by button, 5 stopped at paper end, 6 error |
 * | 3 | 2 mechanical (recoverable), 3 cutter, 5 unrecoverable, 6 recovers by itself (hot head) |
 * | 4 | 2+3 near end, 5+6 paper end |
 */
export function foldRealTime(bytes: RealTimeBytes): PrinterState {
  if (bytes.error & 0x20) return 'UNRECOVERABLE'
  if (bytes.offline & 0x04) return 'COVER_OPEN'
  if (bytes.error & 0x08) return 'CUTTER_ERROR'
  if (bytes.error & 0x04) return 'PAPER_JAM'
  if (bytes.offline & 0x20 || bytes.paper & 0x60) return 'PAPER_OUT'
  if (bytes.error & 0x40) return 'OVERHEATED'
  if (bytes.offline & 0x08) return 'FEEDING'
  if (bytes.printer & 0x08 || bytes.offline & 0x40) return 'OFFLINE'
  return bytes.paper & 0x0c ? 'PAPER_LOW' : 'READY'
}

/**
 * Folds the four bytes of an automatic status.
 *
 * | byte | bits |
 * |---|------|
 * | 1 | 3 offline, 5 cover open, 6 fed by button |
 * | 2 | 2 mechanical (recoverable), 3 cutter, 5 unrecoverable, 6 recovers by itself |
 * | 3 | 0+1 near end, 2+3 paper end |
 */
export function foldAutomatic(bytes: readonly [number, number, number, number]): PrinterState {
  const [printer, error, paper] = bytes
  if (error & 0x20) return 'UNRECOVERABLE'
  if (printer & 0x20) return 'COVER_OPEN'
  if (error & 0x08) return 'CUTTER_ERROR'
  if (error & 0x04) return 'PAPER_JAM'
  if (paper & 0x0c) return 'PAPER_OUT'
  if (error & 0x40) return 'OVERHEATED'
  if (printer & 0x40) return 'FEEDING'
  if (printer & 0x08) return 'OFFLINE'
  return paper & 0x03 ? 'PAPER_LOW' : 'READY'
}

/** What a state means for the kiosk: the key of the citizen's text, and what a technician does about it. */
export interface StateMeaning {
  readonly textKey: string
  readonly remedy: string
  /** Whether a receipt may be started. */
  readonly usable: boolean
}

/** Every state has a meaning; texts for citizens stand in the text file under these keys. */
export const STATE_MEANINGS: Readonly<Record<PrinterState, StateMeaning>> = {
  READY: { textKey: 'device.receiptPrinter.ready', remedy: 'Nothing to do.', usable: true },
  PAPER_LOW: {
    textKey: 'device.receiptPrinter.paperLow',
    remedy: 'Bring a new roll; about 20 receipts are left.',
    usable: true,
  },
  PAPER_OUT: {
    textKey: 'device.receiptPrinter.paperOut',
    remedy: 'Load a roll, printed side up, and close the cover.',
    usable: false,
  },
  COVER_OPEN: {
    textKey: 'device.receiptPrinter.coverOpen',
    remedy: 'Close the cover until it clicks on both sides.',
    usable: false,
  },
  CUTTER_ERROR: {
    textKey: 'device.receiptPrinter.cutterError',
    remedy: 'Switch off, turn the cutter wheel back, remove paper scraps, switch on.',
    usable: false,
  },
  PAPER_JAM: {
    textKey: 'device.receiptPrinter.paperJam',
    remedy: 'Open the cover, remove the jammed paper, close the cover.',
    usable: false,
  },
  OVERHEATED: {
    textKey: 'device.receiptPrinter.overheated',
    remedy: 'Wait some minutes; if it returns, check ventilation and supply voltage.',
    usable: false,
  },
  UNRECOVERABLE: {
    textKey: 'device.receiptPrinter.broken',
    remedy: 'Switch off for ten seconds and on again; if it returns, replace the printer.',
    usable: false,
  },
  FEEDING: {
    textKey: 'device.receiptPrinter.busy',
    remedy: 'Somebody holds the feed button; release it.',
    usable: false,
  },
  OFFLINE: {
    textKey: 'device.receiptPrinter.offline',
    remedy: 'Press the feed button once; look for a lamp that blinks.',
    usable: false,
  },
  UNREPORTED: {
    textKey: 'device.receiptPrinter.unreported',
    remedy: 'This model cannot report its state; look at its lamps and paper.',
    usable: true,
  },
  NO_ANSWER: {
    textKey: 'device.receiptPrinter.noAnswer',
    remedy: 'Check power, cable and baud rate (self-test page: hold feed at power-on).',
    usable: false,
  },
  LINE_LOST: {
    textKey: 'device.receiptPrinter.noAnswer',
    remedy: 'The port or network connection is gone; check cable and adapter.',
    usable: false,
  },
}
