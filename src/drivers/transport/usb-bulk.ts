import { systemClock, type Clock } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { formatAddress, type PortAddress } from './address.ts'
import { chooseInterface, hex4 } from './hid-choice.ts'
import { TransportListeners } from './listeners.ts'
import type { Transport, TransportError } from './transport.ts'
import { systemUsbBus, type UsbBulkHandle, type UsbBus, type UsbDeviceFound } from './usb-bulk-bus.ts'
import { usbBulkForm, type UsbBulkForm } from './usb-bulk-form.ts'

type UsbBulkAddress = Extract<PortAddress, { kind: 'bulk' }>

/** What is not the same in a test. */
export interface UsbBulkSurroundings {
  readonly bus: UsbBus
  readonly clock: Clock
}

const OPEN_DEADLINE_MS = 3000
const CLOSE_DEADLINE_MS = 1500
/** One wait for bytes; also how long half a frame on the two-pipe form may stand still. */
const READ_WAIT_MS = 1000
/** Bytes asked for at once where the descriptor names no packet size: a full-speed packet. */
const PACKET_BYTES = 64

/**
 * A reader of the vendor class with bulk endpoints (the classic `0400:C35A`), over the `usb` package. It is looked for by
 * its USB ids at every opening, so it may come back in another socket; while it is open nobody else can have it.
 * **Unverified on hardware**, both forms.
 */
export function usbBulkTransport(
  address: UsbBulkAddress,
  surroundings: UsbBulkSurroundings = { bus: systemUsbBus, clock: systemClock },
): Transport {
  return new UsbBulkTransport(address, surroundings)
}

interface OpenDevice {
  readonly handle: UsbBulkHandle
  readonly form: UsbBulkForm
}

class UsbBulkTransport implements Transport {
  readonly name: string
  private readonly address: UsbBulkAddress
  private readonly bus: UsbBus
  private readonly clock: Clock
  private readonly listeners = new TransportListeners()
  private device: OpenDevice | undefined

  constructor(address: UsbBulkAddress, surroundings: UsbBulkSurroundings) {
    this.address = address
    this.name = formatAddress(address)
    this.bus = surroundings.bus
    this.clock = surroundings.clock
  }

  onBytes(listener: (bytes: Uint8Array) => void): () => void {
    return this.listeners.onBytes(listener)
  }

  onGone(listener: (why: TransportError) => void): () => void {
    return this.listeners.onGone(listener)
  }

  async open(): Promise<Result<void, TransportError>> {
    if (this.device) throw new Error(`${this.name} is already open`)
    const reached = await withDeadline(this.clock, OPEN_DEADLINE_MS, (signal) => this.reach(signal))
    if (!reached.ok) return err({ code: 'TIMED_OUT', detail: `${this.name} did not open in ${OPEN_DEADLINE_MS} ms` })
    if (!reached.value.ok) return reached.value
    this.device = reached.value.value
    void this.listen(this.device)
    return ok()
  }

  async write(bytes: Uint8Array, deadlineMs: number): Promise<Result<void, TransportError>> {
    const { device } = this
    if (!device) return err({ code: 'NOT_OPEN', detail: `${this.name} is not open` })
    const written = await withDeadline(this.clock, deadlineMs, async (signal) => {
      for (const part of device.form.write(bytes)) {
        const sent = await outcome(device.handle.write(part.endpoint, part.bytes, deadlineMs))
        if (!sent.ok) return signal.aborted ? ok() : err(this.lose(device, sent.error))
      }
      return ok()
    })
    if (written.ok) return written.value
    return err({ code: 'TIMED_OUT', detail: `${this.name} took no bytes for ${deadlineMs} ms: is the device on?` })
  }

  async close(): Promise<void> {
    const { device } = this
    this.device = undefined
    if (device) await this.release(device.handle)
  }

  /** Finds and opens the device; closes it again when nobody waits for it any more or its endpoints do not fit. */
  private async reach(signal: AbortSignal): Promise<Result<OpenDevice, TransportError>> {
    const { vendorId, productId, serialNumber } = this.address
    const listed = await outcome(this.bus.list(vendorId, productId))
    if (!listed.ok) return err({ code: 'REFUSED', detail: `${this.name}: no access to USB: ${listed.error}` })
    const chosen = this.choose(listed.value, serialNumber)
    if (!chosen.ok) return chosen
    const opened = await outcome(chosen.value.open())
    if (!opened.ok) return err(this.openError(opened.error))
    const form = usbBulkForm(this.address.form, opened.value.endpoints)
    if (signal.aborted || typeof form === 'string') await this.release(opened.value)
    if (typeof form === 'string') return err({ code: 'REFUSED', detail: `${this.name}: ${form}` })
    return ok({ handle: opened.value, form })
  }

  private choose(
    found: readonly UsbDeviceFound[],
    serialNumber: string | undefined,
  ): Result<UsbDeviceFound, TransportError> {
    const faces = found.map((each) => ({ path: each.place, serialNumber: each.serialNumber, interface: 0 }))
    const place = chooseInterface(faces, { name: this.name, serialNumber })
    if (!place.ok) return place
    const device = found.find((each) => each.place === place.value)
    return device ? ok(device) : err({ code: 'NOT_FOUND', detail: `${this.name} is not plugged in` })
  }

  private async listen(device: OpenDevice): Promise<void> {
    const { handle, form } = device
    const length = Math.max(PACKET_BYTES, ...handle.endpoints.map((endpoint) => endpoint.packetBytes))
    while (this.device === device) {
      const came = await outcome(handle.read(form.reading, length, READ_WAIT_MS))
      if (this.device !== device) return
      if (!came.ok) {
        this.lose(device, came.error)
        return
      }
      if (came.value === undefined) form.waitedInVain()
      else if (came.value.length > 0) {
        form.took(came.value)
        this.listeners.bytes(came.value)
      }
    }
  }

  private lose(device: OpenDevice, cause: string): TransportError {
    const why: TransportError = { code: 'LOST', detail: `${this.name}: ${cause}` }
    if (this.device !== device) return why
    this.device = undefined
    void this.release(device.handle)
    this.listeners.gone(why)
    return why
  }

  private async release(handle: UsbBulkHandle): Promise<void> {
    await withDeadline(this.clock, CLOSE_DEADLINE_MS, () => outcome(handle.close())).then(() => undefined)
  }

  private openError(words: string): TransportError {
    const detail = `${this.name}: ${words}`
    if (/permission|access|EACCES|errno 13/i.test(words))
      return { code: 'NO_PERMISSION', detail: `${detail}. ${this.udevHint()}` }
    if (/no such|not found|disconnect|ENODEV/i.test(words)) return { code: 'NOT_FOUND', detail }
    if (/busy|claimed|EBUSY/i.test(words)) return { code: 'IN_USE', detail }
    return { code: 'REFUSED', detail }
  }

  /** The rule that lets a group other than root open this device. */
  private udevHint(): string {
    const [vendor, product] = [this.address.vendorId, this.address.productId].map((id) => hex4(id).toLowerCase())
    const rule = `SUBSYSTEM=="usb", ATTR{idVendor}=="${vendor}", ATTR{idProduct}=="${product}", MODE="0660", GROUP="plugdev"`
    return `Put ${rule} into /etc/udev/rules.d/70-kiosk-usb.rules, the kiosk's user into that group, and plug it in again`
  }
}

async function outcome<T>(work: Promise<T>): Promise<Result<T, string>> {
  return work.then(
    (value) => ok(value),
    (cause: unknown) => err(cause instanceof Error ? cause.message : String(cause)),
  )
}
