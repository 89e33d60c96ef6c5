import { describe, expect, it } from 'vitest'
import { expectOk } from '../../lib/result.ts'
import { SITE_COMPLAINTS } from '../site/complaint.ts'
import { SiteDraft } from './site-draft.ts'
import { complaintWords, namedProblem } from './site-problem.ts'
import { formatWords } from './words.ts'

const FILE = {
  site: { stationCode: 'S1', stationName: 'x', stationKind: 'BUS_TERMINAL', areaCode: '440300', helpPhone: '12328' },
  kiosk: { kioskId: 'KIOSK-0001', name: 'x' },
  province: 'guangdong',
  centre: { url: 'https://centre.example.cn' },
}
const draft = (devices: object = {}, face: object = {}): SiteDraft =>
  expectOk(SiteDraft.of('/etc/site.json', JSON.stringify({ ...FILE, devices, face })), 'a file')

function problemsOf(site: SiteDraft): readonly { readonly path: string; readonly words: string }[] {
  const checked = site.check()
  return checked.ok ? [] : checked.error
}

function afterTyping(path: string, typed: string, site = draft()): readonly object[] {
  expect(site.edit(path, typed), `${path} is on the screen`).toBe(true)
  return problemsOf(site)
}

const serial = { kind: 'serial', path: '/dev/ttyS0' }
const scanner = (transport: object, driver = 'serial') => ({ scanner: { driver, transport } })

describe('a wrong value of the site file, at the console', () => {
  it.each([
    ['session.idleWarningMs', '5', '现在是 5，请改成不小于 10000 的数'],
    ['session.idleWarningMs', '999999999', '现在是 999999999，请改成不大于 300000 的数'],
    ['session.idleWarningMs', '4.5', '要填整数，不带小数点'],
    ['session.idleWarningMs', 'soon', '要填数字，只用数字和小数点'],
    ['site.stationName', '', '没有填，必须填写'],
    ['site.address', '长'.repeat(121), '太长，最多 120 个'],
    ['site.stationKind', 'AIRPORT', '只能填其中之一：INSPECTION_STATION、BUS_TERMINAL'],
    ['site.areaCode', '44', '写法不对，应为六位数字，照 GB/T 2260'],
    ['site.areaCode', '990001', '99 开头的代码只能用于演示，请填所在地的六位代码'],
    ['site.areaCode', '880001', '前两位不是任何省份的代码，请照 GB/T 2260 填写'],
    ['centre.url', 'centre', '写法不对，应为网址，例如 https://centre.example.cn'],
    ['centre.url', 'http://centre.example.cn', '正式运行时必须以 https:// 开头'],
    ['face.enabled', 'maybe', '只能是开或关'],
    ['session.totalLimitMs', '60000', '请填大于“静止多久”与“倒计时多久”之和的数'],
  ])('%s = "%s": %s', (path, typed, words) => {
    expect(afterTyping(path, typed)).toEqual([{ path, words }])
  })

  it('names the device that has the port already', () => {
    const site = draft({ ...scanner(serial), 'receipt-printer': { driver: 'esc-pos', transport: serial } })
    expect(problemsOf(site).map(namedProblem)).toEqual([
      '凭条打印机（devices.receipt-printer.transport）：/dev/ttyS0 已经给了扫码器，请换一个口，或先取消扫码器',
    ])
  })

  it('names field and path where no field stands above it', () => {
    const site = draft(scanner({ ...serial, baud: 5 }))
    expect(problemsOf(site).map(namedProblem)).toEqual([
      '扫码器 波特率（devices.scanner.transport.baud）：现在是 5，请改成不小于 50 的数',
    ])
  })

  it('is told in Chinese whatever is wrong, and how to mend it', () => {
    for (const code of SITE_COMPLAINTS) {
      const params = {
        start: 'https://',
        driver: 'a',
        kind: 'b',
        minimum: '1',
        maximum: '2',
        found: '3',
        allowed: '甲',
        line: 'x',
        role: 'scanner',
        id: 'T001',
      }
      const words = complaintWords({ path: ['site', 'areaCode'], reason: 'not for people', code, params })
      expect(words, code).toMatch(/^[^{}]*\p{Script=Han}[^{}]*$/u)
      expect(words, code).not.toContain('console.')
      expect(words, code).not.toContain('not for people')
    }
  })

  it('says of every field with a pattern how it is written', () => {
    const usb = { vendorId: 'x' }
    const transports = [
      { ...serial, usb },
      ...['tcp', 'hid', 'bulk', 'lp', 'cups', 'keyboard'].map((kind) => ({ kind })),
    ]
    const roles = [
      'id-card',
      'scanner',
      'receipt-printer',
      'certificate-printer',
      'document-printer',
      'ups',
      'io-board',
    ]
    const wrong = roles
      .flatMap((role) => transports.map((transport) => ({ [role]: { transport } })))
      .flatMap((devices) => {
        const fields = draft(devices)
          .fields()
          .filter(({ kind }) => kind === 'text')
        return fields.flatMap(({ path }) => {
          const site = draft(devices)
          site.edit(path.join('.'), '※')
          return problemsOf(site).filter(({ path: at, words }) => at === path.join('.') && /^写法不对/.test(words))
        })
      })
    const paths = new Set(wrong.map(({ path }) => path))
    expect(paths.size).toBeGreaterThan(30)
    expect([...paths].filter((path) => formatWords(path.split('.')) === undefined)).toEqual([])
    expect(wrong.filter(({ words }) => /[{}]|例如$|是$/.test(words))).toEqual([])
  })
})
