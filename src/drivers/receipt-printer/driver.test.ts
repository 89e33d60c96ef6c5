import { beforeAll, describe, expect, it } from 'vitest'
import { passTime, receiptProfile } from '../../../tests/support/printing.ts'
import { SimulatedClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { expectOk } from '../../lib/result.ts'
import { memoryPair } from '../transport/memory.ts'
import { loadDialect } from './dialect.ts'
import { ReceiptPrinterDriver, type PrintJob } from './driver.ts'
import { encodeReceipt } from './encoder.ts'
import { layoutReceipt } from './layout.ts'
import type { ReceiptPrinterProfile } from './profile.ts'
import type { Receipt } from './receipt.ts'
import { ReceiptPrinterSimulator, type ReceiptPrinterFaults } from './simulator.ts'

const TEN_LINES: Receipt = {
  receipt: 1,
  blocks: Array.from({ length: 10 }, (_, index) => ({ type: 'text' as const, text: `第${String(index + 1)}行` })),
}

let bytes: Uint8Array
beforeAll(async () => {
  const profile = receiptProfile('generic-80')
  const dialect = await loadDialect(profile.dialect, profile.columns)
  bytes = expectOk(encodeReceipt(layoutReceipt(TEN_LINES, 48), profile, dialect, undefined), 'encoding')
})

function bench(faults: ReceiptPrinterFaults = {}, change: Partial<ReceiptPrinterProfile> = {}) {
  const clock = new SimulatedClock(0)
  const profile = receiptProfile('generic-80', change)
  const simulator = new ReceiptPrinterSimulator({ profile, clock, lettering: undefined, faults, realSpeed: true })
  const pair = memoryPair()
  simulator.serve(pair.device)
  const driver = new ReceiptPrinterDriver(pair.host, profile, clock, silentLog)
  const job = (id: string): PrintJob => ({ id, bytes, expectedMs: 1500, onSilence: 'refuse' })
  return {
    clock,
    simulator,
    pair,
    driver,
    status: () => passTime(clock, driver.status()),
    print: (id = 'job-1', onSilence: PrintJob['onSilence'] = 'refuse') =>
      passTime(clock, driver.print({ ...job(id), onSilence })),
  }
}

describe('printing with proof', () => {
  it('is confirmed by the process id once the paper is cut', async () => {
    const { print, simulator } = bench()
    expect(await print()).toMatchObject({ ok: true, value: { method: 'process-id' } })
    expect(simulator.paper.documents.map((piece) => piece.text.length)).toEqual([10])
  })

  it('is confirmed by a barrier where the printer knows no process id, asked only once', async () => {
    const { print, simulator } = bench({ noProcessId: true })
    expect(await print('a')).toMatchObject({ ok: true, value: { method: 'barrier' } })
    const afterFirst = simulator.received.length
    expect(await print('b')).toMatchObject({ ok: true, value: { method: 'barrier' } })
    const probe = Buffer.from('1d2848', 'hex')
    expect(Buffer.from(simulator.received).subarray(afterFirst).includes(probe)).toBe(false)
    expect(simulator.paper.cuts).toBe(2)
  })

  it('stays unknown where the model can only refute', async () => {
    const { print, simulator } = bench({ noProcessId: true, noBarrier: true }, { automaticStatus: false })
    expect(await print()).toEqual({ ok: false, error: { code: 'PROOF_UNKNOWN', why: 'MODEL_CANNOT_PROVE' } })
    expect(simulator.paper.cuts).toBe(1)
  })

  it('stays unknown on a one-way line, although everything was printed', async () => {
    const { driver, clock, simulator } = bench({ silent: true }, receiptProfile('raw-80'))
    expect(await passTime(clock, driver.status())).toBe('UNREPORTED')
    const printed = await passTime(clock, driver.print({ id: 'x', bytes, expectedMs: 500, onSilence: 'refuse' }))
    expect(printed).toEqual({ ok: false, error: { code: 'PROOF_UNKNOWN', why: 'MODEL_CANNOT_PROVE' } })
    expect(simulator.paper.cuts).toBe(1)
  })
})

describe('a printer that cannot print', () => {
  it.each([
    ['PAPER_OUT', 'PAPER_OUT'],
    ['COVER_OPEN', 'COVER_OPEN'],
    ['CUTTER', 'CUTTER_ERROR'],
    ['JAM', 'PAPER_JAM'],
    ['HOT', 'OVERHEATED'],
  ] as const)('with %s is refused before the first byte of the job', async (trouble, state) => {
    const { print, simulator, status } = bench()
    simulator.trouble(trouble)
    expect(await status()).toBe(state)
    expect(await print()).toEqual({ ok: false, error: { code: 'NOT_STARTED', state } })
    simulator.mend()
    expect(simulator.paper.piece().text).toEqual([])
  })

  it('nearly out of paper still prints, and says so', async () => {
    const { print, status } = bench({ nearEnd: true })
    expect(await status()).toBe('PAPER_LOW')
    expect((await print()).ok).toBe(true)
  })

  it('that answers nothing has a named outcome in bounded time, and gets no job', async () => {
    const { print, simulator, clock } = bench({ off: true })
    expect(await print()).toEqual({ ok: false, error: { code: 'NOT_STARTED', state: 'NO_ANSWER' } })
    expect(clock.monotonic()).toBeLessThan(5000)
    expect(simulator.received).toEqual([])
  })

  it('that answers nothing gets the job from a technician who asks for it, and it stays unknown', async () => {
    const { print, simulator } = bench({ silent: true })
    expect(await print('bench', 'send')).toEqual({
      ok: false,
      error: { code: 'PROOF_UNKNOWN', why: 'MODEL_CANNOT_PROVE' },
    })
    expect(simulator.paper.cuts).toBe(1)
  })

  it('is LINE_LOST when its port cannot be opened', async () => {
    const { pair, status, print } = bench()
    pair.device.refuseOpen({ code: 'NOT_FOUND', detail: 'no such port' })
    expect(await status()).toBe('LINE_LOST')
    expect(await print()).toEqual({ ok: false, error: { code: 'NOT_STARTED', state: 'LINE_LOST' } })
    pair.device.refuseOpen(undefined)
    expect(await status()).toBe('READY')
  })
})

describe('trouble in the middle of a receipt', () => {
  it.each([
    ['paper out at line 4', { paperOutAtLine: 4 }, 'PAPER_OUT'],
    ['the cover opened at line 6', { coverOpenAtLine: 6 }, 'COVER_OPEN'],
    ['a jam at line 2', { jamAtLine: 2 }, 'PAPER_JAM'],
    ['a jammed knife', { cutterErrorAtCut: 1 }, 'CUTTER_ERROR'],
  ] as const)('%s refutes it', async (_what, faults, state) => {
    const { print, simulator } = bench(faults)
    expect(await print()).toEqual({ ok: false, error: { code: 'NOT_PRINTED', state, remainder: 'may-still-print' } })
    expect(simulator.paper.cuts).toBe(0)
  })

  it('is refuted by polling too, where the printer does not push its state', async () => {
    const { print } = bench({ paperOutAtLine: 4, noProcessId: true }, { automaticStatus: false, proof: 'barrier' })
    expect(await print()).toMatchObject({ ok: false, error: { code: 'NOT_PRINTED', state: 'PAPER_OUT' } })
  })

  it('asks the printer to forget the rest where the model can, so that nothing comes out later', async () => {
    const { print, simulator } = bench({ paperOutAtLine: 4 }, { clearBuffer: 'dle-dc4-8' })
    expect(await print()).toMatchObject({ ok: false, error: { remainder: 'clear-requested' } })
    simulator.mend()
    expect(simulator.paper.cuts).toBe(0)
  })

  it('waits out a head that is too hot: the receipt comes, late', async () => {
    const { driver, simulator, clock } = bench({ overheatAtLine: 5 })
    const printing = driver.print({ id: 'hot', bytes, expectedMs: 1500, onSilence: 'refuse' })
    await clock.advance(2500)
    simulator.mend('HOT')
    expect(await passTime(clock, printing)).toMatchObject({ ok: true })
  })

  it('a receipt that comes out after paper was loaded does not prove the next one', async () => {
    const { print, simulator, clock, driver } = bench({ paperOutAtLine: 4 }, { proof: 'barrier' })
    expect(await print('first')).toMatchObject({ ok: false, error: { code: 'NOT_PRINTED' } })
    simulator.mend()
    const second = driver.print({ id: 'second', bytes, expectedMs: 1500, onSilence: 'refuse' })
    simulator.faults = { coverOpenAtLine: 14 }
    const outcome = await passTime(clock, second)
    expect(simulator.paper.cuts).toBe(1)
    expect(outcome).toMatchObject({ ok: false, error: { code: 'NOT_PRINTED', state: 'COVER_OPEN' } })
  })

  it.each([1, 20, 60, 100])('power lost at byte %d of the job leaves it unknown, never confirmed', async (at) => {
    const { print, status, simulator } = bench({}, { proof: 'barrier' })
    expect(await status()).toBe('READY')
    simulator.faults = { powerLossAtByte: simulator.received.length + 12 + at }
    expect(await print()).toEqual({ ok: false, error: { code: 'PROOF_UNKNOWN', why: 'LINE_LOST' } })
    simulator.faults = {}
    expect(await status()).toBe('READY')
  })

  it('an answer that never comes leaves it unknown after a bounded wait', async () => {
    const { print, simulator, clock } = bench({ noBarrier: true }, { proof: 'barrier' })
    expect(await print()).toEqual({ ok: false, error: { code: 'PROOF_UNKNOWN', why: 'NO_ANSWER' } })
    expect(simulator.paper.cuts).toBe(1)
    expect(clock.monotonic()).toBeLessThan(10_000)
  })

  it('a line that takes no more bytes is asked what is wrong', async () => {
    const { print, pair, status } = bench()
    expect(await status()).toBe('READY')
    pair.device.stick(true)
    expect(await print()).toMatchObject({ ok: false, error: { code: 'NOT_STARTED', state: 'NO_ANSWER' } })
  })
})

describe('a hard line', () => {
  it.each([
    ['answers in single bytes', { chopMs: 20 }],
    ['answers late', { answerDelayMs: 300 }],
    ['noise before every answer', { noise: true }],
    ['a storm of automatic status', { statusStormEveryBytes: 5 }],
  ] as const)('with %s still gives proof', async (_what, faults) => {
    const { print, simulator } = bench(faults)
    expect(await print()).toMatchObject({ ok: true })
    expect(simulator.paper.cuts).toBe(1)
  })

  it('gets a printer out of a command it had received half of', async () => {
    const { print, pair, simulator, status } = bench({}, { realTimeStatus: false, proof: 'barrier' })
    expectOk(await pair.host.open(), 'open')
    expectOk(await pair.host.write(Uint8Array.of(0x1d, 0x76, 0x30, 0, 48, 0, 24, 0, 0xff), 1000), 'half a picture')
    await pair.host.close()
    expect(await status()).toBe('NO_ANSWER')
    expect(await print()).toMatchObject({ ok: true, value: { method: 'barrier' } })
    expect(simulator.paper.documents[0]?.text).toHaveLength(10)
  })
})
