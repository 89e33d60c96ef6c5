import { execFileSync } from 'node:child_process'
import { describe, expect, it, onTestFinished } from 'vitest'
import { testPty } from '../../../tests/support/pty.ts'
import { SimulatedClock } from '../../lib/clock.ts'
import { expectOk } from '../../lib/result.ts'
import type { LpFile } from './lp-file.ts'
import { lpTransport } from './lp.ts'
import type { Transport, TransportError } from './transport.ts'

const ADDRESS = { kind: 'lp', path: '/dev/usb/lp0' } as const

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: said by the kernel`), { code })
}

/** A device file in software: `answers` are what reads give, one after another, then nothing more. */
function fakeFile(change: Partial<LpFile> = {}) {
  const written: number[] = []
  const answers: Uint8Array[] = []
  let closed = 0
  const file: LpFile = {
    write: (bytes) => {
      written.push(...bytes)
      return Promise.resolve(bytes.length)
    },
    read: (into) => {
      const next = answers.shift()
      if (next === undefined) return Promise.reject(systemError('EAGAIN'))
      into.set(next)
      return Promise.resolve(next.length)
    },
    close: () => {
      closed++
      return Promise.resolve()
    },
    ...change,
  }
  const clock = new SimulatedClock(0)
  const transport = lpTransport(ADDRESS, () => Promise.resolve(file), clock)
  const heard: number[] = []
  const gone: TransportError[] = []
  transport.onBytes((bytes) => heard.push(...bytes))
  transport.onGone((why) => gone.push(why))
  return { clock, transport, written, answers, heard, gone, closed: () => closed }
}

describe('a USB printer as a character device', () => {
  it('is written to and fetched from', async () => {
    const { clock, transport, written, answers, heard } = fakeFile()
    expectOk(await transport.open(), 'open')
    expectOk(await transport.write(Uint8Array.of(0x10, 4, 1), 1000), 'write')
    answers.push(Uint8Array.of(0x12), new Uint8Array(0), Uint8Array.of(0x1a))
    await clock.advance(100)
    expect(written).toEqual([0x10, 4, 1])
    expect(heard).toEqual([0x12, 0x1a])
  })

  it('is fetched from often after a question and four times a second otherwise', async () => {
    let reads = 0
    const { clock, transport } = fakeFile({
      read: () => {
        reads++
        return Promise.reject(systemError('EAGAIN'))
      },
    })
    expectOk(await transport.open(), 'open')
    await clock.advance(1000)
    expect(reads).toBe(4)
    expectOk(await transport.write(Uint8Array.of(1), 1000), 'write')
    await clock.advance(1000)
    expect(reads).toBeGreaterThan(80)
    await transport.close()
    const before = reads
    await clock.advance(1000)
    expect(reads).toBe(before)
  })

  it('takes its bytes in parts, and a full buffer is waited for', async () => {
    const taken: number[] = []
    let turn = 0
    const { clock, transport } = fakeFile({
      write: (bytes) => {
        if (++turn % 2 === 0) return Promise.reject(systemError('EAGAIN'))
        taken.push(...bytes.subarray(0, 2))
        return Promise.resolve(Math.min(2, bytes.length))
      },
    })
    expectOk(await transport.open(), 'open')
    const writing = transport.write(Uint8Array.of(1, 2, 3, 4, 5), 1000)
    await clock.advance(100)
    expectOk(await writing, 'write')
    expect(taken).toEqual([1, 2, 3, 4, 5])
  })

  it('that takes nothing until the deadline is TIMED_OUT and stays open', async () => {
    const { clock, transport } = fakeFile({ write: () => Promise.reject(systemError('EAGAIN')) })
    expectOk(await transport.open(), 'open')
    const writing = transport.write(Uint8Array.of(1), 500)
    await clock.advance(600)
    expect(await writing).toMatchObject({ ok: false, error: { code: 'TIMED_OUT' } })
  })

  it('without a back channel is only written to', async () => {
    let reads = 0
    const { clock, transport, gone } = fakeFile({
      read: () => {
        reads++
        return Promise.reject(systemError('EINVAL'))
      },
    })
    expectOk(await transport.open(), 'open')
    await clock.advance(3000)
    expect(reads).toBe(1)
    expect(gone).toEqual([])
  })

  it.each(['ENODEV', 'EIO'])('that is unplugged (%s) is lost once, and can be opened again', async (code) => {
    const { clock, transport, gone, closed } = fakeFile({ read: () => Promise.reject(systemError(code)) })
    expectOk(await transport.open(), 'open')
    await clock.advance(300)
    expect(gone).toMatchObject([{ code: 'LOST' }])
    expect(closed()).toBe(1)
    expect(await transport.write(Uint8Array.of(1), 100)).toMatchObject({ error: { code: 'NOT_OPEN' } })
    expectOk(await transport.open(), 'open again')
  })

  it.each([
    ['ENOENT', 'NOT_FOUND'],
    ['EBUSY', 'IN_USE'],
    ['EACCES', 'NO_PERMISSION'],
    ['EIO', 'REFUSED'],
  ])('that cannot be opened (%s) is %s', async (code, named) => {
    const transport = lpTransport(ADDRESS, () => Promise.reject(systemError(code)))
    expect(await transport.open()).toMatchObject({ ok: false, error: { code: named } })
  })
})

describe('through the real file system', () => {
  async function overPty(): Promise<{ transport: Transport; line: Awaited<ReturnType<typeof testPty>>['line'] }> {
    const pty = await testPty()
    // A printer's device file knows no lines; a tty does until it is told otherwise.
    execFileSync('stty', ['-F', pty.path, 'raw', '-echo'])
    const transport = lpTransport({ kind: 'lp', path: pty.path })
    onTestFinished(() => transport.close())
    expectOk(await transport.open(), 'open')
    return { transport, line: pty.line }
  }

  it('every byte value goes both ways', async () => {
    const { transport, line } = await overPty()
    const all = Uint8Array.from({ length: 256 }, (_, value) => value)
    const heard: number[] = []
    const said: number[] = []
    transport.onBytes((bytes) => heard.push(...bytes))
    line.onBytes((bytes) => said.push(...bytes))
    expectOk(await transport.write(all, 1000), 'write')
    line.send(all)
    await expect.poll(() => heard).toEqual([...all])
    await expect.poll(() => said).toEqual([...all])
  })

  it('a device that hangs up is lost at the latest when it is written to', async () => {
    const { transport, line } = await overPty()
    const gone: TransportError[] = []
    transport.onGone((why) => gone.push(why))
    line.hangUp()
    await expect.poll(async () => (await transport.write(Uint8Array.of(1), 100)).ok).toBe(false)
    expect(gone).toMatchObject([{ code: 'LOST' }])
  })

  it('a path that does not exist is NOT_FOUND', async () => {
    const transport = lpTransport({ kind: 'lp', path: '/dev/usb/lp-nobody' })
    expect(await transport.open()).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
  })
})
