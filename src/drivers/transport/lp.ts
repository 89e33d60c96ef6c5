import { systemClock, type Clock } from '../../lib/clock.ts'
import { Lock } from '../../lib/lock.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { formatAddress, type PortAddress } from './address.ts'
import { TransportListeners } from './listeners.ts'
import { openLpFile, type LpFile, type OpenLpFile } from './lp-file.ts'
import type { Transport, TransportError } from './transport.ts'

export type LpAddress = Extract<PortAddress, { kind: 'lp' }>

/** Wait before offering bytes again to a printer whose buffer is full. */
const FULL_RETRY_MS = 10
/** The device has no interrupt for us: answers are fetched, often while somebody may be waiting for one. */
const EAGER_MS = 10
const EAGER_FOR_MS = 3000
const IDLE_MS = 250
const READ_BYTES = 4096

/**
 * A printer behind Linux' `usblp` (`/dev/usb/lp0`): a character device, not a tty, that one process may open at a time.
 * Reads and writes do not block; a full buffer is waited for until the deadline. A model without a back channel refuses
 * reads (`EINVAL`) and is written to only. `LPGETSTATUS` is not used: it needs an ioctl and says less than DLE EOT.
 */
export function lpTransport(address: LpAddress, open: OpenLpFile = openLpFile, clock: Clock = systemClock): Transport {
  return new LpTransport(address, open, clock)
}

class LpTransport implements Transport {
  readonly name: string
  private readonly path: string
  private readonly openFile: OpenLpFile
  private readonly clock: Clock
  private readonly listeners = new TransportListeners()
  private readonly writing = new Lock()
  private readonly buffer = new Uint8Array(READ_BYTES)
  private file: LpFile | undefined
  private cancelPoll: () => void = () => undefined
  private eagerUntil = 0

  constructor(address: LpAddress, open: OpenLpFile, clock: Clock) {
    this.name = formatAddress(address)
    this.path = address.path
    this.openFile = open
    this.clock = clock
  }

  onBytes(listener: (bytes: Uint8Array) => void): () => void {
    return this.listeners.onBytes(listener)
  }

  onGone(listener: (why: TransportError) => void): () => void {
    return this.listeners.onGone(listener)
  }

  async open(): Promise<Result<void, TransportError>> {
    if (this.file) throw new Error(`${this.name} is already open`)
    try {
      const file = await this.openFile(this.path)
      this.file = file
      this.readLater(file)
      return ok()
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException
      return err({ code: OPEN_ERRORS[code ?? ''] ?? 'REFUSED', detail: `${this.path}: ${message}` })
    }
  }

  write(bytes: Uint8Array, deadlineMs: number): Promise<Result<void, TransportError>> {
    const until = this.clock.monotonic() + deadlineMs
    return this.writing.run(() => this.writeAll(bytes, until, deadlineMs))
  }

  async close(): Promise<void> {
    const { file } = this
    this.file = undefined
    this.cancelPoll()
    await file?.close()
  }

  private async writeAll(bytes: Uint8Array, until: number, deadlineMs: number): Promise<Result<void, TransportError>> {
    const { file } = this
    if (!file) return err({ code: 'NOT_OPEN', detail: `${this.name} is not open` })
    for (let at = 0; at < bytes.length;) {
      try {
        at += await file.write(bytes.subarray(at))
        continue
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'EAGAIN') return err(await this.lose(file, cause))
      }
      if (this.clock.monotonic() >= until)
        return err({ code: 'TIMED_OUT', detail: `${this.name} took no bytes for ${deadlineMs} ms: is the device on?` })
      await new Promise<void>((resolve) => void this.clock.setTimer(FULL_RETRY_MS, resolve))
      if (this.file !== file) return err({ code: 'NOT_OPEN', detail: `${this.name} was closed` })
    }
    this.eagerUntil = this.clock.monotonic() + EAGER_FOR_MS
    this.readLater(file)
    return ok()
  }

  private readLater(file: LpFile): void {
    this.cancelPoll()
    const wait = this.clock.monotonic() < this.eagerUntil ? EAGER_MS : IDLE_MS
    this.cancelPoll = this.clock.setTimer(wait, () => void this.fetch(file))
  }

  /** One read at a time, then the next is planned; a device that never answers costs four reads a second. */
  private async fetch(file: LpFile): Promise<void> {
    if (this.file !== file) return
    try {
      const length = await file.read(this.buffer)
      if (this.file === file && length > 0) this.listeners.bytes(this.buffer.slice(0, length))
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      if (code === 'EINVAL') return
      if (code !== 'EAGAIN') {
        await this.lose(file, cause)
        return
      }
    }
    if (this.file === file) this.readLater(file)
  }

  private async lose(file: LpFile, cause: unknown): Promise<TransportError> {
    const why: TransportError = { code: 'LOST', detail: `${this.name}: ${(cause as Error).message}` }
    if (this.file === file) {
      await this.close()
      this.listeners.gone(why)
    }
    return why
  }
}

const OPEN_ERRORS: Readonly<Record<string, TransportError['code'] | undefined>> = {
  ENOENT: 'NOT_FOUND',
  ENODEV: 'NOT_FOUND',
  ENXIO: 'NOT_FOUND',
  EACCES: 'NO_PERMISSION',
  EPERM: 'NO_PERMISSION',
  EBUSY: 'IN_USE',
}
