import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { memoryPair } from '../transport/memory.ts'
import type { IdCardProtocol } from './dialect.ts'
import { IdCardReader } from './device.ts'
import type { SamFaultScript } from './faults.ts'
import { SAMPLE_CARDS } from './sample-cards.ts'
import { idCardSelfTests } from './self-test.ts'
import { SamSimulator } from './simulator.ts'

function bench(script: SamFaultScript = {}, protocol: IdCardProtocol = 'sam-v') {
  const clock = new SimulatedClock(0)
  const simulator = new SamSimulator(clock, script, protocol)
  const pair = memoryPair('sam')
  simulator.serve(pair.device)
  const reader = new IdCardReader(pair.host, clock, silentLog, { protocol })
  const said: string[] = []
  const run = async (id: string) => {
    const test = idCardSelfTests(reader, clock).find((each) => each.id === id)
    if (!test) throw new Error(`no test ${id}`)
    const signal = new AbortController().signal
    const running = test.run({ signal, say: (key) => said.push(key), ask: () => Promise.resolve(true) })
    await clock.advance(120_000)
    return running
  }
  return { clock, simulator, pair, reader, said, run }
}

describe('the self-tests of the reader', () => {
  it('pass with what was measured', async () => {
    const { run } = bench()
    expect(await run('module-answers')).toMatchObject({ ok: true, value: { measured: { answerMs: 0 } } })
    expect(await run('module-identity')).toMatchObject({
      ok: true,
      value: { measured: { samId: '05.03-20140101-0001234567-1234567890' } },
    })
  })

  it('read a test card and keep nothing of it but kind, time and length', async () => {
    const { clock, simulator, said, run } = bench({ line: { baud: 115_200 } })
    clock.setTimer(3000, () => simulator.insertCard(SAMPLE_CARDS.resident))
    clock.setTimer(8000, () => simulator.removeCard())
    const passed = await run('read-card')
    expect(said).toEqual(['putTestCard', 'takeTestCard'])
    expect(passed).toMatchObject({ ok: true, value: { measured: { kind: 'resident', portraitBytes: 1024 } } })
    if (!passed.ok) return
    expect(Object.keys(passed.value.measured)).toEqual(['kind', 'readMs', 'portraitBytes'])
    expect(passed.value.measured['readMs']).toBeGreaterThan(100)
    expect(passed.value.measured['readMs']).toBeLessThan(200)
  })

  it('fail in words: nobody puts a card down, it stays, it cannot be read', async () => {
    expect(await bench().run('read-card')).toMatchObject({ ok: false, error: { key: 'noTestCard' } })
    const staying = bench()
    staying.simulator.insertCard(SAMPLE_CARDS.resident)
    expect(await staying.run('read-card')).toMatchObject({ error: { key: 'testCardNotTaken' } })
    const failing = bench({ faults: [{ kind: 'sw3', code: 0x41, on: 'read', times: 0 }] })
    failing.simulator.insertCard(SAMPLE_CARDS.resident)
    expect(await failing.run('read-card')).toMatchObject({ error: { key: 'cardUnreadable' } })
  })

  it('fail in words: silent, defective, unplugged', async () => {
    const silent = bench({ faults: [{ kind: 'silence', times: 0 }] })
    expect(await silent.run('module-answers')).toMatchObject({ error: { key: 'readerSilent' } })
    const defective = bench({ faults: [{ kind: 'sw3', code: 0x66, times: 0 }] })
    expect(await defective.run('module-answers')).toMatchObject({ error: { key: 'moduleDefective' } })
    const unplugged = bench()
    unplugged.pair.device.refuseOpen({ code: 'NOT_FOUND', detail: 'no such port' })
    expect(await unplugged.run('module-answers')).toMatchObject({ error: { key: 'portUnusable' } })
    expect(await unplugged.run('module-identity')).toMatchObject({ error: { key: 'portUnusable' } })
  })

  it('do not hold it against a bank module that it has no identity', async () => {
    expect(await bench({}, 'bank-module').run('module-identity')).toMatchObject({ ok: true })
  })
})

describe('the report of the reader', () => {
  const reportOf = async ({ clock, reader }: ReturnType<typeof bench>) => {
    const asked = reader.report(new AbortController().signal)
    await clock.advance(3000)
    return asked
  }

  it('says what it is, whether it answered, and under which text', async () => {
    expect(await reportOf(bench())).toMatchObject({ state: 'READY', tone: 'good', usable: true, answered: true })
    const defective = bench({ faults: [{ kind: 'sw3', code: 0x60, times: 0 }] })
    expect(await reportOf(defective)).toMatchObject({ state: 'OUT_OF_SERVICE', usable: false, answered: true })
    const silent = bench({ faults: [{ kind: 'silence', times: 0 }] })
    expect(await reportOf(silent)).toMatchObject({ state: 'SILENT', textKey: 'device.idCard.silent', answered: false })
    for (const [code, key] of [
      ['NOT_FOUND', 'device.idCard.unplugged'],
      ['NO_PERMISSION', 'device.idCard.noPermission'],
      ['IN_USE', 'device.idCard.inUse'],
    ] as const) {
      const closed = bench()
      closed.pair.device.refuseOpen({ code, detail: 'why' })
      expect(await reportOf(closed)).toMatchObject({ textKey: key, answered: false, usable: false })
    }
  })
})
