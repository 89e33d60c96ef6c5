import { describe, expect, it } from 'vitest'
import { expectOk } from '../../lib/result.ts'
import { maskedSite, SiteDraft } from './site-draft.ts'

const FILE = {
  mode: 'demo',
  site: { stationCode: 'S1', stationName: 'x', stationKind: 'BUS_TERMINAL', areaCode: '990001', helpPhone: '12328' },
  kiosk: { kioskId: 'KIOSK-0001', name: 'x' },
  province: 'guangdong',
  centre: { url: 'http://127.0.0.1:1', enrolmentCode: 'SECRET-CODE-1' },
  devices: { 'receipt-printer': { driver: 'esc-pos', transport: { kind: 'serial', path: '/dev/ttyS1', baud: 9600 } } },
  technician: { fieldCodes: { secret: 'JBSWY3DPEHPK3PXP' } },
}
const draft = (): SiteDraft => expectOk(SiteDraft.of('/etc/site.json', JSON.stringify(FILE)), 'a file')

describe('the draft of a site file', () => {
  it('shows every field with its standard, and no secret', () => {
    const fields = draft().fields()
    const of = (path: string) => fields.find((field) => field.path.join('.') === path)
    expect(of('session.idleWarningMs')).toMatchObject({ kind: 'number', value: '45000', isDefault: true })
    expect(of('mode')).toMatchObject({
      kind: 'choice',
      value: 'demo',
      choices: ['production', 'demo'],
      isDefault: false,
    })
    expect(of('face.enabled')).toMatchObject({ kind: 'switch', value: 'true' })
    expect(of('devices.receipt-printer.transport.baud')).toMatchObject({ value: '9600' })
    expect(JSON.stringify(fields)).not.toMatch(/SECRET-CODE|JBSWY3DP/)
  })

  it('writes what was typed in the type of its field, and says what is wrong with it', () => {
    const site = draft()
    site.edit('session.idleWarningMs', '5')
    const checked = site.check()
    expect(!checked.ok && checked.error).toEqual([
      { path: 'session.idleWarningMs', words: '现在是 5，请改成不小于 10000 的数' },
    ])
    site.edit('session.idleWarningMs', '')
    expect([site.check().ok, site.changes()]).toEqual([true, []])
  })

  it('refuses a path that is not on the screen', () => {
    const site = draft()
    expect(site.edit('technician.fieldCodes.secret', 'AAAAAAAAAAAAAAAA')).toBe(false)
    expect(site.edit('__proto__.polluted', 'x')).toBe(false)
    expect(site.changes()).toEqual([])
  })

  it('drops the members of the old line when the kind of line changes', () => {
    const site = draft()
    site.edit('devices.receipt-printer.transport.kind', 'tcp')
    site.edit('devices.receipt-printer.transport.host', '10.0.0.5')
    site.edit('devices.receipt-printer.transport.port', '9100')
    expect(site.check().ok).toBe(true)
    expect(JSON.parse(site.text)).toMatchObject({
      devices: { 'receipt-printer': { transport: { kind: 'tcp', port: 9100 } } },
    })
  })

  it('leaves with no secret', () => {
    expect(maskedSite(JSON.stringify(FILE))).not.toMatch(/SECRET-CODE|JBSWY3DP/)
  })
})
