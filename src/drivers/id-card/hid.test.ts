import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import { reveal, silentLog } from '../../lib/log.ts'
import { hidTransport } from '../transport/hid.ts'
import { readerReports, simulatedHid } from '../transport/simulated-hid.ts'
import { IdCardReader } from './device.ts'
import type { SamFaultScript } from './faults.ts'
import { SAMPLE_CARDS } from './sample-cards.ts'
import { SamSimulator } from './simulator.ts'

const never = new AbortController().signal

function bench(script: SamFaultScript = {}) {
  const clock = new SimulatedClock(0)
  const simulator = new SamSimulator(clock, script)
  const hid = simulatedHid(readerReports)
  simulator.serve(hid.device)
  const address = { kind: 'hid', vendorId: 0x0483, productId: 0x572b, framing: 'length-prefixed-64' } as const
  const reader = new IdCardReader(hidTransport(address, { bus: hid.bus, clock }), clock, silentLog)
  return { clock, simulator, hid, reader }
}

describe('an ID card reader over USB HID', () => {
  it.each(Object.values(SAMPLE_CARDS))('reads a card of kind $kind, whole', async (card) => {
    const { clock, simulator, reader } = bench()
    simulator.insertCard(card)
    const reading = reader.waitForCard(never, 10_000)
    await clock.advance(10)
    const read = await reading
    expect(read.ok && reveal(read.value.card)).toEqual(card)
    expect(read).toMatchObject({ value: { portraitBytes: 1024 } })
  })

  it('reads through a damaged answer and a late one', async () => {
    const { clock, simulator, reader } = bench({
      faults: [
        { kind: 'wrong-checksum', on: 'read' },
        { kind: 'late', ms: 600, on: 'find' },
      ],
    })
    simulator.insertCard(SAMPLE_CARDS.resident)
    const reading = reader.waitForCard(never, 10_000)
    await clock.advance(10_000)
    expect(await reading).toMatchObject({ ok: true, value: { portraitBytes: 1024 } })
  })

  it('unplugged in the middle of the portrait is unplugged in words, and reads again when it is back', async () => {
    const { clock, simulator, reader } = bench({ faults: [{ kind: 'hang-up', at: 700, on: 'read' }] })
    simulator.insertCard(SAMPLE_CARDS.resident)
    const lost = reader.waitForCard(never, 10_000)
    await clock.advance(10_000)
    expect(await lost).toMatchObject({ ok: false, error: { code: 'PORT', cause: { code: 'LOST' } } })
    simulator.insertCard(SAMPLE_CARDS.resident)
    const again = reader.waitForCard(never, 10_000)
    await clock.advance(1000)
    expect(await again).toMatchObject({ ok: true })
  })

  it('without permission is unplugged, with the udev rule for the technician', async () => {
    const { hid, reader } = bench()
    hid.refuseOpen('Permission denied')
    expect(await reader.status(never, 1000)).toMatchObject({
      state: 'unplugged',
      cause: { code: 'NO_PERMISSION', detail: expect.stringContaining('/etc/udev/rules.d') as string },
    })
  })
})
