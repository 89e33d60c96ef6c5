import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import type { TransportError } from './transport.ts'
import { usbBulkForm } from './usb-bulk-form.ts'
import { simulatedBulk } from './usb-bulk-simulated.ts'
import { usbBulkTransport } from './usb-bulk.ts'

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const FIND = hex('AA AA AA 96 69 00 03 20 01 22')
const FIND_OK = hex('AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97')

function bench(form: 'single' | 'two-pipe', serialNumber?: string) {
  const clock = new SimulatedClock(0)
  const usb = simulatedBulk(form, clock)
  const address = {
    kind: 'bulk',
    vendorId: 0x0400,
    productId: 0xc35a,
    form,
    ...(serialNumber !== undefined && { serialNumber }),
  } as const
  const transport = usbBulkTransport(address, { bus: usb.bus, clock })
  const heard: number[] = []
  const lost: TransportError[] = []
  transport.onBytes((bytes) => heard.push(...bytes))
  transport.onGone((why) => lost.push(why))
  return { clock, usb, transport, heard, lost }
}

describe('a vendor-class USB reader', () => {
  it('with one endpoint each way gets the whole frame there and gives packets of 64 bytes', async () => {
    const { clock, usb, transport, heard } = bench('single')
    expect(await transport.open()).toEqual({ ok: true, value: undefined })
    expect(await transport.write(FIND, 500)).toMatchObject({ ok: true })
    expect(usb.written).toEqual(['02:10'])
    const answer = Uint8Array.from({ length: 1295 }, (_, at) => at % 251)
    usb.device.send(answer)
    await clock.advance(0)
    expect(heard).toEqual([...answer])
    await transport.close()
    expect(usb.openHandles).toBe(0)
  })

  it('with two pipes each way gets header and body apart and gives them joined', async () => {
    const { clock, usb, transport, heard } = bench('two-pipe')
    expect(await transport.open()).toMatchObject({ ok: true })
    expect(await transport.write(FIND, 500)).toMatchObject({ ok: true })
    expect(usb.written).toEqual(['02:7', '06:3'])
    const long = Uint8Array.from([...hex('AA AA AA 96 69 05 08'), ...new Uint8Array(1288).fill(7)])
    usb.device.send(FIND_OK)
    usb.device.send(long)
    await clock.advance(10)
    expect(heard).toEqual([...FIND_OK, ...long])
  })

  it('whose body never comes is listened to again on the header pipe', async () => {
    const { clock, usb, transport, heard } = bench('two-pipe')
    expect(await transport.open()).toMatchObject({ ok: true })
    usb.sendOn(1, FIND_OK.subarray(0, 7))
    await clock.advance(1100)
    usb.device.send(FIND_OK)
    await clock.advance(10)
    expect(heard.slice(7)).toEqual([...FIND_OK])
  })

  it('that is pulled out is lost, told once, and can be opened again', async () => {
    const { clock, usb, transport, lost } = bench('single')
    expect(await transport.open()).toMatchObject({ ok: true })
    usb.device.hangUp()
    await clock.advance(10)
    expect(lost).toMatchObject([{ code: 'LOST' }])
    expect(await transport.write(FIND, 500)).toMatchObject({ ok: false, error: { code: 'NOT_OPEN' } })
    expect(await transport.open()).toMatchObject({ ok: true })
  })

  it('that may not be opened says why, with the udev rule to write', async () => {
    const { usb, transport } = bench('single')
    usb.refuseOpen('permission denied')
    expect(await transport.open()).toMatchObject({
      error: { code: 'NO_PERMISSION', detail: expect.stringContaining('ATTR{idVendor}=="0400"') as string },
    })
    usb.refuseOpen('interface is busy')
    expect(await transport.open()).toMatchObject({ error: { code: 'IN_USE' } })
    usb.refuseOpen('entity not found')
    expect(await transport.open()).toMatchObject({ error: { code: 'NOT_FOUND' } })
    usb.refuseOpen('hardware fault or protocol violation')
    expect(await transport.open()).toMatchObject({ error: { code: 'REFUSED' } })
  })

  it('is told from another of its model by its serial number alone', async () => {
    const none = bench('single')
    none.usb.plug()
    expect(await none.transport.open()).toMatchObject({ error: { code: 'NOT_FOUND' } })
    const two = bench('single')
    two.usb.plug('S1', 'S2')
    expect(await two.transport.open()).toMatchObject({ error: { code: 'REFUSED' } })
    const named = bench('single', 'S2')
    named.usb.plug('S1', 'S2')
    expect(await named.transport.open()).toMatchObject({ ok: true })
  })

  it('of the other form is refused with what it lacks, and let go', () => {
    expect(usbBulkForm('two-pipe', [{ number: 1, direction: 'in', packetBytes: 64 }])).toContain('endpoint 02')
    expect(usbBulkForm('single', [{ number: 1, direction: 'in', packetBytes: 64 }])).toContain('lacks')
  })
})
