import type { Site } from './schema.ts'

/** Something in the site file that is wrong: where, and why in words that follow the path. */
export interface SiteComplaint {
  readonly path: readonly (string | number)[]
  readonly reason: string
}

/** What one field alone cannot show. Asked only of a file whose every field is right. */
export function complaintsAbout(site: Site): readonly SiteComplaint[] {
  return [...areaCode(site), ...centre(site), ...session(site), ...sharedPorts(site)]
}

/** Areas of GB/T 2260 by their first two digits. 99 belongs to no place: it marks synthetic people and vehicles. */
const PROVINCES = new Set(
  [
    '11 12 13 14 15',
    '21 22 23',
    '31 32 33 34 35 36 37',
    '41 42 43 44 45 46',
    '50 51 52 53 54',
    '61 62 63 64 65',
    '71 81 82',
  ].flatMap((region) => region.split(' ')),
)

function areaCode(site: Site): SiteComplaint[] {
  const path = ['site', 'areaCode']
  const province = site.site.areaCode.slice(0, 2)
  if (province === '99') {
    return site.mode === 'demo' ? [] : [{ path, reason: 'is a test area; codes from 99 are for mode "demo" only' }]
  }
  return PROVINCES.has(province) ? [] : [{ path, reason: `names no province: ${province} is not in GB/T 2260` }]
}

function centre(site: Site): SiteComplaint[] {
  const url = new URL(site.centre.url)
  const path = ['centre', 'url']
  if (url.username !== '' || url.password !== '') return [{ path, reason: 'must not hold a user or a password' }]
  if (url.search !== '' || url.hash !== '') return [{ path, reason: 'must end before ? and #' }]
  if (site.mode === 'production' && url.protocol !== 'https:') {
    return [{ path, reason: 'must begin with https:// in mode "production"' }]
  }
  return []
}

function session({ session: times }: Site): SiteComplaint[] {
  if (times.idleWarningMs + times.countdownMs < times.totalLimitMs) return []
  return [{ path: ['session', 'totalLimitMs'], reason: 'must be longer than idleWarningMs and countdownMs together' }]
}

type DeviceTransport = NonNullable<Site['devices']['id-card']>['transport']

function lineOf(transport: DeviceTransport): string {
  switch (transport.kind) {
    case 'serial':
      return transport.path
    case 'tcp':
      return `${transport.host}:${transport.port}`
    case 'hid': {
      const { vendorId, productId, serialNumber } = transport
      const ids = `hid:${vendorId}:${productId}`.toLowerCase()
      return serialNumber === undefined ? ids : `${ids} ${serialNumber}`
    }
  }
}

/** Two roles on one line would steal each other's bytes. */
function sharedPorts(site: Site): SiteComplaint[] {
  const owners = new Map<string, string>()
  const complaints: SiteComplaint[] = []
  for (const [role, device] of Object.entries(site.devices)) {
    if (device === undefined || !('transport' in device)) continue
    const line = lineOf(device.transport)
    const owner = owners.get(line)
    if (owner !== undefined)
      complaints.push({ path: ['devices', role, 'transport'], reason: `is ${line}, which ${owner} uses already` })
    owners.set(line, owner ?? role)
  }
  return complaints
}
