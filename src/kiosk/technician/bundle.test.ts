import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Decrypter, generateIdentity, identityToRecipient } from 'age-encryption'
import { extract } from 'tar-stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyFileOf, StoreFixture } from '../../../tests/support/store.ts'
import { generateKeyPair } from '../../central/contract/key.ts'
import { expectOk } from '../../lib/result.ts'
import { siteSchema } from '../site/schema.ts'
import { exportBundle } from './bundle.ts'
import { redactForExport } from '../../lib/redact.ts'
import { findUsbDrive, type Mounts } from './usb-drive.ts'

const FILE = {
  mode: 'demo',
  site: { stationCode: 'S1', stationName: 'x', stationKind: 'BUS_TERMINAL', areaCode: '990001', helpPhone: '12328' },
  kiosk: { kioskId: 'KIOSK-0001', name: 'x' },
  province: 'guangdong',
  centre: { url: 'http://127.0.0.1:1', enrolmentCode: 'SECRET-CODE-1' },
  technician: { fieldCodes: { secret: 'JBSWY3DPEHPK3PXP' } },
} as const

let fixture: StoreFixture
let drive: string
let usb: Mounts
beforeEach(() => {
  fixture = new StoreFixture()
  drive = join(fixture.folder, 'usb stick')
  mkdirSync(drive)
  const mounted = drive.replaceAll(' ', '\\040')
  usb = {
    mounts: () => `/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 ${mounted} vfat rw,sync 0 0\n`,
    removable: (disk) => disk === 'sdb',
  }
})
afterEach(() => fixture.dispose())

function sources(logRecipient?: string) {
  const sitePath = join(fixture.folder, 'site.json')
  writeFileSync(sitePath, JSON.stringify(FILE))
  mkdirSync(join(fixture.folder, 'logs'), { recursive: true })
  writeFileSync(
    join(fixture.folder, 'logs', 'kiosk-2026-11-23.log'),
    '{"msg":"card 990001199001010013"}\n{"msg":"ok"}\n{"name":"张三"}\n',
  )
  // What else lies in the data folder: the kiosk's own key, and pages waiting for a printer.
  writeFileSync(join(fixture.folder, 'device.key'), 'SECRET-KEY-OF-THE-KIOSK')
  mkdirSync(join(fixture.folder, 'spool'), { recursive: true })
  writeFileSync(join(fixture.folder, 'spool', 'page.pdf'), '张三 990001199001010013')
  const site = siteSchema.parse({ ...FILE, technician: { ...FILE.technician, logRecipient } })
  return {
    store: fixture.open(),
    site,
    sitePath,
    dataDir: fixture.folder,
    clock: fixture.clock,
    device: generateKeyPair('ed25519'),
  }
}

describe('the log bundle', () => {
  it('is opened by its recipient and holds no secret and no person', async () => {
    const identity = await generateIdentity()
    const written = expectOk(await exportBundle(sources(await identityToRecipient(identity)), usb), 'written')
    const sealed = readFileSync(join(drive, written.file))
    expect([readdirSync(drive), sealed.length]).toEqual([[written.file], written.bytes])
    const decrypter = new Decrypter()
    decrypter.addIdentity(identity)
    const files = new Map<string, string>()
    const tar = extract()
    tar.end(gunzipSync(await decrypter.decrypt(sealed)))
    for await (const entry of tar) {
      const chunks: Buffer[] = []
      for await (const chunk of entry) chunks.push(chunk as Buffer)
      files.set(entry.header.name, Buffer.concat(chunks).toString())
    }
    expect([...files.keys()]).toEqual(['about.json', 'readiness.json', 'site.json', 'logs/kiosk-2026-11-23.log'])
    expect(files.get('logs/kiosk-2026-11-23.log')).toBe(
      '{"msg":"card [personal]"}\n{"msg":"ok"}\n{"name":"[personal]"}\n',
    )
    const everything = [...files.values()].join()
    expect(everything).not.toMatch(/SECRET|JBSWY3DP|张三|99000119900101/)
    const { current } = JSON.parse(readFileSync(keyFileOf(fixture.path), 'utf8')) as { current: string }
    expect(current).toMatch(/^[0-9a-f]{64}$/)
    expect(everything).not.toContain(current)
  })

  it('is not written for nobody, nor to the disk of the kiosk', async () => {
    expect(await exportBundle(sources(), usb)).toEqual({ ok: false, error: 'noRecipient' })
    const recipient = await identityToRecipient(await generateIdentity())
    const none = { ...usb, removable: () => false }
    expect(await exportBundle(sources(recipient), none)).toEqual({ ok: false, error: 'noDrive' })
    expect(findUsbDrive({ ...usb, mounts: () => usb.mounts().replace('rw,sync', 'ro') })).toBeNull()
  })
})

it.each([
  ['phone 13812345678 called', 'phone [personal] called'],
  ['plate 粤B23456 done', 'plate [personal] done'],
  ['"name":"张三"', '"name":"[personal]"'],
  ['endorsement 9900012026000000012 took 120 ms', 'endorsement 9900012026000000012 took 120 ms'],
])('the second net turns %j into %j', (line, masked) => {
  expect(redactForExport(line)).toBe(masked)
})
