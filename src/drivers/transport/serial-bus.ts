import { SerialPort } from 'serialport'

/** The serial ports of this computer: the seam at which a test puts in simulated ones. */
export interface SerialBus {
  /** Every port there is, with its USB identity where it has one. Pseudo-terminals are not among them. Rejects with the words of the system. */
  list(): Promise<readonly SerialPortFound[]>
}

export interface SerialPortFound {
  /** `/dev/ttyUSB0`, `COM3`: changes with the socket and the order of plugging in. */
  readonly path: string
  /** Null for a port of the mainboard. */
  readonly usb: UsbIdentity | null
  /** What the maker calls it, for people. */
  readonly maker: string | null
}

/** What stays the same when a device is plugged into another socket. */
export interface UsbIdentity {
  /** 0 to FFFF. */
  readonly vendorId: number
  readonly productId: number
  /** Null where the maker gave none (CH340) or the same to all. */
  readonly serialNumber: string | null
  /** Number of the interface, where the device has several ports; null where unknown. */
  readonly interface: number | null
}

/** The real bus, over `serialport`. On Linux it runs `udevadm`, some ten milliseconds; never poll it. */
export const systemSerialBus: SerialBus = {
  async list() {
    try {
      return (await SerialPort.list()).map(foundOf)
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new Error(`the serial ports cannot be listed (on Linux this needs udevadm): ${why}`, { cause })
    }
  },
}

type Listed = Awaited<ReturnType<typeof SerialPort.list>>[number]

/** Reads what `serialport` lists: hexadecimal ids, and on Linux the udev name `usb-MAKER_MODEL_SERIAL-if00-port0` as pnpId. */
export function foundOf(port: Listed): SerialPortFound {
  const { vendorId, productId, serialNumber, pnpId = '' } = port
  const maker = port.manufacturer ?? null
  if (!isHex(vendorId) || !isHex(productId)) return { path: port.path, usb: null, maker }
  const face = /-if([0-9a-f]{2})(?:-port\d+)?$/i.exec(pnpId) ?? /&MI_([0-9a-f]{2})/i.exec(pnpId)
  return {
    path: port.path,
    usb: {
      vendorId: parseInt(vendorId, 16),
      productId: parseInt(productId, 16),
      serialNumber: serialNumber === undefined || serialNumber === '' ? null : serialNumber,
      interface: face?.[1] === undefined ? null : parseInt(face[1], 16),
    },
    maker,
  }
}

function isHex(text: string | undefined): text is string {
  return text !== undefined && /^[0-9a-f]{4}$/i.test(text)
}
