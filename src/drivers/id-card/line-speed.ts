import { transportAt } from '../transport/parse.ts'
import type { PortAddress } from '../transport/address.ts'
import { TransportListeners } from '../transport/listeners.ts'
import type { Transport } from '../transport/transport.ts'
import type { TunableTransport } from '../transport/tunable.ts'

type SerialAddress = Extract<PortAddress, { kind: 'serial' | 'serial-usb' }>

/** The speeds a security module can be set to, in the order they are tried, bits per second. 115200 is the factory's. */
const MODULE_SPEEDS = [115_200, 57_600, 38_400, 19_200, 9600] as const

/**
 * The line to an ID card reader. A serial one can be tuned, because nobody knows for certain at what speed a reader
 * found on site was left; others have no speed.
 */
export function readerLine(address: PortAddress): Transport {
  return address.kind === 'serial' || address.kind === 'serial-usb'
    ? new TunableSerial(address, transportAt)
    : transportAt(address)
}

/** @param lineAt makes the line at one speed; tests put in lines that hear only their own. */
export class TunableSerial implements TunableTransport {
  readonly speeds: readonly number[]
  private readonly address: SerialAddress
  private readonly lineAt: (address: SerialAddress) => Transport
  private readonly listeners = new TransportListeners()
  private line: Transport
  private set: number
  private isOpen = false

  constructor(address: SerialAddress, lineAt: (address: SerialAddress) => Transport) {
    this.address = address
    this.lineAt = lineAt
    this.set = address.baudRate
    this.speeds = [...new Set([address.baudRate, ...MODULE_SPEEDS])]
    this.line = this.made()
  }

  get name(): string {
    return this.line.name
  }

  get speed(): number {
    return this.set
  }

  tune(speed: number): void {
    if (this.isOpen) throw new Error(`${this.name} is open and cannot be tuned`)
    this.set = speed
    this.line = this.made()
  }

  async open(): ReturnType<Transport['open']> {
    const opened = await this.line.open()
    this.isOpen = opened.ok
    return opened
  }

  write(bytes: Uint8Array, deadlineMs: number): ReturnType<Transport['write']> {
    return this.line.write(bytes, deadlineMs)
  }

  onBytes(listener: Parameters<Transport['onBytes']>[0]): () => void {
    return this.listeners.onBytes(listener)
  }

  onGone(listener: Parameters<Transport['onGone']>[0]): () => void {
    return this.listeners.onGone(listener)
  }

  async close(): Promise<void> {
    await this.line.close()
    this.isOpen = false
  }

  private made(): Transport {
    const line = this.lineAt({ ...this.address, baudRate: this.set })
    line.onBytes((bytes) => {
      if (this.line === line) this.listeners.bytes(bytes)
    })
    line.onGone((why) => {
      if (this.line !== line) return
      this.isOpen = false
      this.listeners.gone(why)
    })
    return line
  }
}
