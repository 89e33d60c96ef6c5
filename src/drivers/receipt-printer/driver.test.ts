import { beforeAll, describe, expect, it } from 'vitest'
import { passTime, receiptProfile } from '../../../tests/support/printing.ts'
import { SimulatedClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { expectOk } from '../../lib/result.ts'
import { memoryPair } from '../transport/memory.ts'
import { loadDialect } from './dialect.ts'
import { ReceiptPrinterDriver } from './driver.ts'
import type { PrintJob } from './outcome.ts'
import { encodeReceipt } from './encoder.ts'
import type { AnswerFault, ReceiptPrinterFaults } from './faults.ts'
import { layoutReceipt } from './layout.ts'
import type { ReceiptPrinterProfile } from './profile.ts'
import type { Receipt } from './receipt.ts'
import { ReceiptPrinterSimulator } from './simulator.ts'

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

/** The printer never gives this answer. */
function withheld(on: 'process-id' | 'barrier'): AnswerFault {
  return { kind: 'silence', on, times: 0 }
}

function bench(faults: ReceiptPrinterFaults = {}, change: Partial<ReceiptPrinterProfile> = {}, model = 'generic-80') {
  const clock = new SimulatedClock(0)
  const profile = receiptProfile(model, change)
  const simulator = new ReceiptPrinterSimulator({ profile, clock, lettering: undefined, faults, realSpeed: true })
  const pair = memoryPair()
  simulator.serve(pair.device)
  const freshDriver = () => new ReceiptPrinterDriver(pair.host, profile, clock, silentLog)
  const driver = freshDriver()
  const job = (id: string): PrintJob => ({ id, bytes, paperDots: 400, expectedMs: 1500, onSilence: 'refuse' })
  return {
    clock,
    simulator,
    pair,
    driver,
    /** The kiosk's process died: another one opens the same line and knows nothing. */
    printAfterRestart: async (id: string) => {
      await pair.host.close()
      return passTime(clock, freshDriver().print(job(id)))
    },
    recover: () => passTime(clock, driver.recover()),
    probe: () => passTime(clock, driver.probe()),
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
    const { print, simulator } = bench({ answers: [withheld('process-id')] })
    expect(await print('a')).toMatchObject({ ok: true, value: { method: 'barrier' } })
    const afterFirst = simulator.received.length
    expect(await print('b')).toMatchObject({ ok: true, value: { method: 'barrier' } })
    const probe = Buffer.from('1d2848', 'hex')
    expect(Buffer.from(simulator.received).subarray(afterFirst).includes(probe)).toBe(false)
    expect(simulator.paper.cuts).toBe(2)
  })

  it('stays unknown where the model can only refute', async () => {
    const { print, simulator } = bench(
      { answers: [withheld('process-id'), withheld('barrier')] },
      { automaticStatus: false },
    )
    expect(await print()).toMatchObject({ ok: false, error: { code: 'PROOF_UNKNOWN', why: 'MODEL_CANNOT_PROVE' } })
    expect(simulator.paper.cuts).toBe(1)
  })

  it('stays unknown on a one-way line, although everything was printed', async () => {
    const { driver, clock, simulator } = bench({ answers: [{ kind: 'silence', times: 0 }] }, receiptProfile('raw-80'))
    expect(await passTime(clock, driver.status())).toBe('UNREPORTED')
    const printed = await passTime(
      clock,
      driver.print({ id: 'x', bytes, paperDots: 400, expectedMs: 500, onSilence: 'refuse' }),
    )
    expect(printed).toMatchObject({ ok: false, error: { code: 'PROOF_UNKNOWN', why: 'MODEL_CANNOT_PROVE' } })
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
    expect(clock.monotonic()).toBeLessThan(6000)
    expect(simulator.received).toEqual([])
  })

  it('that answers nothing gets the job from a technician who asks for it, and it stays unknown', async () => {
    const { print, simulator } = bench({ answers: [{ kind: 'silence', times: 0 }] })
    expect(await print('bench', 'send')).toMatchObject({
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
    expect(await print()).toMatchObject({
      ok: false,
      error: { code: 'NOT_PRINTED', state, remainder: 'may-still-print' },
    })
    expect(simulator.paper.cuts).toBe(0)
  })

  it('is refuted by polling too, where the printer does not push its state', async () => {
    const { print } = bench({ paperOutAtLine: 4 }, { automaticStatus: false, proof: 'barrier' })
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
    const printing = driver.print({ id: 'hot', bytes, paperDots: 400, expectedMs: 1500, onSilence: 'refuse' })
    await clock.advance(2500)
    simulator.mend('HOT')
    expect(await passTime(clock, printing)).toMatchObject({ ok: true })
  })

  it('a receipt that comes out after paper was loaded does not prove the next one', async () => {
    const { print, simulator, clock, driver } = bench({ paperOutAtLine: 4 }, { proof: 'barrier' })
    expect(await print('first')).toMatchObject({ ok: false, error: { code: 'NOT_PRINTED' } })
    simulator.mend()
    const second = driver.print({ id: 'second', bytes, paperDots: 400, expectedMs: 1500, onSilence: 'refuse' })
    // The old one with its cut takes eleven advances, the void mark some more: the cover opens in the new one.
    simulator.faults = { coverOpenAtLine: 20 }
    const outcome = await passTime(clock, second)
    expect(simulator.paper.cuts).toBe(2)
    expect(outcome).toMatchObject({ ok: false, error: { code: 'NOT_PRINTED', state: 'COVER_OPEN' } })
  })

  it.each([1, 20, 60, 100])('power lost at byte %d of the job leaves it unknown, never confirmed', async (at) => {
    const { print, status, simulator } = bench({}, { proof: 'barrier' })
    expect(await print('the first of the day')).toMatchObject({ ok: true })
    simulator.faults = { powerLossAtByte: simulator.received.length + 12 + at }
    expect(await print()).toMatchObject({ ok: false, error: { code: 'PROOF_UNKNOWN', why: 'LINE_LOST' } })
    simulator.faults = {}
    expect(await status()).toBe('READY')
  })

  it('an answer that never comes leaves it unknown after a bounded wait', async () => {
    const { print, simulator, clock } = bench({ answers: [withheld('barrier')] }, { proof: 'barrier' })
    expect(await print()).toMatchObject({ ok: false, error: { code: 'PROOF_UNKNOWN', why: 'NO_ANSWER' } })
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
    ['answers in single bytes', { line: { chunk: 1, delayMs: 20 } }],
    ['answers late', { answers: [{ kind: 'late', ms: 300, times: 0 }] }],
    ['noise before every answer', { line: { noiseBytes: 1, seed: 3 } }],
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
    expect(await status()).toBe('READY')
    expect(await print()).toMatchObject({ ok: true, value: { method: 'barrier' } })
    expect(simulator.paper.documents[0]?.text).toHaveLength(10)
  })
})

describe('a kiosk that dies in the middle of a receipt', () => {
  const PICTURE = Buffer.concat([Uint8Array.of(0x1d, 0x76, 0x30, 0, 72, 0, 24, 0), new Uint8Array(72 * 24).fill(0x55)])

  it.each([1, 5, 8, 9, 100, 900, 1735, 1736])(
    'after byte %d of a picture prints the next receipt whole',
    async (at) => {
      const { pair, simulator, printAfterRestart } = bench()
      expectOk(await pair.host.open(), 'open')
      expectOk(await pair.host.write(PICTURE.subarray(0, at), 1000), 'a part of a picture')
      expect(await printAfterRestart('next')).toMatchObject({ ok: true, value: { method: 'process-id' } })
      expect(simulator.paper.documents.at(-1)?.text).toHaveLength(10)
    },
  )

  it('after any byte of a text receipt prints the next one whole', async () => {
    for (let at = 1; at < bytes.length; at += 7) {
      const { pair, simulator, printAfterRestart } = bench()
      expectOk(await pair.host.open(), 'open')
      expectOk(await pair.host.write(bytes.subarray(0, at), 1000), 'a part of the receipt')
      expect((await printAfterRestart('next')).ok, `killed after byte ${String(at)}`).toBe(true)
      expect(simulator.paper.documents.at(-1)?.text.slice(-10)).toHaveLength(10)
    }
  })
})

describe('a jammed knife', () => {
  it('works again by itself once a person took the paper out of it: the printer is told to try again', async () => {
    const { print, simulator } = bench({ cutterErrorAtCut: 1 })
    expect(await print('a')).toMatchObject({ ok: false, error: { code: 'NOT_PRINTED', state: 'CUTTER_ERROR' } })
    expect(await print('b')).toEqual({ ok: false, error: { code: 'NOT_STARTED', state: 'CUTTER_ERROR' } })
    simulator.removeScraps()
    expect(await print('c')).toMatchObject({ ok: true })
    // What hung on the roll with its void mark, and the new one.
    expect(simulator.paper.documents.map(({ text }) => text.length)).toEqual([13, 10])
  })

  it('is tried again when a technician asks, and stays an error while paper is in it', async () => {
    const { recover, simulator } = bench()
    simulator.trouble('CUTTER')
    expect(await recover()).toBe('CUTTER_ERROR')
    simulator.removeScraps()
    expect(await recover()).toBe('READY')
  })

  it('waits for somebody to switch the printer off and on where the model knows no command for it', async () => {
    const { recover, simulator } = bench({}, { recovery: 'none' })
    simulator.trouble('CUTTER')
    simulator.removeScraps()
    expect(await recover()).toBe('CUTTER_ERROR')
  })
})

describe('a printer with a presenter', () => {
  const presenter = (faults: ReceiptPrinterFaults = {}, change: Partial<ReceiptPrinterProfile> = {}) =>
    bench(faults, change, 'custom-vkp80')

  it('proves a receipt by holding it in its mouth, and says so until it is taken', async () => {
    const { print, status, simulator } = presenter()
    expect(await print()).toMatchObject({ ok: true, value: { method: 'presenter' } })
    expect(await status()).toBe('PAPER_NOT_TAKEN')
    simulator.take()
    expect(await status()).toBe('READY')
  })

  it('does not take the receipt of the last person for proof of this one', async () => {
    const { print, simulator } = presenter()
    expect(await print('a')).toMatchObject({ ok: true })
    expect(await print('b')).toMatchObject({ ok: false, error: { code: 'PROOF_UNKNOWN', why: 'MODEL_CANNOT_PROVE' } })
    expect(simulator.paper.cuts).toBe(2)
  })

  it('with a receipt stuck on its way out refutes it and names the exit', async () => {
    const { print, status } = presenter({ exitBlockedAtCut: 1 })
    expect(await print()).toMatchObject({ ok: false, error: { code: 'NOT_PRINTED', state: 'EXIT_BLOCKED' } })
    expect(await status()).toBe('EXIT_BLOCKED')
  })

  it.each([
    ['PAPER_OUT', 'PAPER_OUT'],
    ['COVER_OPEN', 'COVER_OPEN'],
    ['CUTTER', 'CUTTER_ERROR'],
    ['JAM', 'PAPER_JAM'],
    ['HOT', 'OVERHEATED'],
    ['OFFLINE', 'OFFLINE'],
  ] as const)('with %s is refused before the first byte', async (trouble, state) => {
    const { print, simulator } = presenter()
    simulator.trouble(trouble)
    expect(await print()).toEqual({ ok: false, error: { code: 'NOT_STARTED', state } })
  })

  it('nearly out of paper says so, once the mouth is empty', async () => {
    const { status } = presenter({ nearEnd: true })
    expect(await status()).toBe('PAPER_LOW')
  })
})

describe('supplies', () => {
  it('a proven receipt used its whole length and one cut', async () => {
    expect(await bench().print()).toMatchObject({ ok: true, value: { usage: { paperMm: 50, cuts: 1 } } })
  })

  it('a refuted one used no more than the head can have passed, and no cut', async () => {
    const printed = await bench({ paperOutAtLine: 4 }).print()
    if (printed.ok || printed.error.code !== 'NOT_PRINTED') throw new Error('it should have been refuted')
    expect(printed.error.usage.cuts).toBe(0)
    expect(printed.error.usage.paperMm).toBeGreaterThanOrEqual(4 * 4)
    expect(printed.error.usage.paperMm).toBeLessThanOrEqual(50)
  })

  it('an unknown one counts as printed, one that was not begun as nothing', async () => {
    const unknown = bench({ answers: [withheld('barrier')] }, { proof: 'barrier' })
    expect(await unknown.print()).toMatchObject({ ok: false, error: { usage: { paperMm: 50, cuts: 1 } } })
    const refused = bench()
    refused.simulator.trouble('COVER_OPEN')
    expect(await refused.print()).toEqual({ ok: false, error: { code: 'NOT_STARTED', state: 'COVER_OPEN' } })
  })
})

describe('what a printer can prove is asked of the printer', () => {
  it.each([
    ['process-id', {}],
    ['barrier', { answers: [withheld('process-id')] }],
    ['real-time', { answers: [withheld('process-id'), withheld('barrier')] }],
  ] as const)('%s', async (ability, faults) => {
    expect(await bench(faults, { proof: 'none' }).probe()).toEqual({ ok: true, value: ability })
  })

  it('not while it has a fault', async () => {
    const { probe, simulator } = bench()
    simulator.trouble('PAPER_OUT')
    expect(await probe()).toEqual({ ok: false, error: 'PAPER_OUT' })
  })
})

describe('faults that come once', () => {
  it.each([
    ['a status answer lost', { answers: [{ kind: 'silence', on: 'real-time', skip: 1 }] }],
    ['a status answer twice', { answers: [{ kind: 'duplicate', on: 'real-time', times: 0 }] }],
    ['a status answer late, into the next exchange', { answers: [{ kind: 'late', on: 'real-time', ms: 600 }] }],
    ['the process id twice', { answers: [{ kind: 'duplicate', on: 'process-id', times: 0 }] }],
    ['half an automatic status', { answers: [{ kind: 'truncated', on: 'automatic', at: 2 }] }],
  ] satisfies readonly [string, ReceiptPrinterFaults][])('%s: the receipt is still proven', async (_what, faults) => {
    const { print, simulator } = bench(faults)
    expect(await print()).toMatchObject({ ok: true })
    expect(simulator.paper.cuts).toBe(1)
  })

  it('the process id withheld for this job only leaves it unknown', async () => {
    const { print, simulator } = bench({ answers: [withheld('process-id')] }, { proof: 'process-id' })
    expect(await print()).toMatchObject({ ok: false, error: { code: 'PROOF_UNKNOWN', why: 'NO_ANSWER' } })
    simulator.faults = {}
    expect(await print('next')).toMatchObject({ ok: true })
  })

  it('the cover opened during the cut refutes it, although the piece is cut', async () => {
    const { print, simulator } = bench({ coverOpenAtCut: 1 })
    expect(await print()).toMatchObject({ ok: false, error: { code: 'NOT_PRINTED', state: 'COVER_OPEN' } })
    expect(simulator.paper.cuts).toBe(1)
  })

  it('the cable pulled in the middle leaves it unknown', async () => {
    const { print, simulator } = bench()
    expect(await print()).toMatchObject({ ok: true })
    simulator.faults = { hangUpAtByte: simulator.received.length + 60 }
    expect(await print('b')).toMatchObject({ ok: false, error: { code: 'PROOF_UNKNOWN', why: 'LINE_LOST' } })
    simulator.faults = {}
    expect(await print('c')).toMatchObject({ ok: true })
  })

  it('a near-end bit of a model without the sensor means nothing', async () => {
    const { status } = bench({ nearEnd: true }, { nearEndSensor: false })
    expect(await status()).toBe('READY')
  })
})
