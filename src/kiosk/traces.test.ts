import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StoreFixture } from '../../tests/support/store.ts'
import type { Store } from '../store/store.ts'
import type { LogFields } from '../lib/log.ts'
import { silentLog } from '../lib/log.ts'
import { ok } from '../lib/result.ts'
import { Traces } from './traces.ts'

describe('what remains of a visit', () => {
  let fixture: StoreFixture
  let store: Store
  let done: string[]
  let resting: boolean
  let isRead: boolean
  let logged: LogFields[]
  let traces: Traces

  beforeEach(() => {
    fixture = new StoreFixture()
    store = fixture.open()
    done = []
    resting = true
    isRead = false
    logged = []
    const { clock } = fixture
    const at = (what: string): void => void done.push(`${what} ${clock.monotonic()}`)
    traces = new Traces({
      store: { ...store, checkpoint: () => (at('log cut'), isRead ? ok({ truncated: false }) : store.checkpoint()) },
      clock,
      log: { ...silentLog, info: (_event: string, fields: LogFields = {}) => void logged.push(fields) },
      forgetMemory: () => at('forgotten'),
      rinseHttp: () => (at('rinsed'), Promise.resolve()),
      resting: () => resting,
    })
  })
  afterEach(() => {
    traces.stop()
    fixture.dispose()
  })

  const forgotten = (): string[] => done.filter((line) => line.startsWith('forgotten'))

  it('is cleared at once, and again when late answers have come in', async () => {
    traces.visitEnded()
    await fixture.clock.advance(60_000)
    expect(forgotten()).toEqual(['forgotten 0', 'forgotten 1000', 'forgotten 6000', 'forgotten 36000'])
    expect(logged.map((fields) => fields['round'])).toEqual([0, 1, 2, 3])
  })

  it('goes from the store, from memory and from the line to the centre in each round', async () => {
    traces.visitEnded()
    await fixture.clock.advance(0)
    expect(done).toEqual(['log cut 0', 'forgotten 0', 'rinsed 0'])
    expect(logged).toEqual([{ round: 0, truncated: true, ms: 0 }])
  })

  it('keeps nobody waiting: a round that finds somebody there is done when she has gone', async () => {
    traces.visitEnded()
    await fixture.clock.advance(500)
    resting = false
    await fixture.clock.advance(20_000)
    expect(forgotten()).toEqual(['forgotten 0'])
    resting = true
    await fixture.clock.advance(500)
    expect(forgotten()).toEqual(['forgotten 0', 'forgotten 21000'])
  })

  it('of a visit whose rounds the next one cut short is cleared after that one, in all rounds', async () => {
    traces.visitEnded()
    await fixture.clock.advance(1_500)
    resting = false
    await fixture.clock.advance(60_000)
    resting = true
    traces.visitEnded()
    await fixture.clock.advance(40_000)
    expect(forgotten()).toEqual(['0', '1000', '61500', '62500', '67500', '97500'].map((ms) => `forgotten ${ms}`))
  })

  it('is looked for until nobody reads from the log of the store any more', async () => {
    isRead = true
    traces.visitEnded()
    await fixture.clock.advance(36_000)
    expect(forgotten()).toHaveLength(4)
    await fixture.clock.advance(60_000)
    expect(forgotten()).toHaveLength(6)
    isRead = false
    await fixture.clock.advance(120_000)
    expect(forgotten()).toHaveLength(7)
    expect(logged.at(-1)).toMatchObject({ truncated: true })
  })

  it('is looked for by no timer any more once the kiosk stops', async () => {
    traces.visitEnded()
    await fixture.clock.advance(0)
    traces.stop()
    await fixture.clock.advance(60_000)
    expect(forgotten()).toEqual(['forgotten 0'])
  })
})
