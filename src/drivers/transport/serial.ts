import { SerialPort } from 'serialport'
import { systemClock } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { formatAddress, type PortAddress } from './address.ts'
import { TransportListeners } from './listeners.ts'
import type { Transport, TransportError } from './transport.ts'

export type SerialAddress = Extract<PortAddress, { kind: 'serial' }>

/** A port that does not open in this time is broken hardware; opening itself takes microseconds. */
const OPEN_DEADLINE_MS = 3000
/** Closing may wait for bytes a stuck device never takes; after this the handle is left to the kernel. */
const CLOSE_DEADLINE_MS = 500
/**
 * How often an open port is asked whether it still exists. A tty that hangs up right after opening gives `serialport`
 * no event at all (reads return 0 forever); only an ioctl tells the truth. Also ends that loop of empty reads.
 */
const PULSE_MS = 250

/** A serial line (RS-232, USB-serial, pty) over `serialport`. The port is locked: a second opener gets `IN_USE`. */
export function serialTransport(address: SerialAddress): Transport {
  return new SerialTransport(address)
}

class SerialTransport implements Transport {
  readonly name: string
  private readonly address: SerialAddress
  private readonly listeners = new TransportListeners()
  private port: SerialPort | undefined
  private pulse: NodeJS.Timeout | undefined
  private writesUnderWay = 0

  constructor(address: SerialAddress) {
    this.address = address
    this.name = formatAddress(address)
  }

  onBytes(listener: (bytes: Uint8Array) => void): () => void {
    return this.listeners.onBytes(listener)
  }

  onGone(listener: (why: TransportError) => void): () => void {
    return this.listeners.onGone(listener)
  }

  async open(): Promise<Result<void, TransportError>> {
    if (this.port) throw new Error(`${this.name} is already open`)
    const { path, baudRate, dataBits, parity, stopBits, rtscts, xonxoff } = this.address
    const port = new SerialPort({
      path,
      baudRate,
      dataBits,
      parity,
      stopBits,
      rtscts,
      xon: xonxoff,
      xoff: xonxoff,
      autoOpen: false,
    })
    port.on('error', () => undefined)
    const opened = await withDeadline(systemClock, OPEN_DEADLINE_MS, () => openPort(port))
    if (!opened.ok) {
      port.once('open', () => void closePort(port))
      return err({ code: 'TIMED_OUT', detail: `${path} did not open within ${OPEN_DEADLINE_MS} ms` })
    }
    if (opened.value) return err(openError(path, opened.value))
    this.attach(port)
    return ok()
  }

  async write(bytes: Uint8Array, deadlineMs: number): Promise<Result<void, TransportError>> {
    const port = this.port
    if (!port) return err({ code: 'NOT_OPEN', detail: `${this.name} is not open` })
    this.writesUnderWay++
    const written = await withDeadline(systemClock, deadlineMs, () =>
      writePort(port, bytes).finally(() => this.writesUnderWay--),
    )
    if (!written.ok)
      return err({ code: 'TIMED_OUT', detail: `${this.name} took no bytes for ${deadlineMs} ms: is the device on?` })
    if (!written.value) return ok()
    const why: TransportError = { code: 'LOST', detail: `${this.name}: ${written.value.message}` }
    this.lose(port, why)
    return err(why)
  }

  async close(): Promise<void> {
    const port = this.detach()
    if (port) await this.release(port)
  }

  private attach(port: SerialPort): void {
    this.port = port
    port.on('data', (bytes: Buffer) => {
      if (this.port === port) this.listeners.bytes(Uint8Array.from(bytes))
      // Cut from a pool of the library that lives on; what comes from an ID card must not.
      bytes.fill(0)
    })
    port.on('close', () => this.lose(port, { code: 'LOST', detail: `${this.name} hung up` }))
    this.pulse = setInterval(() => {
      stillThere(port).catch((cause: unknown) => {
        this.lose(port, { code: 'LOST', detail: `${this.name}: ${messageOf(cause)}` })
      })
    }, PULSE_MS)
    this.pulse.unref()
  }

  private detach(): SerialPort | undefined {
    const port = this.port
    this.port = undefined
    clearInterval(this.pulse)
    return port
  }

  private lose(port: SerialPort, why: TransportError): void {
    if (this.port !== port) return
    this.detach()
    void this.release(port)
    this.listeners.gone(why)
  }

  private async release(port: SerialPort): Promise<void> {
    if (!port.isOpen) return
    await withDeadline(systemClock, CLOSE_DEADLINE_MS, async () => {
      if (this.writesUnderWay > 0) await flushPort(port)
      await closePort(port)
    }).then(() => undefined)
  }
}

function openPort(port: SerialPort): Promise<Error | undefined> {
  return new Promise((resolve) => port.open((error) => resolve(error ?? undefined)))
}

function writePort(port: SerialPort, bytes: Uint8Array): Promise<Error | undefined> {
  return new Promise((resolve) => {
    port.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), undefined, (error) =>
      resolve(error ?? undefined),
    )
  })
}

/** Drops bytes a stuck device will not take, so that closing does not wait for them. */
function flushPort(port: SerialPort): Promise<void> {
  return new Promise((resolve) => port.flush(() => resolve()))
}

function closePort(port: SerialPort): Promise<void> {
  return new Promise((resolve) => {
    if (port.isOpen) port.close(() => resolve())
    else resolve()
  })
}

/** Rejects when the kernel has taken the line away. The binding is not part of the stream's type but of its contract. */
async function stillThere(port: SerialPort): Promise<void> {
  const binding = port.port as { getBaudRate(): Promise<unknown> } | undefined
  if (port.isOpen) await binding?.getBaudRate()
}

function openError(path: string, error: Error): TransportError {
  const detail = `${path}: ${error.message}`
  if (/no such file|file not found|unknown error code 2\b/i.test(error.message)) return { code: 'NOT_FOUND', detail }
  if (/cannot lock|temporarily unavailable|busy|access denied/i.test(error.message)) return { code: 'IN_USE', detail }
  if (/permission denied/i.test(error.message)) return { code: 'NO_PERMISSION', detail }
  return { code: 'REFUSED', detail }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
