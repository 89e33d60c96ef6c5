/** The state of a certificate printer in one word, the document in it included. */
export type CertificatePrinterState =
  /** Waiting, nothing inserted. */
  | 'READY'
  | 'DOCUMENT_IN'
  /** Given back, not yet taken out of the slot. */
  | 'DOCUMENT_EJECTED'
  | 'COVER_OPEN'
  | 'PAPER_JAM'
  | 'OVERHEATED'
  | 'UNRECOVERABLE'
  | 'OFFLINE'
  /** A model without status: nobody can say. */
  | 'UNREPORTED'
  | 'NO_ANSWER'
  | 'LINE_LOST'

/** A state in which nothing may be printed and a person has to act. */
export type CertificatePrinterFault = Exclude<
  CertificatePrinterState,
  'READY' | 'DOCUMENT_IN' | 'DOCUMENT_EJECTED' | 'UNREPORTED'
>

const SOUND: ReadonlySet<CertificatePrinterState> = new Set<CertificatePrinterState>([
  'READY',
  'DOCUMENT_IN',
  'DOCUMENT_EJECTED',
  'UNREPORTED',
])

export function isFault(state: CertificatePrinterState): state is CertificatePrinterFault {
  return !SOUND.has(state)
}

/**
 * Folds the DLE EOT answers of a slip printer (Epson TM-U295, TM-H5000 manuals) into one state.
 *
 * | n | bits |
 * |---|------|
 * | 1 | 3 offline |
 * | 2 | 2 cover open, 6 error |
 * | 3 | 2 mechanical (jam), 5 unrecoverable, 6 recovers by itself |
 * | 5 | 2 slip not selected, 5 no paper at the insertion sensor, 6 none at the ejection sensor |
 */
export function foldSlip(bytes: {
  readonly printer: number
  readonly offline: number
  readonly error: number
  readonly slip: number
}): CertificatePrinterState {
  if (bytes.error & 0x20) return 'UNRECOVERABLE'
  if (bytes.offline & 0x04) return 'COVER_OPEN'
  if (bytes.error & 0x04) return 'PAPER_JAM'
  if (bytes.error & 0x40) return 'OVERHEATED'
  if (bytes.printer & 0x08 || bytes.offline & 0x40) return 'OFFLINE'
  const paper = (bytes.slip & 0x60) !== 0x60
  if (!paper) return 'READY'
  return bytes.slip & 0x04 ? 'DOCUMENT_EJECTED' : 'DOCUMENT_IN'
}

/** What a state means: the key of the citizen's text, and what a technician does about it. */
export interface StateMeaning {
  readonly textKey: string
  readonly remedy: string
  /** Whether an endorsement may be begun. */
  readonly usable: boolean
}

export const STATE_MEANINGS: Readonly<Record<CertificatePrinterState, StateMeaning>> = {
  READY: { textKey: 'device.certificatePrinter.ready', remedy: 'Nothing to do.', usable: true },
  DOCUMENT_IN: {
    textKey: 'device.certificatePrinter.documentIn',
    remedy: 'A document is inserted; eject it if no endorsement is running.',
    usable: true,
  },
  DOCUMENT_EJECTED: {
    textKey: 'device.certificatePrinter.documentEjected',
    remedy: 'A document lies in the slot; take it out and find its owner.',
    usable: false,
  },
  COVER_OPEN: { textKey: 'device.certificatePrinter.coverOpen', remedy: 'Close the cover.', usable: false },
  PAPER_JAM: {
    textKey: 'device.certificatePrinter.paperJam',
    remedy: 'Open the cover, take the document out along its guides, look what is printed on it, close the cover.',
    usable: false,
  },
  OVERHEATED: {
    textKey: 'device.certificatePrinter.overheated',
    remedy: 'Wait some minutes for the head to cool.',
    usable: false,
  },
  UNRECOVERABLE: {
    textKey: 'device.certificatePrinter.broken',
    remedy: 'Switch off for ten seconds and on again; if it returns, replace the printer.',
    usable: false,
  },
  OFFLINE: {
    textKey: 'device.certificatePrinter.offline',
    remedy: 'Press the online key; look for a lamp that blinks.',
    usable: false,
  },
  UNREPORTED: {
    textKey: 'device.certificatePrinter.unreported',
    remedy: 'This model cannot report its state; every print needs a person who looks at the page.',
    usable: true,
  },
  NO_ANSWER: {
    textKey: 'device.certificatePrinter.noAnswer',
    remedy: 'Check power, cable, baud rate and emulation (ESC/P2 or PR2 in the set-up menu).',
    usable: false,
  },
  LINE_LOST: {
    textKey: 'device.certificatePrinter.noAnswer',
    remedy: 'The port or network connection is gone; check cable and adapter.',
    usable: false,
  },
}
