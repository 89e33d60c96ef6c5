import type { DeviceReport } from '../report.ts'

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
  /** A receipt stands in the mouth of the presenter. */
  | 'PAPER_NOT_TAKEN'
  /** A receipt is stuck on its way out of the presenter. */
  | 'EXIT_BLOCKED'
  | 'UNREPORTED'
  | 'NO_ANSWER'
  | 'LINE_LOST'

/** A state in which the printer will not complete a receipt. */
export type PrinterFault = Exclude<PrinterState, 'READY' | 'PAPER_LOW' | 'PAPER_NOT_TAKEN' | 'UNREPORTED'>

export function isFault(state: PrinterState): state is PrinterFault {
  return !STATE_MEANINGS[state].usable
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

/** The four telling bytes of DLE EOT 20 (Custom VKP, KPM). */
export interface FullStatusBytes {
  readonly paper: number
  readonly user: number
  readonly recoverable: number
  readonly unrecoverable: number
}

/**
 * Folds the answer of a printer with a presenter. Only bits 0, 2 and 5 of `paper` are from a manual at hand (Custom
 * KPM150-H); the rest is from similar models and **unverified**.
 *
 * | byte | bits |
 * |---|------|
 * | paper | 0 no paper, 2 near end, 5 a receipt in the mouth |
 * | user | 0 head up, 1 cover open |
 * | recoverable | 0 head temperature, 3 supply voltage, 6 paper jam |
 * | unrecoverable | 0 cutter, 2 RAM, 3 EEPROM |
 */
export function foldFull(bytes: FullStatusBytes): PrinterState {
  const inMouth = (bytes.paper & 0x20) !== 0
  if (bytes.unrecoverable & 0x0c) return 'UNRECOVERABLE'
  if (bytes.user & 0x03) return 'COVER_OPEN'
  if (bytes.unrecoverable & 0x01) return 'CUTTER_ERROR'
  if (bytes.recoverable & 0x40) return inMouth ? 'EXIT_BLOCKED' : 'PAPER_JAM'
  if (bytes.paper & 0x01) return 'PAPER_OUT'
  if (bytes.recoverable & 0x01) return 'OVERHEATED'
  if (bytes.recoverable & 0x08) return 'OFFLINE'
  if (inMouth) return 'PAPER_NOT_TAKEN'
  return bytes.paper & 0x04 ? 'PAPER_LOW' : 'READY'
}

/** What a state means for the kiosk: the key of the citizen's text, and what a technician does about it. */
export interface StateMeaning {
  readonly textKey: string
  readonly remedy: string
  /** Whether a receipt may be started. */
  readonly usable: boolean
  readonly tone: DeviceReport['tone']
}

/** Every state has a meaning; texts for citizens stand in the text file under these keys. */
export const STATE_MEANINGS: Readonly<Record<PrinterState, StateMeaning>> = {
  READY: good('ready', 'Nothing to do.'),
  PAPER_LOW: warning('paperLow', 'Bring a new roll; about 20 receipts are left.'),
  PAPER_OUT: bad('paperOut', 'Load a roll, printed side up, and close the cover.'),
  COVER_OPEN: bad('coverOpen', 'Close the cover until it clicks on both sides.'),
  CUTTER_ERROR: bad('cutterError', 'Switch off, turn the cutter wheel back, remove paper scraps, switch on.'),
  PAPER_JAM: bad('paperJam', 'Open the cover, remove the jammed paper, close the cover.'),
  OVERHEATED: bad('overheated', 'Wait some minutes; if it returns, check ventilation and supply voltage.'),
  UNRECOVERABLE: bad('broken', 'Switch off for ten seconds and on again; if it returns, replace the printer.'),
  FEEDING: bad('busy', 'Somebody holds the feed button; release it.'),
  OFFLINE: bad('offline', 'Press the feed button once; look for a lamp that blinks. A CUPS queue: enable it.'),
  PAPER_NOT_TAKEN: { ...good('paperNotTaken', 'Take the receipt out of the mouth.'), tone: 'info' },
  EXIT_BLOCKED: bad('exitBlocked', 'Pull the receipt out of the mouth; open the presenter and remove what is stuck.'),
  UNREPORTED: warning('unreported', 'This model cannot report its state; look at its lamps and paper.'),
  NO_ANSWER: bad('noAnswer', 'Check power, cable and baud rate (self-test page: hold feed at power-on).'),
  LINE_LOST: bad('lineLost', 'The port, network connection or print queue is gone; check cable, adapter and queue.'),
}

function good(key: string, remedy: string): StateMeaning {
  return { textKey: `device.receiptPrinter.${key}`, remedy, usable: true, tone: 'good' }
}

function warning(key: string, remedy: string): StateMeaning {
  return { ...good(key, remedy), tone: 'warning' }
}

function bad(key: string, remedy: string): StateMeaning {
  return { ...good(key, remedy), usable: false, tone: 'bad' }
}
