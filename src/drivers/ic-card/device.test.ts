import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { assetPath } from '../../lib/assets.ts'
import { SimulatedClock, systemClock } from '../../lib/clock.ts'
import { reveal, silentLog } from '../../lib/log.ts'
import { err, expectOk, ok, type Result } from '../../lib/result.ts'
import { readJson } from '../asset/read-json.ts'
import { memoryPair } from '../transport/memory.ts'
import { apdu, exchange } from './apdu/command.ts'
import { IcCardReader } from './device.ts'
import type { IcCardFaultScript } from '../pcsc/faults.ts'
import { IcCardModule } from './jt808/module.ts'
import { ModuleSimulator } from './jt808/simulator.ts'
import { hostOnUnixSocket } from '../pcsc/host.ts'
import { PcscdSimulator } from '../pcsc/simulator.ts'
import { unixTransport } from '../pcsc/unix-transport.ts'
import { ApduScript, danglingSteps, runScript } from './script.ts'
import { icCardSelfTests } from './self-test.ts'
import { specimenCard } from '../pcsc/simulated-card.ts'

const never = new AbortController().signal
const EXAMPLE = expectOk(await readJson(assetPath('ic-cards', 'example-card-number.json'), ApduScript), 'the example')
const FILE = ApduScript.parse({
  name: 'specimen file',
  steps: [
    { id: 'select', apdu: '00A40000023F00', otherwise: 'not-this-card' },
    { id: 'file', apdu: '00B0000000' },
  ],
  fields: [
    { name: 'fileId', from: 'select', at: { tlv: '6F/84' }, encoding: 'hex' },
    { name: 'text', from: 'file', at: { offset: 0 }, encoding: 'utf-8' },
  ],
})

function bench(
  script: IcCardFaultScript = {},
  options: { reader?: string | null; minor?: number; wanted?: string } = {},
) {
  const clock = new SimulatedClock(0)
  const pcscd = new PcscdSimulator(clock, script, options)
  const pair = memoryPair('pcscd')
  pcscd.serve(pair.device)
  const wanted = options.wanted === undefined ? {} : { reader: options.wanted }
  const reader = new IcCardReader({ transport: pair.host, clock, log: silentLog, ...wanted })
  return { clock, pcscd, pair, reader, run: <T>(work: Promise<T>) => settled(clock, work) }
}

async function settled<T>(clock: SimulatedClock, work: Promise<T>): Promise<T> {
  let done: { value: T } | undefined
  void work.then((value) => (done = { value }))
  for (let step = 0; step < 3000 && !done; step++) await clock.advance(10)
  if (!done) throw new Error('it hangs')
  return done.value
}

const fieldsOf = <E>(read: Result<Parameters<typeof reveal>[0], E>) => reveal(expectOk(read, 'fields'))

describe('reading a card through pcscd', () => {
  it('waits for it, reads what the script says, lets go of it, and sees it taken out', async () => {
    const { clock, pcscd, reader, run } = bench()
    clock.setTimer(2000, () => pcscd.insertCard(specimenCard()))
    expect(fieldsOf(await run(reader.read(EXAMPLE, never, 5000)))).toEqual({
      answerToReset: '3B80800101',
      cardNumber: '9900015A',
    })
    expect(pcscd.isHeld).toBe(false)
    expect(pcscd.heard.slice(-5)).toEqual(['connect', 'beginTransaction', 'transmit', 'endTransaction', 'disconnect'])
    clock.setTimer(1000, () => pcscd.removeCard())
    expect(await run(reader.waitForRemoval(never, 5000))).toEqual({ ok: true })
  })

  it('follows 61xx and 6Cxx and takes fields by tag and by place', async () => {
    const { pcscd, reader, run } = bench()
    pcscd.insertCard(specimenCard())
    expect(fieldsOf(await run(reader.read(FILE, never, 1000)))).toEqual({ fileId: '3F00', text: 'SPECIMEN 样张' })
  })

  it('cannot be printed by accident', async () => {
    const { pcscd, reader, run } = bench()
    pcscd.insertCard(specimenCard())
    expect(JSON.stringify(await run(reader.read(FILE, never, 1000)))).not.toContain('SPECIMEN')
  })

  it('ends with NO_CARD exactly in time, or at once when it is called off', async () => {
    const { clock, reader, run } = bench()
    expect(await run(reader.read(EXAMPLE, never, 2000))).toEqual(err({ code: 'NO_CARD' }))
    expect(clock.monotonic()).toBeLessThanOrEqual(2010)
    const stop = new AbortController()
    clock.setTimer(100, () => stop.abort())
    expect(await run(reader.read(EXAMPLE, stop.signal, 20_000))).toEqual(err({ code: 'CANCELLED' }))
    expect(clock.monotonic()).toBeLessThan(2300)
  })

  it.each<[string, IcCardFaultScript, object]>([
    ['lifted before it is powered', { faults: [{ kind: 'card-lifted', on: 'connect' }] }, { code: 'CARD_REMOVED' }],
    ['lifted in the middle', { faults: [{ kind: 'card-lifted', on: 'transmit', skip: 1 }] }, { code: 'CARD_REMOVED' }],
    ['held by another', { faults: [{ kind: 'refused', value: 0x8010000b, on: 'connect' }] }, { code: 'IN_USE' }],
    ['mute', { faults: [{ kind: 'refused', value: 0x80100066, on: 'connect' }] }, { code: 'CARD_MUTE' }],
    [
      'refusing',
      { faults: [{ kind: 'status-word', sw: 0x6982, on: 'transmit', skip: 2 }] },
      { code: 'REFUSED_BY_CARD', step: 'file', sw: '6982' },
    ],
    [
      'another one',
      { faults: [{ kind: 'status-word', sw: 0x6a82, on: 'transmit' }] },
      { code: 'NOT_THIS_CARD', step: 'select' },
    ],
    ['that never answers', { faults: [{ kind: 'silence', on: 'transmit' }] }, { code: 'TIMED_OUT' }],
    ['whose answer breaks off', { faults: [{ kind: 'truncated', at: 33, on: 'transmit' }] }, { code: 'TIMED_OUT' }],
    [
      'in a reader pulled out',
      { faults: [{ kind: 'refused', value: 0x80100017, on: 'transmit' }] },
      { code: 'READER_GONE' },
    ],
    [
      'when pcscd dies',
      { faults: [{ kind: 'hang-up', at: 5, on: 'transmit' }] },
      { code: 'PORT', cause: { code: 'LOST' } },
    ],
  ])('a card %s is named, and the next one is read', async (_how, script, error) => {
    const { pcscd, reader, run } = bench(script)
    pcscd.insertCard(specimenCard())
    expect(await run(reader.read(FILE, never, 1000))).toMatchObject({ ok: false, error })
    pcscd.insertCard(specimenCard())
    expect(await run(reader.read(FILE, never, 1000))).toMatchObject({ ok: true })
  })

  it.each<[string, IcCardFaultScript]>([
    ['in single bytes', { line: { chunk: 1 } }],
    ['twice', { faults: [{ kind: 'duplicate', on: 'getReadersState' }] }],
  ])('works though answers come %s', async (_how, script) => {
    const { pcscd, reader, run } = bench(script)
    pcscd.insertCard(specimenCard())
    expect(await run(reader.read(FILE, never, 1000))).toMatchObject({ ok: true })
  })

  it('an answer that comes after its time never becomes the answer to another question', async () => {
    const { pcscd, reader, run } = bench({ faults: [{ kind: 'late', ms: 5100, on: 'transmit' }] })
    pcscd.insertCard(specimenCard())
    expect(await run(reader.read(FILE, never, 1000))).toMatchObject({ ok: false, error: { code: 'TIMED_OUT' } })
    expect(fieldsOf(await run(reader.read(FILE, never, 1000)))).toMatchObject({ text: 'SPECIMEN 样张' })
  })
})

describe('the state of the reader', () => {
  it.each([
    ['READY', {}],
    ['NO_READER', { reader: null }],
    ['NO_READER', { wanted: 'another maker' }],
    ['VERSION', { minor: 3 }],
  ] as const)('is %s with %j', async (state, options) => {
    const { reader, run } = bench({}, options)
    expect(await run(reader.status())).toMatchObject({ state })
  })

  it('is unplugged without pcscd, and ready as soon as it runs', async () => {
    const { pair, reader, run } = bench()
    pair.device.refuseOpen({ code: 'NOT_FOUND', detail: 'no socket' })
    expect(await run(reader.report(never))).toMatchObject({ state: 'UNPLUGGED', answered: false, usable: false })
    pair.device.refuseOpen(undefined)
    expect(await run(reader.report(never))).toMatchObject({ state: 'READY', answered: true, tone: 'good' })
  })

  it('survives a restart of pcscd: the context is made anew', async () => {
    const { pair, pcscd, reader, run } = bench()
    await run(reader.status())
    pcscd.restart()
    pair.device.hangUp()
    expect(await run(reader.status())).toMatchObject({ state: 'READY' })
    pcscd.insertCard(specimenCard())
    pcscd.restart()
    const first = await run(reader.read(EXAMPLE, never, 1000))
    expect(first).toEqual(err({ code: 'NO_SERVICE' }))
    expect(await run(reader.read(EXAMPLE, never, 1000))).toMatchObject({ ok: true })
  })

  it('is silent within two seconds when pcscd hangs', async () => {
    const { clock, reader, run } = bench({ faults: [{ kind: 'silence', on: 'getReadersState' }] })
    expect(await run(reader.status())).toEqual({ state: 'SILENT' })
    expect(clock.monotonic()).toBeLessThanOrEqual(2020)
  })
})

describe('an APDU script', () => {
  it('with a field from a step it does not have is told', () => {
    expect(danglingSteps({ ...FILE, steps: FILE.steps.slice(1) })).toEqual(['select'])
    expect(danglingSteps(EXAMPLE)).toEqual([])
  })

  it('demands its fields unless they are optional', async () => {
    const channel = { transmit: (command: Uint8Array) => Promise.resolve(ok(specimenCard().transmit(command))) }
    const field = { name: 'late', from: 'file', at: { offset: 900 }, encoding: 'ascii' }
    const asking = (more: object) =>
      ApduScript.parse({ name: 'x', steps: [{ id: 'file', apdu: '00B0000000' }], fields: [{ ...field, ...more }] })
    expect(await runScript(asking({}), channel, new Uint8Array(0))).toEqual(
      err({ code: 'FIELD_MISSING', field: 'late' }),
    )
    expect(await runScript(asking({ optional: true }), channel, new Uint8Array(0))).toEqual(ok({}))
  })

  it.each([
    ['gb18030', 'D1F9D5C50000', '样张'],
    ['bcd', '20260131FF', '20260131'],
    ['uint', '0100', '256'],
    ['utf-16le', '37682000', '样'],
    ['ascii', '414220', 'AB'],
  ])('reads %s', async (encoding, data, text) => {
    const script = ApduScript.parse({
      name: 'x',
      steps: [],
      fields: [{ name: 'f', from: 'atr', at: { offset: 0 }, encoding }],
    })
    const channel = { transmit: () => Promise.resolve(ok(Uint8Array.of(0x90, 0))) }
    expect(await runScript(script, channel, Uint8Array.from(Buffer.from(data, 'hex')))).toEqual(ok({ f: text }))
  })

  it.each([{ apdu: '00A4' }, { apdu: 'xx' }, { apdu: '00A40000', expect: ['90'] }])('with %j is refused', (step) => {
    const script = {
      name: 'x',
      steps: [{ id: 'a', ...step }],
      fields: [{ name: 'f', from: 'a', at: { offset: 0 }, encoding: 'hex' }],
    }
    expect(ApduScript.safeParse(script).success).toBe(false)
  })
})

describe('over a Unix socket', () => {
  it('a card is read; without pcscd, or when it ends, that is said', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'pcscd-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const at = path.join(folder, 'pcscd.comm')
    const reader = new IcCardReader({ transport: unixTransport(at, systemClock), clock: systemClock, log: silentLog })
    onTestFinished(() => reader.close())
    expect(await reader.status()).toMatchObject({ state: 'UNPLUGGED', cause: { code: 'NOT_FOUND' } })
    const pcscd = new PcscdSimulator(systemClock)
    pcscd.insertCard(specimenCard())
    const end = await hostOnUnixSocket(pcscd.serve, at)
    expect(await reader.read(FILE, never, 1000)).toMatchObject({ ok: true })
    await end()
    expect(await reader.status()).toMatchObject({ state: 'UNPLUGGED' })
    const endAgain = await hostOnUnixSocket(pcscd.serve, at)
    onTestFinished(endAgain)
    expect(await reader.status()).toMatchObject({ state: 'READY', cardPresent: true })
  })
})

describe('the self-test of the reader', () => {
  it('passes with a card and keeps nothing of it', async () => {
    const { clock, pcscd, reader, run } = bench()
    const said: string[] = []
    const call = { signal: never, ask: () => Promise.resolve(true), say: (key: string) => said.push(key) }
    clock.setTimer(500, () => pcscd.insertCard(specimenCard()))
    const [answers, read] = icCardSelfTests(reader, clock)
    expect(await run(answers!.run(call))).toMatchObject({ ok: true })
    expect(await run(read!.run(call))).toEqual(ok({ measured: { atrBytes: 5, answerMs: 0, challenge: 'done' } }))
    expect(said).toEqual(['insertIcCard', 'removeCard'])
  })
})

describe('a card module of a vehicle terminal', () => {
  function moduleBench(script: IcCardFaultScript = {}) {
    const clock = new SimulatedClock(0)
    const simulator = new ModuleSimulator(clock, script)
    const pair = memoryPair('module')
    simulator.serve(pair.device)
    const device = new IcCardModule(pair.host, clock, silentLog)
    return { clock, simulator, pair, device, run: <T>(work: Promise<T>) => settled(clock, work) }
  }

  it('reads a card, is acknowledged, and tells when it is taken out', async () => {
    const { clock, simulator, device, run } = moduleBench()
    clock.setTimer(1500, () => simulator.insertCard('OK', Uint8Array.of(0x7e, 0x7d, 1)))
    const read = await run(device.read(never, 5000))
    expect(reveal(expectOk(read, 'a card'))).toEqual(Uint8Array.of(0x7e, 0x7d, 1))
    expect(await run(device.status())).toEqual({ state: 'READY', cardPresent: true })
    clock.setTimer(100, () => simulator.removeCard())
    expect(await run(device.waitForRemoval(never, 5000))).toEqual({ ok: true })
    expect(await run(device.status())).toEqual({ state: 'READY', cardPresent: false })
    expect(simulator.acknowledged).toEqual(['readResult', 'removed'])
  })

  it.each(['LOCKED', 'KEY_REFUSED', 'NOT_A_CERTIFICATE', 'DATA_DAMAGED'] as const)('says %s', async (result) => {
    const { simulator, device, run } = moduleBench()
    simulator.insertCard(result)
    expect(await run(device.read(never, 3000))).toEqual(err({ code: result }))
  })

  it('with a broken antenna, or silent, or unplugged, says so', async () => {
    const broken = moduleBench()
    await broken.run(broken.device.status())
    broken.simulator.insertCard('ANTENNA_FAULT')
    await broken.clock.advance(10)
    expect(await broken.run(broken.device.report(never))).toMatchObject({ state: 'ANTENNA_FAULT', tone: 'bad' })
    const silent = moduleBench({ faults: [{ kind: 'silence', on: 'link', times: 2 }] })
    expect(await silent.run(silent.device.status())).toEqual({ state: 'SILENT' })
    expect(await silent.run(silent.device.status())).toMatchObject({ state: 'READY' })
    const gone = moduleBench({ faults: [{ kind: 'hang-up', at: 2, on: 'link' }] })
    expect(await gone.run(gone.device.status())).toMatchObject({ state: 'UNPLUGGED' })
  })

  it.each<[string, IcCardFaultScript]>([
    ['a damaged answer', { faults: [{ kind: 'wrong-checksum', on: 'link' }] }],
    ['single bytes', { line: { chunk: 1 } }],
    ['noise', { line: { noiseBytes: 5, seed: 2 } }],
  ])('is ready in spite of %s', async (_what, script) => {
    const { device, run } = moduleBench(script)
    expect(await run(device.status())).toMatchObject({ state: 'READY' })
  })
})

it('work with a card lets go of it also when the work throws', async () => {
  const { pcscd, reader, run } = bench()
  pcscd.insertCard(specimenCard())
  const work = reader.withCard(never, 1000, async (channel) => {
    expect(await exchange(channel, apdu.getChallenge())).toMatchObject({ ok: true })
    throw new Error('our bug')
  })
  await expect(run(work.catch((cause: unknown) => (cause as Error).message))).resolves.toBe('our bug')
  expect(pcscd.isHeld).toBe(false)
})
