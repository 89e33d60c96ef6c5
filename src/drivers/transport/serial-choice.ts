import { err, ok, type Result } from '../../lib/result.ts'
import type { SerialPortFound, UsbIdentity } from './serial-bus.ts'
import type { TransportError } from './transport.ts'

export interface WantedPort {
  readonly vendorId: number
  readonly productId: number
  readonly serialNumber?: string | undefined
  readonly interface?: number | undefined
}

type OnUsb = SerialPortFound & { readonly usb: UsbIdentity }

/**
 * The path of the one port that is meant. Of several ports that fit none is taken: which of them answers would be chance,
 * and a row meant for one printer could come out of another.
 * @param name the address, for people
 */
export function choosePort(
  found: readonly SerialPortFound[],
  wanted: WantedPort,
  name: string,
): Result<string, TransportError> {
  const ours = found.filter(
    (port): port is OnUsb =>
      port.usb !== null && port.usb.vendorId === wanted.vendorId && port.usb.productId === wanted.productId,
  )
  if (ours.length === 0) return notFound(`${name} is not plugged in`)
  const bySerial = ours.filter(
    ({ usb }) => wanted.serialNumber === undefined || usb.serialNumber === wanted.serialNumber,
  )
  const serials = inWords(ours.map(({ usb }) => usb.serialNumber ?? ''))
  if (bySerial.length === 0) return notFound(`${name} is not plugged in, only serial ${serials}`)
  const fitting = bySerial.filter(({ usb }) => wanted.interface === undefined || usb.interface === wanted.interface)
  const [port, twin] = fitting
  if (port === undefined) {
    const faces = inWords(bySerial.map(({ usb }) => String(usb.interface ?? '')))
    return notFound(`${name} is plugged in, but has interface ${faces} only`)
  }
  if (twin === undefined) return ok(port.path)
  return err({ code: 'REFUSED', detail: `${name} is plugged in more than once: ${howToTell(fitting)}` })
}

/** What would tell ports apart that fit the same address. */
function howToTell(ports: readonly OnUsb[]): string {
  const paths = ports.map(({ path }) => path).join(', ')
  if (distinct(ports.map(({ usb }) => usb.serialNumber ?? '')))
    return `name one by its serial, ${inWords(ports.map(({ usb }) => usb.serialNumber ?? ''))}`
  if (distinct(ports.map(({ usb }) => String(usb.interface ?? ''))))
    return `name one by its interface, ${inWords(ports.map(({ usb }) => String(usb.interface ?? '')))}`
  return `${paths} have no serial number that differs; bind them by a path that names the socket, /dev/serial/by-path/…`
}

const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length

const inWords = (values: readonly string[]): string => [...new Set(values)].map((value) => value || '(none)').join(', ')

const notFound = (detail: string): Result<never, TransportError> => err({ code: 'NOT_FOUND', detail })
