import { systemClock, type Clock } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { formatAddress, type PortAddress } from './address.ts'
import { TransportListeners } from './listeners.ts'
import { systemSerialBus, type SerialBus } from './serial-bus.ts'
import { choosePort } from './serial-choice.ts'
import { serialTransport, type SerialAddress } from './serial.ts'
import type { Transport, TransportError } from './transport.ts'

export type UsbSerialAddress = Extract<PortAddress, { kind: 'serial-usb' }>

/** What is not the same in a test. */
export interface SerialSurroundings {
  readonly bus: SerialBus
  readonly clock: Clock
  /** The line at the path that was found. */
  readonly lineAt: (address: SerialAddress) => Transport
}

/** `udevadm` takes some ten milliseconds; one that hangs is not waited for. */
const LIST_DEADLINE_MS = 3000

/**
 * A serial port bound to a USB device instead of a path: it is looked up at every opening, so the device may come back in
 * another socket under another number. Two devices that nothing tells apart are refused.
 */
export function usbSerialTransport(
  address: UsbSerialAddress,
  surroundings: SerialSurroundings = { bus: systemSerialBus, clock: systemClock, lineAt: serialTransport },
): Transport {
  return new UsbSerialTransport(address, surroundings)
}

class UsbSerialTransport implements Transport {
  readonly name: string
  private readonly address: UsbSerialAddress
  private readonly around: SerialSurroundings
  private readonly listeners = new TransportListeners()
  private line: Transport | undefined

  constructor(address: UsbSerialAddress, surroundings: SerialSurroundings) {
    this.address = address
    this.name = formatAddress(address)
    this.around = surroundings
  }

  onBytes(listener: (bytes: Uint8Array) => void): () => void {
    return this.listeners.onBytes(listener)
  }

  onGone(listener: (why: TransportError) => void): () => void {
    return this.listeners.onGone(listener)
  }

  async open(): Promise<Result<void, TransportError>> {
    if (this.line) throw new Error(`${this.name} is already open`)
    const path = await this.find()
    if (!path.ok) return path
    const { baudRate, dataBits, parity, stopBits, rtscts, xonxoff } = this.address
    const settings = { baudRate, dataBits, parity, stopBits, rtscts, xonxoff }
    const line = this.around.lineAt({ kind: 'serial', path: path.value, ...settings })
    line.onBytes((bytes) => {
      if (this.line === line) this.listeners.bytes(bytes)
    })
    line.onGone((why) => {
      if (this.line !== line) return
      this.line = undefined
      this.listeners.gone(why)
    })
    this.line = line
    const opened = await line.open()
    if (!opened.ok) this.line = undefined
    return opened
  }

  write(bytes: Uint8Array, deadlineMs: number): Promise<Result<void, TransportError>> {
    if (!this.line) return Promise.resolve(err({ code: 'NOT_OPEN', detail: `${this.name} is not open` }))
    return this.line.write(bytes, deadlineMs)
  }

  async close(): Promise<void> {
    const { line } = this
    this.line = undefined
    await line?.close()
  }

  private async find(): Promise<Result<string, TransportError>> {
    const { bus, clock } = this.around
    const listed = await withDeadline(clock, LIST_DEADLINE_MS, () =>
      bus.list().then(
        (ports) => ok(ports),
        (cause: unknown) => err(cause instanceof Error ? cause.message : String(cause)),
      ),
    )
    if (!listed.ok) return err({ code: 'TIMED_OUT', detail: `${this.name}: the ports were not listed in time` })
    if (!listed.value.ok) return err({ code: 'REFUSED', detail: `${this.name}: ${listed.value.error}` })
    return choosePort(listed.value.value, this.address, this.name)
  }
}
