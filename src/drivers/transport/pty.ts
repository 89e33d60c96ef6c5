import { closeSync, constants, openSync, write } from 'node:fs'
import type { ReadStream } from 'node:tty'
import { DeviceLineListeners, type DeviceLine } from './device-line.ts'

/** A pseudo-terminal whose slave the kiosk opens as a serial port while a simulator holds the master. */
export interface Pty {
  /** `/dev/pts/N` */
  readonly path: string
  readonly line: DeviceLine
  /** Stops taking bytes from the kiosk (its writes fill up and stick), or goes on taking them. */
  readStopped(stopped: boolean): void
}

/** The part of `@lydell/node-pty` used here; its types leave `open` out. */
interface PtyLibrary {
  open(options: { encoding: null; cols: number; rows: number }): {
    readonly ptsName: string
    readonly fd: number
    readonly master: ReadStream
    readonly slave: ReadStream
  }
}

/**
 * Makes a raw pty. Simulators and tests only: `@lydell/node-pty` is a development dependency, loaded on first use.
 *
 * Three traps of the library are stepped round here. It reads the slave itself and would steal bytes meant for the
 * kiosk: its slave stream is destroyed and a plain descriptor keeps the pty alive while nobody has it open. Its
 * `destroy()` sends SIGHUP to process -1, that is to everybody: never called. And libuv spins on a full master, so
 * bytes go out by `fs.write` on the non-blocking descriptor. One trap remains: the master is not close-on-exec, so a
 * process started while a pty is open holds it too, and a hang-up is not seen before that process has ended.
 */
export async function openPty(): Promise<Pty> {
  const library = await loadLibrary()
  const pty = library.open({ encoding: null, cols: 80, rows: 24 })
  const keepAlive = openSync(pty.ptsName, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK)
  pty.slave.setRawMode(true)
  pty.slave.destroy()
  const line = new PtyLine(pty.master, pty.fd, keepAlive)
  return {
    path: pty.ptsName,
    line,
    readStopped: (stopped) => {
      if (stopped) pty.master.pause()
      else pty.master.resume()
    },
  }
}

async function loadLibrary(): Promise<PtyLibrary> {
  try {
    return (await import('@lydell/node-pty')) as unknown as PtyLibrary
  } catch (cause) {
    throw new Error('a simulator at a path needs the development dependency @lydell/node-pty (or use HOST:PORT)', {
      cause,
    })
  }
}

/** Wait before offering bytes again to a kiosk that does not read. */
const FULL_RETRY_MS = 5

class PtyLine implements DeviceLine {
  private readonly listeners = new DeviceLineListeners()
  private readonly queue: Uint8Array[] = []
  private writing = false
  private open = true
  private readonly master: ReadStream
  private readonly fd: number
  private readonly keepAlive: number

  constructor(master: ReadStream, fd: number, keepAlive: number) {
    this.master = master
    this.fd = fd
    this.keepAlive = keepAlive
    master.on('error', () => this.hangUp())
    master.on('data', (bytes: Buffer) => {
      if (this.open) this.listeners.bytes(bytes)
    })
  }

  onBytes(listener: (bytes: Uint8Array) => void): () => void {
    return this.listeners.onBytes(listener)
  }

  onClosed(listener: () => void): () => void {
    return this.listeners.onClosed(listener)
  }

  send(bytes: Uint8Array): void {
    if (!this.open || bytes.length === 0) return
    this.queue.push(new Uint8Array(bytes))
    if (!this.writing) this.writeNext()
  }

  hangUp(): void {
    if (!this.open) return
    this.open = false
    this.queue.length = 0
    // A write in the thread pool still uses the descriptor; its callback lets go.
    if (!this.writing) this.release()
    queueMicrotask(() => this.listeners.closed())
  }

  private release(): void {
    this.master.destroy()
    closeSync(this.keepAlive)
  }

  private writeNext(): void {
    const bytes = this.queue[0]
    if (!bytes) {
      this.writing = false
      return
    }
    this.writing = true
    write(this.fd, bytes, 0, bytes.length, null, (error, written) => {
      if (!this.open) {
        this.release()
        return
      }
      if (error?.code === 'EAGAIN') {
        setTimeout(() => (this.open ? this.writeNext() : this.release()), FULL_RETRY_MS)
        return
      }
      if (error) {
        this.writing = false
        this.hangUp()
        return
      }
      if (written === bytes.length) this.queue.shift()
      else this.queue[0] = bytes.subarray(written)
      this.writeNext()
    })
  }
}
