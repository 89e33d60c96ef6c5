import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CentralStage } from '../../tests/support/central-stage.ts'
import { StoreFixture } from '../../tests/support/store.ts'
import { CentralClient } from '../central/client/central-client.ts'
import { generateDeviceIdentity } from '../central/client/device-key.ts'
import { silentLog } from '../lib/log.ts'
import { expectOk } from '../lib/result.ts'
import type { Store } from '../store/store.ts'
import { DEMO_STATION_CODE } from '../central/server/seed/demo.ts'
import { storedKeyPins } from './centre-keys.ts'
import { enrol } from './enrolment.ts'

let fixture: StoreFixture
let store: Store
const stages: CentralStage[] = []
const clients: CentralClient[] = []
beforeEach(() => {
  fixture = new StoreFixture()
  store = fixture.open()
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  for (const stage of stages.splice(0)) await stage.close()
  fixture.dispose()
})

async function centre(): Promise<CentralStage> {
  const stage = await CentralStage.open()
  stages.push(stage)
  return stage
}

function voice({ url, clock }: CentralStage): CentralClient {
  const identity = generateDeviceIdentity()
  const client = new CentralClient({ baseUrl: url, identity, clock, pins: storedKeyPins(store, clock, silentLog) })
  clients.push(client)
  return client
}

const events = (): unknown[] =>
  expectOk(
    store.read((view) => view.outbox.due(10)),
    'outbox',
  ).map(({ payload }) => (payload as { report: { kind: string; detail: string } }).report)

describe('the centre’s signing keys, as this kiosk remembers them', () => {
  it('outlive a restart and follow the centre’s rotations', async () => {
    const stage = await centre()
    expectOk(await voice(stage).keys(), 'first')
    store.close()
    store = fixture.open()
    stage.central.admin.rotateSigningKey()
    const kid = stage.central.admin.rotateSigningKey()
    expectOk(await voice(stage).keys(), 'two rotations later')
    expect(Object.keys(storedKeyPins(store, stage.clock, silentLog).read() ?? {})).toContain(kid)
    expect(events()).toEqual([])
  })

  it('do not change to those of another centre behind the same address: TAMPER, once, and the old ones stay', async () => {
    const [own, hostile] = [await centre(), await centre()]
    expectOk(await voice(own).keys(), 'enrolled')
    const pins = storedKeyPins(store, own.clock, silentLog)
    const known = pins.read()
    const client = voice(hostile)
    for (let time = 0; time < 3; time++) {
      expect(await client.keys()).toMatchObject({ ok: false, error: { code: 'NONSENSE' } })
    }
    expect(pins.read()).toEqual(known)
    expect(events()).toEqual([
      expect.objectContaining({ kind: 'TAMPER', detail: expect.stringContaining('KEY_NOT_INTRODUCED') }),
    ])
    const rows = expectOk(
      store.read((view) => view.audit.latest(1)),
      'audit',
    )
    // A technician who enrols the kiosk anew, with a code of that centre, settles it.
    const identity = generateDeviceIdentity()
    const fresh = new CentralClient({ baseUrl: hostile.url, identity, clock: hostile.clock, pins })
    clients.push(fresh)
    const code = hostile.central.admin.enrolmentCode()
    const wish = {
      code,
      stationCode: DEMO_STATION_CODE,
      kioskName: '1号机',
      keyId: identity.keyId,
      site: { province: 'guangdong', kioskId: 'KIOSK-0001' },
    }
    expect(await enrol(store, fresh, wish, silentLog)).toMatchObject({ state: 'ENROLLED' })
    expect((await fresh.keys()).ok).toBe(true)
    expect(rows[0]).toMatchObject({ action: 'security.tamper', target: 'centre', result: 'REFUSED' })
  })
})
