import type { BulkEndpoint } from './usb-bulk-form.ts'

/** The USB devices of this computer: the seam at which a test puts in simulated ones. */
export interface UsbBus {
  /** All plugged-in devices with these USB ids. */
  list(vendorId: number, productId: number): Promise<readonly UsbDeviceFound[]>
}

export interface UsbDeviceFound {
  /** Tells two devices of one model apart while both are plugged in: bus and address. */
  readonly place: string
  readonly serialNumber?: string
  /** Opens the device and takes its first interface for us alone. Rejects with the words of the system. */
  open(): Promise<UsbBulkHandle>
}

/** What the transport uses of an open device; every promise rejects when the device is gone. */
export interface UsbBulkHandle {
  /** Bulk endpoints of the claimed interface. */
  readonly endpoints: readonly BulkEndpoint[]
  /** Bytes from an IN endpoint, or `undefined` when none came for `waitMs`. */
  read(endpoint: number, length: number, waitMs: number): Promise<Uint8Array | undefined>
  write(endpoint: number, bytes: Uint8Array, waitMs: number): Promise<void>
  close(): Promise<void>
}

/** Vendor-class readers have one interface. */
const INTERFACE = 0

/**
 * The real bus, over the `usb` package (usbfs on Linux). Loaded only when a bulk device is asked for: a kiosk without one
 * does not need the native module.
 */
export const systemUsbBus: UsbBus = {
  async list(vendorId, productId) {
    const { usb } = await import('usb')
    const all = await usb.getDevices()
    return all
      .filter((device) => device.vendorId === vendorId && device.productId === productId)
      .map((device) => ({
        place: `${device.bus}/${device.address}`,
        ...(device.serialNumber !== null && { serialNumber: device.serialNumber }),
        open: () => opened(device),
      }))
  },
}

/** What is used of the library's device; its own types lean on the browser's WebUSB, which Node does not have. */
interface LibraryDevice {
  readonly configuration?: {
    readonly interfaces: readonly {
      readonly interfaceNumber: number
      readonly alternate: {
        readonly endpoints: readonly {
          readonly endpointNumber: number
          readonly direction: 'in' | 'out'
          readonly type: string
          readonly packetSize: number
        }[]
      }
    }[]
  }
  open(): Promise<void>
  close(): Promise<void>
  claimInterface(number: number): Promise<void>
  releaseInterface(number: number): Promise<void>
  nativeTransferIn(endpoint: number, timeoutMs: number, length: number): Promise<Uint8Array | null>
  nativeTransferOut(endpoint: number, timeoutMs: number, data: Uint8Array): Promise<number>
}

async function opened(device: LibraryDevice): Promise<UsbBulkHandle> {
  await device.open()
  try {
    await device.claimInterface(INTERFACE)
  } catch (cause) {
    await device.close().catch(() => undefined)
    throw cause
  }
  const face = device.configuration?.interfaces.find((each) => each.interfaceNumber === INTERFACE)
  const endpoints = (face?.alternate.endpoints ?? [])
    .filter((endpoint) => endpoint.type === 'bulk')
    .map(({ endpointNumber, direction, packetSize }) => ({
      number: endpointNumber,
      direction,
      packetBytes: packetSize,
    }))
  return {
    endpoints,
    async read(endpoint, length, waitMs) {
      try {
        return (await device.nativeTransferIn(endpoint, waitMs, length)) ?? undefined
      } catch (cause) {
        if (isTimeOut(cause)) return undefined
        throw cause
      }
    },
    async write(endpoint, bytes, waitMs) {
      await device.nativeTransferOut(endpoint, waitMs, bytes)
    },
    async close() {
      await device.releaseInterface(INTERFACE).catch(() => undefined)
      await device.close()
    },
  }
}

/** The library cancels a transfer whose time is over and says so in words only. */
function isTimeOut(cause: unknown): boolean {
  return cause instanceof Error && /time(d)?[ -]?out|cancel/i.test(cause.message)
}
