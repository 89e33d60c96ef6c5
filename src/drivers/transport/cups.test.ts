import { chmod, mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cupsdMissing, DOCUMENT, startCupsd, type PrivateCupsd } from '../../../tests/support/cupsd.ts'
import { expectOk } from '../../lib/result.ts'
import { formatAddress, parseAddress } from './address.ts'
import { cupsTransport } from './cups.ts'

if (cupsdMissing !== null) console.warn(`the tests of raw CUPS queues are skipped: ${cupsdMissing}`)

const JOB = Uint8Array.from({ length: 512 }, (_, at) => at & 0xff)

describe.skipIf(cupsdMissing !== null)('a raw queue of a real print server', () => {
  let cups: PrivateCupsd
  let folder: string
  beforeAll(async () => {
    cups = await startCupsd()
    folder = await mkdtemp(path.join(tmpdir(), 'queue-'))
    // A back end runs as "lp".
    await chmod(folder, 0o755)
  }, 20_000)
  afterAll(() => cups.stop())

  const queue = (name: string) => cupsTransport({ kind: 'cups', queue: name, server: `127.0.0.1:${String(cups.port)}` })

  it('gets every byte of a job unchanged, and is then done with it', async () => {
    const out = path.join(folder, 'out')
    await cups.addFileQueue('receipt', out)
    expectOk(await queue('receipt').open(), 'open')
    expect(await queue('receipt').state()).toBe('ACCEPTING')
    expect(await queue('receipt').printJob(JOB, 'receipt 1', 10_000)).toEqual({ ok: true, value: 'COMPLETED' })
    expect(Uint8Array.from(await readFile(out))).toEqual(JOB)
  })

  it('that is stopped gives the job back when its time is over: nothing comes out later', async () => {
    const out = path.join(folder, 'stopped')
    await cups.addFileQueue('stopped', out)
    await cups.set('stopped', 'disable')
    expect(await queue('stopped').state()).toBe('STOPPED')
    expect(await queue('stopped').printJob(JOB, 'receipt 2', 600)).toEqual({ ok: true, value: 'TAKEN_BACK' })
    await cups.set('stopped', 'enable')
    expect(await queue('stopped').printJob(Uint8Array.of(7), 'receipt 3', 10_000)).toEqual({
      ok: true,
      value: 'COMPLETED',
    })
    expect([...(await readFile(out))]).toEqual([7])
  })

  it('whose back end hangs is given up, and a part may be on paper', async () => {
    await cups.addScriptQueue('slow', `#!/bin/sh\n${DOCUMENT} >/dev/null\nexec sleep 30\n`)
    expect(await queue('slow').printJob(JOB, 'receipt 4', 600)).toEqual({ ok: true, value: 'TOO_LATE' })
  })

  it('that rejects jobs refuses at once', async () => {
    await cups.addFileQueue('rejecting', path.join(folder, 'rejecting'))
    await cups.set('rejecting', 'reject')
    expect(await queue('rejecting').state()).toBe('REJECTING')
    expect(await queue('rejecting').printJob(JOB, 'receipt 5', 1000)).toMatchObject({
      ok: false,
      error: { code: 'REFUSED' },
    })
  })

  it('that does not exist is NOT_FOUND, a server that does not is REFUSED', async () => {
    expect(await queue('nobody').open()).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
    const nowhere = cupsTransport({ kind: 'cups', queue: 'receipt', server: '127.0.0.1:1' })
    expect(await nowhere.open()).toMatchObject({ ok: false, error: { code: 'REFUSED' } })
  })
})

describe('the address of a queue', () => {
  it.each(['cups:RECEIPT', 'cups:RECEIPT?server=10.0.0.2:631', 'lp:/dev/usb/lp0'])('%s is read and written', (text) => {
    expect(formatAddress(expectOk(parseAddress(text, 9600), text))).toBe(text)
  })

  it('a USB printer is known by its path', () => {
    expect(parseAddress('/dev/usb/lp1', 9600)).toEqual({ ok: true, value: { kind: 'lp', path: '/dev/usb/lp1' } })
  })

  it.each(['cups:', 'cups:a/b', 'cups:a?host=x', 'cups:a?server=:', 'lp:usb0'])('%s is refused', (text) => {
    expect(parseAddress(text, 9600)).toMatchObject({ ok: false, error: { code: 'BAD_ADDRESS' } })
  })
})
