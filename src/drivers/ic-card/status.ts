import type { DeviceReport } from '../report.ts'
import type { TransportError } from '../transport/transport.ts'

export type IcCardReaderStatus =
  | { readonly state: 'READY'; readonly cardPresent: boolean }
  /** The service runs and knows no reader, or not the one the site names. */
  | { readonly state: 'NO_READER' }
  /** The service runs and does not answer, or answers nonsense. */
  | { readonly state: 'SILENT' }
  /** The service (pcscd) does not run, or the module's port is missing. */
  | { readonly state: 'UNPLUGGED'; readonly cause: TransportError }
  | { readonly state: 'NO_PERMISSION' }
  /** pcscd speaks another protocol. */
  | { readonly state: 'VERSION'; readonly version: string }
  /** The module's antenna is broken. */
  | { readonly state: 'ANTENNA_FAULT' }

type Shown = Omit<DeviceReport, 'state' | 'answered'>

const SHOWN: Readonly<Record<IcCardReaderStatus['state'], Shown>> = {
  READY: { tone: 'good', textKey: 'device.icCard.ready', remedy: 'Nothing to do.', usable: true },
  NO_READER: {
    tone: 'bad',
    textKey: 'device.icCard.noReader',
    remedy: 'The service runs but sees no reader: check its USB cable, or the name in the site file.',
    usable: false,
  },
  SILENT: {
    tone: 'bad',
    textKey: 'device.icCard.silent',
    remedy: 'The reader does not answer: unplug it and plug it in again.',
    usable: false,
  },
  UNPLUGGED: {
    tone: 'bad',
    textKey: 'device.icCard.unplugged',
    remedy: 'The card service (pcscd) is not running, or the port is missing: start the service, check the cable.',
    usable: false,
  },
  NO_PERMISSION: {
    tone: 'bad',
    textKey: 'device.icCard.noPermission',
    remedy: 'The kiosk may not use the card service: give its user access (polkit rule).',
    usable: false,
  },
  VERSION: {
    tone: 'bad',
    textKey: 'device.icCard.version',
    remedy: 'The card service is too old or too new: install pcscd 1.8.24 to 2.x.',
    usable: false,
  },
  ANTENNA_FAULT: {
    tone: 'bad',
    textKey: 'device.icCard.antennaFault',
    remedy: 'The module reports a broken antenna: replace it.',
    usable: false,
  },
}

export function reportOf({ state }: IcCardReaderStatus): DeviceReport {
  return { state, ...SHOWN[state], answered: state !== 'SILENT' && state !== 'UNPLUGGED' }
}
