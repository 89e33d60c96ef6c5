import type { DeviceReport } from '../report.ts'
import type { TransportError } from '../transport/transport.ts'
import type { Obeyed } from './driver.ts'
import type { ScannerDriverName } from './protocol/protocol.ts'

export type ScannerStatus =
  | { readonly state: 'listening' }
  | { readonly state: 'closed' }
  | { readonly state: 'unplugged'; readonly cause: TransportError }

interface Known {
  readonly status: ScannerStatus
  readonly obeyed: Obeyed
  readonly keysLost: boolean
  readonly driver: ScannerDriverName
}

/** What a scanner can be, in one word for the board. */
type ScannerWord = keyof typeof WORDS

const WORDS = {
  READY: { tone: 'good', key: 'ready', usable: true, answered: true, remedy: 'None.' },
  LISTENING: { tone: 'good', key: 'listening', usable: true, answered: true, remedy: 'None.' },
  TRIGGER_REFUSED: {
    tone: 'warning',
    key: 'triggerRefused',
    usable: true,
    answered: true,
    remedy: "Switch the scanner to command (host, manual) trigger with the code of its own sheet, or choose 'serial'.",
  },
  SILENT: {
    tone: 'bad',
    key: 'silent',
    usable: false,
    answered: false,
    remedy: 'Check power and cable, the baud rate, and that the driver named in the site file is that of the scanner.',
  },
  UNPLUGGED: {
    tone: 'bad',
    key: 'unplugged',
    usable: false,
    answered: false,
    remedy: 'Plug the scanner in and check the port in the site file.',
  },
  CLOSED: {
    tone: 'info',
    key: 'closed',
    usable: false,
    answered: false,
    remedy: 'None: the kiosk opens it when needed.',
  },
  KEYBOARD: {
    tone: 'warning',
    key: 'keyboard',
    usable: true,
    answered: true,
    remedy: "Works, but switch it to HID-POS: the code 'USB HID POS' of the scanner's own sheet, then driver serial.",
  },
  WEDGE_UNREADABLE: {
    tone: 'warning',
    key: 'wedgeUnreadable',
    usable: true,
    answered: true,
    remedy:
      "Its letters are eaten by the input method: switch it to HID-POS with the code 'USB HID POS' of its own sheet.",
  },
} as const

/** The common report. `serial` is LISTENING where the port is open: whether a scanner hangs on it only a code can tell. */
export function scannerReport(known: Known): DeviceReport {
  const state = wordFor(known)
  const { tone, key, usable, answered, remedy } = WORDS[state]
  return { state, tone, usable, answered, remedy, textKey: `device.scanner.${key}` }
}

function wordFor({ status, obeyed, keysLost, driver }: Known): ScannerWord {
  if (status.state === 'unplugged') return 'UNPLUGGED'
  if (status.state === 'closed') return 'CLOSED'
  if (driver === 'keyboard-wedge') return keysLost ? 'WEDGE_UNREADABLE' : 'KEYBOARD'
  if (driver === 'serial') return 'LISTENING'
  if (obeyed === 'silent') return 'SILENT'
  return obeyed === 'refused' ? 'TRIGGER_REFUSED' : 'READY'
}
