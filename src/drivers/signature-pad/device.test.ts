import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import { err, ok } from '../../lib/result.ts'
import { decodeCapability, decodePenReport } from './codec.ts'
import { SignaturePad, type PadHandle } from './device.ts'

const never = new AbortController().signal
/** 1000 by 500 units, pressure 1023, 800 by 480 pixels, 200 reports each second. */
const CAPABILITY = Uint8Array.of(0x09, 0x03, 0xe8, 0x01, 0xf4, 0x03, 0xff, 0x03, 0x20, 0x01, 0xe0, 200)
const pen = (x: number, y: number, touching = true) =>
  Uint8Array.of(0x01, touching ? 0x03 : 0x01, 0x40, x >> 8, x & 0xff, y >> 8, y & 0xff)

function bench(capability: Uint8Array = CAPABILITY) {
  const clock = new SimulatedClock(0)
  const features: string[] = []
  let data: (report: Uint8Array) => void = () => undefined
  let error: (cause: unknown) => void = () => undefined
  const handle: PadHandle = {
    getFeatureReport: () => Promise.resolve(capability),
    sendFeatureReport: (report) => Promise.resolve(features.push(report.toString('hex'))),
    on: (event: 'data' | 'error', listener: never) => (event === 'data' ? (data = listener) : (error = listener)),
    close: () => Promise.resolve(),
  }
  const pad = new SignaturePad(() => Promise.resolve(handle), clock)
  return { clock, features, pad, report: (bytes: Uint8Array) => data(bytes), lose: () => error('gone') }
}

describe('the reports of a signature pad', () => {
  it('give the pen and the size of the pad', () => {
    expect(decodePenReport(pen(300, 200))).toMatchObject({ near: true, touching: true, x: 300, y: 200, timeMs: null })
    expect(decodePenReport(Uint8Array.of(0x34, 1, 0, 1, 0, 2, 0, 0, 5, 0, 6))).toMatchObject({
      touching: false,
      timeMs: 5,
      sequence: 6,
    })
    expect(decodeCapability(CAPABILITY)).toEqual({
      maxX: 1000,
      maxY: 500,
      maxPressure: 1023,
      width: 800,
      height: 480,
      rate: 200,
    })
  })

  it('of any bytes are a sample or none, with a pressure from 0 to 1', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        decodeCapability(bytes)
        const sample = decodePenReport(bytes)
        return sample === undefined || (sample.pressure >= 0 && sample.pressure <= 1)
      }),
    )
  })
})

describe('a signature', () => {
  it('is strokes of points, and ends when the pen rests', async () => {
    const { clock, features, pad, report } = bench()
    const signed = pad.sign(never, 60_000)
    await clock.advance(1)
    for (const bytes of [pen(0, 0), pen(500, 250), pen(500, 250, false), pen(1000, 500), Uint8Array.of(0x08, 1)])
      report(bytes)
    await clock.advance(1500)
    expect(await signed).toEqual(
      ok([
        [
          { x: 0, y: 0 },
          { x: 0.5, y: 0.5 },
        ],
        [{ x: 1, y: 1 }],
      ]),
    )
    expect(features).toEqual(['2000'])
  })

  it('nobody writes is empty when the time is over', async () => {
    const { clock, pad } = bench()
    const signed = pad.sign(never, 5000)
    await clock.advance(5001)
    expect(await signed).toEqual(ok([]))
  })

  it('is lost with the pad, cancelled with the visit, and impossible on what is no pad', async () => {
    const lost = bench()
    const first = lost.pad.sign(never, 5000)
    await lost.clock.advance(1)
    lost.lose()
    expect(await first).toEqual(err('LOST'))
    const stop = new AbortController()
    const other = bench()
    const second = other.pad.sign(stop.signal, 5000)
    await other.clock.advance(1)
    stop.abort()
    expect(await second).toEqual(err('CANCELLED'))
    expect(await bench(Uint8Array.of(9, 0)).pad.start()).toEqual(err('NOT_A_PAD'))
  })
})
