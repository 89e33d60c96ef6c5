import { describe, expect, it } from 'vitest'
import { simulatorOnPty } from '../../../tests/support/pty.ts'
import { SimulatedClock, systemClock } from '../../lib/clock.ts'
import { reveal, silentLog } from '../../lib/log.ts'
import { expectOk } from '../../lib/result.ts'
import { memoryPair } from '../transport/memory.ts'
import { parseTransport } from '../transport/parse.ts'
import { IdCardReader } from './device.ts'
import type { SamFaultScript } from './faults.ts'
import { SAMPLE_CARDS } from './sample-cards.ts'
import { SamSimulator } from './simulator.ts'

const never = new AbortController().signal

function bench(script: SamFaultScript = {}) {
  const clock = new SimulatedClock(0)
  const simulator = new SamSimulator(clock, script, 'bank-module')
  simulator.insertCard(SAMPLE_CARDS.resident)
  const pair = memoryPair('bank')
  simulator.serve(pair.device)
  const reader = new IdCardReader(pair.host, clock, silentLog, { protocol: 'bank-module' })
  const read = async (ms = 20_000) => {
    const reading = reader.waitForCard(never, ms)
    await clock.advance(ms)
    return reading
  }
  return { clock, simulator, reader, read }
}

describe('a bank module', () => {
  it.each(Object.values(SAMPLE_CARDS))('reads a card of kind $kind in one go', async (card) => {
    const { simulator, read } = bench()
    simulator.insertCard(card)
    const answer = await read(1000)
    expect(answer.ok && reveal(answer.value.card)).toEqual(card)
    expect(simulator.heard).toEqual(['read'])
  })

  it('waits for a card, tells of it once, and does not read the one left lying again', async () => {
    const { clock, simulator, reader } = bench()
    simulator.removeCard()
    let told = 0
    clock.setTimer(2000, () => simulator.insertCard(SAMPLE_CARDS.resident))
    const reading = reader.waitForCard(never, 5000, () => told++)
    await clock.advance(5000)
    expect(await reading).toMatchObject({ ok: true })
    expect(told).toBe(1)
    const again = reader.waitForCard(never, 2000)
    await clock.advance(2000)
    expect(await again).toMatchObject({ error: { code: 'NO_CARD' } })
    simulator.removeCard()
    const removed = reader.waitForRemoval(never, 2000)
    await clock.advance(2000)
    expect(await removed).toMatchObject({ ok: true })
    simulator.insertCard(SAMPLE_CARDS['residence-permit'])
    const next = reader.waitForCard(never, 2000)
    await clock.advance(2000)
    expect(await next).toMatchObject({ ok: true })
  })

  it.each<[string, SamFaultScript]>([
    ['a wrong check byte', { faults: [{ kind: 'wrong-checksum', on: 'read' }] }],
    ['a wrong length', { faults: [{ kind: 'wrong-length', by: 1, on: 'read' }] }],
    ['a broken-off answer', { faults: [{ kind: 'truncated', at: 700, on: 'read' }] }],
    ['a torn answer', { faults: [{ kind: 'torn', at: 9, on: 'read' }] }],
    ['a duplicate', { faults: [{ kind: 'duplicate', on: 'read' }] }],
    ['silence', { faults: [{ kind: 'silence', on: 'read' }] }],
    ['noise before the answer', { line: { noiseBytes: 40 } }],
    ['single bytes', { line: { chunk: 1 } }],
    ['its own 00 F3', { faults: [{ kind: 'sw3', code: 0x10, on: 'read' }] }],
  ])('reads through %s', async (_name, script) => {
    expect(await bench(script).read()).toMatchObject({ ok: true, value: { portraitBytes: 1024 } })
  })

  it.each([
    [0x31, 'CARD_REJECTS_READER'],
    [0x32, 'CARD_NOT_GENUINE'],
    [0x33, 'CARD_NOT_VERIFIED'],
    [0x40, 'NOT_AN_ID_CARD'],
    [0x41, 'READ_FAILED'],
    [0x60, 'OUT_OF_SERVICE'],
    [0x66, 'OUT_OF_SERVICE'],
    [0x21, 'COMMAND_REFUSED'],
    [0x30, 'UNKNOWN_STATUS'],
  ])('gives the code %i of the security module the same meaning', async (code, name) => {
    const { read } = bench({ faults: [{ kind: 'sw3', code, on: 'read', times: 0 }] })
    expect(await read()).toMatchObject({ ok: false, error: { code: name } })
  })

  it('that timed out with the card asks for it to be put down again', async () => {
    const { read } = bench({ faults: [{ kind: 'vendor-time-out', on: 'read' }] })
    expect(await read()).toMatchObject({ error: { code: 'READ_FAILED' } })
  })

  it('says how it is, restarts, and has no identity to show', async () => {
    const { clock, reader } = bench()
    const asked = Promise.all([
      reader.status(never, 1000),
      reader.reset(never, 1000),
      reader.samId(never, 1000),
      reader.findCard(never, 1000),
    ])
    await clock.advance(1000)
    expect(await asked).toMatchObject([
      { state: 'ready' },
      { ok: true },
      { ok: false, error: { code: 'NOT_OFFERED' } },
      { ok: true, value: true },
    ])
  })

  it('is read through the real serialport, in chunks of seven', async () => {
    const simulator = new SamSimulator(systemClock, { line: { chunk: 7, delayMs: 1 } }, 'bank-module')
    simulator.insertCard(SAMPLE_CARDS['foreigner-2023'])
    const hosted = await simulatorOnPty(simulator.serve)
    const transport = expectOk(parseTransport(hosted.address, 115_200), 'an address')
    const reader = new IdCardReader(transport, systemClock, silentLog, { protocol: 'bank-module' })
    const read = expectOk(await reader.waitForCard(never, 8000), 'a card')
    expect(reveal(read.card)).toEqual(SAMPLE_CARDS['foreigner-2023'])
    await reader.close()
  })
})
