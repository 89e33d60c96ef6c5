import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import { expectOk } from '../../lib/result.ts'
import { formatAddress, parseAddress } from './address.ts'
import { memoryPair } from './memory.ts'
import { foundOf, type SerialBus, type SerialPortFound } from './serial-bus.ts'
import type { SerialAddress } from './serial.ts'
import { usbSerialTransport, type UsbSerialAddress } from './usb-serial.ts'

function port(path: string, serialNumber: string | null, face: number | null = 0): SerialPortFound {
  return { path, usb: { vendorId: 0x10c4, productId: 0xea60, serialNumber, interface: face }, maker: 'Silicon Labs' }
}

const MAINBOARD: SerialPortFound = { path: '/dev/ttyS0', usb: null, maker: null }

/** A line bound by identity, on a bus whose plugs the test moves. */
function bound(text: string, ...plugged: readonly SerialPortFound[]) {
  const clock = new SimulatedClock(0)
  const sockets = { ports: [MAINBOARD, ...plugged], refuses: '' }
  const bus: SerialBus = {
    list: () => (sockets.refuses === '' ? Promise.resolve(sockets.ports) : Promise.reject(new Error(sockets.refuses))),
  }
  const pair = memoryPair()
  const opened: SerialAddress[] = []
  const address = expectOk(parseAddress(text, 115_200), 'an address')
  const lineAt = (at: SerialAddress) => {
    opened.push(at)
    return pair.host
  }
  const line = usbSerialTransport(address as UsbSerialAddress, { bus, clock, lineAt })
  return { line, sockets, opened, pair, clock, bus }
}

describe('a serial port bound to a USB device', () => {
  it('is opened under the path the device has today, with its line settings', async () => {
    const { line, opened } = bound('serial:usb:10C4:EA60@9600?flow=rtscts', port('/dev/ttyUSB3', 'S1'))
    expectOk(await line.open(), 'the device is there')
    expect(opened).toEqual([
      {
        kind: 'serial',
        path: '/dev/ttyUSB3',
        baudRate: 9600,
        dataBits: 8,
        parity: 'none',
        stopBits: 1,
        rtscts: true,
        xonxoff: false,
      },
    ])
  })

  it('is found again in another socket after it was pulled out', async () => {
    const { line, sockets, opened, pair, clock } = bound('serial:usb:10C4:EA60?serial=S1', port('/dev/ttyUSB0', 'S1'))
    const gone: string[] = []
    const heard: number[] = []
    line.onGone(({ code }) => gone.push(code))
    line.onBytes((bytes) => heard.push(...bytes))
    expectOk(await line.open(), 'the device is there')
    sockets.ports = [port('/dev/ttyUSB0', 'S2')]
    pair.device.hangUp()
    await clock.advance(0)
    expect(gone).toEqual(['LOST'])
    expect(await line.open()).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
    sockets.ports = [port('/dev/ttyUSB0', 'S2'), port('/dev/ttyUSB7', 'S1')]
    expectOk(await line.open(), 'the device is back')
    expect(opened.at(-1)?.path).toBe('/dev/ttyUSB7')
    pair.device.send(Uint8Array.of(7))
    await clock.advance(0)
    expect(heard).toEqual([7])
  })

  it.each([
    ['serial:usb:10C4:EA60', [], 'NOT_FOUND', /is not plugged in$/],
    ['serial:usb:10C4:EA60?serial=S9', [port('/dev/a', 'S1')], 'NOT_FOUND', /only serial S1/],
    ['serial:usb:10C4:EA60?interface=3', [port('/dev/a', 'S1', 0)], 'NOT_FOUND', /has interface 0 only/],
    ['serial:usb:10C4:EA60', [port('/dev/a', 'S1'), port('/dev/b', 'S2')], 'REFUSED', /by its serial, S1, S2/],
    ['serial:usb:10C4:EA60', [port('/dev/a', 'S1', 0), port('/dev/b', 'S1', 1)], 'REFUSED', /by its interface, 0, 1/],
    ['serial:usb:10C4:EA60', [port('/dev/a', null), port('/dev/b', null)], 'REFUSED', /by-path/],
  ] as const)('%s with %o is refused with a clear reason', async (text, ports, code, reason) => {
    const { line, opened } = bound(text, ...ports)
    const result = await line.open()
    expect(result).toMatchObject({ ok: false, error: { code } })
    expect(result.ok ? '' : result.error.detail).toMatch(reason)
    expect(opened).toEqual([])
  })

  it('says why the ports could not be listed, and does not wait for ever', async () => {
    const { line, sockets, clock, bus } = bound('serial:usb:10C4:EA60')
    sockets.refuses = 'spawn udevadm ENOENT'
    expect(await line.open()).toMatchObject({ ok: false, error: { code: 'REFUSED', detail: /udevadm/ } })
    Object.assign(bus, { list: () => new Promise(() => undefined) })
    const hanging = line.open()
    await clock.advance(3_000)
    expect(await hanging).toMatchObject({ ok: false, error: { code: 'TIMED_OUT' } })
  })

  it('keeps its address through text', () => {
    const text = 'serial:usb:10C4:EA60@9600?serial=S1&interface=0'
    expect(formatAddress(expectOk(parseAddress(text, 115_200), 'an address'))).toBe(text)
  })

  it.each([
    'serial:usb:10C4',
    'serial:usb:10C4:EA60?interface=x',
    'serial:usb:10C4:EA60?serial=',
    'serial:usb:1:2@9600',
  ])('refuses %s', (text) => {
    expect(parseAddress(text, 9600)).toMatchObject({ ok: false, error: { code: 'BAD_ADDRESS' } })
  })
})

describe('a port as the system lists it', () => {
  const nothing = { manufacturer: undefined, locationId: undefined }

  it('keeps ids, serial number and the interface of the udev name', () => {
    const pnpId = 'usb-FTDI_Dual_RS232_FT1-if01-port0'
    expect(
      foundOf({ ...nothing, path: '/dev/ttyUSB1', vendorId: '0403', productId: '6010', serialNumber: 'FT1', pnpId }),
    ).toEqual({
      path: '/dev/ttyUSB1',
      usb: { vendorId: 0x0403, productId: 0x6010, serialNumber: 'FT1', interface: 1 },
      maker: null,
    })
  })

  it('reads the interface of a Windows name, and knows that a mainboard port has no identity', () => {
    const pnpId = 'USB\\VID_0403&PID_6010&MI_01\\6&1'
    const listed = { ...nothing, path: 'COM4', vendorId: '0403', productId: '6010', serialNumber: '', pnpId }
    expect(foundOf(listed).usb).toMatchObject({ serialNumber: null, interface: 1 })
    const plain = { ...nothing, path: 'COM1', vendorId: undefined, productId: undefined, serialNumber: undefined }
    expect(foundOf({ ...plain, pnpId: 'ACPI\\PNP0501' }).usb).toBeNull()
  })
})
