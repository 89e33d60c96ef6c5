import { rmSync } from 'node:fs'
import net from 'node:net'
import { DeviceLineListeners, type DeviceLine, type ServeDevice } from '../transport/device-line.ts'

/** Serves a simulated pcscd on a Unix socket at `path`; the returned function ends it. */
export async function hostOnUnixSocket(serve: ServeDevice, path: string): Promise<() => Promise<void>> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    const stop = serve(lineOf(socket))
    socket.on('close', () => {
      sockets.delete(socket)
      stop()
    })
  })
  rmSync(path, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    })
}

function lineOf(socket: net.Socket): DeviceLine {
  const listeners = new DeviceLineListeners()
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
