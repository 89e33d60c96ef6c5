import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import { expectOk } from '../../lib/result.ts'
import { hidTransport, type HidAddress } from './hid.ts'
import { parseTransport } from './parse.ts'
import { onePlugged, readerReports, scannerReports, simulatedHid, type SimulatedHid } from './simulated-hid.ts'
import type { Transport, TransportError } from './transport.ts'

const READER: HidAddress = {
  kind: 'hid',
  vendorId: 0x0483,
  productId: 0x572b,
  framing: 'length-prefixed-64',
}
const SCANNER: HidAddress = { kind: 'hid', vendorId: 0x0c2e, productId: 0x0b61, framing: 'hid-pos' }

interface Bench {
  readonly clock: SimulatedClock
  readonly hid: SimulatedHid
  readonly transport: Transport
  readonly received: number[]
  readonly gone: TransportError[]
}

function bench(address: HidAddress = READER, hid = simulatedHid(readerReports)): Bench {
  const clock = new SimulatedClock(0)
  const transport = hidTransport(address, { bus: hid.bus, clock })
  const received: number[] = []
  const gone: TransportError[] = []
  transport.onBytes((bytes) => received.push(...bytes))
  transport.onGone((why) => gone.push(why))
  return { clock, hid, transport, received, gone }
}

const numbered = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => at & 0xff)

describe('a HID device', () => {
  it('that carries length-prefixed reports gives the bytes of a long answer, one report per acknowledgement', async () => {
    const { clock, hid, transport, received } = bench()
    expectOk(await transport.open(), 'an open reader')
    hid.device.send(numbered(1295))
    await clock.advance(0)
    expect(received).toEqual([...numbered(1295)])
  })

  it('is sent a long message one report at a time, each when it asks for it', async () => {
    const { clock, hid, transport } = bench()
    const heard: number[][] = []
    hid.device.onBytes((bytes) => heard.push([...bytes]))
    expectOk(await transport.open(), 'an open reader')
    expect(await transport.write(numbered(150), 100)).toEqual({ ok: true, value: undefined })
    await clock.advance(0)
    expect(heard.map((bytes) => bytes.length)).toEqual([63, 63, 24])
    expect(heard.flat()).toEqual([...numbered(150)])
  })

  it('that never asks for the next report makes the write time out', async () => {
    const { clock, transport } = bench(READER, simulatedHid({ ...readerReports, paced: false }))
    expectOk(await transport.open(), 'an open reader')
    const written = transport.write(numbered(64), 200)
    await clock.advance(200)
    expect(await written).toMatchObject({ ok: false, error: { code: 'TIMED_OUT' } })
  })

  it('that takes no reports makes the write time out, and can be let go', async () => {
    const { clock, hid, transport } = bench()
    expectOk(await transport.open(), 'an open reader')
    hid.stick(true)
    const written = transport.write(numbered(3), 200)
    await clock.advance(200)
    expect(await written).toMatchObject({ ok: false, error: { code: 'TIMED_OUT' } })
    await transport.close()
    expect(hid.openPaths).toEqual([])
  })

  it('that is unplugged is told once as LOST, and works again when it is back on another path', async () => {
    const { clock, hid, transport, received, gone } = bench()
    expectOk(await transport.open(), 'an open reader')
    hid.device.hangUp()
    await clock.advance(0)
    expect(gone).toMatchObject([{ code: 'LOST', detail: expect.stringContaining('disconnected') as string }])
    expect(await transport.write(numbered(1), 100)).toMatchObject({ error: { code: 'NOT_OPEN' } })
    hid.plug({ ...onePlugged, path: '/dev/hidraw7' })
    expectOk(await transport.open(), 'the reader again')
    hid.device.send(numbered(3))
    await clock.advance(0)
    expect(hid.openPaths).toEqual(['/dev/hidraw7'])
    expect(received).toEqual([...numbered(3)])
    expect(gone).toHaveLength(1)
  })

  it('that is unplugged between two reports of a message loses the write', async () => {
    const { clock, hid, transport, gone } = bench(READER, simulatedHid({ ...readerReports, paced: false }))
    expectOk(await transport.open(), 'an open reader')
    const written = transport.write(numbered(64), 5000)
    await clock.advance(10)
    hid.device.hangUp()
    await clock.advance(0)
    expect(await written).toMatchObject({ ok: false, error: { code: 'LOST' } })
    expect(gone).toHaveLength(1)
  })

  it('whose write fails is LOST, once', async () => {
    const { hid, transport, gone } = bench()
    const failing = { ...hid.bus, open: async (path: string) => ({ ...(await hid.bus.open(path)), write: refuse }) }
    const refuse = (): Promise<never> => Promise.reject(new Error('No such device'))
    const broken = hidTransport(READER, { bus: failing, clock: new SimulatedClock(0) })
    broken.onGone((why) => gone.push(why))
    expectOk(await broken.open(), 'an open reader')
    expect(await broken.write(numbered(1), 100)).toMatchObject({ error: { code: 'LOST' } })
    expect(gone).toHaveLength(1)
    expect(transport.name).toBe('hid:0483:572B?framing=length-prefixed-64')
  })

  it('that was closed says nothing more', async () => {
    const { clock, hid, transport, received, gone } = bench()
    expectOk(await transport.open(), 'an open reader')
    hid.device.send(numbered(3))
    await transport.close()
    await transport.close()
    hid.device.hangUp()
    await clock.advance(0)
    expect(received).toEqual([])
    expect(gone).toEqual([])
  })

  it('opened twice is our bug', async () => {
    const { transport } = bench()
    expectOk(await transport.open(), 'an open reader')
    await expect(transport.open()).rejects.toThrow('already open')
  })
})

describe('a HID device that cannot be opened', () => {
  it('says which udev rule is missing', async () => {
    const { hid, transport } = bench()
    hid.refuseOpen("Failed to open a device with path '/dev/hidraw0': Permission denied")
    const opened = await transport.open()
    expect(opened).toMatchObject({ ok: false, error: { code: 'NO_PERMISSION' } })
    expect(JSON.stringify(opened)).toContain('ATTRS{idVendor}==\\"0483\\", ATTRS{idProduct}==\\"572b\\"')
  })

  it.each([
    ['No such file or directory', 'NOT_FOUND'],
    ['Device or resource busy', 'IN_USE'],
    ['Input/output error', 'REFUSED'],
  ])('because of "%s" is %s', async (words, code) => {
    const { hid, transport } = bench()
    hid.refuseOpen(words)
    expect(await transport.open()).toMatchObject({ ok: false, error: { code } })
  })

  it('because nothing is plugged in, or another serial number, is not found', async () => {
    const { hid, transport } = bench({ ...READER, serialNumber: 'S1' })
    hid.plug({ ...onePlugged, serialNumber: 'S2' })
    expect(await transport.open()).toMatchObject({
      error: { code: 'NOT_FOUND', detail: expect.stringContaining('S2') as string },
    })
    hid.plug()
    expect(await transport.open()).toMatchObject({ error: { code: 'NOT_FOUND' } })
  })

  it('because the scanner is in keyboard mode is not found, with the remedy', async () => {
    const keyboard = { ...onePlugged, usagePage: 0x01, usage: 6 }
    const { transport } = bench(SCANNER, simulatedHid(scannerReports(']Q1'), keyboard))
    const opened = await transport.open()
    expect(opened).toMatchObject({ error: { code: 'NOT_FOUND' } })
    expect(JSON.stringify(opened)).toContain('usage page 0001 instead of 008C')
  })

  it('because two of one model are there is refused until the serial number says which', async () => {
    const twins = ['S1', 'S2'].map((serialNumber) => ({
      ...onePlugged,
      serialNumber,
      path: `/dev/hidraw-${serialNumber}`,
    }))
    const unnamed = bench()
    unnamed.hid.plug(...twins)
    expect(await unnamed.transport.open()).toMatchObject({ error: { code: 'REFUSED' } })
    const named = bench({ ...READER, serialNumber: 'S2' })
    named.hid.plug(...twins)
    expectOk(await named.transport.open(), 'the second reader')
    expect(named.hid.openPaths).toEqual(['/dev/hidraw-S2'])
  })

  it('within three seconds is TIMED_OUT, and is let go should it open after all', async () => {
    const { clock, hid } = bench()
    let finish = (): void => undefined
    const late = new Promise<void>((resolve) => (finish = resolve))
    const slow = { ...hid.bus, open: (path: string) => late.then(() => hid.bus.open(path)) }
    const transport = hidTransport(READER, { bus: slow, clock })
    const opened = transport.open()
    await clock.advance(3000)
    expect(await opened).toMatchObject({ error: { code: 'TIMED_OUT' } })
    finish()
    await clock.advance(0)
    expect(hid.openPaths).toEqual([])
  })

  it('is so found by the real node-hid, too', async () => {
    const transport = expectOk(parseTransport('hid:FFFE:FFFD', 9600, 'raw'), 'an address')
    expect(await transport.open()).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
  })
})

describe('a scanner in HID-POS mode', () => {
  const pos = { ...onePlugged, path: '/dev/hidraw3', interface: 1, usagePage: 0x8c, usage: 2 }

  it('is opened at its own interface beside the keyboard one, and switched on where its maker needs that', async () => {
    const { hid, transport } = bench(SCANNER, simulatedHid(scannerReports(']Q1'), pos))
    hid.plug({ ...onePlugged, usagePage: 0x01, usage: 6 }, pos)
    expectOk(await transport.open(), 'an open scanner')
    expect(hid.openPaths).toEqual(['/dev/hidraw3'])
    expect(hid.features).toEqual(['fe01'])
  })

  it('is opened also when it refuses that report', async () => {
    const { hid } = bench(SCANNER, simulatedHid(scannerReports(']Q1'), pos))
    const refuse = (): Promise<never> => Promise.reject(new Error('ioctl (SFEATURE): Broken pipe'))
    const bus = {
      ...hid.bus,
      open: async (path: string) => ({ ...(await hid.bus.open(path)), sendFeatureReport: refuse }),
    }
    expectOk(await hidTransport(SCANNER, { bus, clock: new SimulatedClock(0) }).open(), 'an open scanner')
  })

  it('takes no bytes', async () => {
    const { transport } = bench(SCANNER, simulatedHid(scannerReports(']Q1'), pos))
    expectOk(await transport.open(), 'an open scanner')
    expect(await transport.write(numbered(1), 100)).toMatchObject({ error: { code: 'REFUSED' } })
  })
})
