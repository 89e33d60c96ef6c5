import type { CancelTimer, Clock } from '../../lib/clock.ts'
import { DeviceLineListeners, type DeviceLine } from './device-line.ts'
import type { UsbBulkHandle, UsbBus } from './usb-bulk-bus.ts'
import type { BulkEndpoint, UsbBulkFormName } from './usb-bulk-form.ts'

/** A vendor-class reader in software: the bus it hangs on, and its own end. */
export interface SimulatedBulk {
  readonly bus: UsbBus
  /** Lets a device's simulator speak: each `send` is one frame, spread over the endpoints as this device does. */
  readonly device: DeviceLine
  /** Bytes on one IN endpoint as they are, also such as no sound device would send. */
  sendOn(endpoint: number, bytes: Uint8Array): void
  /** Makes the next openings fail with these words of the system; `undefined` lets them succeed. */
  refuseOpen(words: string | undefined): void
  /** Serial numbers of the devices plugged in. */
  plug(...serialNumbers: readonly string[]): void
  /** Which endpoints were written to, in order, with the number of bytes. */
  readonly written: readonly string[]
  readonly openHandles: number
}

/** Endpoints of the published description (two pipes each way) and of the readers two open programs were written for. */
const ENDPOINTS: Readonly<Record<UsbBulkFormName, readonly BulkEndpoint[]>> = {
  single: [
    { number: 1, direction: 'in', packetBytes: 64 },
    { number: 2, direction: 'out', packetBytes: 64 },
  ],
  'two-pipe': [
    { number: 2, direction: 'out', packetBytes: 64 },
    { number: 6, direction: 'out', packetBytes: 64 },
    { number: 1, direction: 'in', packetBytes: 64 },
    { number: 5, direction: 'in', packetBytes: 64 },
  ],
}
const PACKET_BYTES = 64
const HEADER_BYTES = 7

/** Plugs a simulated reader of the given form into a bus of its own. */
export function simulatedBulk(form: UsbBulkFormName, clock: Clock): SimulatedBulk {
  return new SimulatedReader(form, clock)
}

interface Waiting {
  readonly endpoint: number
  readonly give: (bytes: Uint8Array | undefined) => void
  readonly fail: (cause: Error) => void
  readonly cancel: CancelTimer
}

class SimulatedReader implements SimulatedBulk {
  readonly written: string[] = []
  openHandles = 0
  private readonly form: UsbBulkFormName
  private readonly clock: Clock
  private readonly lineListeners = new DeviceLineListeners()
  private readonly queues = new Map<number, Uint8Array[]>()
  private serials: readonly string[] = ['S1']
  private refusal: string | undefined
  private gone = false
  private waiting: Waiting | undefined

  constructor(form: UsbBulkFormName, clock: Clock) {
    this.form = form
    this.clock = clock
  }

  readonly bus: UsbBus = {
    list: () =>
      Promise.resolve(
        this.serials.map((serialNumber, at) => ({
          place: `1/${at + 1}`,
          serialNumber,
          open: () =>
            this.refusal === undefined ? Promise.resolve(this.opened()) : Promise.reject(new Error(this.refusal)),
        })),
      ),
  }

  readonly device: DeviceLine = {
    send: (frame) => {
      if (this.form === 'single') {
        this.sendOn(1, frame)
      } else {
        this.sendOn(1, frame.subarray(0, HEADER_BYTES))
        this.sendOn(5, frame.subarray(HEADER_BYTES))
      }
    },
    onBytes: (listener) => this.lineListeners.onBytes(listener),
    onClosed: (listener) => this.lineListeners.onClosed(listener),
    hangUp: () => {
      this.gone = true
      this.take()?.fail(new Error('device disconnected'))
      this.lineListeners.closed()
    },
  }

  sendOn(endpoint: number, bytes: Uint8Array): void {
    const queue = this.queues.get(endpoint) ?? []
    for (let at = 0; at < bytes.length; at += PACKET_BYTES) queue.push(bytes.slice(at, at + PACKET_BYTES))
    this.queues.set(endpoint, queue)
    this.deliver()
  }

  refuseOpen(words: string | undefined): void {
    this.refusal = words
  }

  plug(...serialNumbers: readonly string[]): void {
    this.serials = serialNumbers
  }

  private opened(): UsbBulkHandle {
    this.gone = false
    this.openHandles++
    this.queues.clear()
    return {
      endpoints: ENDPOINTS[this.form],
      read: (endpoint, _length, waitMs) => this.read(endpoint, waitMs),
      write: (endpoint, bytes) => this.hear(endpoint, bytes),
      close: () => {
        this.openHandles--
        this.take()?.fail(new Error('transfer was cancelled'))
        return Promise.resolve()
      },
    }
  }

  private read(endpoint: number, waitMs: number): Promise<Uint8Array | undefined> {
    if (this.gone) return Promise.reject(new Error('device disconnected'))
    return new Promise((resolve, reject) => {
      const cancel = this.clock.setTimer(waitMs, () => this.take()?.give(undefined))
      this.waiting = { endpoint, give: resolve, fail: reject, cancel }
      this.deliver()
    })
  }

  private hear(endpoint: number, bytes: Uint8Array): Promise<void> {
    if (this.gone) return Promise.reject(new Error('device disconnected'))
    this.written.push(`${endpoint.toString(16).padStart(2, '0')}:${bytes.length}`)
    const copy = new Uint8Array(bytes)
    queueMicrotask(() => this.lineListeners.bytes(copy))
    return Promise.resolve()
  }

  private deliver(): void {
    const { waiting } = this
    const next = waiting && this.queues.get(waiting.endpoint)?.shift()
    if (next) this.take()?.give(next)
  }

  private take(): Waiting | undefined {
    const { waiting } = this
    this.waiting = undefined
    waiting?.cancel()
    return waiting
  }
}
