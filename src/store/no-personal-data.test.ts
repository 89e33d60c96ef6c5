import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startPrint, stored, StoreFixture } from '../../tests/support/store.ts'
import type { IdNumber } from '../domain/id-number.ts'
import type { Sensitive } from '../lib/log.ts'
import type { Personal } from '../lib/personal.ts'
import type { EndorsementKey } from './endorsement.ts'
import type { Store, StoreWriter } from './store.ts'

/** An ID number of an area that does not exist, a mobile number of nobody's, a card number of the standard's own kind. */
const TRACES = ['990001199001011232', '13900000000', '4111 1111 1111 1111']
const SAID = `card ${TRACES.join(', ')} "name": "赑屃"`

let fixture: StoreFixture
let store: Store
beforeEach(() => {
  fixture = new StoreFixture()
  store = fixture.open()
})
afterEach(() => {
  fixture.dispose()
})

interface Card extends Personal {
  readonly idNumber: string
}

/** Each line below is an error for tsc; a line that stops being one is an error, too (`npm run check`). Nothing runs. */
export function refusedByTheCompiler(
  tx: StoreWriter,
  name: Sensitive<string>,
  id: IdNumber,
  card: Card,
  anything: unknown,
  bytes: Uint8Array,
  key: EndorsementKey,
): void {
  const row = { actor: 'kiosk', action: 'a', target: 't', result: 'OK' } as const
  tx.audit.append({ ...row, detail: { jobId: 'J', tries: 2, ok: true, why: null } })
  // @ts-expect-error hidden, in the detail
  tx.audit.append({ ...row, detail: { name } })
  // @ts-expect-error an ID number is a string, and yet no detail
  tx.audit.append({ ...row, detail: { id } })
  // @ts-expect-error nor a target
  tx.audit.append({ ...row, target: id })
  // @ts-expect-error nor an actor
  tx.audit.append({ ...row, actor: id })

  tx.settings.set('key', { counters: [1, 2], since: null, text: 'x' })
  // @ts-expect-error hidden text
  tx.settings.set('key', name)
  // @ts-expect-error hidden, and deep
  tx.settings.set('key', { list: [{ name }] })
  // @ts-expect-error a marked type
  tx.settings.set('key', { last: { card } })
  // @ts-expect-error an ID number
  tx.settings.set('key', [id])
  // @ts-expect-error of no known type
  tx.settings.set('key', anything)
  // @ts-expect-error of no known type, inside
  tx.settings.set('key', { anything })
  // @ts-expect-error bytes: a picture, a feature
  tx.settings.set('key', { bytes })

  const letter = { aggregate: 'a', kind: 'k', idempotencyKey: 'i' }
  tx.outbox.add({ ...letter, payload: { n: 1 } })
  // @ts-expect-error hidden text
  tx.outbox.add({ ...letter, payload: { name } })
  // @ts-expect-error a marked type
  tx.outbox.add({ ...letter, payload: card })
  // @ts-expect-error of no known type
  tx.outbox.add({ ...letter, payload: { anything } })
  // @ts-expect-error bytes of any kind
  tx.outbox.add({ ...letter, payload: { bytes } })

  const job = { jobId: 'J', endorsementKey: null, document: 'P04', role: 'r', attempt: 1, sha256: '' }
  tx.printJobs.request(job)
  // @ts-expect-error hidden text
  tx.printJobs.request({ ...job, document: name })
  // @ts-expect-error an ID number
  tx.printJobs.request({ ...job, jobId: id })
  // @ts-expect-error why it failed is not whose it was
  tx.printJobs.refute('J', id)
  // @ts-expect-error nor hidden text
  tx.printJobs.markUnknown('J', name)

  const test = { role: 'r', test: 't', passed: true, measured: { mm: 1 }, failure: null, staff: 'T001' }
  tx.selfTests.add(test)
  // @ts-expect-error hidden text
  tx.selfTests.add({ ...test, measured: { name } })
  // @ts-expect-error an ID number
  tx.selfTests.add({ ...test, failure: id })

  const report = { at: 0, durationMs: 0, verdict: 'READY', staff: 'T001' } as const
  tx.readiness.add({ ...report, items: [{ id: 'camera', state: 'PASS', detail: 'good' }] })
  // @ts-expect-error an ID number
  tx.readiness.add({ ...report, items: [{ id: 'camera', state: 'PASS', detail: id }] })

  const finding = { document: 'SEEN', technician: 'T001', witness: 'T002' } as const
  tx.endorsements.resolveUnknown(key, { ...finding, note: '' })
  // @ts-expect-error what two people found names no third
  tx.endorsements.resolveUnknown(key, { ...finding, note: id })
  // @ts-expect-error nor does a reason
  tx.endorsements.markUnknown(key, name)
}

/** Everything the database file holds as text, through the key. */
function written(): string {
  return JSON.stringify(
    stored(store, (tx) => [
      tx.audit.latest(100),
      tx.printJobs.unsettled(),
      tx.endorsements.inFlight(),
      tx.selfTests.latest('r'),
      tx.readiness.last(),
    ]),
  )
}

describe('what looks personal in a free text of the store', () => {
  const expectNone = (): void => {
    const text = written()
    expect(text).toContain('[personal]')
    for (const trace of [...TRACES, '赑屃']) expect(text).not.toContain(trace)
  }

  it('is blanked in the detail and the actor of an audit row, and the chain holds over what was written', () => {
    stored(store, (tx) =>
      tx.audit.append({ actor: `staff:${TRACES[1]}`, action: 'a', target: 't', result: 'OK', detail: { SAID } }),
    )
    expectNone()
    expect(stored(store, (tx) => tx.audit.verify())).toEqual({ ok: true, rows: 1 })
  })

  it('is blanked in the reason of a print job and of an endorsement', () => {
    stored(store, (tx) => {
      const key = startPrint(tx.endorsements, 1)
      tx.endorsements.markUnknown(key, SAID)
      tx.printJobs.request({
        jobId: 'J',
        endorsementKey: key,
        document: 'd',
        role: 'r',
        attempt: 1,
        sha256: 'a'.repeat(64),
      })
      tx.printJobs.start('J')
      tx.printJobs.markUnknown('J', SAID)
    })
    expectNone()
  })

  it('is blanked in what a self-test measured and a readiness report says', () => {
    stored(store, (tx) => {
      tx.selfTests.add({ role: 'r', test: 't', passed: false, measured: { said: SAID }, failure: null, staff: 'T001' })
      const items = [{ id: 'scanner', state: 'FAIL', detail: SAID }] as const
      tx.readiness.add({ at: 1, durationMs: 1, verdict: 'NOT_READY', staff: 'T001', items })
    })
    expectNone()
  })
})
