import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  generateKeyPair,
  SIGNATURE_ALGORITHMS,
  type KeyPair,
  type SignatureAlgorithm,
} from '../../central/contract/key.ts'
import { expectOk } from '../../lib/result.ts'
import { describeSiteError, loadSite } from './load-site.ts'
import {
  carryLocalChanges,
  parseSigners,
  signLocalChange,
  signSite,
  verifySite,
  type SiteTrust,
} from './site-signature.ts'
import { changedPaths, mayTechnicianChange } from './technician-scope.ts'

const AT = 1_795_400_000_000
const SITE = {
  mode: 'production',
  site: {
    stationCode: 'SZ-001',
    stationName: '深圳检测站',
    stationKind: 'INSPECTION_STATION',
    areaCode: '440300',
    helpPhone: '0755-12345',
  },
  kiosk: { kioskId: '440300-0001', name: '1号机' },
  province: 'guangdong',
  centre: { url: 'https://centre.example.cn' },
  devices: { scanner: { driver: 'keyence', transport: { kind: 'serial', path: '/dev/ttyS0' } } },
}
const delivered = `${JSON.stringify(SITE, null, 2)}\n`
const textOf = (change: object): string => `${JSON.stringify({ ...SITE, ...change }, null, 2)}\n`
const rewired = textOf({ devices: {} })

const device = generateKeyPair('ed25519')
function stage(algorithm: SignatureAlgorithm): { signer: KeyPair; trust: SiteTrust; signature: string } {
  const signer = generateKeyPair(algorithm)
  const trust = { signers: new Map([[signer.keyId, signer.publicKey]]), device: [device.publicKey] }
  return { signer, trust, signature: signSite(delivered, signer, '广东省交通运输厅', AT) }
}

describe.each(SIGNATURE_ALGORITHMS)('a site file signed with %s', (algorithm) => {
  const { signer, trust, signature } = stage(algorithm)

  it('is taken as it was delivered, and says who signed it', () => {
    expect(verifySite(delivered, signature, trust)).toEqual({
      ok: true,
      value: { by: '广东省交通运输厅', at: AT, local: false },
    })
  })

  it('is refused without signature, altered by one letter, and with somebody else’s signature', () => {
    const code = (text: string, by: string | null, whom: SiteTrust = trust) => verifySite(text, by, whom)
    expect(code(delivered, null)).toEqual({ ok: false, error: { code: 'NOT_SIGNED' } })
    expect(code(delivered.replace('centre.example', 'centra.example'), signature)).toMatchObject({
      error: { code: 'ALTERED' },
    })
    expect(code(delivered, '{}')).toMatchObject({ error: { code: 'SIGNATURE_DAMAGED' } })
    const stranger = signSite(delivered, generateKeyPair(algorithm), '广东省交通运输厅', AT)
    expect(code(delivered, stranger)).toMatchObject({ error: { code: 'SIGNER_UNKNOWN' } })
  })

  it('takes a technician’s change of the devices, signed by this kiosk, and names the member of staff', () => {
    const texts = { former: delivered, next: rewired, signature }
    const changed = expectOk(signLocalChange(texts, device, 'T001', AT + 1), 'signed')
    expect(verifySite(rewired, changed, trust)).toEqual({ ok: true, value: { by: 'T001', at: AT + 1, local: true } })
    // What it was before is still vouched for: a roll-back needs it.
    expect(verifySite(delivered, changed, trust)).toMatchObject({ ok: true, value: { local: false } })
    const again = expectOk(
      signLocalChange({ former: rewired, next: textOf({ session: {} }), signature: changed }, device, 'T002', AT + 2),
      'signed',
    )
    for (const text of [delivered, rewired, textOf({ session: {} })])
      expect(verifySite(text, again, trust).ok).toBe(true)
    expect(verifySite(textOf({ session: { idleWarningMs: 1 } }), again, trust).ok).toBe(false)
  })

  it('takes no change of what is the signer’s: not by the console, and not by who has stolen the kiosk’s key', () => {
    const next = textOf({ centre: { url: 'https://evil.example' }, devices: {} })
    const refused = { ok: false, error: { code: 'NOT_THE_TECHNICIANS', paths: ['centre.url'] } }
    expect(signLocalChange({ former: delivered, next, signature }, device, 'T001', AT)).toEqual(refused)
    // The thief says that the file was delivered as it is now; the signer's signature does not.
    const asDelivered = { former: next, next, signature }
    const forged = expectOk(signLocalChange(asDelivered, device, 'T001', AT), 'signed by the thief')
    expect(verifySite(next, forged, trust)).toMatchObject({ error: { code: 'ALTERED' } })
    // Or puts a genuine local signature of the hostile text beside the genuine delivery.
    const honest = JSON.parse(signature) as object
    const { local } = JSON.parse(forged) as { local: string[] }
    const mixed = JSON.stringify({ ...honest, delivered, local })
    expect(verifySite(next, mixed, trust)).toEqual(refused)
  })

  it('takes no local change of another kiosk, and the signer’s word under no other name', () => {
    const changed = expectOk(
      signLocalChange({ former: delivered, next: rewired, signature }, generateKeyPair('ed25519'), 'T001', AT),
      'signed',
    )
    expect(verifySite(rewired, changed, trust)).toMatchObject({ error: { code: 'ALTERED' } })
    const swapped = JSON.parse(signature) as Record<string, unknown>
    const asLocal = JSON.stringify({ ...swapped, delivered, local: [swapped['signature']] })
    const own = { ...trust, device: [signer.publicKey] }
    expect(verifySite(rewired, asLocal, own)).toMatchObject({ error: { code: 'ALTERED' } })
  })

  it('is carried over a rotation of the device key', () => {
    const next = generateKeyPair(algorithm)
    const changed = expectOk(
      signLocalChange({ former: delivered, next: rewired, signature }, device, 'T001', AT),
      'signed',
    )
    // An SM2 key would state an SM3 digest: the statement of the former key is kept as it is, and still holds.
    const carried = carryLocalChanges(changed, device.publicKey, next)
    expect(carried).not.toBeNull()
    for (const key of [device, next])
      expect(verifySite(rewired, carried, { ...trust, device: [key.publicKey] })).toMatchObject({
        ok: true,
        value: { by: 'T001' },
      })
    expect(carryLocalChanges(signature, device.publicKey, next)).toBeNull()
  })
})

describe('what a technician may change', () => {
  it.each([
    ['devices.scanner.transport.path', true],
    ['devices.certificate-printer.calibration.dxMm', true],
    ['session.idleWarningMs', true],
    ['time.ntpServer', true],
    ['site.helpPhone', true],
    ['devicesX', false],
    ['centre.url', false],
    ['centre.caFile', false],
    ['province', false],
    ['mode', false],
    ['policy.maxOfflineMs', false],
    ['technician.staff', false],
    ['face.portraitDecoder.command', false],
    ['face.threshold', false],
    ['kiosk.name', false],
    ['site', false],
    ['', false],
  ])('%s: %s', (path, may) => {
    expect(mayTechnicianChange(path)).toBe(may)
  })

  it('sees every difference between two documents, and none between equal ones', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const [a, b] = [one, other].map((value) => JSON.parse(JSON.stringify(value)) as unknown)
        expect(changedPaths(a, structuredClone(a))).toEqual([])
        expect(changedPaths(a, b).length === 0).toBe(canonical(a) === canonical(b))
      }),
    )
    expect(changedPaths({ a: { b: 1, c: [1] }, d: {} }, { a: { b: 2, c: [1, 2] } })).toEqual(['a.b', 'a.c', 'd'])
  })
})

describe('a kiosk whose owner has named signers', () => {
  let folder: string
  let file: string
  const { signer, signature } = stage('ed25519')
  const environment = (): Record<string, string> => ({ KIOSK_SITE_SIGNERS: join(folder, 'site-signers.json') })
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'site-'))
    file = join(folder, 'site.json')
    const signers = { signers: [{ name: '广东省交通运输厅', key: signer.publicKey }] }
    writeFileSync(join(folder, 'site-signers.json'), JSON.stringify(signers))
    writeFileSync(file, delivered)
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })
  const words = async (env: Record<string, string>): Promise<string> => {
    const loaded = await loadSite(file, env)
    return loaded.ok ? 'taken' : describeSiteError(loaded.error)
  }

  it('takes the signed file, and says in words why it takes no other', async () => {
    const site = JSON.parse(delivered) as Record<string, unknown>
    const usable = `${JSON.stringify({ ...site, devices: {} })}\n`
    writeFileSync(file, usable)
    expect(await words({})).toBe('taken')
    expect(await words(environment())).toContain('is not signed')
    writeFileSync(`${file}.sig`, signSite(usable, signer, '广东省交通运输厅', AT))
    expect(await words(environment())).toBe('taken')
    // Not even by calling itself a demo.
    writeFileSync(file, usable.replace('"production"', '"demo"'))
    expect(await words(environment())).toContain('was altered after it was signed')
  })

  it('takes none when the signers’ file is missing or none', async () => {
    writeFileSync(`${file}.sig`, signature)
    expect(await words({ KIOSK_SITE_SIGNERS: join(folder, 'nowhere.json') })).toContain('cannot be used: ENOENT')
    writeFileSync(join(folder, 'site-signers.json'), '{"signers":[]}')
    expect(await words(environment())).toContain('cannot be used: signers')
    expect(parseSigners('{')).toEqual({ ok: false, error: expect.any(String) })
  })

  it('npm run site: keygen, sign and verify', async () => {
    const run = async (...args: readonly string[]): Promise<{ code: number; out: string }> => {
      const script = join(import.meta.dirname, '../../../scripts/site-sign.ts')
      return promisify(execFile)(process.execPath, [script, ...args]).then(
        ({ stdout }) => ({ code: 0, out: stdout }),
        (error: unknown) => {
          const { code, stderr } = error as { code: number; stderr: string }
          return { code, out: stderr }
        },
      )
    }
    const [key, signers] = [join(folder, 'signer.pem'), join(folder, 'site-signers.json')]
    const made = await run('keygen', '--algorithm', 'sm2-sm3', '--out', key, '--name', '深圳市交通运输局')
    writeFileSync(signers, made.out)
    expect((await run('verify', file, '--signers', signers)).out).toContain('is not signed')
    expect((await run('sign', file, '--key', key, '--name', '深圳市交通运输局')).code).toBe(0)
    expect(await run('verify', file, '--signers', signers)).toMatchObject({
      code: 0,
      out: expect.stringContaining('深圳市交通运输局'),
    })
    writeFileSync(file, readFileSync(file, 'utf8').replace('1号机', '2号机'))
    expect((await run('verify', file, '--signers', signers)).code).toBe(1)
    expect((await run('keygen', '--out', key, '--name', 'x')).code).not.toBe(0)
  })
})

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : JSON.stringify(value)
  return `{${Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`)
    .join()}}`
}
