import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import { reveal, silentLog } from '../../lib/log.ts'
import { expectOk } from '../../lib/result.ts'
import type { IcCardFaultScript } from '../pcsc/faults.ts'
import { specimenCard } from '../pcsc/simulated-card.ts'
import { simulatedIdCard } from '../pcsc/simulated-id-card.ts'
import { PcscdSimulator } from '../pcsc/simulator.ts'
import { memoryPair } from '../transport/memory.ts'
import { encodeCardText } from './codec/text.ts'
import { PcscIdCardReader } from './pcsc-reader.ts'
import { SAMPLE_CARDS } from './sample-cards.ts'
import { idCardSelfTests } from './self-test.ts'

const never = new AbortController().signal
const portrait = Uint8Array.from({ length: 1024 }, (_, at) => at % 251)
const idCard = simulatedIdCard(encodeCardText(SAMPLE_CARDS.resident), portrait)

function bench(script: IcCardFaultScript = {}, options: { reader?: string | null; wanted?: string } = {}) {
  const clock = new SimulatedClock(0)
  const pcscd = new PcscdSimulator(clock, script, options)
  const pair = memoryPair('pcscd')
  pcscd.serve(pair.device)
  const wanted = options.wanted === undefined ? {} : { reader: options.wanted }
  const reader = new PcscIdCardReader({ transport: pair.host, clock, log: silentLog, ...wanted })
  const run = async <T>(work: Promise<T>): Promise<T> => {
    let done: { value: T } | undefined
    void work.then((value) => (done = { value }))
    for (let step = 0; step < 3000 && !done; step++) await clock.advance(10)
    if (!done) throw new Error('it hangs')
    return done.value
  }
  return { clock, pcscd, pair, reader, run }
}

describe('an identity card in a PC/SC reader that decodes it', () => {
  it('is waited for and read with its portrait, and said to be found before the reading', async () => {
    const { clock, pcscd, reader, run } = bench()
    let foundAt = -1
    clock.setTimer(2000, () => pcscd.insertCard(idCard))
    const read = expectOk(await run(reader.waitForCard(never, 5000, () => (foundAt = clock.monotonic()))), 'a card')
    expect(reveal(read.card)).toEqual(SAMPLE_CARDS.resident)
    expect(reveal(read.portrait)).toEqual(portrait)
    expect(foundAt).toBeGreaterThanOrEqual(2000)
    expect(pcscd.isHeld).toBe(false)
  })

  it('counts as no card until it was lifted, and is read again when it was', async () => {
    const { clock, pcscd, reader, run } = bench()
    pcscd.insertCard(idCard)
    expectOk(await run(reader.waitForCard(never, 1000)), 'a card')
    expect(await run(reader.findCard())).toEqual({ ok: true, value: false })
    expect(await run(reader.waitForCard(never, 1000))).toEqual({ ok: false, error: { code: 'NO_CARD', sw3: '80' } })
    expect(await run(reader.waitForRemoval(never, 1000))).toEqual({ ok: false, error: { code: 'TIMED_OUT' } })
    clock.setTimer(500, () => pcscd.removeCard())
    expect(await run(reader.waitForRemoval(never, 1000))).toEqual({ ok: true })
    pcscd.insertCard(idCard)
    expectOk(await run(reader.waitForCard(never, 1000)), 'the card again')
  })

  it('that was changed for another between two looks is another card', async () => {
    const { pcscd, reader, run } = bench()
    pcscd.insertCard(idCard)
    expectOk(await run(reader.waitForCard(never, 1000)), 'a card')
    pcscd.removeCard()
    pcscd.insertCard(simulatedIdCard(encodeCardText(SAMPLE_CARDS['residence-permit']), portrait))
    const read = expectOk(await run(reader.waitForCard(never, 1000)), 'the other card')
    expect(reveal(read.card).kind).toBe('residence-permit')
  })

  it('that is none is refused, and refused unread until it has left', async () => {
    const { pcscd, reader, run } = bench()
    pcscd.insertCard(specimenCard())
    const refused = { ok: false, error: { code: 'NOT_AN_ID_CARD', sw3: '6E00' } }
    expect(await run(reader.waitForCard(never, 1000))).toEqual(refused)
    const asked = pcscd.heard.filter((command) => command === 'transmit').length
    expect(await run(reader.waitForCard(never, 1000))).toEqual(refused)
    expect(pcscd.heard.filter((command) => command === 'transmit')).toHaveLength(asked)
    pcscd.removeCard()
    pcscd.insertCard(idCard)
    expectOk(await run(reader.waitForCard(never, 1000)), 'an identity card')
  })

  it.each([
    ['lifted in the middle', { kind: 'card-lifted', on: 'transmit', skip: 2 }, { code: 'CARD_LIFTED' }],
    [
      'refused by its reader',
      { kind: 'status-word', on: 'transmit', sw: 0x6300 },
      { code: 'READ_FAILED', sw3: '6300' },
    ],
    ['refused in the portrait', { kind: 'status-word', on: 'transmit', skip: 1, sw: 0x6a82 }, { code: 'READ_FAILED' }],
    ['mute', { kind: 'refused', on: 'connect', times: 3, value: 0x80100066 }, { code: 'SELECT_FAILED' }],
    [
      'held by another',
      { kind: 'refused', on: 'connect', value: 0x8010000b },
      { code: 'PORT', cause: { code: 'IN_USE' } },
    ],
    ['never answered', { kind: 'silence', on: 'transmit' }, { code: 'NO_ANSWER' }],
  ] as const)('%s is named', async (_, fault, error) => {
    const { pcscd, reader, run } = bench({ faults: [fault] })
    pcscd.insertCard(idCard)
    expect(await run(reader.waitForCard(never, 5000))).toMatchObject({ ok: false, error })
    expect(await run(reader.status(never, 5000))).toEqual({ state: 'ready' })
  })

  it('that is mute once, sliding in, is read at the next try', async () => {
    const { pcscd, reader, run } = bench({ faults: [{ kind: 'refused', on: 'connect', value: 0x80100066 }] })
    pcscd.insertCard(idCard)
    expectOk(await run(reader.waitForCard(never, 5000)), 'a card')
  })

  it('is not waited for any longer when nobody wants it', async () => {
    const { clock, reader, run } = bench()
    const stop = new AbortController()
    clock.setTimer(1000, () => stop.abort())
    expect(await run(reader.waitForCard(stop.signal, 60_000))).toEqual({ ok: false, error: { code: 'CANCELLED' } })
    expect(clock.monotonic()).toBeLessThan(1500)
  })
})

describe('the report of a PC/SC reader', () => {
  const reports: readonly (readonly [string, IcCardFaultScript, Parameters<typeof bench>[1]])[] = [
    ['READY', {}, {}],
    ['UNPLUGGED', {}, { reader: null }],
    ['UNPLUGGED', {}, { wanted: 'Another reader' }],
    ['NO_PERMISSION', { faults: [{ kind: 'refused', on: 'establishContext', times: 2, value: 0x8010006a }] }, {}],
    ['SILENT', { faults: [{ kind: 'silence', times: 9 }] }, {}],
  ]
  it.each(reports)('is %s', async (state, script, options) => {
    const { reader, run } = bench(script, options)
    expect(await run(reader.report(never))).toMatchObject({ state, usable: state === 'READY' })
  })

  it('is UNPLUGGED without pcscd, and the wait for a card says why', async () => {
    const { pair, reader, run } = bench()
    pair.device.refuseOpen({ code: 'NOT_FOUND', detail: 'no pcscd' })
    expect(await run(reader.report(never))).toMatchObject({ state: 'UNPLUGGED', answered: false })
    expect(await run(reader.waitForCard(never, 1000))).toMatchObject({ ok: false, error: { code: 'PORT' } })
  })
})

describe('the self-tests of a PC/SC reader', () => {
  it('pass with a test card, and say that the reader keeps its identity to itself', async () => {
    const { clock, pcscd, reader, run } = bench()
    pcscd.insertCard(idCard)
    const say = (key: string): void => {
      if (key === 'takeTestCard') pcscd.removeCard()
    }
    const results = []
    for (const test of idCardSelfTests(reader, clock)) {
      results.push(await run(test.run({ signal: never, say, ask: () => Promise.resolve(true) })))
    }
    expect(results).toMatchObject([
      { ok: true },
      { ok: true, value: { measured: { samId: 'not offered' } } },
      { ok: true, value: { measured: { kind: 'resident', portraitBytes: 1024 } } },
    ])
  })
})
