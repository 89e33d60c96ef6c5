import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { simulatorOnPty } from '../../tests/support/pty.ts'
import { SamSimulator } from '../drivers/id-card/simulator.ts'
import { systemClock } from '../lib/clock.ts'
import { bindRole } from './bind-role.ts'

const SITE = {
  mode: 'demo',
  site: {
    ...{ stationCode: 'S1', stationName: '样例站', stationKind: 'INSPECTION_STATION' },
    ...{ areaCode: '990001', helpPhone: '12328' },
  },
  kiosk: { kioskId: 'demo-kiosk-1', name: '1号机' },
  province: 'guangdong',
  centre: { url: 'http://127.0.0.1:9' },
  devices: {
    scanner: { driver: 'serial', transport: { kind: 'serial', path: '/dev/ttyS1' } },
    'certificate-printer': {
      ...{ driver: 'escp2', transport: { kind: 'serial', path: '/dev/ttyS2' } },
      calibration: { dxMm: 1 },
    },
  },
}
const TEXT = JSON.stringify(SITE)

describe('binding a role to a port', () => {
  it('writes the USB identity and keeps everything else of the file and of the device', () => {
    const port = 'serial:usb:10C4:EA60@9600?serial=S1'
    const bound = bindRole(TEXT, '/etc/kiosk/site.json', { role: 'certificate-printer', port })
    const transport = {
      ...{ kind: 'serial', baud: 9600 },
      usb: { vendorId: '10C4', productId: 'EA60', serialNumber: 'S1' },
    }
    expect(bound).toMatchObject({ ok: true, value: { before: SITE.devices['certificate-printer'] } })
    const certificate = { driver: 'escp2', transport, calibration: { dxMm: 1 } }
    expect(bound.ok && JSON.parse(bound.value.text)).toEqual({
      ...SITE,
      devices: { ...SITE.devices, 'certificate-printer': certificate },
    })
  })

  it('leaves the name of a reader behind pcscd out when the role moves to a line', () => {
    const devices = { 'id-card': { driver: 'pcsc', reader: 'ACME', optional: true } }
    const binding = { role: 'id-card', port: '/dev/ttyS0', driver: 'sam-v' }
    const bound = bindRole(JSON.stringify({ ...SITE, devices }), '/etc/kiosk/site.json', binding)
    expect(bound).toMatchObject({ ok: true })
    expect(bound.ok && bound.value.after).toEqual({
      ...{ driver: 'sam-v', optional: true, transport: { kind: 'serial', path: '/dev/ttyS0', baud: 115_200 } },
    })
  })

  it.each([
    [
      'a port that another role uses',
      { role: 'certificate-printer', port: '/dev/ttyS1' },
      /which scanner uses already/,
    ],
    ['a driver that is none', { role: 'scanner', port: '/dev/ttyS9', driver: 'magic' }, /driver must be one of/],
    ['a new device without a driver', { role: 'id-card', port: '/dev/ttyS9' }, /devices.id-card.driver is missing/],
    ['a role that has no port', { role: 'camera', port: '/dev/ttyS9' }, /not a role that is reached by a port/],
    ['an address that is none', { role: 'scanner', port: 'serial:usb:12' }, /VVVV:PPPP/],
  ])('refuses %s', (_, binding, reason) => {
    const bound = bindRole(TEXT, '/etc/kiosk/site.json', binding)
    expect(bound.ok ? '' : bound.error.message).toMatch(reason)
  })
})

describe('npm run device -- …', () => {
  const run = async (...args: readonly string[]) => {
    const child = spawn(process.execPath, ['src/kiosk/technician-cli.ts', ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let text = ''
    child.stdout.on('data', (bytes: Buffer) => (text += bytes.toString()))
    const code = await new Promise((resolve) => child.on('close', resolve))
    expect(text.split('\n')).toHaveLength(2)
    const answer = JSON.parse(text) as { ok: boolean; error?: { code: string } } & Record<string, unknown>
    expect(code).toBe(answer.ok ? 0 : 1)
    return answer
  }
  const siteFile = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'bind-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const file = join(folder, 'site.json')
    writeFileSync(file, TEXT)
    return file
  }

  it('bind changes the file, --dry-run and a refusal leave it as it was', async () => {
    const file = siteFile()
    const reader = ['--site', file, '--role', 'id-card', '--driver', 'sam-v', '--port']
    expect(await run('bind', ...reader, '/dev/ttyS5', '--dry-run')).toMatchObject({ ok: true, written: false })
    expect(await run('bind', ...reader, '/dev/ttyS1')).toMatchObject({ error: { code: 'SITE_INVALID' } })
    expect(readFileSync(file, 'utf8')).toBe(TEXT)
    expect(await run('bind', ...reader, '/dev/ttyS5')).toMatchObject({ ok: true, before: null })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveProperty('devices.id-card.transport.path', '/dev/ttyS5')
  })

  it('detect asks a port by its path, and leaves a port of the site alone', async () => {
    const port = (await simulatorOnPty(new SamSimulator(systemClock).serve)).address
    const free = await run('detect', '--port', port)
    const found = (free['found'] as { address: string; guess: unknown; boundTo: unknown }[]).at(-1)
    expect(found).toMatchObject({ address: port, guess: { role: 'id-card', certainty: 'CERTAIN' } })
    const file = siteFile()
    const order = ['--site', file, '--role', 'id-card', '--driver', 'sam-v', '--port', port]
    expect(await run('bind', ...order)).toMatchObject({ ok: true })
    const bound = await run('detect', '--site', file, '--port', port)
    expect((bound['found'] as { boundTo: unknown }[]).at(-1)).toMatchObject({ boundTo: 'id-card', guess: null })
  }, 30_000)

  it('test runs the self-tests of a device, and passes every verb of a device on', async () => {
    const port = (await simulatorOnPty(new SamSimulator(systemClock).serve)).address
    expect(await run('test', 'id-card', '--port', port, '--test', 'module-answers')).toMatchObject({
      ok: true,
      tests: [{ id: 'module-answers', passed: true }],
    })
    const silent = await run('test', 'id-card', '--port', '/dev/ttyNOBODY', '--test', 'module-answers')
    expect(silent).toMatchObject({ error: { code: 'SELF_TEST_FAILED' }, tests: [{ passed: false }] })
    expect(await run('id-card', 'status', '--port', port)).toMatchObject({ ok: true })
    expect(await run('test', 'toaster')).toMatchObject({ error: { code: 'USAGE' } })
  }, 30_000)
})
