import { describe, expect, it } from 'vitest'
import { simulatorOnPty } from '../../../tests/support/pty.ts'
import { SimulatedClock, systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { expectOk } from '../../lib/result.ts'
import { memoryPair } from '../transport/memory.ts'
import { parseTransport } from '../transport/parse.ts'
import { Scanner } from './device.ts'
import type { ScannerFault } from './fault-script.ts'
import { scannerProtocol } from './protocol/choose.ts'
import type { ScannerDriverName } from './protocol/protocol.ts'
import { scannerSelfTests } from './self-test.ts'
import { ScannerSimulator } from './simulator.ts'

const never = new AbortController().signal
const TRIGGERED = ['honeywell', 'newland', 'gm65', 'ssi'] as const
const CODE = '粤交运管穗字440100165715号'

function bench(family: ScannerDriverName, faults: readonly ScannerFault[] = []) {
  const clock = new SimulatedClock(0)
  const pair = memoryPair(family)
  const simulator = new ScannerSimulator(clock, { encoding: 'utf-8', suffix: '\r', protocol: family, faults })
  simulator.serve(pair.device)
  const scanner = new Scanner(pair.host, clock, silentLog, scannerProtocol(family, true))
  return { clock, pair, simulator, scanner }
}

describe.each(TRIGGERED)('a scanner with a trigger (%s)', (family) => {
  it('is lit only while a code is wanted', async () => {
    const { clock, simulator, scanner } = bench(family)
    const scan = scanner.read(never, 5000)
    await clock.advance(20)
    expect(simulator.lit).toBe(true)
    simulator.show(CODE)
    await clock.advance(20)
    expect(await scan).toMatchObject({ ok: true, value: { text: CODE } })
    expect(simulator.lit).toBe(false)
    expect(await scanner.report(never)).toMatchObject({ usable: true, tone: 'good' })
  })

  it('shown a code in the dark reads nothing', async () => {
    const { clock, simulator, scanner } = bench(family)
    const first = scanner.read(never, 100)
    await clock.advance(200)
    expect(await first).toMatchObject({ error: { code: 'NO_SCAN' } })
    simulator.show(CODE)
    const second = scanner.read(never, 100)
    await clock.advance(200)
    expect(await second).toMatchObject({ error: { code: 'NO_SCAN' } })
  })

  it('goes dark when nobody wants the code any more, and when the time is over', async () => {
    const { clock, simulator, scanner } = bench(family)
    const abort = new AbortController()
    const given = scanner.read(abort.signal, 5000)
    await clock.advance(20)
    expect(simulator.lit).toBe(true)
    abort.abort()
    await clock.advance(20)
    expect(await given).toEqual({ ok: false, error: { code: 'CANCELLED' } })
    expect(simulator.lit).toBe(false)
    const late = scanner.read(never, 300)
    await clock.advance(290)
    expect(simulator.lit).toBe(true)
    await clock.advance(50)
    expect(await late).toMatchObject({ error: { code: 'NO_SCAN' } })
    expect(simulator.lit).toBe(false)
  })

  it('whose line is lost while it is lit says so, and works again when it is back', async () => {
    const { clock, pair, simulator, scanner } = bench(family)
    const lost = scanner.read(never, 5000)
    await clock.advance(20)
    pair.device.hangUp()
    await clock.advance(20)
    expect(await lost).toMatchObject({ error: { code: 'PORT', cause: { code: 'LOST' } } })
    const again = scanner.read(never, 5000)
    await clock.advance(20)
    simulator.show(CODE)
    await clock.advance(20)
    expect(await again).toMatchObject({ value: { text: CODE } })
  })

  it('that does not answer is listened to, named, and does not hold anybody up', async () => {
    const always = { kind: 'silence', times: 0 } as const
    const faults = (['light-on', 'light-off', 'set-up', 'probe'] as const).map((on) => ({ ...always, on }))
    const { clock, simulator, scanner } = bench(family, faults)
    const scan = scanner.read(never, 5000)
    await clock.advance(1500)
    simulator.show(CODE)
    await clock.advance(2000)
    expect(await scan).toMatchObject({ ok: true, value: { text: CODE } })
    const report = scanner.report(never)
    await clock.advance(2700)
    expect(await report).toMatchObject({ state: 'SILENT', answered: false, usable: false })
  })

  it('that refuses its trigger is listened to, and somebody should come', async () => {
    const faults = (['light-on', 'set-up'] as const).map((on) => ({ kind: 'refuse', times: 0, on }) as const)
    const { clock, scanner } = bench(family, faults)
    const scan = scanner.read(never, 100)
    await clock.advance(500)
    expect(await scan).toMatchObject({ error: { code: 'NO_SCAN' } })
  })

  it('works through the real serialport in single bytes', async () => {
    const settings = { encoding: 'utf-8', suffix: '\r', protocol: family, line: { chunk: 3, delayMs: 1 } } as const
    const simulator = new ScannerSimulator(systemClock, settings)
    const hosted = await simulatorOnPty(simulator.serve)
    const transport = expectOk(parseTransport(hosted.address, 9600), 'an address')
    const scanner = new Scanner(transport, systemClock, silentLog, scannerProtocol(family, true))
    const scan = scanner.read(never, 5000)
    const showing = setInterval(() => simulator.show(CODE), 60)
    expect(await scan).toMatchObject({ ok: true, value: { text: CODE } })
    clearInterval(showing)
    expect(simulator.lit).toBe(false)
    await scanner.close()
  })
})

describe('faults of the trigger', () => {
  it('a late answer to one command does not spoil the next reading', async () => {
    for (const family of ['newland', 'gm65', 'ssi'] as const) {
      const { clock, simulator, scanner } = bench(family, [{ kind: 'late', ms: 350, on: 'light-on' }])
      const scan = scanner.read(never, 5000)
      await clock.advance(700)
      simulator.show(CODE)
      await clock.advance(1000)
      expect(await scan, family).toMatchObject({ ok: true, value: { text: CODE } })
    }
  })

  it('an answer with a wrong checksum is asked for again', async () => {
    for (const family of ['gm65', 'ssi'] as const) {
      const { clock, simulator, scanner } = bench(family, [{ kind: 'wrong-checksum', on: 'light-on' }])
      const scan = scanner.read(never, 5000)
      await clock.advance(700)
      expect(simulator.lit, family).toBe(true)
      simulator.show('A')
      await clock.advance(700)
      expect(await scan, family).toMatchObject({ value: { text: 'A' } })
      expect((await scanner.report(never)).state, family).toBe('READY')
    }
  })

  it('a packet that Zebra sends twice is one code; a damaged one comes again', async () => {
    const twice = bench('ssi', [{ kind: 'duplicate' }])
    const first = twice.scanner.read(never, 5000)
    await twice.clock.advance(20)
    twice.simulator.show('ONCE')
    await twice.clock.advance(50)
    expect(await first).toMatchObject({ value: { text: 'ONCE', symbology: 'ssi:1c' } })
    const second = twice.scanner.read(never, 500)
    await twice.clock.advance(600)
    expect(await second).toMatchObject({ error: { code: 'NO_SCAN' } })

    const damaged = bench('ssi', [{ kind: 'wrong-checksum' }])
    const scan = damaged.scanner.read(never, 5000)
    await damaged.clock.advance(20)
    damaged.simulator.show('AGAIN')
    await damaged.clock.advance(200)
    expect(await scan).toMatchObject({ value: { text: 'AGAIN' } })
  })

  it('a long code comes in packets and whole', async () => {
    const { clock, simulator, scanner } = bench('ssi')
    const scan = scanner.read(never, 5000)
    await clock.advance(20)
    simulator.show('7'.repeat(3000))
    await clock.advance(200)
    expect(await scan).toMatchObject({ value: { bytes: 3000 } })
  })

  it('a scanner behind HID-POS, which takes no bytes, is no reason to throw', async () => {
    const { clock, pair, scanner } = bench('honeywell')
    pair.device.stick(true)
    const scan = scanner.read(never, 200)
    await clock.advance(3000)
    expect(await scan).toMatchObject({ ok: false, error: { code: 'NO_SCAN' } })
  })
})

describe('the report', () => {
  it('of a scanner that is not there, is only listened to, or is a keyboard', async () => {
    const { clock, pair, scanner } = bench('serial')
    expect(await scanner.report(never)).toMatchObject({ state: 'LISTENING', tone: 'good' })
    pair.device.hangUp()
    pair.device.refuseOpen({ code: 'NOT_FOUND', detail: 'no such port' })
    await clock.advance(1)
    expect(await scanner.report(never)).toMatchObject({ state: 'UNPLUGGED', answered: false })
  })

  it('asked while somebody reads does not disturb the reading', async () => {
    const { clock, simulator, scanner } = bench('gm65')
    const scan = scanner.read(never, 5000)
    await clock.advance(20)
    expect(await scanner.report(never)).toMatchObject({ state: 'READY' })
    simulator.show('A')
    await clock.advance(20)
    expect(await scan).toMatchObject({ value: { text: 'A' } })
  })
})

describe('the self-test', () => {
  it('measures the code shown and keeps nothing of it', async () => {
    const { clock, simulator, scanner } = bench('honeywell')
    const [test] = scannerSelfTests(scanner, clock)
    const said: string[] = []
    const passed = test?.run({ signal: never, say: (key) => said.push(key), ask: () => Promise.resolve(true) })
    await clock.advance(500)
    simulator.show(`]Q1${CODE}`)
    await clock.advance(20)
    const result = await passed
    expect(result).toMatchObject({ ok: true, value: { measured: { symbology: ']Q1', bytes: 33, encoding: 'utf-8' } } })
    expect(JSON.stringify(result)).not.toContain('4401')
    expect(said).toEqual(['showTestCode'])
  })

  it('fails by name when nothing is shown', async () => {
    const { clock, scanner } = bench('honeywell')
    const [test] = scannerSelfTests(scanner, clock)
    const failed = test?.run({ signal: never, say: () => undefined, ask: () => Promise.resolve(true) })
    await clock.advance(31_000)
    expect(await failed).toMatchObject({ ok: false, error: { key: 'nothingScanned' } })
  })
})
