import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MORNING, rawDatabase, StoreFixture, stored } from '../../tests/support/store.ts'
import { silentLog } from '../lib/log.ts'
import { expectOk } from '../lib/result.ts'
import type { Store } from '../store/store.ts'
import { Letter } from '../central/contract/letter.ts'
import { nightTasks } from './night-tasks.ts'

const DAY = 86_400_000

describe('the tasks of the night', () => {
  let fixture: StoreFixture
  let store: Store
  beforeEach(() => {
    fixture = new StoreFixture()
    store = fixture.open()
  })
  afterEach(() => fixture.dispose())

  const outcomes = async (): Promise<Record<string, unknown>> => {
    const tasks = nightTasks({
      store,
      clock: fixture.clock,
      log: silentLog,
      dataDir: fixture.folder,
      retention: { endorsementDays: 1095, visitDays: 365, sentMessageDays: 30, logDays: 180 },
      sendLetters: () => Promise.resolve(),
    })
    const done: Record<string, unknown> = {}
    for (const { id, run } of tasks) done[id] = await run()
    return done
  }
  const events = () =>
    expectOk(
      store.read((view) => view.outbox.due(50)),
      'readable',
    ).map((row) => Letter.parse(row.payload))

  it('find a good store whole and tell the centre where its audit chain ends', async () => {
    const head = stored(store, (tx) => tx.audit.append({ actor: 'kiosk', action: 'test', target: 'T', result: 'OK' }))
    expect(await outcomes()).toMatchObject({
      integrity: { result: 'OK' },
      audit: { result: 'OK' },
      checkpoint: { truncated: true },
      letters: { waiting: 1, parked: 0 },
    })
    expect(events()).toMatchObject([
      { kind: 'event', report: { kind: 'AUDIT_HEAD', detail: `${head.seq} ${head.hash}` } },
    ])
  })

  it('tell the centre when somebody changed a row of the audit', async () => {
    stored(store, (tx) => tx.audit.append({ actor: 'kiosk', action: 'test', target: 'T', result: 'OK' }))
    const intruder = rawDatabase(fixture.path)
    intruder.exec('DROP TRIGGER IF EXISTS audit_is_never_updated')
    intruder.exec(`UPDATE audit SET actor = 'nobody' WHERE seq = 1`)
    intruder.close()
    expect(await outcomes()).toMatchObject({ audit: { result: 'BROKEN' } })
    expect(events()).toMatchObject([{ kind: 'event', report: { kind: 'AUDIT_BROKEN' } }])
  })

  it('forget visits that are older than the site allows, and say so in the audit; young ones stay', async () => {
    const begin = (id: string): void => {
      stored(store, (tx) => {
        tx.visits.begin(id)
        tx.visits.end(id, 'LEFT', null)
      })
    }
    begin('V-OLD')
    await fixture.clock.advance(366 * DAY)
    begin('V-YOUNG')
    expect(await outcomes()).toMatchObject({ forget: { visits: 1 } })
    const purged = expectOk(
      store.read((view) => view.audit.latest(5)),
      'readable',
    )
    expect(purged.map(({ action }) => action)).toContain('retention.purged')
    expect(await outcomes()).toMatchObject({ forget: { visits: 0 } })
  })

  it('remove logs older than the site keeps them, and nothing else', async () => {
    const logs = join(fixture.folder, 'logs')
    mkdirSync(logs)
    const day = (ago: number): string => new Date(MORNING - ago * DAY).toISOString().slice(0, 10)
    const kept = [`kiosk-${day(0)}.log`, `kiosk-${day(180)}.log`, 'kiosk-2026-13-01.log', 'notes.txt']
    for (const name of [...kept, `kiosk-${day(181)}.log`, `kiosk-${day(900)}.log`]) writeFileSync(join(logs, name), '')
    expect(await outcomes()).toMatchObject({ logs: { removed: 2 } })
    expect(readdirSync(logs).sort()).toEqual([...kept].sort())
  })
})
