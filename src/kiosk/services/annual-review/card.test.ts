import { describe, expect, it } from 'vitest'
import { IdCardReader } from '../../../drivers/id-card/device.ts'
import type { SamFaultScript } from '../../../drivers/id-card/faults.ts'
import { SAMPLE_CARDS } from '../../../drivers/id-card/sample-cards.ts'
import { SamSimulator } from '../../../drivers/id-card/simulator.ts'
import { memoryPair } from '../../../drivers/transport/memory.ts'
import { SimulatedClock } from '../../../lib/clock.ts'
import { silentLog } from '../../../lib/log.ts'
import type { VisitEvent } from '../../visit/events.ts'
import { watchForCard } from './card.ts'

function bench(script: SamFaultScript = {}) {
  const clock = new SimulatedClock(Date.UTC(2026, 10, 23))
  const simulator = new SamSimulator(clock, script)
  const pair = memoryPair('sam')
  simulator.serve(pair.device)
  const reader = new IdCardReader(pair.host, clock, silentLog)
  const told: VisitEvent['type'][] = []
  const abort = new AbortController()
  const watching = watchForCard(
    reader,
    clock,
    silentLog,
    { allowTestAreas: true },
    (event) => told.push(event.type),
    abort.signal,
  )
  return { clock, simulator, pair, told, abort, watching }
}

describe('watching for a card', () => {
  it('tells that one is in the field, once, before it tells what it read', async () => {
    const { clock, simulator, told, watching } = bench()
    await clock.advance(2000)
    expect(told).toEqual([])
    simulator.insertCard(SAMPLE_CARDS.resident)
    await clock.advance(2000)
    await watching
    expect(told).toEqual(['CARD_IN_FIELD', 'CARD_READ'])
  })

  it('leaves no reading open: a card lifted in the middle is remarked, and the next one read', async () => {
    const { clock, simulator, told, watching } = bench({ faults: [{ kind: 'card-lifted', at: 600, on: 'read' }] })
    simulator.insertCard(SAMPLE_CARDS.resident)
    await clock.advance(6000)
    expect(told).toEqual(['CARD_IN_FIELD', 'CARD_REMARK'])
    simulator.insertCard(SAMPLE_CARDS.resident)
    await clock.advance(2000)
    await watching
    expect(told).toEqual(['CARD_IN_FIELD', 'CARD_REMARK', 'CARD_IN_FIELD', 'CARD_READ'])
  })

  it('does not tell of a card it never began to read', async () => {
    const { clock, simulator, told, abort, watching } = bench({
      faults: [{ kind: 'sw3', code: 0x81, on: 'select', times: 0 }],
    })
    simulator.insertCard(SAMPLE_CARDS.resident)
    await clock.advance(5000)
    expect(new Set(told)).toEqual(new Set(['CARD_REMARK']))
    abort.abort()
    await clock.advance(1000)
    await watching
  })

  it('whose time is over in the middle of the reading takes back that a card was there', async () => {
    // The card is found shortly before the 30 seconds of one wait are over, and its answer does not come any more.
    const { clock, simulator, told, abort, watching } = bench({ faults: [{ kind: 'silence', on: 'read', times: 0 }] })
    await clock.advance(28_500)
    simulator.insertCard(SAMPLE_CARDS.resident)
    await clock.advance(1600)
    expect(told).toEqual(['CARD_IN_FIELD', 'CARD_GONE'])
    abort.abort()
    await clock.advance(1000)
    await watching
  })

  it('on a lost line is over with the trouble', async () => {
    const { clock, simulator, told, watching } = bench({ faults: [{ kind: 'hang-up', at: 9, on: 'read' }] })
    simulator.insertCard(SAMPLE_CARDS.resident)
    await clock.advance(2000)
    await watching
    expect(told).toEqual(['CARD_IN_FIELD', 'CARD_FAILED'])
  })
})
