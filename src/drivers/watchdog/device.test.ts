import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { simulatorOnPty } from '../../../tests/support/pty.ts'
import { SimulatedClock, systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { err, expectOk, ok } from '../../lib/result.ts'
import { memoryPair } from '../transport/memory.ts'
import { parseTransport } from '../transport/parse.ts'
import { Watchdog, type Health } from './device.ts'
import type { StickFaultScript } from './faults.ts'
import { linuxWatchdog } from './linux.ts'
import { watchdogSelfTests } from './self-test.ts'
import { SimulatedWatchdogFiles, StickSimulator } from './simulator.ts'
import { encodeKick, secondsOfKick, StickStream } from './stick-codec.ts'
import { StickWatchdog } from './stick.ts'
import { systemdNotify, systemdPeriodMs, systemdWatchdog, type Notify } from './systemd.ts'
import type { WatchdogTimer } from './timer.ts'

const never = new AbortController().signal
const PERIOD_MS = 60_000

function guard(timer: WatchdogTimer, clock: SimulatedClock) {
  const kiosk: { health: () => Promise<Health> } = { health: () => Promise.resolve({ healthy: true }) }
  return { kiosk, watchdog: new Watchdog({ timer, clock, log: silentLog, health: () => kiosk.health() }) }
}

function linuxBench() {
  const clock = new SimulatedClock(0)
  const files = new SimulatedWatchdogFiles(clock, PERIOD_MS)
  return { clock, files, ...guard(linuxWatchdog('/dev/watchdog', clock, files), clock) }
}

function stickBench(script: StickFaultScript = {}, seconds = 120) {
  const clock = new SimulatedClock(0)
  const stick = new StickSimulator(clock, script)
  const pair = memoryPair('stick')
  stick.serve(pair.device)
  return { clock, stick, pair, ...guard(new StickWatchdog(pair.host, clock, seconds), clock) }
}

async function settled<T>(clock: SimulatedClock, work: Promise<T>): Promise<T> {
  let done: { value: T } | undefined
  void work.then((value) => (done = { value }))
  for (let step = 0; step < 1000 && !done; step++) await clock.advance(10)
  if (!done) throw new Error('it hangs')
  return done.value
}

describe('the watchdog of the kernel', () => {
  it('stays quiet for as long as the kiosk is well', async () => {
    const { clock, files, watchdog } = linuxBench()
    expect(await watchdog.start()).toEqual(ok())
    await clock.advance(3_600_000)
    expect(files.resets).toBe(0)
    expect(watchdog.status()).toMatchObject({ state: 'GUARDING' })
  })

  it.each<[string, () => Promise<Health>]>([
    ['says it is ill', () => Promise.resolve({ healthy: false, why: 'the store does not write' })],
    ['does not answer', () => new Promise(() => undefined)],
    ['throws', () => Promise.reject(new Error('broken'))],
  ])('starts the computer anew when the kiosk %s, and not when it recovers in time', async (_how, ill) => {
    const { clock, files, kiosk, watchdog } = linuxBench()
    expect(await watchdog.start()).toEqual(ok())
    const well = (): Promise<Health> => Promise.resolve({ healthy: true })
    kiosk.health = ill
    await clock.advance(PERIOD_MS - 20_000)
    expect(await watchdog.report()).toMatchObject({ state: 'STARVING', tone: 'warning' })
    kiosk.health = well
    await clock.advance(PERIOD_MS)
    expect([files.resets, watchdog.status().state]).toEqual([0, 'GUARDING'])
    kiosk.health = ill
    await clock.advance(PERIOD_MS + 1000)
    expect(files.resets).toBe(1)
  })

  it('is ended in order: an hour later nothing has happened', async () => {
    const { clock, files, watchdog } = linuxBench()
    expect(await watchdog.start()).toEqual(ok())
    expect(await watchdog.stop()).toEqual(ok())
    await clock.advance(3_600_000)
    expect([files.resets, watchdog.status().state]).toEqual([0, 'OFF'])
    expect(await watchdog.kick()).toEqual(err({ code: 'OFF' }))
  })

  it('is never closed without its magic byte: a stop that fails leaves it running', async () => {
    const { clock, files, watchdog } = linuxBench()
    expect(await watchdog.start()).toEqual(ok())
    files.fail(true)
    expect(await watchdog.stop()).toMatchObject({ ok: false, error: { code: 'FAILED' } })
    await clock.advance(PERIOD_MS + 1)
    expect(files.resets).toBe(1)
  })

  it('that may not be opened is a fault, and is tried again', async () => {
    const { clock, files, watchdog } = linuxBench()
    files.refuseOpen(Object.assign(new Error('permission denied'), { code: 'EACCES' }))
    expect(await watchdog.start()).toMatchObject({
      ok: false,
      error: { code: 'PORT', cause: { code: 'NO_PERMISSION' } },
    })
    expect(await watchdog.report()).toMatchObject({ state: 'FAULT', tone: 'bad', answered: false })
    files.refuseOpen(undefined)
    await clock.advance(10_000)
    expect(watchdog.status()).toMatchObject({ state: 'GUARDING' })
  })

  it('in a real file: opens, kicks and writes V last', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'watchdog-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const timer = linuxWatchdog(path.join(folder, 'watchdog'), systemClock)
    expect(await timer.kick()).toMatchObject({ ok: false, error: { code: 'PORT', cause: { code: 'NOT_OPEN' } } })
    for (const step of ['start', 'kick', 'kick', 'stop'] as const) expect(await timer[step]()).toEqual(ok())
    expect(readFileSync(path.join(folder, 'watchdog')).toString('latin1')).toBe('\0\0V')
  })
})

describe('the USB stick', () => {
  it('is kicked with its time, and never a shorter one than two minutes', async () => {
    expect([...encodeKick(120), ...encodeKick(10), ...encodeKick(125), ...encodeKick(9999)]).toEqual([12, 12, 13, 127])
    fc.assert(
      fc.property(
        fc.double(),
        (seconds) => (secondsOfKick(encodeKick(seconds)[0] ?? 0) ?? 0) >= 120 || Number.isNaN(seconds),
      ),
    )
    const { clock, stick, watchdog } = stickBench()
    expect(await settled(clock, watchdog.start())).toEqual(ok())
    await clock.advance(1_000_000)
    expect(stick.resets).toBe(0)
    expect(new Set(stick.heard)).toEqual(new Set([0x80, 12]))
  })

  it('starts the computer anew when the kiosk is ill', async () => {
    const { clock, stick, kiosk, watchdog } = stickBench()
    expect(await settled(clock, watchdog.start())).toEqual(ok())
    kiosk.health = () => Promise.resolve({ healthy: false, why: 'ill' })
    await clock.advance(125_000)
    expect(stick.resets).toBe(1)
    expect(stick.heard).not.toContain(0xff)
  })

  it('is given 21 minutes when the kiosk ends in order', async () => {
    const { clock, stick, watchdog } = stickBench()
    expect(await settled(clock, watchdog.start())).toEqual(ok())
    expect(await settled(clock, watchdog.stop())).toEqual(ok())
    await clock.advance(1_260_000)
    expect([stick.resets, stick.heard.at(-1)]).toEqual([0, 127])
    await clock.advance(20_000)
    expect(stick.resets).toBe(1)
  })

  it.each<[string, StickFaultScript, object]>([
    ['does not answer', { faults: [{ kind: 'silence', times: 2 }] }, { code: 'NO_ANSWER' }],
    ['is pulled out', { faults: [{ kind: 'hang-up', on: 'query' }] }, { code: 'PORT', cause: { code: 'LOST' } }],
  ])('that %s is a fault, and guards again later', async (_how, script, error) => {
    const { clock, watchdog } = stickBench(script)
    expect(await settled(clock, watchdog.start())).toMatchObject({ ok: false, error })
    await clock.advance(12_000)
    expect(watchdog.status()).toMatchObject({ state: 'GUARDING' })
  })

  it('is heard through noise and duplicates', async () => {
    expect(new StickStream().push(Uint8Array.of(1, 0x81, 0x81))).toEqual(['alive'])
    const { clock, watchdog } = stickBench({ line: { noiseBytes: 5 }, faults: [{ kind: 'duplicate', times: 0 }] })
    expect(await settled(clock, watchdog.start())).toEqual(ok())
  })

  it('on a pty lives, through the real serialport', async () => {
    const stick = new StickSimulator(systemClock)
    onTestFinished(() => stick.unplug())
    const { address } = await simulatorOnPty(stick.serve)
    const timer = new StickWatchdog(expectOk(parseTransport(address, 9600), 'a port'), systemClock, 180)
    onTestFinished(() => timer.close())
    expect(await timer.alive()).toEqual(ok())
  })
})

describe('systemd as watchdog', () => {
  it('is told that we are ready, live and stop, in this order', async () => {
    const told: string[] = []
    const notify: Notify = (assignment) => Promise.resolve(told.push(assignment)).then(() => ok())
    const clock = new SimulatedClock(0)
    const { watchdog } = guard(systemdWatchdog(notify), clock)
    expect(await watchdog.start()).toEqual(ok())
    await clock.advance(10_000)
    expect(await watchdog.stop()).toEqual(ok())
    expect(told).toEqual(['READY=1', 'WATCHDOG=1', 'WATCHDOG=1', 'STOPPING=1'])
  })

  it('that did not start us is told nothing', async () => {
    const before = process.env['NOTIFY_SOCKET']
    delete process.env['NOTIFY_SOCKET']
    onTestFinished(() => {
      if (before !== undefined) process.env['NOTIFY_SOCKET'] = before
    })
    expect(await systemdNotify('WATCHDOG=1', 1000)).toEqual(err({ code: 'NOT_SUPERVISED' }))
  })

  it.each([
    ['30000000', 15_000],
    ['', undefined],
    ['x', undefined],
  ])('WATCHDOG_USEC=%j means a kick every %s ms', (microseconds, ms) => {
    expect(systemdPeriodMs({ WATCHDOG_USEC: microseconds })).toBe(ms)
  })
})

describe('the self-test of the watchdog', () => {
  it('passes with a kick and fails with the reason', async () => {
    const { kiosk, watchdog } = linuxBench()
    expect(await watchdog.start()).toEqual(ok())
    const call = { signal: never, say: () => undefined, ask: () => Promise.resolve(true) }
    const [kick] = watchdogSelfTests(watchdog)
    expect(await kick!.run(call)).toEqual(ok({ measured: { state: 'GUARDING' } }))
    kiosk.health = () => Promise.resolve({ healthy: false, why: 'full disk' })
    expect(await kick!.run(call)).toEqual(err({ key: 'watchdogNotKicked', detail: 'full disk' }))
  })
})
