import { DeviceLineListeners, type DeviceLine } from './device-line.ts'
import type { HidBus, HidHandle, HidInterface } from './hid-bus.ts'

/** A HID device in software, for machines without `hidraw`: the bus it hangs on, and its own end. */
export interface SimulatedHid {
  readonly bus: HidBus
  /** Lets a device's simulator speak: each `send` is one message, carried in reports as this device does. */
  readonly device: DeviceLine
  /** Sends one report as it is, also one no sound device would send. */
  sendReport(report: Uint8Array): void
  /** What the bus shows from now on; empty: unplugged before anybody opened it. */
  plug(...interfaces: readonly HidInterface[]): void
  /** Makes the next openings fail with these words of the system; `undefined` lets them succeed. */
  refuseOpen(words: string | undefined): void
  /** While stuck, the device takes no reports. */
  stick(stuck: boolean): void
  /** Feature reports heard, in hexadecimal. */
  readonly features: readonly string[]
  /** The paths opened and not closed. */
  readonly openPaths: readonly string[]
}

/** How the simulated device carries bytes: written from the tables of the manuals, not from our framings. */
export interface DeviceReports {
  /** Reports that carry one message. */
  cut(message: Uint8Array): readonly Uint8Array[]
  /** True: the next report is sent when the host has answered FF, and each report of the host is answered FF. */
  readonly paced: boolean
}

export const onePlugged: HidInterface = { path: '/dev/hidraw0', interface: 0, usagePage: 0xff00, usage: 1 }

const SEND_NEXT = 0xff

/** Plugs a simulated device into a bus of its own; answers come in later microtasks, as bytes on `memoryPair` do. */
export function simulatedHid(reports: DeviceReports, plugged: HidInterface = onePlugged): SimulatedHid {
  return new SimulatedDevice(reports, plugged)
}

interface Opening extends HidHandle {
  readonly path: string
  data: (report: Uint8Array) => void
  error: (cause: unknown) => void
}

class SimulatedDevice implements SimulatedHid {
  readonly features: string[] = []
  private readonly reports: DeviceReports
  private readonly lineListeners = new DeviceLineListeners()
  private interfaces: readonly HidInterface[]
  private refusal: string | undefined
  private stuck = false
  private opening: Opening | undefined
  private queue: Uint8Array[] = []
  private awaitingGo = false

  constructor(reports: DeviceReports, plugged: HidInterface) {
    this.reports = reports
    this.interfaces = [plugged]
  }

  readonly bus: HidBus = {
    list: () => Promise.resolve(this.interfaces),
    open: (path) =>
      this.refusal === undefined ? Promise.resolve(this.opened(path)) : Promise.reject(new Error(this.refusal)),
  }

  readonly device: DeviceLine = {
    send: (message) => {
      this.queue.push(...this.reports.cut(message))
      this.sendNext()
    },
    onBytes: (listener) => this.lineListeners.onBytes(listener),
    onClosed: (listener) => this.lineListeners.onClosed(listener),
    // node-hid gives the error of its reading thread as a text.
    hangUp: () => {
      const { opening } = this
      queueMicrotask(() => {
        this.letGo()
        opening?.error('hid_read_timeout: unexpected poll error (device disconnected)')
      })
    },
  }

  get openPaths(): readonly string[] {
    return this.opening ? [this.opening.path] : []
  }

  sendReport(report: Uint8Array): void {
    const { opening } = this
    const copy = new Uint8Array(report)
    queueMicrotask(() => {
      if (opening && this.opening === opening) opening.data(copy)
    })
  }

  plug(...interfaces: readonly HidInterface[]): void {
    this.interfaces = interfaces
  }

  refuseOpen(words: string | undefined): void {
    this.refusal = words
  }

  stick(stuck: boolean): void {
    this.stuck = stuck
  }

  private opened(path: string): Opening {
    const opening: Opening = {
      path,
      data: () => undefined,
      error: () => undefined,
      on: (event: 'data' | 'error', listener: (given: never) => void) => Object.assign(opening, { [event]: listener }),
      write: (report) => this.written(opening, report),
      sendFeatureReport: (report) => Promise.resolve(this.features.push(report.toString('hex'))),
      close: () => {
        if (this.opening === opening) this.letGo()
        return Promise.resolve()
      },
    }
    this.opening = opening
    return opening
  }

  private letGo(): void {
    this.opening = undefined
    this.queue = []
    this.awaitingGo = false
    this.lineListeners.closed()
  }

  private written(opening: Opening, report: Buffer): Promise<unknown> {
    if (this.opening !== opening) return Promise.reject(new Error('No such device'))
    if (this.stuck) return new Promise(() => undefined)
    if (report.length !== 65 || report[0] !== 0) throw new Error('an output report is 00 and 64 bytes')
    queueMicrotask(() => this.hear(report.subarray(1)))
    return Promise.resolve(report.length)
  }

  private hear(report: Uint8Array): void {
    const length = report[0] ?? 0
    if (!this.reports.paced) {
      this.lineListeners.bytes(report)
    } else if (length === SEND_NEXT) {
      this.awaitingGo = false
      this.sendNext()
    } else {
      // A new question: what was left of the old answer is forgotten.
      this.queue = []
      this.awaitingGo = false
      this.sendReport(padded(SEND_NEXT, new Uint8Array(0)))
      this.lineListeners.bytes(report.slice(1, 1 + length))
    }
  }

  private sendNext(): void {
    if (this.awaitingGo) return
    for (let next = this.queue.shift(); next; next = this.reports.paced ? undefined : this.queue.shift()) {
      this.awaitingGo = this.reports.paced
      this.sendReport(next)
    }
  }
}

/** An ID reader with length-prefixed reports. */
export const readerReports: DeviceReports = {
  paced: true,
  cut: (message) => pieces(message, 63).map((payload) => padded(payload.length, payload)),
}

/** A scanner in HID-POS mode that has read a code of this symbology. */
export function scannerReports(aim: string): DeviceReports {
  return {
    paced: false,
    cut: (message) => {
      const parts = pieces(message, 56)
      return parts.map((data, at) => {
        const report = new Uint8Array(64)
        report.set([0x02, data.length, ...Buffer.from(aim, 'latin1')])
        report.set(data, 5)
        report[63] = at < parts.length - 1 ? 1 : 0
        return report
      })
    },
  }
}

function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.slice(at * size, (at + 1) * size))
}

function padded(first: number, payload: Uint8Array): Uint8Array {
  const report = new Uint8Array(64)
  report[0] = first
  report.set(payload, 1)
  return report
}
