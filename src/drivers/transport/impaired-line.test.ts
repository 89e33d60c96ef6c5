import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import { expectOk } from '../../lib/result.ts'
import { impair, type LineImpairment } from './impaired-line.ts'
import { memoryPair } from './memory.ts'

async function delivered(impairment: LineImpairment, bytes: number, hangUp = false) {
  const clock = new SimulatedClock(0)
  const pair = memoryPair()
  const chunks: { readonly at: number; readonly size: number }[] = []
  let goneAt: number | undefined
  pair.host.onBytes((chunk) => chunks.push({ at: clock.monotonic(), size: chunk.length }))
  pair.host.onGone(() => (goneAt = clock.monotonic()))
  expectOk(await pair.host.open(), 'open')
  const line = impair(pair.device, impairment, clock)
  line.send(new Uint8Array(bytes))
  if (hangUp) line.hangUp()
  await clock.advance(10_000)
  return { chunks, goneAt, total: chunks.reduce((sum, chunk) => sum + chunk.size, 0) }
}

describe('an impaired line', () => {
  it('that is not impaired delivers at once and whole', async () => {
    expect(await delivered({}, 1295)).toMatchObject({ chunks: [{ at: 0, size: 1295 }] })
  })

  it('chops and pauses', async () => {
    const { chunks } = await delivered({ chunk: 4, delayMs: 10 }, 10)
    expect(chunks).toEqual([
      { at: 10, size: 4 },
      { at: 20, size: 4 },
      { at: 30, size: 2 },
    ])
  })

  it('is never faster than the wire, nor slower than a timer makes it', async () => {
    const { chunks, total } = await delivered({ baud: 115_200 }, 1295)
    expect(total).toBe(1295)
    const wireMs = (1295 * 10_000) / 115_200
    expect(chunks.at(-1)?.at).toBeGreaterThanOrEqual(wireMs)
    expect(chunks.at(-1)?.at).toBeLessThan(wireMs + 2)
  })

  it('puts the same noise in front every time', async () => {
    expect((await delivered({ noiseBytes: 9, seed: 3 }, 5)).total).toBe(14)
  })

  it('hangs up only when what was sent before has gone out', async () => {
    const { goneAt, total } = await delivered({ chunk: 1, delayMs: 1 }, 50, true)
    expect(total).toBe(50)
    expect(goneAt).toBe(50)
  })
})
