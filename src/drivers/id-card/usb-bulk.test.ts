import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import { reveal, silentLog } from '../../lib/log.ts'
import { USB_BULK_FORMS } from '../transport/usb-bulk-form.ts'
import { simulatedBulk } from '../transport/usb-bulk-simulated.ts'
import { usbBulkTransport } from '../transport/usb-bulk.ts'
import { IdCardReader } from './device.ts'
import type { SamFaultScript } from './faults.ts'
import { SAMPLE_CARDS } from './sample-cards.ts'
import { SamSimulator } from './simulator.ts'

const never = new AbortController().signal

describe.each(USB_BULK_FORMS)('an ID card reader over USB bulk, form %s', (form) => {
  function bench(script: SamFaultScript = {}) {
    const clock = new SimulatedClock(0)
    const simulator = new SamSimulator(clock, script)
    const usb = simulatedBulk(form, clock)
    simulator.serve(usb.device)
    simulator.insertCard(SAMPLE_CARDS.resident)
    const transport = usbBulkTransport(
      { kind: 'bulk', vendorId: 0x0400, productId: 0xc35a, form },
      { bus: usb.bus, clock },
    )
    const reader = new IdCardReader(transport, clock, silentLog)
    const read = async () => {
      const reading = reader.waitForCard(never, 20_000)
      await clock.advance(20_000)
      return reading
    }
    return { simulator, usb, reader, read }
  }

  it('reads a card whole and lets the device go', async () => {
    const { usb, reader, read } = bench()
    const card = await read()
    expect(card.ok && reveal(card.value.card)).toEqual(SAMPLE_CARDS.resident)
    await reader.close()
    expect(usb.openHandles).toBe(0)
  })

  it.each<SamFaultScript>([
    { faults: [{ kind: 'wrong-checksum', on: 'read' }] },
    { faults: [{ kind: 'truncated', at: 9, on: 'find' }] },
    { faults: [{ kind: 'truncated', at: 700, on: 'read' }] },
    { faults: [{ kind: 'silence', on: 'select' }] },
    { faults: [{ kind: 'late', ms: 700, on: 'find' }] },
  ])('reads through one fault: $faults.0', async (script) => {
    expect(await bench(script).read()).toMatchObject({ ok: true, value: { portraitBytes: 1024 } })
  })

  it('unplugged in the middle of the card says so, and reads when it is back', async () => {
    const { simulator, read } = bench({ faults: [{ kind: 'hang-up', at: 700, on: 'read' }] })
    expect(await read()).toMatchObject({ error: { code: 'PORT', cause: { code: 'LOST' } } })
    simulator.insertCard(SAMPLE_CARDS['residence-permit'])
    expect(await read()).toMatchObject({ ok: true })
  })
})
