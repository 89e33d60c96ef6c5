import { closeSync, constants, openSync, read, writeSync } from 'node:fs'

/**
 * A HID device that lives in this process, made by the kernel's uhid (Documentation/hid/uhid.rst). An event is a 32-bit
 * type and its payload, packed, in the byte order of the machine; writes may be cut behind what is used.
 */
const EVENT = { destroy: 1, output: 6, create2: 11, input2: 12 } as const
const BUS_USB = 3
/** `struct uhid_event` with its largest payload. */
const EVENT_BYTES = 4 + 4372
/** Offsets in UHID_CREATE2. */
const CREATE = {
  name: 4,
  uniq: 196,
  descriptorBytes: 260,
  bus: 262,
  vendor: 264,
  product: 268,
  descriptor: 280,
} as const
/** Offsets in UHID_OUTPUT. */
const OUTPUT = { data: 4, size: 4100 } as const

export interface UhidIdentity {
  readonly name: string
  readonly serialNumber: string
  readonly vendorId: number
  readonly productId: number
  /** HID report descriptor. */
  readonly descriptor: Uint8Array
}

export class UhidDevice {
  private readonly file: number
  private readonly onOutput: (report: Uint8Array) => void
  private gone = false

  /** @throws when /dev/uhid is missing or may not be opened */
  constructor(identity: UhidIdentity, onOutput: (report: Uint8Array) => void = () => undefined) {
    this.onOutput = onOutput
    this.file = openSync('/dev/uhid', constants.O_RDWR)
    const { name, serialNumber, vendorId, productId, descriptor } = identity
    const event = Buffer.alloc(CREATE.descriptor + descriptor.length)
    event.writeUInt32LE(EVENT.create2, 0)
    event.write(name, CREATE.name, 127, 'utf8')
    event.write(serialNumber, CREATE.uniq, 63, 'utf8')
    event.writeUInt16LE(descriptor.length, CREATE.descriptorBytes)
    event.writeUInt16LE(BUS_USB, CREATE.bus)
    event.writeUInt32LE(vendorId, CREATE.vendor)
    event.writeUInt32LE(productId, CREATE.product)
    event.set(descriptor, CREATE.descriptor)
    writeSync(this.file, event)
    this.listen()
  }

  /** Sends a report to whoever has the device open; begins with the report id where reports are numbered. */
  input(report: Uint8Array): void {
    const event = Buffer.alloc(6 + report.length)
    event.writeUInt32LE(EVENT.input2, 0)
    event.writeUInt16LE(report.length, 4)
    event.set(report, 6)
    writeSync(this.file, event)
  }

  /** Pulls the plug. */
  destroy(): void {
    if (this.gone) return
    this.gone = true
    const event = Buffer.alloc(4)
    event.writeUInt32LE(EVENT.destroy, 0)
    writeSync(this.file, event)
    closeSync(this.file)
  }

  private listen(): void {
    const event = Buffer.alloc(EVENT_BYTES)
    read(this.file, event, 0, event.length, null, (error, bytes) => {
      if (error !== null || this.gone) return
      if (bytes >= OUTPUT.size + 2 && event.readUInt32LE(0) === EVENT.output)
        this.onOutput(Uint8Array.from(event.subarray(OUTPUT.data, OUTPUT.data + event.readUInt16LE(OUTPUT.size))))
      this.listen()
    })
  }
}
