import { ScanAssembler } from '../codec.ts'
import type { ScannerProtocol } from './protocol.ts'

/** Any scanner that sends what it reads, also one in HID-POS mode: it is listened to and never spoken to. */
export const serial: ScannerProtocol = {
  name: 'serial',
  setUp: [],
  lightOn: [],
  lightOff: [],
  probe: null,
  stream: () => new ScanAssembler(),
}
