import type { DeviceReport } from '../report.ts'
import type { TransportError } from '../transport/transport.ts'

/** What a technician and the home screen are told about the reader. */
export type IdCardReaderStatus =
  | { readonly state: 'ready' }
  /** The security module is defective or not authorised: the maker must replace it. */
  | { readonly state: 'out-of-service'; readonly sw3: string }
  /** The port is missing, taken, or gone. */
  | { readonly state: 'unplugged'; readonly cause: TransportError }
  /** The port is there, nothing sensible answers: power, cable, baud rate. */
  | { readonly state: 'silent' }

/** The state of a reader in the words all devices share; the Chinese ones stand in the text file under `textKey`. */
export function reportOf(status: IdCardReaderStatus): DeviceReport {
  switch (status.state) {
    case 'ready':
      return {
        state: 'READY',
        tone: 'good',
        textKey: 'device.idCard.ready',
        remedy: 'Nothing to do.',
        usable: true,
        answered: true,
      }
    case 'out-of-service':
      return {
        state: 'OUT_OF_SERVICE',
        tone: 'bad',
        textKey: 'device.idCard.outOfService',
        remedy: `The security module is defective or not authorised (SW3 ${status.sw3}): the maker must replace it.`,
        usable: false,
        answered: true,
      }
    case 'unplugged':
      return status.cause.code === 'NO_PERMISSION' || status.cause.code === 'IN_USE'
        ? {
            state: status.cause.code,
            tone: 'bad',
            textKey: status.cause.code === 'IN_USE' ? 'device.idCard.inUse' : 'device.idCard.noPermission',
            remedy: status.cause.detail,
            usable: false,
            answered: false,
          }
        : {
            state: 'UNPLUGGED',
            tone: 'bad',
            textKey: 'device.idCard.unplugged',
            remedy: `Plug the reader in and check the port in the site file. ${status.cause.detail}`,
            usable: false,
            answered: false,
          }
    case 'silent':
      return {
        state: 'SILENT',
        tone: 'bad',
        textKey: 'device.idCard.silent',
        remedy:
          'The port is there, the reader does not answer: check its power and the cable, then switch it off and on.',
        usable: false,
        answered: false,
      }
  }
}
