import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { hidTransport } from '../transport/hid.ts'
import { onePlugged, scannerReports, simulatedHid } from '../transport/simulated-hid.ts'
import { MAX_CODE_BYTES } from './codec.ts'
import { Scanner } from './device.ts'
import { ScannerSimulator, type ScannerSettings } from './simulator.ts'

const never = new AbortController().signal

function bench(encoding: ScannerSettings['encoding'] = 'utf-8') {
  const clock = new SimulatedClock(0)
  const reports = scannerReports(']Q1')
  const hid = simulatedHid(reports, { ...onePlugged, usagePage: 0x8c, usage: 2 })
  const simulator = new ScannerSimulator(clock, { encoding, suffix: '' })
  simulator.serve(hid.device)
  const address = { kind: 'hid', vendorId: 0x05e0, productId: 0x1900, framing: 'hid-pos' } as const
  const scanner = new Scanner(hidTransport(address, { bus: hid.bus, clock }), clock, silentLog)
  /** Waits for a code, while `show` shows one. */
  const read = async (show: () => void | Promise<void>) => {
    const scan = scanner.read(never, 5000)
    await clock.advance(10)
    await show()
    await clock.advance(5000)
    return scan
  }
  return { clock, hid, simulator, scanner, reports, read }
}

describe('a code scanner in HID-POS mode', () => {
  it.each(['utf-8', 'gb18030'] as const)('gives a long code in %s without its symbology', async (encoding) => {
    const { simulator, read } = bench(encoding)
    const text = '粤交运管穗字440100165715号'.repeat(20)
    expect(await read(() => simulator.show(text))).toMatchObject({ ok: true, value: { text, encoding } })
  })

  it('keeps two codes shown back to back apart, without waiting for silence', async () => {
    const { clock, simulator, scanner } = bench()
    const first = scanner.read(never, 5000)
    await clock.advance(10)
    simulator.show('FIRST')
    simulator.show('SECOND')
    await clock.advance(0)
    expect(await first).toMatchObject({ value: { text: 'FIRST' } })
    expect(await scanner.read(never, 10)).toMatchObject({ value: { text: 'SECOND' } })
  })

  it('reads a code of several lines as one', async () => {
    const { simulator, read } = bench()
    expect(await read(() => simulator.show('LINE 1\r\nLINE 2'))).toMatchObject({ value: { text: 'LINE 1LINE 2' } })
  })

  it('interrupted between two reports gives the next code, never the half one', async () => {
    const { clock, hid, reports, simulator, read } = bench()
    const [half = new Uint8Array(0)] = reports.cut(Buffer.alloc(100, 'x'))
    const scan = await read(async () => {
      hid.sendReport(half)
      await clock.advance(600)
      simulator.show('440100165715')
    })
    expect(scan).toMatchObject({ ok: true, value: { text: '440100165715', bytes: 12 } })
  })

  it('whose code is longer than any code is told so', async () => {
    const { simulator, read } = bench()
    expect(await read(() => simulator.show('9'.repeat(MAX_CODE_BYTES + 1)))).toEqual({
      ok: false,
      error: { code: 'TOO_LONG' },
    })
  })

  it('unplugged while somebody waits is unplugged, then works again', async () => {
    const { hid, simulator, scanner, read } = bench()
    expect(await read(() => hid.device.hangUp())).toMatchObject({ error: { code: 'PORT', cause: { code: 'LOST' } } })
    expect(scanner.status).toMatchObject({ state: 'unplugged' })
    expect(await read(() => simulator.show('AGAIN'))).toMatchObject({ value: { text: 'AGAIN' } })
  })
})
