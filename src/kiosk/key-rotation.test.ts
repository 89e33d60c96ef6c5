import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CentralStage } from '../../tests/support/central-stage.ts'
import { StoreFixture } from '../../tests/support/store.ts'
import { CentralClient } from '../central/client/central-client.ts'
import { loadOrCreateDeviceIdentity, pendingDeviceIdentity, type DeviceIdentity } from '../central/client/device-key.ts'
import type { KioskId } from '../central/contract/fields.ts'
import { DEMO_STATION_CODE } from '../central/server/seed/demo.ts'
import { silentLog } from '../lib/log.ts'
import { expectOk } from '../lib/result.ts'
import type { Store } from '../store/store.ts'
import { enrol, StandingWatch, storedEnrolment } from './enrolment.ts'
import { keepDeviceKeyYoung, rotateDeviceKey, type KeyRotationParts } from './key-rotation.ts'

let fixture: StoreFixture
let stage: CentralStage
let store: Store
let keyFile: string
let clients: CentralClient[]
let kioskId: KioskId

beforeEach(async () => {
  fixture = new StoreFixture()
  stage = await CentralStage.open()
  store = fixture.open()
  keyFile = join(fixture.folder, 'device.key')
  clients = []
  const { identity, centre } = started()
  const code = stage.central.admin.enrolmentCode()
  const wish = {
    code,
    stationCode: DEMO_STATION_CODE,
    kioskName: '1号机',
    keyId: identity.keyId,
    site: { province: 'guangdong', kioskId: 'KIOSK-0001' },
  }
  const state = await enrol(store, centre, wish, silentLog)
  if (state.state !== 'ENROLLED') throw new Error(state.state)
  kioskId = state.enrolment.kioskId
})
afterEach(async () => {
  for (const client of clients) client.close()
  fixture.dispose()
  await stage.close()
})

/** What a start of the kiosk process does: reads its key and opens its voice. */
function started(): { identity: DeviceIdentity; centre: CentralClient } {
  const identity = expectOk(loadOrCreateDeviceIdentity(keyFile), 'key')
  const centre = new CentralClient({ baseUrl: stage.url, identity, clock: stage.clock })
  clients.push(centre)
  return { identity, centre }
}

function parts(change: Partial<KeyRotationParts> = {}): KeyRotationParts {
  return {
    store,
    keyFile,
    algorithm: 'ed25519',
    log: silentLog,
    beforeAdoption: () => undefined,
    ...started(),
    ...change,
  }
}

async function worksAfterRestart(): Promise<DeviceIdentity> {
  const { identity, centre } = started()
  expect(storedEnrolment(store, identity.keyId)?.kioskId).toBe(kioskId)
  expect(expectOk(await centre.standing(), 'standing').kioskId).toBe(kioskId)
  return identity
}

class PowerCut extends Error {}

function bound(target: CentralClient, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name, target)
  return typeof value === 'function' ? (value.bind(target) as unknown) : value
}

/** A voice that breaks off after the answer to `rotateKey` has left the centre, or before the question reached it. */
function cutAt(centre: CentralClient, when: 'BEFORE' | 'AFTER'): CentralClient {
  return new Proxy(centre, {
    get(target, name) {
      if (name === 'rotateKey')
        return async (next: DeviceIdentity) => {
          if (when === 'AFTER') expectOk(await target.rotateKey(next), 'the centre has heard')
          throw new PowerCut()
        }
      return bound(target, name)
    },
  })
}

describe('the rotation of the device key', () => {
  it('gives the kiosk a new key under its old name, and ends the old one five minutes after the first use', async () => {
    const before = started()
    const next = expectOk(await rotateDeviceKey(parts(before), stage.clock.now()), 'rotated')
    expect(next.keyId).not.toBe(before.identity.keyId)
    expect((await worksAfterRestart()).keyId).toBe(next.keyId)
    const old = stage.client(before.identity)
    expect((await old.standing()).ok).toBe(true)
    await stage.clock.advance(300_001)
    expect(await old.standing()).toEqual({ ok: false, error: { code: 'NOT_ENROLLED', reason: 'UNKNOWN_KEY' } })
    await worksAfterRestart()
  })

  it.each(['BEFORE', 'AFTER'] as const)('survives a power cut %s the centre has heard of it', async (when) => {
    const before = started()
    const cut = parts({ ...before, centre: cutAt(before.centre, when) })
    await expect(rotateDeviceKey(cut, stage.clock.now())).rejects.toThrow(PowerCut)
    expect((await worksAfterRestart()).keyId).toBe(before.identity.keyId)
    await stage.clock.advance(86_400_000)
    const waiting = expectOk(pendingDeviceIdentity(keyFile), 'pending')
    const finished = expectOk(await keepDeviceKeyYoung(parts(), stage.clock.now()), 'finished')
    expect(finished?.keyId).toBe(waiting?.keyId)
    expect((await worksAfterRestart()).keyId).toBe(finished?.keyId)
  })

  it('survives a power cut just before and just after the file takes its name', async () => {
    const before = started()
    const crash = (): void => {
      throw new PowerCut()
    }
    await expect(rotateDeviceKey(parts({ ...before, beforeAdoption: crash }), stage.clock.now())).rejects.toThrow(
      PowerCut,
    )
    expect((await worksAfterRestart()).keyId).toBe(before.identity.keyId)

    const torn = new Proxy(before.centre, {
      get: (target, name) => (name === 'useIdentity' ? crash : bound(target, name)),
    })
    await expect(rotateDeviceKey(parts({ ...before, centre: torn }), stage.clock.now())).rejects.toThrow(PowerCut)
    const now = await worksAfterRestart()
    expect(now.keyId).not.toBe(before.identity.keyId)
    expect(expectOk(await keepDeviceKeyYoung(parts(), stage.clock.now()), 'nothing left')).toBeNull()
  })

  it('is due after a year, and at once where another algorithm is demanded', async () => {
    const ask = (change: Partial<KeyRotationParts> = {}) => keepDeviceKeyYoung(parts(change), stage.clock.now())
    expect(expectOk(await ask(), 'young')).toBeNull()
    await stage.clock.advance(364 * 86_400_000)
    expect(expectOk(await ask(), 'young')).toBeNull()
    await stage.clock.advance(2 * 86_400_000)
    expect(expectOk(await ask(), 'old')?.algorithm).toBe('ed25519')
    expect(expectOk(await ask(), 'young again')).toBeNull()
    expect(expectOk(await ask({ algorithm: 'sm2-sm3' }), '国密')?.algorithm).toBe('sm2-sm3')
    expect((await worksAfterRestart()).algorithm).toBe('sm2-sm3')
  })

  it('waits when the centre is away, and does not rescue a revoked kiosk', async () => {
    stage.central.admin.revokeKiosk(kioskId)
    const refused = await rotateDeviceKey(parts(), stage.clock.now())
    expect(refused).toEqual({ ok: false, error: { code: 'NOT_ENROLLED', reason: 'KEY_REVOKED' } })
    const away = new CentralClient({
      baseUrl: 'http://127.0.0.1:9',
      identity: started().identity,
      clock: stage.clock,
    })
    clients.push(away)
    expect(await rotateDeviceKey(parts({ centre: away }), stage.clock.now())).toMatchObject({
      error: { code: 'UNREACHABLE' },
    })
  })
})

describe('a kiosk whose key was revoked', () => {
  it('closes what needs the centre within a minute, says why in the audit, and opens when it is known again', async () => {
    const told: (string | null)[] = []
    const { centre } = started()
    const watch = new StandingWatch({
      ...{ store, centre, clock: stage.clock, log: silentLog },
      report: (closing) => told.push(closing),
    })
    watch.start()
    // Small steps: a call under way must not run into its deadline.
    const passing = async (): Promise<(string | null)[]> => {
      await stage.clock.advance(2_000)
      return told
    }
    const patience = { timeout: 10_000, interval: 20 }
    stage.central.admin.revokeKiosk(kioskId)
    await expect.poll(passing, patience).toEqual(['NOT_ENROLLED'])
    const [last] = expectOk(
      store.read((view) => view.audit.latest(1)),
      'audit',
    )
    expect(last).toMatchObject({ action: 'kiosk.standing', result: 'REFUSED', detail: '{"reason":"KEY_REVOKED"}' })
    stage.central.database.prepare('UPDATE kiosk SET revoked_at = NULL').run()
    await expect.poll(passing, patience).toEqual(['NOT_ENROLLED', null])
    watch.stop()
  })

  it('is told so when it enrols again with the same key', async () => {
    stage.central.admin.revokeKiosk(kioskId)
    const { identity, centre } = started()
    const wish = {
      code: 'AAAA-BBBB',
      stationCode: DEMO_STATION_CODE,
      kioskName: '1号机',
      keyId: identity.keyId,
      site: { province: 'guangdong', kioskId: 'KIOSK-0001' },
    }
    expectOk(
      store.transaction((tx) => tx.settings.remove('enrolment')),
      'forgotten',
    )
    expect(await enrol(store, centre, wish, silentLog)).toEqual({ state: 'REFUSED', detail: 'KEY_REVOKED' })
  })
})
