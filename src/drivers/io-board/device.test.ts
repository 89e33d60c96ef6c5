import { describe, expect, it, onTestFinished } from 'vitest'
import { simulatorOnPty } from '../../../tests/support/pty.ts'
import { SimulatedClock, systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { expectOk } from '../../lib/result.ts'
import { memoryPair } from '../transport/memory.ts'
import { parseTransport } from '../transport/parse.ts'
import { IoBoard } from './device.ts'
import { frameGapMs } from './driver.ts'
import type { BoardFaultScript } from './faults.ts'
import { readRegisterMap } from './map-file.ts'
import { ioBoardSelfTests } from './self-test.ts'
import { IoBoardSimulator } from './simulator.ts'
import { checkWiring, type IoWiring } from './wiring.ts'

const MODELS = ['waveshare-relay', 'lctech', 'r4-fc06', 'laskakit'] as const
const maps = Object.fromEntries(
  await Promise.all(MODELS.map(async (model) => [model, expectOk(await readRegisterMap(model), model)] as const)),
)
const WIRING: IoWiring = {
  outputs: { 'card-slot': 1, 'receipt-slot': 2, 'door-lock': 4 },
  inputs: {
    'cabinet-door': { channel: 1, activeWhen: 'open' },
    tamper: { channel: 2, activeWhen: 'open' },
    'paper-in-tray': { channel: 3, activeWhen: 'closed' },
  },
}
const never = new AbortController().signal

function bench(script: BoardFaultScript = {}, model: (typeof MODELS)[number] = 'waveshare-relay') {
  const clock = new SimulatedClock(0)
  const map = maps[model]!
  const simulator = new IoBoardSimulator(clock, map, script)
  for (const shut of [1, 2]) simulator.setInput(shut, true)
  const pair = memoryPair('board')
  simulator.serve(pair.device)
  const wiring = map.inputs ? WIRING : { ...WIRING, inputs: {} }
  const board = new IoBoard({ transport: pair.host, map, wiring, clock, log: silentLog })
  return { clock, simulator, pair, board, run: <T>(work: Promise<T>) => settled(clock, work) }
}

async function settled<T>(clock: SimulatedClock, work: Promise<T>): Promise<T> {
  let done: { value: T } | undefined
  void work.then((value) => (done = { value }))
  for (let step = 0; step < 2000 && !done; step++) await clock.advance(5)
  if (!done) throw new Error('it hangs')
  return done.value
}

describe('every register map', () => {
  it.each(MODELS)('%s: lamps go on and off, and the board is ready', async (model) => {
    const { board, simulator, run } = bench({}, model)
    expect(await run(board.light('card-slot', true))).toEqual({ ok: true })
    expect([simulator.isOn(1), simulator.isOn(2)]).toEqual([true, false])
    expect(await run(board.status())).toMatchObject({ state: 'READY' })
    expect(simulator.isOn(1)).toBe(true)
    expect(await run(board.light('card-slot', false))).toEqual({ ok: true })
    expect(simulator.isOn(1)).toBe(false)
  })

  it.each([
    ['waveshare-relay', { ok: true, value: { ms: 3000 } }],
    ['laskakit', { ok: true, value: { ms: 1000 } }],
    ['lctech', { ok: false, error: { code: 'NO_TIMED_PULSE' } }],
    ['r4-fc06', { ok: false, error: { code: 'NO_TIMED_PULSE' } }],
  ] as const)('%s: the lock opens only where the board shuts it by itself', async (model, result) => {
    const { board, clock, simulator, run } = bench({}, model)
    expect(await run(board.pulse('door-lock', 2980))).toEqual(result)
    expect(simulator.isOn(4)).toBe(result.ok)
    await clock.advance(3001)
    expect(simulator.isOn(4)).toBe(false)
  })
})

describe('the wiring of a site', () => {
  it('must fit the board', () => {
    expect(checkWiring(maps['lctech']!, WIRING)).toEqual({ ok: true })
    expect(checkWiring(maps['laskakit']!, WIRING)).toMatchObject({ ok: false })
    expect(checkWiring(maps['lctech']!, { ...WIRING, outputs: { 'card-slot': 9 } })).toMatchObject({ ok: false })
    expect(checkWiring(maps['lctech']!, { ...WIRING, outputs: { 'card-slot': 1, 'door-lock': 1 } })).toMatchObject({
      ok: false,
      error: { detail: 'door-lock and card-slot share output 1' },
    })
  })

  it('that names no channel for a lamp means there is none', async () => {
    const { board, run } = bench()
    expect(await run(board.light('camera-light', true))).toEqual({ ok: false, error: { code: 'NOT_WIRED' } })
  })
})

describe('the contacts', () => {
  it('are told in the sense of the site, and an open door or a tamper contact is a fact', async () => {
    const { board, simulator, run } = bench()
    expect(await run(board.inputs())).toEqual({
      ok: true,
      value: { 'cabinet-door': false, tamper: false, 'paper-in-tray': false },
    })
    simulator.setInput(3, true)
    simulator.setInput(1, false)
    expect(await run(board.status())).toMatchObject({ state: 'DOOR_OPEN', inputs: { 'paper-in-tray': true } })
    simulator.setInput(2, false)
    expect(await run(board.report(never))).toMatchObject({ state: 'TAMPER', tone: 'bad', answered: true })
  })
})

describe('whatever the line does', () => {
  it.each<[string, BoardFaultScript]>([
    ['single bytes', { line: { chunk: 1 } }],
    ['noise before each answer', { line: { noiseBytes: 12, seed: 5 } }],
    ['an unanswered question', { faults: [{ kind: 'silence' }] }],
    ['a damaged answer', { faults: [{ kind: 'wrong-checksum' }] }],
    ['an answer broken off', { faults: [{ kind: 'truncated', at: 3 }] }],
    ['an answer of another board', { faults: [{ kind: 'wrong-address', address: 2 }] }],
    ['its own echo', { faults: [{ kind: 'echo', times: 0, on: 'read' }] }],
    ['answers twice', { faults: [{ kind: 'duplicate', times: 0 }] }],
    ['a busy board', { faults: [{ kind: 'exception', code: 6 }] }],
    ['a late answer', { faults: [{ kind: 'late', ms: 320, on: 'write' }] }],
  ])('%s: lamps and contacts work', async (_name, script) => {
    const { board, simulator, run } = bench(script)
    expect(await run(board.light('receipt-slot', true))).toEqual({ ok: true })
    expect(simulator.isOn(2)).toBe(true)
    expect(await run(board.status())).toMatchObject({ state: 'READY' })
  })

  it('a late answer to a write is not taken for the answer to the next one', async () => {
    const { board, simulator, run } = bench({ faults: [{ kind: 'late', ms: 290, on: 'write', skip: 3 }] })
    expect(await run(board.inputs())).toMatchObject({ ok: true })
    expect(await run(board.light('card-slot', true))).toEqual({ ok: true })
    expect(await run(board.light('card-slot', false))).toEqual({ ok: true })
    expect(simulator.isOn(1)).toBe(false)
  })

  it('a refusal is told in words and not repeated', async () => {
    const { board, simulator, run } = bench({ faults: [{ kind: 'exception', code: 2, on: 'read' }] })
    expect(await run(board.status())).toEqual({ state: 'REFUSED', detail: 'the board has no such address' })
    expect(simulator.requests.filter((each) => each.startsWith('0102'))).toHaveLength(1)
  })

  it('after a silence everything is dark before anything is lit', async () => {
    const { board, simulator, run } = bench()
    expect(await run(board.light('card-slot', true))).toMatchObject({ ok: true })
    simulator.misbehave({ faults: [{ kind: 'silence', times: 2, on: 'read' }] })
    expect(await run(board.report(never))).toMatchObject({ state: 'SILENT', answered: false, usable: false })
    expect(simulator.isOn(1)).toBe(true)
    expect(await run(board.light('receipt-slot', true))).toEqual({ ok: true })
    expect([simulator.isOn(1), simulator.isOn(2)]).toEqual([false, true])
  })

  it('what burnt before the kiosk came is switched off with the first word', async () => {
    const { board, simulator, run } = bench()
    for (const channel of [1, 2, 4]) simulator.setRelay(channel, true)
    simulator.setRelay(7, true)
    await run(board.status())
    expect([1, 2, 4, 7].map((channel) => simulator.isOn(channel))).toEqual([false, false, false, true])
  })

  it('closing leaves no lamp on', async () => {
    const { board, simulator, run } = bench()
    expect(await run(board.light('card-slot', true))).toMatchObject({ ok: true })
    await run(board.close())
    expect(simulator.isOn(1)).toBe(false)
  })

  it('a cable pulled in the middle of an answer is told at once, and the board is back when it is plugged in', async () => {
    const { board, pair, clock, run } = bench({ faults: [{ kind: 'hang-up', at: 2, on: 'read' }] })
    expect(await run(board.status())).toMatchObject({ state: 'UNPLUGGED', cause: { code: 'LOST' } })
    expect(clock.monotonic()).toBeLessThan(100)
    pair.device.refuseOpen({ code: 'NOT_FOUND', detail: 'no such port' })
    expect(await run(board.status())).toMatchObject({ state: 'UNPLUGGED', cause: { code: 'NOT_FOUND' } })
    pair.device.refuseOpen(undefined)
    expect(await run(board.status())).toMatchObject({ state: 'READY' })
  })

  it('the line rests 3.5 characters between two frames', async () => {
    expect(frameGapMs(9600)).toBeCloseTo(4.01, 2)
    expect(frameGapMs(115_200)).toBe(1.75)
    const { board, clock, run } = bench()
    expect(await run(board.inputs())).toMatchObject({ ok: true })
    const began = clock.monotonic()
    expect(await run(board.light('card-slot', true))).toMatchObject({ ok: true })
    expect(clock.monotonic() - began).toBeGreaterThanOrEqual(4)
  })
})

describe('the self-test of the board', () => {
  it('lights each lamp, asks whether it is seen, and leaves it dark', async () => {
    const { board, simulator, run } = bench()
    const asked: string[] = []
    const call = {
      signal: never,
      say: () => undefined,
      ask: (key: string) => {
        asked.push(`${key} ${[1, 2, 4].filter((each) => simulator.isOn(each)).join()}`)
        return Promise.resolve(!key.endsWith('receipt-slot'))
      },
    }
    const [answers, lamps, lock] = ioBoardSelfTests(board, ['card-slot', 'receipt-slot', 'door-lock'])
    expect(await run(answers!.run(call))).toMatchObject({ ok: true, value: { measured: { state: 'READY' } } })
    expect(await run(lamps!.run(call))).toEqual({ ok: false, error: { key: 'lampDark', detail: 'receipt-slot' } })
    expect(await run(lock!.run(call))).toMatchObject({ ok: true, value: { measured: { pulseMs: 2000 } } })
    expect(asked).toEqual(['lampLit.card-slot 1', 'lampLit.receipt-slot 2', 'lockOpened 4'])
  })
})

describe('through the real serialport on a pty', () => {
  it('a lamp is lit and the contacts are read at the pace of the wire', async () => {
    const simulator = new IoBoardSimulator(systemClock, maps['waveshare-relay']!, { line: { baud: 9600, chunk: 3 } })
    const { address } = await simulatorOnPty(simulator.serve)
    const transport = expectOk(parseTransport(address, 9600), 'a port')
    const board = new IoBoard({
      transport,
      map: maps['waveshare-relay']!,
      wiring: WIRING,
      clock: systemClock,
      log: silentLog,
    })
    onTestFinished(() => board.close())
    expect(await board.light('card-slot', true)).toEqual({ ok: true })
    expect(simulator.isOn(1)).toBe(true)
    expect(await board.status()).toMatchObject({ state: 'TAMPER', inputs: { 'cabinet-door': true } })
  })
})
