import type { SiteComplaint } from './complaint.ts'
import type { Site } from './schema.ts'

/** What one field alone cannot show. Asked only of a file whose every field is right. */
export function complaintsAbout(site: Site): readonly SiteComplaint[] {
  return [
    ...areaCode(site),
    ...centre(site),
    ...session(site),
    ...serialPorts(site),
    ...sharedPorts(site),
    ...cardSlots(site),
    ...ups(site),
    ...keyboard(site),
    ...hidLayouts(site),
    ...staffNumbers(site),
  ]
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
    return site.mode === 'demo'
      ? []
      : [{ path, reason: 'is a test area; codes from 99 are for mode "demo" only', code: 'testArea' }]
  }
  return PROVINCES.has(province)
    ? []
    : [{ path, reason: `names no province: ${province} is not in GB/T 2260`, code: 'noProvince' }]
}

function centre(site: Site): SiteComplaint[] {
  const url = new URL(site.centre.url)
  const path = ['centre', 'url']
  if (url.username !== '' || url.password !== '')
    return [{ path, reason: 'must not hold a user or a password', code: 'urlWithPassword' }]
  if (url.search !== '' || url.hash !== '') return [{ path, reason: 'must end before ? and #', code: 'urlWithQuery' }]
  if (site.mode === 'production' && url.protocol !== 'https:') {
    return [
      {
        path,
        reason: 'must begin with https:// in mode "production"',
        code: 'urlNotHttps',
        params: { start: 'https://' },
      },
    ]
  }
  return []
}

function session({ session: times }: Site): SiteComplaint[] {
  if (times.idleWarningMs + times.countdownMs < times.totalLimitMs) return []
  const reason = 'must be longer than idleWarningMs and countdownMs together'
  return [{ path: ['session', 'totalLimitMs'], reason, code: 'visitTooShort' }]
}

type DeviceTransport = Extract<
  NonNullable<Site['devices']['id-card' | 'scanner' | 'receipt-printer']>,
  { readonly transport: unknown }
>['transport']
type SerialTransport = Extract<DeviceTransport, { kind: 'serial' }>

function transports(site: Site): readonly (readonly [role: string, transport: DeviceTransport])[] {
  return Object.entries(site.devices).flatMap(([role, device]) =>
    device === undefined || !('transport' in device) ? [] : [[role, device.transport]],
  )
}

/** A serial port is named by its path or by its USB device; both could contradict each other. */
function serialPorts(site: Site): SiteComplaint[] {
  return transports(site).flatMap(([role, transport]): SiteComplaint[] => {
    if (transport.kind !== 'serial' || (transport.path === undefined) !== (transport.usb === undefined)) return []
    const path = ['devices', role, 'transport']
    return transport.path === undefined
      ? [{ path, reason: 'needs a path, or usb with the ids of its device', code: 'portMissing' }]
      : [{ path, reason: 'has both path and usb; keep one', code: 'portTwice' }]
  })
}

/** A card in a reader is held by one alone: identity cards and IC cards need readers of their own, told apart by name. */
function cardSlots({ devices }: Site): SiteComplaint[] {
  const { 'id-card': idCard, 'ic-card': icCard } = devices
  if (idCard?.driver !== 'pcsc' || icCard?.driver !== 'pcsc' || idCard.socket !== icCard.socket) return []
  const [one, other] = [idCard.reader ?? '', icCard.reader ?? '']
  if (!one.includes(other) && !other.includes(one)) return []
  const reason = 'could be the reader of id-card too; name both so that neither name is part of the other'
  return [{ path: ['devices', 'ic-card', 'reader'], reason, code: 'readerShared' }]
}

/** A framing has a name or is described; both could contradict each other. */
function hidLayouts(site: Site): SiteComplaint[] {
  return transports(site).flatMap(([role, transport]) =>
    transport.kind === 'hid' && transport.framing !== undefined && transport.layout !== undefined
      ? [
          {
            path: ['devices', role, 'transport', 'layout'],
            reason: 'stands beside framing; keep one',
            code: 'layoutTwice',
          },
        ]
      : [],
  )
}

/** A scanner that types is no line, and a line types nothing. */
function keyboard({ devices: { scanner } }: Site): SiteComplaint[] {
  if (scanner === undefined) return []
  if ((scanner.driver === 'keyboard-wedge') === (scanner.transport.kind === 'keyboard')) return triggered(scanner)
  const reason = 'keyboard-wedge and transport kind keyboard belong together'
  return [
    {
      path: ['devices', 'scanner', 'driver'],
      reason,
      code: 'keyboardAlone',
      params: { driver: 'keyboard-wedge', kind: 'keyboard' },
    },
  ]
}

/** Makers' commands are for serial lines: in HID-POS mode a scanner takes none of them. */
function triggered({ driver, transport }: NonNullable<Site['devices']['scanner']>): SiteComplaint[] {
  if (transport.kind !== 'hid' || driver === 'serial') return []
  const reason = 'must be serial where the scanner is reached over hid'
  return [
    {
      path: ['devices', 'scanner', 'driver'],
      reason,
      code: 'hidNeedsSerial',
      params: { driver: 'serial', kind: 'hid' },
    },
  ]
}

function ups({ devices: { ups: found } }: Site): SiteComplaint[] {
  if (found?.driver !== 'nut') return []
  const path = ['devices', 'ups']
  const nameless: SiteComplaint = {
    path: [...path, 'upsName'],
    reason: 'is missing; driver nut needs it',
    code: 'upsNameMissing',
    params: { driver: 'nut' },
  }
  const offNetwork: SiteComplaint = {
    path: [...path, 'transport', 'kind'],
    reason: 'must be tcp: upsd is reached over the network',
    code: 'upsNeedsTcp',
    params: { driver: 'nut', kind: 'tcp' },
  }
  return [...(found.upsName === undefined ? [nameless] : []), ...(found.transport.kind === 'tcp' ? [] : [offNetwork])]
}

function lineOf(transport: DeviceTransport): string {
  switch (transport.kind) {
    case 'serial':
      return transport.usb === undefined ? (transport.path ?? '') : identityOf('usb', transport.usb)
    case 'lp':
      return transport.path
    case 'keyboard':
      return 'the keyboard'
    case 'cups':
      return `queue ${transport.queue}`
    case 'tcp':
      return `${transport.host}:${transport.port}`
    case 'hid':
    case 'bulk':
      return identityOf(transport.kind, transport)
  }
}

function identityOf(
  bus: 'usb' | 'hid' | 'bulk',
  ids: { vendorId: string; productId: string; serialNumber?: string | undefined },
): string {
  const named = `${bus}:${ids.vendorId}:${ids.productId}`.toLowerCase()
  return ids.serialNumber === undefined ? named : `${named} ${ids.serialNumber}`
}

/** Two roles on one line would steal each other's bytes. */
function sharedPorts(site: Site): SiteComplaint[] {
  const all = transports(site)
  return all.flatMap(([role, transport], index) => {
    const owner = all.slice(0, index).find(([, other]) => sameLine(transport, other))
    if (owner === undefined) return []
    const line = lineOf(transport)
    const reason = `is ${line}, which ${owner[0]} uses already`
    return [{ path: ['devices', role, 'transport'], reason, code: 'portShared', params: { line, role: owner[0] } }]
  })
}

function sameLine(one: DeviceTransport, other: DeviceTransport): boolean {
  if (one.kind === 'serial' && other.kind === 'serial' && one.usb !== undefined && other.usb !== undefined)
    return overlap(one.usb, other.usb)
  return lineOf(one) === lineOf(other)
}

/** Whether one port could be meant by both: what one leaves open counts as the other's. */
function overlap(one: NonNullable<SerialTransport['usb']>, other: NonNullable<SerialTransport['usb']>): boolean {
  const same = <T>(a: T | undefined, b: T | undefined): boolean => a === undefined || b === undefined || a === b
  return (
    identityOf('usb', { ...one, serialNumber: undefined }) ===
      identityOf('usb', { ...other, serialNumber: undefined }) &&
    same(one.serialNumber, other.serialNumber) &&
    same(one.interface, other.interface)
  )
}

/** Two people with one number could not be told apart in the audit, and one could witness for herself. */
function staffNumbers({ technician }: Site): SiteComplaint[] {
  return technician.staff.flatMap(({ id }, index) =>
    technician.staff.findIndex((other) => other.id === id) === index
      ? []
      : [
          {
            path: ['technician', 'staff', index, 'id'],
            reason: `is ${id}, which somebody else has already`,
            code: 'staffTwice',
            params: { id },
          },
        ],
  )
}
