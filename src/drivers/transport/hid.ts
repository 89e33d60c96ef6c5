import { systemClock, type Clock } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { formatAddress, type PortAddress } from './address.ts'
import { systemHidBus, type HidBus, type HidHandle } from './hid-bus.ts'
import { chooseInterface, hex4 } from './hid-choice.ts'
import type { HidFraming, HidFramingName, ReportDecoder } from './hid-framing.ts'
import { framingOfLayout } from './hid-layout.ts'
import { lengthPrefixed64 } from './hid-length-prefixed.ts'
import { hidPos } from './hid-pos.ts'
import { rawReports } from './hid-raw.ts'
import { TransportListeners } from './listeners.ts'
import type { Transport, TransportError } from './transport.ts'

export type HidAddress = Extract<PortAddress, { kind: 'hid' }>

/** What is not the same in a test. */
export interface HidSurroundings {
  readonly bus: HidBus
  readonly clock: Clock
}

/** Finding and opening take milliseconds; a hub that hangs takes for ever. */
const OPEN_DEADLINE_MS = 3000
/** Closing waits for the reading thread (50 ms) and for a report a stuck device never takes. */
const CLOSE_DEADLINE_MS = 500

const FRAMINGS: Readonly<Record<HidFramingName, HidFraming>> = {
  'length-prefixed-64': lengthPrefixed64,
  'hid-pos': hidPos,
  raw: rawReports,
}

/**
 * A USB HID device: bytes carried in reports as the framing of `address` says. It is looked for by its USB ids at every
 * opening, so it may come back on another path. Unlike a serial port it is not locked: the system gives every opener all
 * reports. One write at a time.
 */
export function hidTransport(
  address: HidAddress,
  surroundings: HidSurroundings = { bus: systemHidBus, clock: systemClock },
): Transport {
  return new HidTransport(address, surroundings)
}

interface OpenDevice {
  readonly handle: HidHandle
  readonly decoder: ReportDecoder
  /** Lets the write that waits for "send next" go on. */
  goOn: () => void
}

class HidTransport implements Transport {
  readonly name: string
  private readonly address: HidAddress
  private readonly framing: HidFraming
  private readonly bus: HidBus
  private readonly clock: Clock
  private readonly listeners = new TransportListeners()
  private device: OpenDevice | undefined

  constructor(address: HidAddress, surroundings: HidSurroundings) {
    this.address = address
    this.name = formatAddress(address)
    const { framing } = address
    this.framing = typeof framing === 'string' ? FRAMINGS[framing] : framingOfLayout(framing)
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
    if (!reached.ok)
      return err({ code: 'TIMED_OUT', detail: `${this.name} did not open within ${OPEN_DEADLINE_MS} ms` })
    if (!reached.value.ok) return reached.value
    this.attach(reached.value.value)
    return ok()
  }

  async write(bytes: Uint8Array, deadlineMs: number): Promise<Result<void, TransportError>> {
    const { device } = this
    if (!device) return err({ code: 'NOT_OPEN', detail: `${this.name} is not open` })
    if (!this.framing.encode) return err({ code: 'REFUSED', detail: `${this.name} takes no bytes` })
    const reports = this.framing.encode(bytes)
    const written = await withDeadline(this.clock, deadlineMs, (signal) => this.send(device, reports, signal))
    if (!written.ok)
      return err({ code: 'TIMED_OUT', detail: `${this.name} took no bytes for ${deadlineMs} ms: is the device on?` })
    return written.value
  }

  async close(): Promise<void> {
    const device = this.detach()
    if (device) await this.release(device.handle)
  }

  /** Finds and opens the device; closes it again when nobody waits for it any more. */
  private async reach(signal: AbortSignal): Promise<Result<HidHandle, TransportError>> {
    const { vendorId, productId, serialNumber, usagePage = this.framing.usagePage } = this.address
    const listed = await outcome(this.bus.list(vendorId, productId))
    if (!listed.ok) return err({ code: 'REFUSED', detail: `${this.name}: no access to HID devices: ${listed.error}` })
    const path = chooseInterface(listed.value, { name: this.name, serialNumber, usagePage })
    if (!path.ok) return path
    const opened = await outcome(this.bus.open(path.value))
    if (!opened.ok) return err(this.openError(opened.error))
    // A device that refuses this report may be in the right mode already, so it is not held against it.
    const feature = this.framing.openingFeature?.(vendorId)
    if (feature) await outcome(opened.value.sendFeatureReport(Buffer.from(feature))).then(() => undefined)
    if (signal.aborted) await this.release(opened.value)
    return opened
  }

  private attach(handle: HidHandle): void {
    const device: OpenDevice = { handle, decoder: this.framing.decoder(), goOn: () => undefined }
    this.device = device
    handle.on('error', (cause) => this.lose(device, messageOf(cause)))
    handle.on('data', (report) => {
      if (this.device === device) this.take(device, report)
    })
  }

  private take(device: OpenDevice, report: Uint8Array): void {
    const meaning = device.decoder.take(report, this.clock.monotonic())
    if (meaning.kind === 'send-next') device.goOn()
    if (meaning.kind !== 'bytes') return
    if (meaning.acknowledgement) {
      void outcome(device.handle.write(Buffer.from(meaning.acknowledgement))).then((sent) => {
        if (!sent.ok) this.lose(device, sent.error)
      })
    }
    this.listeners.bytes(meaning.bytes)
  }

  /** Sends a message; stops where the caller's time is over or the device is no longer this one. */
  private async send(
    device: OpenDevice,
    reports: readonly Uint8Array[],
    signal: AbortSignal,
  ): Promise<Result<void, TransportError>> {
    for (const [at, report] of reports.entries()) {
      const isLast = at === reports.length - 1
      const asked = this.framing.paced && !isLast ? this.askedForMore(device) : undefined
      const sent = await outcome(device.handle.write(Buffer.from(report)))
      if (calledOff(signal)) break
      if (!sent.ok) return err(this.lose(device, sent.error))
      await asked
      if (calledOff(signal)) break
      if (this.device !== device) return err({ code: 'LOST', detail: `${this.name} went away during a message` })
    }
    return ok()
  }

  /** Resolves at the device's next "send next", or when the device is let go. */
  private askedForMore(device: OpenDevice): Promise<void> {
    return new Promise((resolve) => (device.goOn = resolve))
  }

  private detach(): OpenDevice | undefined {
    const { device } = this
    this.device = undefined
    device?.goOn()
    return device
  }

  private lose(device: OpenDevice, cause: string): TransportError {
    const why: TransportError = { code: 'LOST', detail: `${this.name}: ${cause}` }
    if (this.device !== device) return why
    this.detach()
    void this.release(device.handle)
    this.listeners.gone(why)
    return why
  }

  private async release(handle: HidHandle): Promise<void> {
    await withDeadline(this.clock, CLOSE_DEADLINE_MS, () => outcome(handle.close())).then(() => undefined)
  }

  private openError(words: string): TransportError {
    const detail = `${this.name}: ${words}`
    if (/permission denied|not permitted/i.test(words))
      return { code: 'NO_PERMISSION', detail: `${detail}. ${this.udevHint()}` }
    if (/no such (file|device)/i.test(words)) return { code: 'NOT_FOUND', detail }
    if (/busy|access is denied|sharing violation|being used/i.test(words)) return { code: 'IN_USE', detail }
    return { code: 'REFUSED', detail }
  }

  /** The rule that lets a group other than root open this device. */
  private udevHint(): string {
    const [vendor, product] = [this.address.vendorId, this.address.productId].map((id) => hex4(id).toLowerCase())
    const rule = `KERNEL=="hidraw*", ATTRS{idVendor}=="${vendor}", ATTRS{idProduct}=="${product}", MODE="0660", GROUP="plugdev"`
    return `Put ${rule} into /etc/udev/rules.d/70-kiosk-hid.rules, the kiosk's user into that group, and plug it in again`
  }
}

/** A function, because the compiler takes a flag read once for a flag that stays. */
function calledOff(signal: AbortSignal): boolean {
  return signal.aborted
}

/** What node-hid rejects with, in words: sometimes an Error, sometimes a text. */
async function outcome<T>(work: Promise<T>): Promise<Result<T, string>> {
  return work.then(
    (value) => ok(value),
    (cause: unknown) => err(messageOf(cause)),
  )
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
