import { ok, type Result } from '../../lib/result.ts'
import { parseAddress, type BadAddress, type PortAddress } from './address.ts'
import type { HidFramingName } from './hid-framing.ts'
import { cupsTransport } from './cups.ts'
import { hidTransport } from './hid.ts'
import { lpTransport } from './lp.ts'
import { serialTransport } from './serial.ts'
import { tcpTransport } from './tcp.ts'
import type { Transport } from './transport.ts'
import { usbBulkTransport } from './usb-bulk.ts'
import { usbSerialTransport } from './usb-serial.ts'

/** The transport (not yet open) for an address as people write it; see `parseAddress` for the forms. */
export function parseTransport(
  text: string,
  defaultBaud: number,
  defaultFraming?: HidFramingName,
): Result<Transport, BadAddress> {
  const address = parseAddress(text, defaultBaud, defaultFraming)
  return address.ok ? ok(transportAt(address.value)) : address
}

/** The transport (not yet open) to `address`. */
export function transportAt(address: PortAddress): Transport {
  switch (address.kind) {
    case 'serial':
      return serialTransport(address)
    case 'serial-usb':
      return usbSerialTransport(address)
    case 'tcp':
      return tcpTransport(address)
    case 'lp':
      return lpTransport(address)
    case 'cups':
      return cupsTransport(address)
    case 'hid':
      return hidTransport(address)
    case 'bulk':
      return usbBulkTransport(address)
  }
}
