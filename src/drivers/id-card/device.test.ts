import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import { reveal, silentLog } from '../../lib/log.ts'
import type { Result } from '../../lib/result.ts'
import { memoryPair, type MemoryPair } from '../transport/memory.ts'
import type { IdCard } from './card.ts'
import { IdCardReader, type CardRead, type IdCardError } from './device.ts'
import { describeIdCardError } from './errors.ts'
import type { SamFaultScript } from './faults.ts'
import { SAMPLE_CARDS } from './sample-cards.ts'
import { SamSimulator } from './simulator.ts'

interface Bench {
  readonly clock: SimulatedClock
  readonly simulator: SamSimulator
  readonly reader: IdCardReader
  readonly pair: MemoryPair
  /** Waits for a card at most `ms` of simulated time and says how long it took. */
  readonly read: (
    ms?: number,
    signal?: AbortSignal,
  ) => Promise<Result<CardRead, IdCardError> & { readonly afterMs: number }>
}

const never = new AbortController().signal

function bench(script: SamFaultScript = {}, card: IdCard = SAMPLE_CARDS.resident): Bench {
  const clock = new SimulatedClock(0)
  const simulator = new SamSimulator(clock, script)
  simulator.insertCard(card)
  const pair = memoryPair('sam')
  simulator.serve(pair.device)
  const reader = new IdCardReader(pair.host, clock, silentLog)
  return {
    clock,
    simulator,
    reader,
    pair,
    read: (ms = 10_000, signal = never) => timed(clock, reader.waitForCard(signal, ms)),
  }
}

/** Lets time pass in small steps until `work` is done; a verb that outlives a minute hangs. */
async function timed<T extends object>(
  clock: SimulatedClock,
  work: Promise<T>,
): Promise<T & { readonly afterMs: number }> {
  const began = clock.monotonic()
  let done: (T & { readonly afterMs: number }) | undefined
  void work.then((value) => (done = { ...value, afterMs: clock.monotonic() - began }))
  for (let step = 0; step < 6000 && !done; step++) await clock.advance(10)
  if (!done) throw new Error('it hangs')
  return done
}

const cardOf = (read: Result<CardRead, IdCardError>): IdCard => {
  if (!read.ok) throw new Error(describeIdCardError(read.error))
  return reveal(read.value.card)
}

describe('reading a card', () => {
  it.each(Object.values(SAMPLE_CARDS))('of kind $kind gives all it holds, at once', async (card) => {
    const { read, simulator } = bench({}, card)
    const result = await read()
    expect(cardOf(result)).toEqual(card)
    expect(result).toMatchObject({ ok: true, value: { portraitBytes: 1024 } })
    expect(result.afterMs).toBeLessThanOrEqual(10)
    expect(simulator.heard.slice(0, 3)).toEqual(['find', 'select', 'read'])
  })

  it('takes at most 1.2 times as long as its bytes take on a 115200 wire: nobody waits in between', async () => {
    const answerBytes = 15 + 19 + 1295 + 11
    const result = await bench({ line: { baud: 115_200 } }).read()
    expect(cardOf(result)).toEqual(SAMPLE_CARDS.resident)
    expect(result.afterMs).toBeLessThanOrEqual(1.2 * ((answerBytes * 10_000) / 115_200))
  })

  it('cannot be printed or turned to JSON by accident', async () => {
    const { read } = bench()
    expect(JSON.stringify(await read())).not.toContain('样张甲')
  })

  it('adds the newest address where the card has one', async () => {
    const card = { ...SAMPLE_CARDS.resident, newestAddress: '样张省样张市新路9号' } as IdCard
    expect(cardOf(await bench({}, card).read())).toEqual(card)
  })

  it('does not depend on the newest address being answered', async () => {
    for (const kind of ['silence', 'wrong-checksum'] as const) {
      const { read } = bench({ faults: [{ kind, on: 'newestAddress', times: 0 }] })
      expect(cardOf(await read())).toEqual(SAMPLE_CARDS.resident)
    }
  })

  it.each(['plain', 'no-fingerprint', 'fingerprint-512', 'fingerprint-1024'] as const)(
    'works with the %s layout though the command is the same',
    async (layout) => expect(cardOf(await bench({ layout }).read())).toEqual(SAMPLE_CARDS.resident),
  )

  it('waits for a card, asking no oftener than every 300 ms', async () => {
    const { clock, simulator, read } = bench()
    simulator.removeCard()
    clock.setTimer(3050, () => simulator.insertCard(SAMPLE_CARDS.resident))
    const result = await read()
    expect(cardOf(result)).toEqual(SAMPLE_CARDS.resident)
    expect(result.afterMs).toBeLessThan(3050 + 450)
    expect(simulator.heard.filter((command) => command === 'find')).toHaveLength(9)
  })

  it('ends with NO_CARD when nobody comes, exactly in time', async () => {
    const { simulator, read } = bench()
    simulator.removeCard()
    expect(await read(2000)).toMatchObject({ ok: false, error: { code: 'NO_CARD', sw3: '80' }, afterMs: 2000 })
  })

  it('ends at once when it is called off', async () => {
    const { clock, simulator, read } = bench()
    simulator.removeCard()
    const abort = new AbortController()
    clock.setTimer(1000, () => abort.abort())
    expect(await read(30_000, abort.signal)).toMatchObject({ error: { code: 'CANCELLED' }, afterMs: 1000 })
  })

  it('does not read the card that was left lying a second time', async () => {
    const { simulator, read } = bench()
    cardOf(await read())
    expect(await read(1000)).toMatchObject({ error: { code: 'NO_CARD' } })
    simulator.removeCard()
    simulator.insertCard(SAMPLE_CARDS['residence-permit'])
    expect(cardOf(await read())).toEqual(SAMPLE_CARDS['residence-permit'])
  })
})

describe('a bad line', () => {
  const once: readonly SamFaultScript[] = (['find', 'select', 'read'] as const).flatMap((on) => [
    { faults: [{ kind: 'wrong-checksum', on }] },
    { faults: [{ kind: 'truncated', at: 9, on }] },
    { faults: [{ kind: 'truncated', at: 2, on }] },
    { faults: [{ kind: 'torn', at: 9, on }] },
    { faults: [{ kind: 'silence', on }] },
    { faults: [{ kind: 'duplicate', on }] },
    { faults: [{ kind: 'vendor-time-out', on }] },
    { faults: [{ kind: 'wrong-length', by: 1, on }] },
    { faults: [{ kind: 'wrong-length', by: -1, on }] },
    { faults: [{ kind: 'sw3', code: 0x10, on }] },
    { faults: [{ kind: 'sw3', code: 0x11, on }] },
    { faults: [{ kind: 'late', ms: 1300, on }] },
  ])
  it.each(once)('that fails once costs time but no card: $faults.0', async (script) => {
    const result = await bench(script).read(20_000)
    expect(cardOf(result)).toEqual(SAMPLE_CARDS.resident)
  })

  it('that delivers answers in single bytes, slowly and behind noise changes nothing', async () => {
    const { read } = bench({ line: { chunk: 1, delayMs: 2, noiseBytes: 20 } })
    expect(cardOf(await read(20_000))).toEqual(SAMPLE_CARDS.resident)
  })

  it('that pauses in the portrait, where the bytes of another answer lie, changes nothing', async () => {
    const { read } = bench({ line: { chunk: 200, delayMs: 400 } })
    expect(cardOf(await read(20_000))).toEqual(SAMPLE_CARDS.resident)
  })

  it('that garbles every answer is named', async () => {
    const { read } = bench({ faults: [{ kind: 'wrong-checksum', times: 0 }] })
    const result = await read()
    expect(result).toMatchObject({ ok: false, error: { code: 'GARBLED' } })
    expect(result.afterMs).toBeLessThan(1000)
  })

  it('on which the reader hears only damage is a cable fault', async () => {
    const { read } = bench({ faults: [{ kind: 'sw3', code: 0x10, times: 0 }] })
    expect(await read()).toMatchObject({ ok: false, error: { code: 'CABLE_FAULT', sw3: '10' } })
  })
})

describe('late answers', () => {
  it('to find are not taken for the answer to select', async () => {
    const { read, simulator } = bench({ faults: [{ kind: 'late', ms: 700, on: 'find' }] })
    expect(cardOf(await read())).toEqual(SAMPLE_CARDS.resident)
    expect(simulator.heard.slice(0, 4)).toEqual(['find', 'find', 'select', 'read'])
  })

  it('of one citizen’s card are not taken for the next one’s', async () => {
    const { read, reader, simulator, clock } = bench({
      faults: [
        { kind: 'late', ms: 9200, on: 'read', times: 3 },
        { kind: 'late', ms: 450, on: 'find', skip: 2 },
      ],
    })
    const first = await read(30_000)
    expect(first).toMatchObject({ ok: false, error: { code: 'CARD_LIFTED' } })
    expect(clock.monotonic()).toBeLessThan(9200)
    simulator.removeCard()
    expect(await timed(clock, reader.waitForRemoval(never, 3000))).toMatchObject({ ok: true })
    simulator.insertCard(SAMPLE_CARDS['foreigner-2023'])
    expect(cardOf(await read())).toEqual(SAMPLE_CARDS['foreigner-2023'])
    expect(clock.monotonic()).toBeGreaterThan(9200)
  })
})

describe('what the reader refuses', () => {
  it.each([
    [0x31, 'CARD_REJECTS_READER', '31'],
    [0x32, 'CARD_NOT_GENUINE', '32'],
    [0x33, 'CARD_NOT_VERIFIED', '33'],
    [0x40, 'NOT_AN_ID_CARD', '40'],
    [0x41, 'READ_FAILED', '41'],
    [0x60, 'OUT_OF_SERVICE', '60'],
    [0x66, 'OUT_OF_SERVICE', '66'],
    [0x21, 'COMMAND_REFUSED', '21'],
    [0x23, 'COMMAND_REFUSED', '23'],
    [0x24, 'READER_CONFUSED', '24'],
    [0x47, 'READER_CONFUSED', '47'],
    [0x91, 'ITEM_ABSENT', '91'],
    [0x0a, 'UNKNOWN_STATUS', '0A'],
  ])('SW3 %i while reading is %s', async (code, name, sw3) => {
    const result = await bench({ faults: [{ kind: 'sw3', code, on: 'read', times: 0 }] }).read()
    expect(result).toMatchObject({ ok: false, error: { code: name, sw3 } })
    if (!result.ok) expect(describeIdCardError(result.error)).not.toBe('')
    expect(result.afterMs).toBeLessThan(100)
  })

  it('a card still sliding into place is found again', async () => {
    const { read } = bench({ faults: [{ kind: 'sw3', code: 0x81, on: 'select', times: 2 }] })
    expect(cardOf(await read())).toEqual(SAMPLE_CARDS.resident)
  })

  it('a card that can never be selected is an error after three tries', async () => {
    const { read } = bench({ faults: [{ kind: 'sw3', code: 0x81, on: 'select', times: 0 }] })
    const result = await read()
    expect(result).toMatchObject({ error: { code: 'SELECT_FAILED', sw3: '81' } })
    expect(result.afterMs).toBeLessThan(1000)
  })

  it('a confused module is reset once', async () => {
    const { read, simulator } = bench({ faults: [{ kind: 'sw3', code: 0x24, on: 'find' }] })
    expect(cardOf(await read())).toEqual(SAMPLE_CARDS.resident)
    expect(simulator.heard.slice(0, 3)).toEqual(['find', 'reset', 'find'])
  })
})

describe('a card lifted while it is read', () => {
  it.each([0, 5, 9, 600, 1294])('after %i bytes is named, and the next card is read', async (at) => {
    const { read, reader, clock, simulator } = bench({ faults: [{ kind: 'card-lifted', at, on: 'read' }] })
    const result = await read()
    expect(result).toMatchObject({ ok: false })
    if (!result.ok) expect(['CARD_LIFTED', 'READ_FAILED']).toContain(result.error.code)
    expect(result.afterMs).toBeLessThan(5000)
    expect(await timed(clock, reader.waitForRemoval(never, 3000))).toMatchObject({ ok: true })
    simulator.insertCard(SAMPLE_CARDS['foreigner-2017'])
    expect(cardOf(await read())).toEqual(SAMPLE_CARDS['foreigner-2017'])
  })

  it('with a reader that then says nothing more is named in time', async () => {
    const script: SamFaultScript = {
      faults: [
        { kind: 'truncated', at: 700, on: 'read' },
        { kind: 'silence', on: 'read', times: 0 },
      ],
    }
    const lifted = { ok: false, error: { code: 'CARD_LIFTED' } }
    expect(await bench(script).read(2000)).toMatchObject({ ...lifted, afterMs: 2000 })
    expect(await bench(script).read(20_000)).toMatchObject({ ...lifted, afterMs: 4000 })
  })
})

describe('a reader that is silent', () => {
  it('is asked for its status, then on a fresh port, then given up', async () => {
    const { read, simulator } = bench({ faults: [{ kind: 'silence', times: 0 }] })
    const result = await read()
    expect(result).toMatchObject({ ok: false, error: { code: 'NO_ANSWER' } })
    expect(simulator.heard).toEqual(['find', 'find', 'find', 'status', 'status'])
    expect(result.afterMs).toBeLessThan(2600)
  })

  it('for three questions only is revived', async () => {
    expect(cardOf(await bench({ faults: [{ kind: 'silence', times: 3 }] }).read())).toEqual(SAMPLE_CARDS.resident)
    expect(cardOf(await bench({ faults: [{ kind: 'silence', times: 4 }] }).read())).toEqual(SAMPLE_CARDS.resident)
  })

  it('keeps nobody beyond the time given', async () => {
    const { read } = bench({ faults: [{ kind: 'silence', times: 0 }] })
    expect(await read(300)).toMatchObject({ error: { code: 'NO_ANSWER' }, afterMs: 300 })
  })

  it('and takes no bytes is a stuck port', async () => {
    const { read, pair } = bench()
    pair.device.stick(true)
    expect(await read()).toMatchObject({ error: { code: 'PORT', cause: { code: 'TIMED_OUT' } } })
    pair.device.stick(false)
    expect(cardOf(await read())).toEqual(SAMPLE_CARDS.resident)
  })
})

describe('a line that is lost', () => {
  it.each([0, 9, 1294])(
    'after %i bytes of the card ends the wait at once; the next call opens it again',
    async (at) => {
      const { read, simulator } = bench({ faults: [{ kind: 'hang-up', at, on: 'read' }] })
      const result = await read()
      expect(result).toMatchObject({ error: { code: 'PORT', cause: { code: 'LOST' } } })
      expect(result.afterMs).toBeLessThanOrEqual(20)
      simulator.insertCard(SAMPLE_CARDS.resident)
      expect(cardOf(await read())).toEqual(SAMPLE_CARDS.resident)
    },
  )

  it('and cannot be opened is named with its cause', async () => {
    const { read, pair } = bench()
    pair.device.refuseOpen({ code: 'NO_PERMISSION', detail: 'not in group dialout' })
    expect(await read()).toMatchObject({ error: { code: 'PORT', cause: { code: 'NO_PERMISSION' } } })
  })
})

describe('taking the card away', () => {
  it('is noticed though a card already read is invisible to find', async () => {
    const { clock, simulator, reader, read } = bench()
    cardOf(await read())
    clock.setTimer(2000, () => simulator.removeCard())
    const removed = await timed(clock, reader.waitForRemoval(never, 10_000))
    expect(removed).toMatchObject({ ok: true })
    expect(removed.afterMs).toBeGreaterThanOrEqual(2000)
    expect(removed.afterMs).toBeLessThan(2500)
  })

  it('that does not happen is said in time', async () => {
    const { clock, reader, read } = bench()
    cardOf(await read())
    const removed = await timed(clock, reader.waitForRemoval(never, 1000))
    expect(removed).toMatchObject({ ok: false, error: { code: 'TIMED_OUT' }, afterMs: 1000 })
  })
})

describe('the state of the reader', () => {
  const statusOf = async ({ clock, reader }: Bench) => {
    const { afterMs, ...status } = await timed(clock, reader.status(never, 5000))
    expect(afterMs).toBeLessThan(5000)
    return status
  }

  it('is told in four words', async () => {
    expect(await statusOf(bench())).toEqual({ state: 'ready' })
    const defective: SamFaultScript = { faults: [{ kind: 'sw3', code: 0x60, on: 'status', times: 0 }] }
    expect(await statusOf(bench(defective))).toEqual({ state: 'out-of-service', sw3: '60' })
    expect(await statusOf(bench({ faults: [{ kind: 'silence', times: 0 }] }))).toEqual({ state: 'silent' })
    const unplugged = bench()
    unplugged.pair.device.refuseOpen({ code: 'NOT_FOUND', detail: 'no such port' })
    expect(await statusOf(unplugged)).toMatchObject({ state: 'unplugged', cause: { code: 'NOT_FOUND' } })
  })

  it('includes the registered identity and whether a card lies there', async () => {
    const { clock, reader, simulator } = bench()
    expect(await timed(clock, reader.samId(never, 1000))).toMatchObject({
      ok: true,
      value: { text: '05.03-20140101-0001234567-1234567890' },
    })
    expect(await timed(clock, reader.findCard(never, 1000))).toMatchObject({ ok: true, value: true })
    simulator.removeCard()
    expect(await timed(clock, reader.findCard(never, 1000))).toMatchObject({ ok: true, value: false })
    await reader.close()
    expect(await timed(clock, reader.findCard(never, 1000))).toMatchObject({ ok: true, value: false })
  })

  it('can be asked while somebody waits for a card', async () => {
    const { clock, reader, simulator } = bench()
    simulator.removeCard()
    const waiting = reader.waitForCard(never, 3000)
    const status = await timed(clock, reader.status(never, 1000))
    expect(status).toMatchObject({ state: 'ready' })
    expect(await timed(clock, waiting)).toMatchObject({ ok: false, error: { code: 'NO_CARD' } })
  })
})
