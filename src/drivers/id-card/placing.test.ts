import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import { reveal, silentLog } from '../../lib/log.ts'
import { memoryPair } from '../transport/memory.ts'
import { IdCardReader } from './device.ts'
import type { SamFaultScript } from './faults.ts'
import { SAMPLE_CARDS } from './sample-cards.ts'
import { SamSimulator } from './simulator.ts'

const never = new AbortController().signal

function bench(script: SamFaultScript = {}) {
  const clock = new SimulatedClock(0)
  const simulator = new SamSimulator(clock, script)
  const pair = memoryPair('sam')
  const findsAt: number[] = []
  simulator.serve(pair.device)
  pair.device.onBytes((bytes) => {
    if (bytes[7] === 0x20 && bytes[8] === 0x01) findsAt.push(clock.monotonic())
  })
  const reader = new IdCardReader(pair.host, clock, silentLog)
  const after = async <T>(ms: number, work: Promise<T>): Promise<T> => {
    await clock.advance(ms)
    return work
  }
  return { clock, simulator, pair, reader, findsAt, after }
}

describe('after a read error', () => {
  const failing = (code: number): SamFaultScript => ({ faults: [{ kind: 'sw3', code, on: 'read' }] })

  it.each([
    [0x41, 'READ_FAILED'],
    [0x31, 'CARD_REJECTS_READER'],
    [0x33, 'CARD_NOT_VERIFIED'],
  ])('(SW3 %i) the card that still lies there is refused with the same error', async (sw3, code) => {
    const { simulator, reader, after } = bench(failing(sw3))
    simulator.insertCard(SAMPLE_CARDS.resident)
    expect(await after(100, reader.waitForCard(never, 5000))).toMatchObject({ error: { code } })
    simulator.misbehave({})
    for (let again = 0; again < 3; again++)
      expect(await after(1000, reader.waitForCard(never, 5000))).toMatchObject({ error: { code } })
    expect(simulator.heard.filter((command) => command === 'read')).toHaveLength(1)
  })

  it('the card is read once it has been away', async () => {
    const { clock, simulator, reader, after } = bench(failing(0x41))
    simulator.insertCard(SAMPLE_CARDS.resident)
    expect(await after(100, reader.waitForCard(never, 5000))).toHaveProperty('ok')
    clock.setTimer(2000, () => simulator.removeCard())
    expect(await after(4000, reader.waitForRemoval(never, 10_000))).toMatchObject({ ok: true })
    simulator.insertCard(SAMPLE_CARDS.resident)
    expect(await after(1000, reader.waitForCard(never, 5000))).toMatchObject({ ok: true })
  })

  it('a wait that saw the empty field itself reads what is put down next', async () => {
    const { clock, simulator, reader, after } = bench(failing(0x41))
    simulator.insertCard(SAMPLE_CARDS.resident)
    expect(await after(100, reader.waitForCard(never, 5000))).toHaveProperty('ok')
    simulator.removeCard()
    clock.setTimer(1500, () => simulator.insertCard(SAMPLE_CARDS['residence-permit']))
    const read = await after(4000, reader.waitForCard(never, 5000))
    expect(read.ok && reveal(read.value.card)).toEqual(SAMPLE_CARDS['residence-permit'])
  })

  it('of the port the card may stay: nothing was wrong with it', async () => {
    const { simulator, reader, after } = bench({ faults: [{ kind: 'hang-up', at: 9, on: 'read' }] })
    simulator.insertCard(SAMPLE_CARDS.resident)
    expect(await after(100, reader.waitForCard(never, 5000))).toMatchObject({ error: { code: 'PORT' } })
    simulator.insertCard(SAMPLE_CARDS.resident)
    expect(await after(1000, reader.waitForCard(never, 5000))).toMatchObject({ ok: true })
  })
})

describe('find', () => {
  it('is asked no oftener than every 300 ms, whoever asks and however often', async () => {
    const { clock, reader, findsAt } = bench()
    for (let caller = 0; caller < 8; caller++) void reader.findCard(never, 10_000).then(() => undefined)
    void reader.waitForCard(never, 3000).then(() => undefined)
    await clock.advance(6000)
    expect(findsAt.length).toBeGreaterThan(8)
    const pauses = findsAt.slice(1).map((at, index) => at - (findsAt[index] ?? 0))
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(300)
  })

  it('garbled on the way is asked again no sooner either', async () => {
    const { clock, simulator, reader, findsAt } = bench({ faults: [{ kind: 'wrong-checksum', on: 'find' }] })
    simulator.insertCard(SAMPLE_CARDS.resident)
    const read = reader.waitForCard(never, 3000)
    await clock.advance(1000)
    expect(await read).toMatchObject({ ok: true })
    expect((findsAt[1] ?? 0) - (findsAt[0] ?? 0)).toBeGreaterThanOrEqual(300)
  })

  it('follows a card that was read at once, for the next citizen', async () => {
    const { clock, simulator, reader, findsAt, after } = bench()
    simulator.insertCard(SAMPLE_CARDS.resident)
    expect(await after(10, reader.waitForCard(never, 3000))).toHaveProperty('ok')
    const began = clock.monotonic()
    simulator.insertCard(SAMPLE_CARDS['foreigner-2017'])
    expect(await after(10, reader.waitForCard(never, 3000))).toMatchObject({ ok: true })
    expect((findsAt[1] ?? 0) - began).toBeLessThan(10)
  })
})

describe('a card in the field', () => {
  it('is told once, before it is read', async () => {
    const { simulator, reader, clock, after } = bench({ faults: [{ kind: 'sw3', code: 0x81, on: 'select', times: 2 }] })
    const told: string[] = []
    clock.setTimer(1000, () => simulator.insertCard(SAMPLE_CARDS.resident))
    const read = await after(
      5000,
      reader.waitForCard(never, 10_000, () => told.push(`found after ${simulator.heard.at(-1) ?? ''}`)),
    )
    expect(read).toMatchObject({ ok: true })
    expect(told).toEqual(['found after select'])
  })

  it('is not told where nobody came, nor of one that may not stay', async () => {
    const { simulator, reader, after } = bench({ faults: [{ kind: 'sw3', code: 0x41, on: 'read' }] })
    let told = 0
    const count = () => told++
    expect(await after(2000, reader.waitForCard(never, 1000, count))).toHaveProperty('ok')
    expect(told).toBe(0)
    simulator.insertCard(SAMPLE_CARDS.resident)
    expect(await after(1000, reader.waitForCard(never, 5000, count))).toHaveProperty('ok')
    expect(await after(1000, reader.waitForCard(never, 5000, count))).toHaveProperty('ok')
    expect(told).toBe(1)
  })
})
