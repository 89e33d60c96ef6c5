import type { DeviceReport } from '../report.ts'
import type { TransportError } from '../transport/transport.ts'
import type { Input } from './wiring.ts'

/** Contacts as they are now; those not wired are absent. */
export type Inputs = Readonly<Partial<Record<Input, boolean>>>

export type IoBoardStatus =
  | { readonly state: 'READY'; readonly inputs: Inputs }
  /** A fact, not a fault: somebody opened the cabinet. */
  | { readonly state: 'DOOR_OPEN'; readonly inputs: Inputs }
  /** The tamper contact: somebody is where nobody should be. */
  | { readonly state: 'TAMPER'; readonly inputs: Inputs }
  /** The board understands the question and refuses it: wrong map. */
  | { readonly state: 'REFUSED'; readonly detail: string }
  | { readonly state: 'SILENT' }
  | { readonly state: 'UNPLUGGED'; readonly cause: TransportError }

export function statusOf(inputs: Inputs): IoBoardStatus {
  if (inputs.tamper === true) return { state: 'TAMPER', inputs }
  if (inputs['cabinet-door'] === true) return { state: 'DOOR_OPEN', inputs }
  return { state: 'READY', inputs }
}

type Shown = Omit<DeviceReport, 'state' | 'answered'>

const SHOWN: Readonly<Record<IoBoardStatus['state'], Shown>> = {
  READY: { tone: 'good', textKey: 'device.ioBoard.ready', remedy: 'Nothing to do.', usable: true },
  DOOR_OPEN: {
    tone: 'warning',
    textKey: 'device.ioBoard.doorOpen',
    remedy: 'The cabinet is open: close it.',
    usable: true,
  },
  TAMPER: {
    tone: 'bad',
    textKey: 'device.ioBoard.tamper',
    remedy: 'The tamper contact is open: look after the kiosk, then close it.',
    usable: false,
  },
  REFUSED: {
    tone: 'bad',
    textKey: 'device.ioBoard.refused',
    remedy: 'The board refuses: choose the right register map in the site file.',
    usable: false,
  },
  SILENT: {
    tone: 'bad',
    textKey: 'device.ioBoard.silent',
    remedy: 'The board does not answer: check its power, A and B, its address and its baud rate.',
    usable: false,
  },
  UNPLUGGED: {
    tone: 'bad',
    textKey: 'device.ioBoard.unplugged',
    remedy: 'The port is missing or taken: check the cable and the site file.',
    usable: false,
  },
}

export function reportOf({ state }: IoBoardStatus): DeviceReport {
  return { state, ...SHOWN[state], answered: state !== 'SILENT' && state !== 'UNPLUGGED' }
}
