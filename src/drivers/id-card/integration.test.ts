import net from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { simulatorOnPty } from '../../../tests/support/pty.ts'
import { systemClock } from '../../lib/clock.ts'
import { reveal, silentLog } from '../../lib/log.ts'
import { expectOk, type Result } from '../../lib/result.ts'
import { hostOnTcp } from '../transport/host.ts'
import { parseTransport } from '../transport/parse.ts'
import { describeSw3, SW3 } from './codec/sw3.ts'
import { IdCardReader, type CardRead, type IdCardError } from './device.ts'
import type { SamFaultScript } from './faults.ts'
import { SAMPLE_CARDS } from './sample-cards.ts'
import { SamSimulator } from './simulator.ts'

const never = new AbortController().signal

function readerAt(address: string): IdCardReader {
  const transport = expectOk(parseTransport(address, 115_200), 'an address')
  const reader = new IdCardReader(transport, systemClock, silentLog)
  onTestFinished(() => reader.close())
  return reader
}

async function onSerial(script: SamFaultScript = {}) {
  const simulator = new SamSimulator(systemClock, script)
  simulator.insertCard(SAMPLE_CARDS.resident)
  const hosted = await simulatorOnPty(simulator.serve)
  return { simulator, reader: readerAt(hosted.address) }
}

const cardOf = (read: Result<CardRead, IdCardError>) => reveal(expectOk(read, 'a card').card)

describe('through the real serialport on a pty', () => {
  it.each(Object.values(SAMPLE_CARDS))('a card of kind $kind is read', async (card) => {
    const { simulator, reader } = await onSerial()
    simulator.insertCard(card)
    expect(cardOf(await reader.waitForCard(never, 5000))).toEqual(card)
  })

  it.each<[string, SamFaultScript]>([
    ['single bytes', { line: { chunk: 1 } }],
    ['chunks of seven with pauses', { line: { chunk: 7, delayMs: 2 } }],
    ['noise before every answer', { line: { noiseBytes: 64, chunk: 64 } }],
    ['a portrait that pauses where it looks like an answer', { line: { chunk: 512, delayMs: 150 } }],
    ['the 1297-byte layout', { layout: 'no-fingerprint' }],
    ['the 2321-byte layout', { layout: 'fingerprint-1024', line: { chunk: 61 } }],
    ['a wrong checksum', { faults: [{ kind: 'wrong-checksum', on: 'read' }] }],
    ['a torn answer', { faults: [{ kind: 'torn', at: 30, on: 'read' }] }],
    ['a broken-off find', { faults: [{ kind: 'truncated', at: 8, on: 'find' }] }],
    ['duplicates throughout', { faults: [{ kind: 'duplicate', times: 0 }] }],
    ['a late answer to find', { faults: [{ kind: 'late', ms: 550, on: 'find' }] }],
    ['a wrong length', { faults: [{ kind: 'wrong-length', by: 1, on: 'select' }] }],
    ['silence to the first read', { faults: [{ kind: 'silence', on: 'read' }] }],
    ['a late answer on a paced line', { line: { baud: 115_200 }, faults: [{ kind: 'late', ms: 1200, on: 'select' }] }],
    ['a line paced as the wire is', { line: { baud: 115_200 } }],
    ['everything behind noise, paced, in sevens', { line: { baud: 115_200, chunk: 7, noiseBytes: 30 } }],
    ['the vendor time-out frame', { faults: [{ kind: 'vendor-time-out', on: 'select' }] }],
  ])('%s: the card is read', async (_name, script) => {
    const { reader } = await onSerial(script)
    expect(cardOf(await reader.waitForCard(never, 15_000))).toEqual(SAMPLE_CARDS.resident)
  })

  it.each(
    Object.keys(SW3)
      .map(Number)
      .filter((code) => code !== 0x90),
  )('status %i while reading is answered with its own meaning', async (code) => {
    const { reader } = await onSerial({ faults: [{ kind: 'sw3', code, on: 'read', times: 0 }] })
    const read = await reader.waitForCard(never, 4000)
    const { outcome } = describeSw3(code)
    // 9F, 80 and 81 belong to other commands: while reading they are late answers, and the card is asked for again.
    const others = [0x9f, 0x80, 0x81]
    if (others.includes(code)) expect(read).toMatchObject({ ok: false, error: { code: 'TIMED_OUT' } })
    else expect(read).toMatchObject({ ok: false, error: { code: outcome } })
  })

  it('a card lifted mid-read is named', async () => {
    const { reader } = await onSerial({ faults: [{ kind: 'card-lifted', at: 700, on: 'read' }] })
    const read = await reader.waitForCard(never, 10_000)
    expect(read).toMatchObject({ ok: false, error: { code: 'READ_FAILED', sw3: '41' } })
  })

  it('a hang-up in the middle of the card is named at once, and the reader plugged in again works', async () => {
    const { simulator, reader } = await onSerial({ faults: [{ kind: 'hang-up', at: 700, on: 'read' }] })
    const read = await reader.waitForCard(never, 10_000)
    expect(read).toMatchObject({ ok: false, error: { code: 'PORT', cause: { code: 'LOST' } } })
    simulator.insertCard(SAMPLE_CARDS['foreigner-2017'])
    expect(cardOf(await reader.waitForCard(never, 5000))).toEqual(SAMPLE_CARDS['foreigner-2017'])
  })
})

describe('over TCP', () => {
  async function onTcp(script: SamFaultScript = {}) {
    const simulator = new SamSimulator(systemClock, script)
    simulator.insertCard(SAMPLE_CARDS['residence-permit'])
    const hosted = expectOk(await hostOnTcp(simulator.serve, { host: '127.0.0.1', port: 0 }), 'a listener')
    onTestFinished(() => hosted.close())
    return { simulator, reader: readerAt(hosted.address) }
  }

  it('a card is read, chopped or not', async () => {
    for (const script of [{}, { line: { chunk: 3, delayMs: 1 } }]) {
      const { reader } = await onTcp(script)
      expect(cardOf(await reader.waitForCard(never, 10_000))).toEqual(SAMPLE_CARDS['residence-permit'])
    }
  })

  it('a hang-up is named', async () => {
    const { reader } = await onTcp({ faults: [{ kind: 'hang-up', at: 3, on: 'find' }] })
    const read = await reader.waitForCard(never, 5000)
    expect(read).toMatchObject({ ok: false, error: { code: 'PORT', cause: { code: 'LOST' } } })
  })

  it('a server that accepts and never speaks is a silent reader', async () => {
    const server = net.createServer(() => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as net.AddressInfo
    const reader = readerAt(`127.0.0.1:${port}`)
    expect(await reader.waitForCard(never, 700)).toMatchObject({ ok: false, error: { code: 'NO_ANSWER' } })
  })
})
