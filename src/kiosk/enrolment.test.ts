import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CentralStage } from '../../tests/support/central-stage.ts'
import { stored, StoreFixture } from '../../tests/support/store.ts'
import { generateDeviceIdentity, type DeviceIdentity } from '../central/client/device-key.ts'
import { DEMO_STATION_CODE } from '../central/server/seed/demo.ts'
import { silentLog } from '../lib/log.ts'
import type { Store } from '../store/store.ts'
import { enrol, storedEnrolment, strangerSite } from './enrolment.ts'

let stage: CentralStage
let fixture: StoreFixture
let store: Store
let identity: DeviceIdentity
beforeEach(async () => {
  stage = await CentralStage.open()
  fixture = new StoreFixture()
  store = fixture.open({ clock: stage.clock })
  identity = generateDeviceIdentity()
})
afterEach(async () => {
  fixture.dispose()
  await stage.close()
})

const OWN = { province: 'guangdong', kioskId: 'KIOSK-0001' }
const enrolled = () => {
  const { keyId } = identity
  const place = { stationCode: DEMO_STATION_CODE, kioskName: '1号机', site: OWN }
  const wish = { code: stage.central.admin.enrolmentCode(), keyId, ...place }
  return enrol(store, stage.client(identity), wish, silentLog)
}

describe('a site file', () => {
  it('is this kiosk’s own where province and kiosk are those of the enrolment', async () => {
    expect(strangerSite(store, identity.keyId, OWN)).toBeNull()
    expect((await enrolled()).state).toBe('ENROLLED')
    expect(strangerSite(store, identity.keyId, OWN)).toBeNull()
  })

  it('of another province or of another kiosk is a stranger’s, in words that say which', async () => {
    await enrolled()
    const province = strangerSite(store, identity.keyId, { ...OWN, province: 'hunan' })
    expect(province).toMatch(/for kiosk KIOSK-0001 in hunan.*as 440300-\d+\) as KIOSK-0001 in guangdong/)
    const machine = strangerSite(store, identity.keyId, { ...OWN, kioskId: 'KIOSK-0002' })
    expect(machine).toMatch(/for kiosk KIOSK-0002 in guangdong.*as KIOSK-0001/)
  })

  it('says nothing against a kiosk that is to be enrolled anew, with a key that is new', async () => {
    await enrolled()
    const { keyId } = generateDeviceIdentity()
    expect(strangerSite(store, keyId, { ...OWN, province: 'hunan' })).toBeNull()
  })

  it('of an enrolment that a program before this one wrote is not judged: it does not say which it was', async () => {
    await enrolled()
    const answer = storedEnrolment(store, identity.keyId)
    if (answer === null) throw new Error('enrolled')
    stored(store, (tx) => tx.settings.set('enrolment', { keyId: identity.keyId, answer }))
    expect(strangerSite(store, identity.keyId, { ...OWN, kioskId: 'KIOSK-0002' })).toBeNull()
  })
})
