import net from 'node:net'
import { systemClock } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import { formatAddress, type PortAddress } from './address.ts'
import { TransportListeners } from './listeners.ts'
import type { Transport, TransportError } from './transport.ts'

export type TcpAddress = Extract<PortAddress, { kind: 'tcp' }>

const CONNECT_DEADLINE_MS = 3000
/** Time for the peer to take the last bytes and our goodbye before the socket is torn down. */
const GOODBYE_MS = 250
/** Silent links are probed after this time, so a pulled network cable is noticed. */
const KEEPALIVE_MS = 5000

/** A TCP connection to a device (raw port 9100, a serial-device server). The peer's end of stream counts as a loss. */
export function tcpTransport(address: TcpAddress): Transport {
  return new TcpTransport(address)
}

class TcpTransport implements Transport {
  readonly name: string
  private readonly address: TcpAddress
  private readonly listeners = new TransportListeners()
  private socket: net.Socket | undefined
  private writesUnderWay = 0

  constructor(address: TcpAddress) {
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
    if (this.socket) throw new Error(`${this.name} is already open`)
    const { host, port } = this.address
    const socket = new net.Socket()
    const connected = await withDeadline(systemClock, CONNECT_DEADLINE_MS, () => connect(socket, host, port))
    if (connected.ok && connected.value === undefined) {
      this.attach(socket)
      return ok()
    }
    socket.destroy()
    if (connected.ok && connected.value) return err(connectError(this.name, connected.value))
    return err({ code: 'TIMED_OUT', detail: `${this.name} did not answer within ${CONNECT_DEADLINE_MS} ms` })
  }

  async write(bytes: Uint8Array, deadlineMs: number): Promise<Result<void, TransportError>> {
    const socket = this.socket
    if (!socket) return err({ code: 'NOT_OPEN', detail: `${this.name} is not open` })
    this.writesUnderWay++
    const written = await withDeadline(systemClock, deadlineMs, () =>
      new Promise<Error | undefined>((resolve) => {
        socket.write(bytes, (error) => resolve(error ?? undefined))
      }).finally(() => this.writesUnderWay--),
    )
    if (!written.ok)
      return err({ code: 'TIMED_OUT', detail: `${this.name} took no bytes for ${deadlineMs} ms: is the device on?` })
    if (!written.value) return ok()
    const why: TransportError = { code: 'LOST', detail: `${this.name}: ${written.value.message}` }
    this.lose(socket, why)
    return err(why)
  }

  async close(): Promise<void> {
    const socket = this.socket
    this.socket = undefined
    if (!socket || socket.destroyed) return
    if (this.writesUnderWay > 0) {
      socket.resetAndDestroy()
      return
    }
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    socket.end()
    await withDeadline(systemClock, GOODBYE_MS, () => closed).then(() => socket.destroy())
  }

  private attach(socket: net.Socket): void {
    this.socket = socket
    socket.setNoDelay(true)
    socket.setKeepAlive(true, KEEPALIVE_MS)
    socket.on('data', (bytes) => {
      if (this.socket === socket) this.listeners.bytes(bytes)
    })
    socket.on('error', (error) => this.lose(socket, { code: 'LOST', detail: `${this.name}: ${error.message}` }))
    socket.on('end', () => this.lose(socket, { code: 'LOST', detail: `${this.name} hung up` }))
    socket.on('close', () => this.lose(socket, { code: 'LOST', detail: `${this.name} hung up` }))
  }

  private lose(socket: net.Socket, why: TransportError): void {
    if (this.socket !== socket) return
    this.socket = undefined
    socket.destroy()
    this.listeners.gone(why)
  }
}

function connect(socket: net.Socket, host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    socket.once('error', resolve)
    socket.connect(port, host, () => resolve(undefined))
  })
}

const CONNECT_ERRORS: Readonly<Record<string, TransportError['code'] | undefined>> = {
  ECONNREFUSED: 'REFUSED',
  ENOTFOUND: 'NOT_FOUND',
  EAI_AGAIN: 'NOT_FOUND',
  EHOSTUNREACH: 'NOT_FOUND',
  ENETUNREACH: 'NOT_FOUND',
  ETIMEDOUT: 'TIMED_OUT',
  EACCES: 'NO_PERMISSION',
}

function connectError(name: string, error: NodeJS.ErrnoException): TransportError {
  return { code: CONNECT_ERRORS[error.code ?? ''] ?? 'REFUSED', detail: `${name}: ${error.message}` }
}
