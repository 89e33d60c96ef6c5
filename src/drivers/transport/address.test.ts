import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAddress, parseAddress } from './address.ts'
import { HID_FRAMINGS } from './hid-framing.ts'

const parsed = (text: string) => {
  const address = parseAddress(text, 9600)
  if (!address.ok) throw new Error(address.error.detail)
  return address.value
}

describe('the address of a device', () => {
  it.each([
    ['/dev/ttyUSB0', 'serial:/dev/ttyUSB0@9600'],
    ['/dev/ttyS0@115200', 'serial:/dev/ttyS0@115200'],
    ['COM3', 'serial:COM3@9600'],
    ['COM3@38400', 'serial:COM3@38400'],
    ['\\\\.\\COM12', 'serial:\\\\.\\COM12@9600'],
    ['serial:/dev/ttyS0?baud=19200', 'serial:/dev/ttyS0@19200'],
    ['serial:/dev/ttyS0@19200', 'serial:/dev/ttyS0@19200'],
    ['/tmp/port:7', 'serial:/tmp/port:7@9600'],
    ['10.0.0.5:9100', 'tcp:10.0.0.5:9100'],
    ['printer.local:9100', 'tcp:printer.local:9100'],
    ['tcp://printer.local:9100/', 'tcp:printer.local:9100'],
    ['[::1]:9100', 'tcp:[::1]:9100'],
    [':9100', 'tcp:127.0.0.1:9100'],
  ])('%s is %s', (text, name) => {
    expect(formatAddress(parsed(text))).toBe(name)
    expect(formatAddress(parsed(name))).toBe(name)
  })

  it('carries the settings of the line', () => {
    expect(parsed('serial:/dev/ttyS0?baud=9600&parity=even&bits=7&stop=2&flow=rtscts')).toEqual({
      kind: 'serial',
      path: '/dev/ttyS0',
      baudRate: 9600,
      dataBits: 7,
      parity: 'even',
      stopBits: 2,
      rtscts: true,
      xonxoff: false,
    })
  })

  it('of a HID device takes the framing of its kind unless it names one', () => {
    const named = 'hid:0c2e:0b61?serial=S+1%2F2&usage-page=8c&framing=raw'
    expect([named, 'HID:0483:572b'].map((text) => parseAddress(text, 9600, 'length-prefixed-64'))).toEqual([
      {
        ok: true,
        value: {
          kind: 'hid',
          vendorId: 0x0c2e,
          productId: 0x0b61,
          serialNumber: 'S 1/2',
          usagePage: 0x8c,
          framing: 'raw',
        },
      },
      { ok: true, value: { kind: 'hid', vendorId: 0x0483, productId: 0x572b, framing: 'length-prefixed-64' } },
    ])
  })

  it('of any HID device is read back from its name', () => {
    const id = fc.nat(0xffff)
    const address = fc.record(
      {
        kind: fc.constant('hid' as const),
        vendorId: id,
        productId: id,
        framing: fc.constantFrom(...HID_FRAMINGS),
        serialNumber: fc.string({ minLength: 1 }),
        usagePage: id,
      },
      { requiredKeys: ['kind', 'vendorId', 'productId', 'framing'] },
    )
    fc.assert(
      fc.property(address, (one) => {
        expect(parsed(formatAddress(one))).toEqual(one)
      }),
    )
  })

  it('of a HID device whose reports are described as data is read back from its name', () => {
    const text = 'hid:1A2B:3C4D?framing=report-id:2,bytes:63,length-at:0,data-at:2,send-next:255'
    const address = parsed(text)
    expect(address).toEqual({
      kind: 'hid',
      vendorId: 0x1a2b,
      productId: 0x3c4d,
      framing: { reportId: 2, reportBytes: 63, lengthAt: 0, dataAt: 2, sendNext: 255 },
    })
    expect(parsed(formatAddress(address))).toEqual(address)
  })

  it('of a vendor-class USB reader is read back from its name', () => {
    expect(parsed('bulk:0400:C35A')).toEqual({ kind: 'bulk', vendorId: 0x0400, productId: 0xc35a, form: 'single' })
    const two = parsed('bulk:0400:c35a?serial=S1&form=two-pipe')
    expect(two).toMatchObject({ kind: 'bulk', serialNumber: 'S1', form: 'two-pipe' })
    expect(parsed(formatAddress(two))).toEqual(two)
  })

  it.each([
    ['bulk:400:C35A', 'four hexadecimal digits'],
    ['bulk:0400:C35A?form=three', 'form is one of single, two-pipe'],
    ['bulk:0400:C35A?serial=', 'serial is empty'],
    ['bulk:0400:C35A?baud=1', 'no option "baud"'],
    ['hid:0483:572B?framing=bytes:64,length:0', 'is not one of report-id'],
    ['hid:0483:572B?framing=report-id:0,bytes:64,length-at:3,data-at:1', 'lengthAt must lie before dataAt'],
    ['hid:483:572B', 'four hexadecimal digits'],
    ['hid:0483:572B', 'framing is one of length-prefixed-64, hid-pos, raw, or a layout'],
    ['hid:0483:572B?framing=usb', 'framing is one of'],
    ['hid:0483:572B?framing=raw&usage-page=12345', 'usage-page'],
    ['hid:0483:572B?framing=raw&serial=', 'serial is empty'],
    ['hid:0483:572B?framing=raw&baud=9600', 'no option "baud"'],
    ['', 'empty'],
    ['host:99999', '65535'],
    ['tcp://nowhere', 'HOST:PORT'],
    ['/dev/ttyS0@1', 'baud'],
    ['serial:/dev/ttyS0?baud=fast', 'baud'],
    ['serial:/dev/ttyS0?parity=mark', 'none, even, odd'],
    ['serial:/dev/ttyS0?speed=1', 'no option "speed"'],
  ])('%j is refused with the reason', (text, reason) => {
    const address = parseAddress(text, 9600)
    expect(address).toMatchObject({ ok: false, error: { code: 'BAD_ADDRESS' } })
    expect(JSON.stringify(address)).toContain(JSON.stringify(reason).slice(1, -1))
  })
})
