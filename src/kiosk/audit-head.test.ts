import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CentralStage, type StageKiosk } from '../../tests/support/central-stage.ts'
import { rawDatabase, StoreFixture } from '../../tests/support/store.ts'
import { parseAuditHead } from '../central/contract/station.ts'
import { expectOk } from '../lib/result.ts'
import type { Store } from '../store/store.ts'
import { reportAuditHead } from './audit-head.ts'

let fixture: StoreFixture
let stage: CentralStage
let kiosk: StageKiosk
beforeEach(async () => {
  fixture = new StoreFixture()
  stage = await CentralStage.open()
  kiosk = await stage.kiosk()
})
afterEach(async () => {
  fixture.dispose()
  await stage.close()
})

function live(store: Store, rows: number): void {
  for (let n = 0; n < rows; n++)
    expectOk(
      store.transaction((tx) => tx.audit.append({ actor: 'kiosk', action: 'a', target: `${n}`, result: 'OK' })),
      'row',
    )
}

/** A night: the kiosk writes its letter, and the centre gets it. */
async function night(store: Store): Promise<string> {
  expectOk(reportAuditHead(store, stage.clock.now()), 'told')
  const rows = expectOk(
    store.read((view) => view.outbox.due(10)),
    'outbox',
  )
  const letter = rows.at(-1)?.payload as { report: { detail: string } }
  for (const { id } of rows)
    expectOk(
      store.transaction((tx) => tx.outbox.settle(id, { outcome: 'ACCEPTED' })),
      'settled',
    )
  return send(letter.report.detail)
}

async function send(detail: string): Promise<string> {
  const report = { eventId: randomUUID(), kind: 'AUDIT_HEAD', at: stage.clock.now(), device: null, detail } as const
  expectOk(await kiosk.client.reportEvent(report), 'event')
  return detail
}

const alarms = (): string[] =>
  stage.central.admin
    .events()
    .filter(({ kind }) => kind === 'AUDIT_BROKEN')
    .map(({ detail }) => detail)

describe('the end of the audit chain, told to the centre', () => {
  it('goes on from night to night, also when nothing happened', async () => {
    const store = fixture.open()
    live(store, 3)
    expect(parseAuditHead(await night(store))).toMatchObject({ seq: 3, after: null })
    live(store, 5)
    expect(parseAuditHead(await night(store))).toMatchObject({ seq: 8, after: { seq: 3 } })
    await night(store)
    expect(alarms()).toEqual([])
  })

  it('shows that the chain was cut off, although it is whole in itself', async () => {
    const store = fixture.open()
    live(store, 6)
    await night(store)
    store.close()
    const db = rawDatabase(fixture.path)
    db.exec('DROP TRIGGER IF EXISTS audit_is_never_deleted; DROP TRIGGER IF EXISTS audit_is_never_updated')
    db.exec(`DELETE FROM audit WHERE seq > 4; UPDATE sqlite_sequence SET seq = 4 WHERE name = 'audit'`)
    db.close()
    const cut = fixture.open()
    expect(
      expectOk(
        cut.read((view) => view.audit.verify()),
        'verdict',
      ).ok,
    ).toBe(true)
    await night(cut)
    expect(alarms()).toEqual(['found by the centre: it ends at row 4 and had 6'])
    live(cut, 9)
    await night(cut)
    expect(alarms()).toHaveLength(2)
  })

  it('shows that it was written anew, and does not take the new one for the old', async () => {
    const [one, other] = ['a'.repeat(64), 'b'.repeat(64)]
    await send(`5 ${one}`)
    await send(`9 ${one} after 5 ${other}`)
    await send(`5 ${other}`)
    await send(`9 ${one}`)
    await send(`9 ${one} after 4 ${one}`)
    await send(`9 ${one} after 5 -`)
    await send('nonsense')
    expect(alarms()).toEqual([
      'found by the centre: row 5 was rewritten or removed',
      'found by the centre: row 5 was rewritten',
      'found by the centre: it does not say how it goes on from row 5',
      'found by the centre: it leaves out row 5',
      'found by the centre: row 5 was rewritten or removed',
      'found by the centre: its end cannot be read',
    ])
    await send(`9 ${one} after 5 ${one}`)
    expect(alarms()).toHaveLength(6)
  })

  it('is no alarm when a letter comes late: parked, carried on a stick, in any order', async () => {
    const hash = (letter: string): string => letter.repeat(64)
    const nights = [
      `3 ${hash('a')}`,
      `8 ${hash('b')} after 3 ${hash('a')}`,
      `8 ${hash('b')} after 8 ${hash('b')}`,
      `12 ${hash('c')} after 8 ${hash('b')}`,
      `15 ${hash('d')} after 12 ${hash('c')}`,
    ]
    for (const order of [
      [0, 1, 2, 3, 4],
      [0, 1, 3, 4, 2],
      [0, 3, 1, 2, 4],
      [0, 4, 3, 2, 1],
      [3, 4, 0, 1, 2],
      [4, 3, 2, 1, 0],
    ]) {
      kiosk = await stage.kiosk()
      for (const night of order) await send(nights[night] ?? '')
    }
    expect(alarms()).toEqual([])
  })

  it('is compared with its neighbours when it comes late: no old date hides a chain that was written anew', async () => {
    const [one, other] = ['a'.repeat(64), 'b'.repeat(64)]
    await send(`3 ${one}`)
    await send(`8 ${one} after 3 ${one}`)
    // Row 8 was told, so nothing can have ended in between, whenever it claims to have been written.
    await send(`5 ${other} after 3 ${one}`)
    expect(alarms()).toEqual(['found by the centre: it ends at row 5 and had 8'])
    // And nothing goes on from a row before it.
    await send(`12 ${other} after 3 ${one}`)
    await send(`12 ${other} after 5 ${other}`)
    expect(alarms().slice(1)).toEqual(Array(2).fill('found by the centre: it leaves out row 8'))
    // A late head that is not the one its successor named.
    await send(`20 ${one} after 15 ${one}`)
    await send(`15 ${other} after 8 ${one}`)
    expect(alarms().slice(3)).toEqual(['found by the centre: row 15 was rewritten'])
  })

  it('is missed one night after a head went on from a row that nobody has told', async () => {
    const one = 'a'.repeat(64)
    await send(`3 ${one}`)
    await send(`12 ${one} after 8 ${one}`)
    expect(alarms()).toEqual([])
    await send(`15 ${one} after 12 ${one}`)
    expect(alarms()).toEqual(['found by the centre: row 8 was never told'])
    await send(`18 ${one} after 15 ${one}`)
    expect(alarms()).toHaveLength(1)
  })
})
