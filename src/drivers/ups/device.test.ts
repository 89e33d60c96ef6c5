import { describe, expect, it, onTestFinished } from 'vitest'
import { simulatorOnPty } from '../../../tests/support/pty.ts'
import { SimulatedClock, systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { expectOk } from '../../lib/result.ts'
import { hostOnTcp } from '../transport/host.ts'
import { memoryPair } from '../transport/memory.ts'
import { parseTransport } from '../transport/parse.ts'
import { Ups, type UpsOptions } from './device.ts'
import { megatecDriver, nutDriver } from './driver.ts'
import type { UpsFaultScript } from './faults.ts'
import { upsSelfTests } from './self-test.ts'
import { UpsSimulator } from './simulator.ts'

const never = new AbortController().signal
const NOON = Date.UTC(2026, 0, 5, 4)

function bench(script: UpsFaultScript = {}, options: UpsOptions = {}, nut = false) {
  const clock = new SimulatedClock(NOON)
  const simulator = new UpsSimulator(clock, script)
  const pair = memoryPair('ups')
  const stop = (nut ? simulator.serveNut('kiosk') : simulator.serve)(pair.device)
  const driver = nut ? nutDriver(pair.host, clock, 'kiosk') : megatecDriver(pair.host, clock)
  const ups = new Ups(driver, clock, silentLog, options)
  return { clock, simulator, pair, ups, stop, status: () => settled(clock, ups.status(never)) }
}

async function settled<T>(clock: SimulatedClock, work: Promise<T>): Promise<T> {
  let done: { value: T } | undefined
  void work.then((value) => (done = { value }))
  for (let step = 0; step < 1000 && !done; step++) await clock.advance(10)
  if (!done) throw new Error('it hangs')
  return done.value
}

describe('what feeds the kiosk', () => {
  function feeding(options: UpsOptions = {}, nut = false) {
    const all = bench({}, options, nut)
    return { ...all, supply: () => settled(all.clock, all.ups.supply(never)) }
  }

  it.each([false, true])('is the mains, then a battery good for a print, then the mains again', async (nut) => {
    const { simulator, supply } = feeding({}, nut)
    expect(await supply()).toBe('MAINS')
    simulator.set({ utilityFail: true })
    expect(await supply()).toBe('BATTERY')
    simulator.set({ utilityFail: false })
    expect(await supply()).toBe('MAINS')
  })

  it('is no battery during a battery test, nor where only the battery is low', async () => {
    const { simulator, supply } = feeding()
    simulator.set({ utilityFail: true, testing: true })
    expect(await supply()).toBe('MAINS')
    simulator.set({ utilityFail: false, testing: false, batteryLow: true })
    expect(await supply()).toBe('MAINS')
  })

  it('is a battery that ends when less than the reserve of the nominal minutes is left', async () => {
    const { clock, simulator, supply } = feeding({ nominalMinutes: 5, reserveSeconds: 60 })
    simulator.set({ utilityFail: true })
    await supply()
    await clock.advance(238_000)
    expect(await supply()).toBe('BATTERY')
    await clock.advance(3_000)
    expect(await supply()).toBe('BATTERY_ENDING')
  })

  it('goes by what the UPS reports where it does', async () => {
    const { simulator, supply } = feeding({ nominalMinutes: 1_000, reserveSeconds: 1_801 }, true)
    simulator.set({ utilityFail: true })
    expect(await supply()).toBe('BATTERY_ENDING')
  })

  it('ends within three minutes, the reserve of a site that says none, when the UPS says low', async () => {
    const { simulator, supply } = feeding()
    simulator.set({ utilityFail: true, batteryLow: true })
    expect(await supply()).toBe('BATTERY_ENDING')
  })

  it('ends when the UPS is about to switch off', async () => {
    const { simulator, supply } = feeding()
    simulator.set({ shuttingDown: true })
    expect(await supply()).toBe('BATTERY_ENDING')
  })

  it('is not counted on when the UPS falls silent in a power cut, until the kiosk has outlived the battery', async () => {
    const { clock, simulator, supply } = feeding()
    simulator.set({ utilityFail: true })
    await supply()
    simulator.misbehave({ faults: [{ kind: 'silence', times: 10 }] })
    expect(await supply()).toBe('BATTERY_ENDING')
    await clock.advance(600_000)
    expect(await supply()).toBe('MAINS')
  })

  it('is the mains for a UPS that never said otherwise', async () => {
    const { simulator, supply } = feeding()
    simulator.misbehave({ faults: [{ kind: 'silence', times: 2 }] })
    expect(await supply()).toBe('MAINS')
  })
})

describe.each([
  ['by serial line', false],
  ['through upsd', true],
])('the UPS %s', (_name, nut) => {
  it('is on line, and on battery since the mains failed', async () => {
    const { clock, simulator, ups, status } = bench({}, {}, nut)
    expect(await status()).toMatchObject({ state: 'ONLINE', reading: { loadPercent: 34 } })
    simulator.set({ utilityFail: true })
    expect(await status()).toMatchObject({ state: 'ON_BATTERY' })
    await clock.advance(60_000)
    const later = await status()
    expect(later).toMatchObject({ state: 'ON_BATTERY', reading: { inputVolts: 0 } })
    expect(later.state === 'ON_BATTERY' && later.forMs).toBeGreaterThanOrEqual(60_000)
    expect(later.state === 'ON_BATTERY' && later.since - NOON).toBeLessThan(200)
    simulator.set({ utilityFail: false })
    expect(await status()).toMatchObject({ state: 'ONLINE' })
    expect(ups.estimate()).toEqual({ ok: false, error: 'ON_MAINS' })
  })

  it('tells of a battery that is nearly empty, once per change', async () => {
    const { simulator, ups, status } = bench({}, {}, nut)
    const heard: string[] = []
    ups.onChange(({ state }) => heard.push(state))
    await status()
    await status()
    simulator.set({ utilityFail: true })
    await status()
    simulator.set({ batteryLow: true })
    expect(await status()).toMatchObject({ state: 'BATTERY_LOW', onBattery: true })
    expect(heard).toEqual(['ONLINE', 'ON_BATTERY', 'BATTERY_LOW'])
  })

  it.each([
    ['FAULT', { failed: true }],
    ['BYPASS', { bypass: true }],
    ['TEST', { testing: true, utilityFail: true }],
    ['SHUTTING_DOWN', { shuttingDown: true, utilityFail: true }],
  ] as const)('says %s', async (state, flags) => {
    const { simulator, status } = bench({}, {}, nut)
    simulator.set(flags)
    expect(await status()).toMatchObject({ state })
  })

  it('that does not answer is silent within 2.1 seconds, and speaks again when it can', async () => {
    const { clock, ups, status } = bench({ faults: [{ kind: 'silence', times: nut ? 1 : 2 }] }, {}, nut)
    const began = clock.monotonic()
    expect(await status()).toEqual({ state: 'SILENT', garbled: false })
    expect(clock.monotonic() - began).toBeLessThanOrEqual(2100)
    expect(await settled(clock, ups.report(never))).toMatchObject({ state: 'ONLINE', answered: true, tone: 'good' })
  })

  it.each<[string, UpsFaultScript]>([
    ['in single bytes', { line: { chunk: 1 } }],
    ['twice', { faults: [{ kind: 'duplicate', times: 0 }] }],
  ])('is understood when it answers %s', async (_how, script) => {
    const { status } = bench(script, {}, nut)
    expect(await status()).toMatchObject({ state: 'ONLINE' })
    expect(await status()).toMatchObject({ state: 'ONLINE' })
  })

  it('whose cable is pulled is unplugged, also in the middle of an answer', async () => {
    const { pair, status } = bench({ faults: [{ kind: 'hang-up', at: 7 }] }, {}, nut)
    expect(await status()).toMatchObject({ state: 'UNPLUGGED', cause: { code: 'LOST' } })
    pair.device.refuseOpen({ code: 'NOT_FOUND', detail: 'no such port' })
    expect(await status()).toMatchObject({ state: 'UNPLUGGED', cause: { code: 'NOT_FOUND' } })
  })
})

describe('the UPS by serial line', () => {
  it.each<[string, UpsFaultScript]>([
    ['one damaged answer', { faults: [{ kind: 'garbled', at: 3 }] }],
    ['one answer broken off', { faults: [{ kind: 'truncated', at: 20 }] }],
    ['one answer that comes too late', { faults: [{ kind: 'late', ms: 1100 }] }],
    ['noise before each answer', { line: { noiseBytes: 8, seed: 3 } }],
    ['numbers it does not know', { faults: [{ kind: 'unknown-numbers', times: 0 }] }],
  ])('is understood in spite of %s', async (_name, script) => {
    const { status } = bench(script)
    expect(await status()).toMatchObject({ state: 'ONLINE' })
  })

  it('that only talks nonsense says so', async () => {
    const { status } = bench({ faults: [{ kind: 'garbled', at: 3, times: 0 }] })
    expect(await status()).toEqual({ state: 'SILENT', garbled: true })
  })

  it('estimates from the minutes of the site, and never more than two when it is low', async () => {
    const { clock, simulator, ups, status } = bench({}, { nominalMinutes: 5 })
    expect(ups.estimate()).toEqual({ ok: false, error: 'NOT_KNOWN' })
    simulator.set({ utilityFail: true })
    await status()
    await clock.advance(60_000)
    const estimate = expectOk(ups.estimate(), 'an estimate')
    expect(estimate.basis).toBe('nominal')
    expect(estimate.remainingMs).toBeGreaterThan(230_000)
    expect(estimate.remainingMs).toBeLessThanOrEqual(240_000)
    simulator.set({ batteryLow: true })
    await status()
    expect(ups.estimate()).toEqual({ ok: true, value: { remainingMs: 120_000, basis: 'low' } })
  })

  it('never takes the power away unless the site allows it', async () => {
    const refused = bench()
    expect(await refused.ups.shutdown(1)).toEqual({ ok: false, error: { code: 'NOT_ALLOWED' } })
    const allowed = bench({}, { allowShutdown: true })
    expect(await allowed.ups.shutdown(99)).toEqual({ ok: false, error: { code: 'OUT_OF_RANGE' } })
    expect(await allowed.ups.shutdown(1, 20)).toMatchObject({ ok: true })
    await allowed.clock.advance(1)
    expect([refused.simulator.shutdownsHeard, allowed.simulator.shutdownsHeard]).toEqual([[], ['S01R0020']])
  })

  it('asked by somebody who no longer waits ends at once', async () => {
    const { clock, ups } = bench({ faults: [{ kind: 'silence', times: 0 }] })
    const stop = new AbortController()
    const asked = ups.status(stop.signal)
    stop.abort()
    expect(await settled(clock, asked)).toMatchObject({ state: 'SILENT' })
    expect(clock.monotonic()).toBeLessThan(50)
  })
})

describe('the UPS through upsd', () => {
  it('reports its own running time', async () => {
    const { simulator, ups, status } = bench({}, {}, true)
    simulator.set({ utilityFail: true })
    await status()
    expect(ups.estimate()).toEqual({ ok: true, value: { remainingMs: 1_800_000, basis: 'reported' } })
    expect(await ups.shutdown(1)).toEqual({ ok: false, error: { code: 'NOT_ALLOWED' } })
  })

  it.each([
    ['DATA-STALE', { state: 'SILENT', garbled: false }],
    ['UNKNOWN-UPS', { state: 'REFUSED', words: 'UNKNOWN-UPS' }],
  ])('that says %s', async (words, status) => {
    const bad = bench({ faults: [{ kind: 'refused', words }] }, {}, true)
    expect(await bad.status()).toEqual(status)
  })
})

describe('the self-test of the UPS', () => {
  it('passes with what was measured, and sees the mains pulled', async () => {
    const { clock, simulator, ups } = bench()
    const said: string[] = []
    const call = {
      signal: never,
      ask: () => Promise.resolve(true),
      say: (key: string) => {
        said.push(key)
        if (key === 'pullMains') clock.setTimer(3000, () => simulator.set({ utilityFail: true }))
      },
    }
    const [answers, carries] = upsSelfTests(ups, clock)
    expect(await settled(clock, answers!.run(call))).toMatchObject({
      ok: true,
      value: { measured: { inputVolts: 221.3 } },
    })
    expect(await settled(clock, carries!.run(call))).toMatchObject({
      ok: true,
      value: { measured: { state: 'ON_BATTERY' } },
    })
    expect(said).toEqual(['pullMains', 'plugMainsBack'])
  })
})

describe('through real lines', () => {
  it('a UPS on a pty at the pace of its wire is on line', async () => {
    const simulator = new UpsSimulator(systemClock, { line: { baud: 2400, chunk: 8 } })
    const { address } = await simulatorOnPty(simulator.serve)
    const ups = new Ups(
      megatecDriver(expectOk(parseTransport(address, 2400), 'a port'), systemClock),
      systemClock,
      silentLog,
    )
    onTestFinished(() => ups.close())
    expect(await ups.status(never)).toMatchObject({ state: 'ONLINE', reading: { battery: { volts: 27.1 } } })
  })

  it('a upsd on TCP is asked, and asked again after it was restarted', async () => {
    const simulator = new UpsSimulator(systemClock, { faults: [{ kind: 'hang-up', at: 0, skip: 1 }] })
    const hosted = expectOk(await hostOnTcp(simulator.serveNut('kiosk'), { host: '127.0.0.1', port: 0 }), 'a port')
    onTestFinished(() => hosted.close())
    const transport = expectOk(parseTransport(hosted.address, 2400), 'an address')
    const ups = new Ups(nutDriver(transport, systemClock, 'kiosk'), systemClock, silentLog)
    onTestFinished(() => ups.close())
    const states = [await ups.status(never), await ups.status(never), await ups.status(never)].map(({ state }) => state)
    expect(states).toEqual(['ONLINE', 'UNPLUGGED', 'ONLINE'])
  })
})
