import { describe, expect, it, onTestFinished } from 'vitest'
import { testPty } from '../../../tests/support/pty.ts'
import { expectOk } from '../../lib/result.ts'
import { parseTransport } from './parse.ts'
import type { Transport, TransportError } from './transport.ts'

function serialAt(path: string): Transport {
  const transport = expectOk(parseTransport(path, 115_200), 'a path')
  onTestFinished(() => transport.close())
  return transport
}

function gather(onBytes: (listener: (bytes: Uint8Array) => void) => unknown, count: number): Promise<Buffer> {
  return new Promise((resolve) => {
    let all = Buffer.alloc(0)
    onBytes((bytes) => {
      all = Buffer.concat([all, bytes])
      if (all.length >= count) resolve(all)
    })
  })
}

const gone = (transport: Transport): Promise<TransportError> =>
  new Promise((resolve) => transport.onGone((why) => resolve(why)))

describe('a serial line', () => {
  it('carries all 256 byte values unchanged in both directions', async () => {
    const pty = await testPty()
    const serial = serialAt(pty.path)
    const every = Uint8Array.from({ length: 256 }, (_, value) => value)
    const atDevice = gather((listener) => pty.line.onBytes(listener), 256)
    const atHost = gather((listener) => serial.onBytes(listener), 256)
    expect(await serial.open()).toEqual({ ok: true, value: undefined })
    expect(await serial.write(every, 1000)).toEqual({ ok: true, value: undefined })
    pty.line.send(every)
    expect(new Uint8Array(await atDevice)).toEqual(every)
    expect(new Uint8Array(await atHost)).toEqual(every)
  })

  it('tells a path that does not exist from one in use and from one that is no port', async () => {
    const pty = await testPty()
    const first = serialAt(pty.path)
    expectOk(await first.open(), 'the first opener')
    expect(await serialAt(pty.path).open()).toMatchObject({ ok: false, error: { code: 'IN_USE' } })
    expect(await serialAt('/dev/no-such-port').open()).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
    expect(await serialAt('/etc/hostname').open()).toMatchObject({ ok: false, error: { code: 'REFUSED' } })
  })

  it('tells once that the device hung up, and can be opened again', async () => {
    const pty = await testPty()
    const serial = serialAt(pty.path)
    expectOk(await serial.open(), 'open')
    const why = gone(serial)
    pty.line.hangUp()
    expect(await why).toMatchObject({ code: 'LOST' })
    expect(await serial.write(Uint8Array.of(1), 1000)).toMatchObject({ ok: false, error: { code: 'NOT_OPEN' } })
    expect(await serial.open()).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
  })

  it('gives up a write no device takes, and still closes', async () => {
    const pty = await testPty()
    pty.readStopped(true)
    const serial = serialAt(pty.path)
    expectOk(await serial.open(), 'open')
    expect(await serial.write(new Uint8Array(300_000), 50)).toMatchObject({ ok: false, error: { code: 'TIMED_OUT' } })
    await serial.close()
    expect(await serialAt(pty.path).open()).toMatchObject({ ok: true })
  })

  it('says that a line never opened is not open, and closes any number of times', async () => {
    const pty = await testPty()
    const serial = serialAt(pty.path)
    expect(await serial.write(Uint8Array.of(1), 50)).toMatchObject({ ok: false, error: { code: 'NOT_OPEN' } })
    await serial.close()
    expectOk(await serial.open(), 'open')
    await serial.close()
    await serial.close()
    expectOk(await serial.open(), 'open again')
  })
})
