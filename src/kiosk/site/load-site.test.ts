import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { describeSiteError, loadSite, parseSite } from './load-site.ts'
import { siteSchema, type SiteFile } from './schema.ts'
import { sessionTimes } from './session-times.ts'

const minimal: SiteFile = {
  site: {
    stationCode: 'SZ-0001',
    stationName: '深圳市龙岗检测站',
    stationKind: 'INSPECTION_STATION',
    areaCode: '440307',
    helpPhone: '0755-12345678',
  },
  kiosk: { kioskId: 'KIOSK-0001', name: '一号终端' },
  province: 'guangdong',
  centre: { url: 'https://centre.example.cn' },
}

const full: SiteFile = {
  ...minimal,
  devices: {
    'id-card': { driver: 'sam-v', transport: { kind: 'serial', path: '/dev/ttyS0', baud: 115_200 } },
    scanner: { driver: 'serial', transport: { kind: 'serial', path: '/dev/ttyS1' }, optional: true },
    'receipt-printer': {
      driver: 'esc-pos',
      transport: { kind: 'tcp', host: '10.0.0.5', port: 9100 },
      model: 'generic-80mm',
    },
    'certificate-printer': {
      driver: 'escp2',
      transport: { kind: 'serial', path: '/dev/ttyS2' },
      calibration: { dxMm: 1.5, dyMm: -0.8 },
    },
    camera: { labelContains: 'C920' },
  },
}

describe('a site file', () => {
  it('needs only the station, the kiosk, the province and the centre; the rest has defaults', () => {
    expect(parseSite(JSON.stringify(minimal), '/etc/kiosk/site.json')).toEqual({
      ok: true,
      value: {
        ...minimal,
        mode: 'production',
        centre: { ...minimal.centre, signature: 'ed25519' },
        devices: {},
        face: { enabled: true },
        session: { idleWarningMs: 45_000, countdownMs: 15_000, totalLimitMs: 600_000 },
        policy: {
          maxOfflineMs: 86_400_000,
          maxOutboxRows: 500,
          minFreeDiskMb: 500,
          maxClockSkewMs: 120_000,
          reprintLimit: 2,
        },
        technician: { staff: [] },
        time: {},
        retention: { endorsementDays: 1095, visitDays: 365, sentMessageDays: 30, logDays: 180 },
        maintenance: { restartAt: '03:30' },
      },
    })
  })

  it('completes each device by its role', () => {
    const site = parseSite(JSON.stringify(full), '/etc/kiosk/site.json')
    expect(site.ok && site.value.devices).toMatchObject({
      'id-card': { optional: false },
      scanner: { optional: true },
      'certificate-printer': { calibration: { dxMm: 1.5, dyMm: -0.8 } },
      camera: { driver: 'user-media', optional: false },
    })
  })

  it('takes an identity card reader behind pcscd, which has no line, beside one for IC cards', () => {
    const devices = {
      'id-card': { driver: 'pcsc', reader: 'ACME ID' },
      'ic-card': { driver: 'pcsc', reader: 'OTHER' },
    }
    const site = parseSite(JSON.stringify({ ...minimal, devices }), '/etc/kiosk/site.json')
    expect(site.ok && site.value.devices['id-card']).toEqual({
      ...{ driver: 'pcsc', reader: 'ACME ID', socket: '/run/pcscd/pcscd.comm', optional: false },
    })
    const wired = { 'id-card': { driver: 'pcsc', transport: { kind: 'serial', path: '/dev/ttyS0' } } }
    expect(parseSite(JSON.stringify({ ...minimal, devices: wired }), '/etc/kiosk/site.json')).toMatchObject({
      ok: false,
    })
  })

  it('lets two roles share a model of adapter that serial numbers or interfaces tell apart', () => {
    const usb = (more: object) => ({ kind: 'serial', usb: { vendorId: '10C4', productId: 'EA60', ...more } })
    for (const [one, other] of [
      [{ serialNumber: 'S1' }, { serialNumber: 'S2' }],
      [{ interface: 0 }, { interface: 1 }],
    ] as const) {
      const devices = {
        'id-card': { driver: 'sam-v', transport: usb(one) },
        scanner: { driver: 'serial', transport: usb(other) },
      }
      expect(parseSite(JSON.stringify({ ...minimal, devices }), '/etc/kiosk/site.json')).toMatchObject({ ok: true })
    }
  })

  it('counts relative paths from its own folder, and leaves a bare command to the PATH', () => {
    const file = {
      ...minimal,
      centre: { url: 'https://centre.example.cn', caFile: 'ca.pem' },
      face: { manifest: '../models/models.json', portraitDecoder: { command: './wlt', args: ['--raw'] } },
    }
    const site = parseSite(JSON.stringify(file), '/etc/kiosk/site.json')
    expect(site.ok && [site.value.centre.caFile, site.value.face.manifest, site.value.face.portraitDecoder]).toEqual([
      '/etc/kiosk/ca.pem',
      '/etc/models/models.json',
      { command: '/etc/kiosk/wlt', args: ['--raw'] },
    ])
    const bare = { ...minimal, face: { portraitDecoder: { command: 'wlt-decoder' } } }
    const onPath = parseSite(JSON.stringify(bare), '/etc/kiosk/site.json')
    expect(onPath.ok && onPath.value.face.portraitDecoder?.command).toBe('wlt-decoder')
  })

  it('doubles every time of a visit in large print', () => {
    const site = siteSchema.parse(minimal)
    expect(sessionTimes(site, { largePrint: false })).toEqual(site.session)
    expect(sessionTimes(site, { largePrint: true })).toEqual({
      idleWarningMs: 90_000,
      countdownMs: 30_000,
      totalLimitMs: 1_200_000,
    })
  })
})

describe('a site file with a mistake names the place and the reason', () => {
  const serial = { driver: 'sam-v', transport: { kind: 'serial', path: '/dev/ttyS0' } }
  const onUsb = (more: object) => ({ kind: 'serial', usb: { vendorId: '10C4', productId: 'EA60', ...more } })
  const mistakes: [mistake: string, file: unknown, expected: string[]][] = [
    [
      'a mistyped role',
      { ...minimal, devices: { 'reciept-printer': {} } },
      ['devices.reciept-printer is not known; did you mean receipt-printer?'],
    ],
    [
      'a role in another spelling',
      { ...minimal, devices: { idCard: {} } },
      ['devices.idCard is not known; did you mean id-card?'],
    ],
    ['a key nobody knows', { ...minimal, weather: 1 }, ['weather is not known']],
    [
      'a mistyped key deep inside',
      edit(full, ['devices', 'receipt-printer', 'transport', 'prot'], 9100),
      ['devices.receipt-printer.transport.prot is not known; did you mean port?'],
    ],
    [
      'a key of the other kind of transport',
      edit(full, ['devices', 'id-card', 'transport', 'port'], 9100),
      ['devices.id-card.transport.port is not known'],
    ],
    [
      'a mistyped transport',
      edit(full, ['devices', 'id-card', 'transport', 'kind'], 'seriel'),
      ['devices.id-card.transport.kind must be one of serial, tcp, hid, bulk, but is "seriel"; did you mean serial?'],
    ],
    [
      'a printer over HID',
      edit(full, ['devices', 'receipt-printer', 'transport'], { kind: 'hid', vendorId: '0483', productId: '572B' }),
      ['devices.receipt-printer.transport.kind must be one of serial, tcp, lp, cups, but is "hid"'],
    ],
    [
      'a USB id that is none, and a mistyped key beside it',
      edit(full, ['devices', 'id-card', 'transport'], {
        kind: 'hid',
        vendorId: '0x483',
        productId: '572B',
        frming: 'raw',
      }),
      [
        'devices.id-card.transport.vendorId must be four hexadecimal digits, such as 0C2E',
        'devices.id-card.transport.frming is not known; did you mean framing?',
      ],
    ],
    [
      'no transport',
      { ...minimal, devices: { 'id-card': { driver: 'sam-v' } } },
      ['devices.id-card.transport is missing'],
    ],
    [
      'a driver of another role',
      { ...minimal, devices: { 'id-card': { ...serial, driver: 'esc-pos' } } },
      ['devices.id-card.driver must be one of sam-v, bank-module, pcsc, but is "esc-pos"'],
    ],
    [
      'a mistyped driver',
      edit(full, ['devices', 'certificate-printer', 'driver'], 'ESC/P2'),
      ['devices.certificate-printer.driver must be one of escp2, pr2, but is "ESC/P2"; did you mean escp2?'],
    ],
    [
      'a number in quotes',
      edit(full, ['devices', 'receipt-printer', 'transport', 'port'], '9100'),
      ['devices.receipt-printer.transport.port must be a number, but is a text'],
    ],
    [
      'a port that is none',
      edit(full, ['devices', 'receipt-printer', 'transport', 'port'], 70_000),
      ['devices.receipt-printer.transport.port must be at most 65535, but is 70000'],
    ],
    [
      'a time too short',
      { ...minimal, session: { idleWarningMs: 45 } },
      ['session.idleWarningMs must be at least 10000, but is 45'],
    ],
    [
      'half a millisecond',
      { ...minimal, session: { idleWarningMs: 45_000.5 } },
      ['session.idleWarningMs must be a whole number, but is 45000.5'],
    ],
    [
      'a limit shorter than the warning',
      { ...minimal, session: { totalLimitMs: 60_000 } },
      ['session.totalLimitMs must be longer than idleWarningMs and countdownMs together'],
    ],
    ['no station name', edit(minimal, ['site', 'stationName'], ''), ['site.stationName must not be empty']],
    [
      'a station name as long as a novel',
      edit(minimal, ['site', 'stationName'], '站'.repeat(61)),
      ['site.stationName must not be longer than 60'],
    ],
    [
      'a station kind in Chinese',
      edit(minimal, ['site', 'stationKind'], '检测站'),
      ['site.stationKind must be one of INSPECTION_STATION, BUS_TERMINAL, but is "检测站"'],
    ],
    [
      'an area code that is none',
      edit(minimal, ['site', 'areaCode'], '4403'),
      ['site.areaCode must be a six-digit area code (GB/T 2260)'],
    ],
    [
      'an area of no province',
      edit(minimal, ['site', 'areaCode'], '190001'),
      ['site.areaCode names no province: 19 is not in GB/T 2260'],
    ],
    [
      'a test area in production',
      edit(minimal, ['site', 'areaCode'], '990001'),
      ['site.areaCode is a test area; codes from 99 are for mode "demo" only'],
    ],
    [
      'a centre without protection in production',
      edit(minimal, ['centre', 'url'], 'http://centre.example.cn'),
      ['centre.url must begin with https:// in mode "production"'],
    ],
    [
      'a password in the address',
      edit(minimal, ['centre', 'url'], 'https://a:b@centre.example.cn'),
      ['centre.url must not hold a user or a password'],
    ],
    [
      'an address with a query',
      edit(minimal, ['centre', 'url'], 'https://centre.example.cn/?a=1'),
      ['centre.url must end before ? and #'],
    ],
    [
      'an address that is none',
      edit(minimal, ['centre', 'url'], 'centre'),
      ['centre.url must be an address such as https://centre.example.cn'],
    ],
    [
      'one card reader for identity cards and IC cards',
      { ...minimal, devices: { 'id-card': { driver: 'pcsc', reader: 'ACME' }, 'ic-card': { driver: 'pcsc' } } },
      [
        'devices.ic-card.reader could be the reader of id-card too; name both so that neither name is part of the other',
      ],
    ],
    [
      'a UPS of upsd without its name, on a serial line',
      { ...minimal, devices: { ups: { ...serial, driver: 'nut' } } },
      [
        'devices.ups.upsName is missing; driver nut needs it',
        'devices.ups.transport.kind must be tcp: upsd is reached over the network',
      ],
    ],
    [
      'reports that are named and described',
      edit(full, ['devices', 'id-card', 'transport'], {
        ...{ kind: 'hid', vendorId: '0483', productId: '572B', framing: 'raw' },
        layout: { reportId: 0, reportBytes: 64, dataAt: 0 },
      }),
      ['devices.id-card.transport.layout stands beside framing; keep one'],
    ],
    [
      'a serial port without a name',
      edit(full, ['devices', 'id-card', 'transport'], { kind: 'serial' }),
      ['devices.id-card.transport needs a path, or usb with the ids of its device'],
    ],
    [
      'a serial port with two names',
      edit(full, ['devices', 'id-card', 'transport', 'usb'], { vendorId: '10C4', productId: 'EA60' }),
      ['devices.id-card.transport has both path and usb; keep one'],
    ],
    [
      'two roles that one USB adapter could be meant for',
      {
        ...minimal,
        devices: {
          'id-card': { ...serial, transport: onUsb({ serialNumber: 'S1' }) },
          scanner: { driver: 'serial', transport: onUsb({ vendorId: '10c4' }) },
        },
      },
      ['devices.scanner.transport is usb:10c4:ea60, which id-card uses already'],
    ],
    [
      'two roles on one port',
      edit(full, ['devices', 'scanner', 'transport', 'path'], '/dev/ttyS0'),
      ['devices.scanner.transport is /dev/ttyS0, which id-card uses already'],
    ],
    [
      'two roles on one HID device',
      {
        ...minimal,
        devices: {
          'id-card': { driver: 'sam-v', transport: { kind: 'hid', vendorId: '0C2E', productId: '0B61' } },
          scanner: { driver: 'serial', transport: { kind: 'hid', vendorId: '0c2e', productId: '0b61' } },
        },
      },
      ['devices.scanner.transport is hid:0c2e:0b61, which id-card uses already'],
    ],
    ['a list for an object', { ...minimal, devices: [] }, ['devices must be an object in braces, but is a list']],
    ['null for a text', edit(minimal, ['province'], null), ['province must be a text, but is null']],
    [
      'a wrong item of a list',
      { ...minimal, face: { portraitDecoder: { command: 'x', args: ['a', 7] } } },
      ['face.portraitDecoder.args[1] must be a text, but is 7'],
    ],
    ['not even an object', 7, ['the site file must be an object in braces, but is 7']],
  ]

  it.each(mistakes)('%s', (_mistake, file, expected) => {
    const parsed = parseSite(JSON.stringify(file), 'site.json')
    expect(!parsed.ok && parsed.error.code === 'SITE_INVALID' && parsed.error.problems.map((p) => p.message)).toEqual(
      expected,
    )
  })

  it('lists every mistake with its line and column, in the order of the file', () => {
    const text = JSON.stringify(
      { ...edit(minimal, ['kiosk', 'kioskId'], 'K 1'), provincee: 'x', province: undefined },
      null,
      2,
    )
    const parsed = parseSite(text, '/etc/site.json')
    expect(!parsed.ok && describeSiteError(parsed.error).split('\n')).toEqual([
      '/etc/site.json:1:1: province is missing',
      '/etc/site.json:10:5: kiosk.kioskId must be 6 to 64 letters, digits, hyphens or underscores',
      '/etc/site.json:16:3: provincee is not known; did you mean province?',
    ])
  })

  it('a comma too many is named by line and column', () => {
    const parsed = parseSite('{\n  "mode": "demo",\n}', 'site.json')
    expect(!parsed.ok && describeSiteError(parsed.error)).toBe('site.json:3:1: a comma before a closing brace')
  })
})

describe('a demo site', () => {
  const demo = {
    ...edit(minimal, ['site', 'areaCode'], '990001'),
    mode: 'demo',
    centre: { url: 'http://127.0.0.1:8443' },
  }

  it('may use a test area and an unprotected centre', () => {
    expect(parseSite(JSON.stringify(demo), 'site.json').ok).toBe(true)
  })

  it('is still refused an area of no province', () => {
    expect(parseSite(JSON.stringify(edit(demo, ['site', 'areaCode'], '000000')), 'site.json').ok).toBe(false)
  })
})

describe('reading the site file', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'site-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  it('takes a file with a byte order mark, as Windows editors write it', async () => {
    writeFileSync(join(folder, 'site.json'), `\uFEFF${JSON.stringify(minimal)}`)
    expect((await loadSite(join(folder, 'site.json'))).ok).toBe(true)
  })

  it('says when there is none', async () => {
    const file = join(folder, 'none.json')
    expect(await loadSite(file)).toEqual({ ok: false, error: { code: 'SITE_NOT_FOUND', file } })
  })

  it('says when it is a folder', async () => {
    expect(await loadSite(folder)).toMatchObject({ ok: false, error: { code: 'SITE_UNREADABLE' } })
  })

  it('says when it was saved in GBK', async () => {
    const file = join(folder, 'site.json')
    writeFileSync(file, Buffer.from([0x7b, 0xc9, 0xee, 0xdb, 0xda]))
    expect(await loadSite(file)).toMatchObject({
      ok: false,
      error: { code: 'SITE_UNREADABLE', detail: 'it is not UTF-8' },
    })
  })
})

describe('docs/site.schema.json', () => {
  it('is what the schema says (else run: node scripts/site-schema.ts)', () => {
    const written: unknown = JSON.parse(
      readFileSync(new URL('../../../docs/site.schema.json', import.meta.url), 'utf8'),
    )
    expect(written).toEqual(JSON.parse(JSON.stringify(z.toJSONSchema(siteSchema, { io: 'input' }))))
  })
})

/** A copy of `file` with the member at `path` replaced or added. */
function edit(file: object, path: readonly string[], value: unknown): Record<string, unknown> {
  const [key, ...rest] = path
  const record = file as Record<string, unknown>
  if (key === undefined) throw new Error('an empty path')
  return { ...record, [key]: rest.length === 0 ? value : edit(record[key] as object, rest, value) }
}
