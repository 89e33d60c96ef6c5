import net from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { expectOk } from '../../lib/result.ts'
import { tcpTransport } from './tcp.ts'
import type { Transport, TransportError } from './transport.ts'

/** A server with one waiting connection. */
async function server(onSocket: (socket: net.Socket) => void): Promise<Transport> {
  const listening = net.createServer({ pauseOnConnect: true }, (socket) => {
    socket.on('error', () => undefined)
    onTestFinished(() => void socket.destroy())
    onSocket(socket)
  })
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void listening.close())
  const transport = tcpTransport({
    kind: 'tcp',
    host: '127.0.0.1',
    port: (listening.address() as net.AddressInfo).port,
  })
  onTestFinished(() => transport.close())
  return transport
}

const gone = (transport: Transport): Promise<TransportError> => new Promise((resolve) => transport.onGone(resolve))

describe('a TCP line', () => {
  it('carries bytes both ways and keeps every byte written before it was closed', async () => {
    const received: Buffer[] = []
    let ended = (): void => undefined
    const end = new Promise<void>((resolve) => (ended = resolve))
    const transport = await server((socket) => {
      socket.on('data', (bytes: Buffer) => {
        received.push(bytes)
        socket.write('!')
      })
      socket.on('end', ended)
      socket.resume()
    })
    const reply = new Promise<Uint8Array>((resolve) => transport.onBytes(resolve))
    expectOk(await transport.open(), 'open')
    const page = Buffer.alloc(100_000, 7)
    expectOk(await transport.write(page, 2000), 'write')
    await reply
    await transport.close()
    await end
    expect(Buffer.concat(received).equals(page)).toBe(true)
  })

  it('tells that the peer said goodbye, and that it was torn down', async () => {
    for (const leave of [(socket: net.Socket) => socket.end(), (socket: net.Socket) => socket.resetAndDestroy()]) {
      const transport = await server((socket) => {
        socket.on('data', () => leave(socket))
        socket.resume()
      })
      const why = gone(transport)
      expectOk(await transport.open(), 'open')
      expectOk(await transport.write(Uint8Array.of(0), 100), 'write')
      expect(await why).toMatchObject({ code: 'LOST' })
      expect(await transport.write(Uint8Array.of(1), 100)).toMatchObject({ ok: false, error: { code: 'NOT_OPEN' } })
    }
  })

  it('gives up a write the peer never reads, and still closes at once', async () => {
    const transport = await server(() => undefined)
    expectOk(await transport.open(), 'open')
    const much = Buffer.alloc(64_000_000)
    expect(await transport.write(much, 100)).toMatchObject({ ok: false, error: { code: 'TIMED_OUT' } })
    await transport.close()
  })

  it('names a port nobody listens on', async () => {
    const transport = tcpTransport({ kind: 'tcp', host: '127.0.0.1', port: 1 })
    expect(await transport.open()).toMatchObject({ ok: false, error: { code: 'REFUSED' } })
  })
})
