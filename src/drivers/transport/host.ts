import { lstatSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { err, ok, type Result } from '../../lib/result.ts'
import { formatAddress, parseAddress, type BadAddress } from './address.ts'
import { DeviceLineListeners, type DeviceLine, type ServeDevice } from './device-line.ts'
import { openPty } from './pty.ts'
import { serialTransport, type SerialAddress } from './serial.ts'
import type { Transport, TransportError } from './transport.ts'

/** A simulator that can be reached from outside. */
export interface HostedSimulator {
  /** What to give to `--port`: a path or `HOST:PORT`. */
  readonly address: string
  /** Ends the simulator and removes its path. */
  close(): Promise<void>
}

/**
 * Serves a simulator where `text` says: `HOST:PORT` listens there (port 0: any free one, see `address`), an existing
 * serial device (not a link of ours) is opened and spoken on, any other path becomes a link to a fresh pty.
 */
export async function hostSimulator(
  text: string,
  defaultBaud: number,
  serve: ServeDevice,
): Promise<Result<HostedSimulator, TransportError | BadAddress>> {
  const address = parseAddress(text, defaultBaud, 'raw')
  if (!address.ok) return address
  if (address.value.kind !== 'tcp' && address.value.kind !== 'serial')
    return err({
      code: 'BAD_ADDRESS',
      detail: `${text}: a simulator is at a path or at HOST:PORT, never a USB device or a queue`,
    })
  if (address.value.kind === 'tcp') return hostOnTcp(serve, address.value)
  return isSerialDevice(address.value.path) ? hostOnSerial(serve, address.value) : hostOnPty(serve, address.value.path)
}

/**
 * Serves a simulator on a pty reached through a link (`link`, or one in a fresh temporary folder). When the line hangs
 * up, a fresh pty takes its place behind the same link, as a device that is plugged in again does.
 */
export async function hostOnPty(serve: ServeDevice, link?: string): Promise<Result<HostedSimulator, TransportError>> {
  const folder = link === undefined ? mkdtempSync(path.join(tmpdir(), 'simulated-')) : undefined
  const at = link ?? path.join(folder ?? '', 'port')
  let line: DeviceLine | undefined
  let stop = (): void => undefined
  let closing = false

  const plugIn = async (): Promise<Result<void, TransportError>> => {
    const pty = await openPty()
    const linked = pointLink(at, pty.path)
    if (!linked.ok) {
      pty.line.hangUp()
      return linked
    }
    line = pty.line
    stop = serve(pty.line)
    pty.line.onClosed(() => {
      stop()
      if (!closing) void plugIn().then(() => undefined)
    })
    return ok()
  }

  const plugged = await plugIn()
  if (!plugged.ok) return plugged
  return ok({
    address: at,
    close: () => {
      closing = true
      line?.hangUp()
      rmSync(folder ?? at, { recursive: true, force: true })
      return Promise.resolve()
    },
  })
}

/** Serves one simulator instance per TCP connection. */
export async function hostOnTcp(
  serve: ServeDevice,
  at: { readonly host: string; readonly port: number },
): Promise<Result<HostedSimulator, TransportError>> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    const stop = serve(socketLine(socket))
    socket.on('close', () => {
      sockets.delete(socket)
      stop()
    })
  })
  const failure = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    server.once('error', resolve)
    server.listen(at.port, at.host, () => resolve(undefined))
  })
  if (failure) {
    const code = failure.code === 'EADDRINUSE' ? 'IN_USE' : failure.code === 'EACCES' ? 'NO_PERMISSION' : 'REFUSED'
    return err({ code, detail: `cannot listen on ${formatAddress({ kind: 'tcp', ...at })}: ${failure.message}` })
  }
  const bound = server.address()
  const port = bound !== null && typeof bound === 'object' ? bound.port : at.port
  return ok({
    address: formatAddress({ kind: 'tcp', host: at.host, port }).replace(/^tcp:/, ''),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  })
}

/** Serves a simulator on a serial port that exists already: the other end of a null-modem cable or of a socat pair. */
async function hostOnSerial(serve: ServeDevice, at: SerialAddress): Promise<Result<HostedSimulator, TransportError>> {
  const transport = serialTransport(at)
  const opened = await transport.open()
  if (!opened.ok) return opened
  const stop = serve(transportLine(transport))
  return ok({
    address: at.path,
    close: async () => {
      stop()
      await transport.close()
    },
  })
}

function socketLine(socket: net.Socket): DeviceLine {
  const listeners = new DeviceLineListeners()
  socket.setNoDelay(true)
  socket.on('error', () => undefined)
  socket.on('data', (bytes) => listeners.bytes(bytes))
  socket.on('close', () => listeners.closed())
  return {
    onBytes: (listener) => listeners.onBytes(listener),
    onClosed: (listener) => listeners.onClosed(listener),
    send: (bytes) => {
      if (socket.writable) socket.write(bytes)
    },
    hangUp: () => socket.destroy(),
  }
}

const SIMULATOR_WRITE_MS = 60_000

function transportLine(transport: Transport): DeviceLine {
  const listeners = new DeviceLineListeners()
  transport.onBytes((bytes) => listeners.bytes(bytes))
  transport.onGone(() => listeners.closed())
  return {
    onBytes: (listener) => listeners.onBytes(listener),
    onClosed: (listener) => listeners.onClosed(listener),
    send: (bytes) =>
      void transport.write(bytes, SIMULATOR_WRITE_MS).then((sent) => {
        if (!sent.ok) listeners.closed()
      }),
    hangUp: () => void transport.close().then(() => listeners.closed()),
  }
}

/** A tty, or a link to one that lives (socat makes such links); a link a dead simulator left points nowhere. */
function isSerialDevice(at: string): boolean {
  if (process.platform === 'win32') return /^(\\\\\.\\)?COM\d+$/i.test(at)
  return statSync(at, { throwIfNoEntry: false })?.isCharacterDevice() ?? false
}

function pointLink(at: string, target: string): Result<void, TransportError> {
  try {
    if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(at)
    symlinkSync(target, at)
    return ok()
  } catch (cause) {
    const error = cause as NodeJS.ErrnoException
    const code = error.code === 'EEXIST' ? 'IN_USE' : error.code === 'ENOENT' ? 'NOT_FOUND' : 'NO_PERMISSION'
    return err({ code, detail: `cannot make ${at}: ${error.message}` })
  }
}
