import { openStore } from '../../src/store/store.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { silentLog } from '../../src/lib/log.ts'
import { expectOk } from '../../src/lib/result.ts'
import { grantOf, requestOf } from './store.ts'

/**
 * A kiosk that endorses without pause, for tests that kill it: stores one step after the other, from number `first` on,
 * and says each number on standard output once its transaction has returned.
 * `node store-writer.ts <path> <first>`
 */
const [path = '', first = '0'] = process.argv.slice(2)
const store = expectOk(openStore({ path, clock: systemClock, log: silentLog }), 'the store opens')
for (let n = Number(first); ; n++) {
  const stored = store.transaction((tx) => {
    const { key } = tx.endorsements.request(requestOf(n))
    expectOk(tx.endorsements.authorize(key, grantOf(n)), 'the grant fits')
    tx.outbox.add({ aggregate: key, kind: 'test', payload: { n }, idempotencyKey: key })
    tx.audit.append({ actor: 'kiosk', action: 'test', target: key, result: 'OK', detail: { n } })
  })
  expectOk(stored, 'the step is stored')
  process.stdout.write(`${n}\n`)
  if (n % 7 === 0) expectOk(store.checkpoint(), 'the log is carried over')
}
