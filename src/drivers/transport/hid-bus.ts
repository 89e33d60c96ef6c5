import type { Device } from 'node-hid'

/** The HID devices of this computer: the seam at which a test puts in simulated ones. */
export interface HidBus {
  /** The interfaces of all plugged-in devices with these USB ids. Takes milliseconds; never poll it. */
  list(vendorId: number, productId: number): Promise<readonly HidInterface[]>
  /** Opens what `list` found. Rejects with the words of the system. */
  open(path: string): Promise<HidHandle>
}

export type HidInterface = Pick<Device, 'path' | 'serialNumber' | 'interface' | 'usagePage' | 'usage'>

/** What the transport uses of an open device; every promise rejects when the device is gone. */
export interface HidHandle {
  /** `report` begins with the report id. */
  write(report: Buffer): Promise<unknown>
  sendFeatureReport(report: Buffer): Promise<unknown>
  /** Reading begins with the first listener for `data`. An `error` ends it: the device is gone. */
  on(event: 'data', listener: (report: Uint8Array) => void): unknown
  on(event: 'error', listener: (cause: unknown) => void): unknown
  close(): Promise<void>
}

/**
 * The real bus, over node-hid (hidapi). Loaded only when a HID device is asked for: a kiosk without one does not need the
 * native module. On Linux the kernel's `hidraw`, which leaves other interfaces of the device alone; libusb would not.
 */
export const systemHidBus: HidBus = {
  async list(vendorId, productId) {
    const { devicesAsync } = await nodeHid()
    return devicesAsync(vendorId, productId)
  },
  async open(path) {
    const { HIDAsync } = await nodeHid()
    return HIDAsync.open(path)
  },
}

async function nodeHid(): Promise<typeof import('node-hid')> {
  const loaded = await import('node-hid')
  if (process.platform === 'linux') loaded.setDriverType('hidraw')
  return loaded
}
