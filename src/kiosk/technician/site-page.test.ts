import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openConsole, type ConsoleChoice, type OpenedConsole } from '../../../tests/support/technician.ts'
import { generateKeyPair } from '../../central/contract/key.ts'
import { signSite, verifySite } from '../site/site-signature.ts'
import { sealChange } from './site-seal.ts'

const AT = 1_795_400_000_000
const signer = generateKeyPair('ed25519')
const signed: ConsoleChoice['deliver'] = (text, sitePath) =>
  writeFileSync(`${sitePath}.sig`, signSite(text, signer, '省厅', AT))

async function settings(choice: ConsoleChoice = {}): Promise<OpenedConsole> {
  const opened = await openConsole(choice)
  opened.console.receive({ type: 'CONSOLE_GO', screen: 'S99' })
  return opened
}
const fieldsOf = ({ view }: OpenedConsole) => view('S99').groups.flatMap(({ fields }) => fields)
const types = ({ console }: OpenedConsole, path: string, value: string): void =>
  console.receive({ type: 'CONSOLE_EDIT', path, value })

describe('the site settings of a signed site', () => {
  it('say of every field whether a technician may change it', async () => {
    const scanner = { driver: 'serial', transport: { kind: 'serial', path: '/dev/ttyS0' } }
    const fields = fieldsOf(await settings({ deliver: signed, devices: { scanner } }))
    const free = fields.filter(({ fixed }) => !fixed).map(({ path }) => path)
    expect(free).toContain('devices.scanner.transport.path')
    expect(free.filter((path) => !/^(devices|session|time)\.|^site\.(address|helpPhone)$/.test(path))).toEqual([])
    const fixed = fields.filter((field) => field.fixed).map(({ path }) => path)
    expect(fixed).toEqual(expect.arrayContaining(['mode', 'province', 'centre.url', 'policy.maxOfflineMs']))
  })

  it('take nothing typed into a fixed field, and what is typed into a free one', async () => {
    const opened = await settings({ deliver: signed })
    types(opened, 'centre.url', 'https://elsewhere.example')
    expect(opened.view('S99').changes).toEqual([])
    types(opened, 'session.idleWarningMs', '50000')
    expect(opened.view('S99').changes).toEqual([{ path: 'session.idleWarningMs', from: '', to: '50000' }])
  })

  it("are applied under the kiosk's own signature, so that the next start takes them", async () => {
    const opened = await settings({ deliver: signed })
    types(opened, 'session.idleWarningMs', '50000')
    opened.console.receive({ type: 'CONSOLE_DRY_RUN' })
    while (!opened.view('S99').tried) await new Promise((resolve) => setImmediate(resolve))
    opened.console.receive({ type: 'CONSOLE_APPLY' })
    expect(opened.restarts()).toBe(1)
    const trust = { signers: new Map([[signer.keyId, signer.publicKey]]), device: [opened.device.publicKey] }
    const [text, signature] = [opened.sitePath, `${opened.sitePath}.sig`].map((path) => readFileSync(path, 'utf8'))
    expect(text).toContain('50000')
    expect(verifySite(text ?? '', signature ?? '', trust)).toMatchObject({
      ok: true,
      value: { by: 'T001', local: true },
    })
  })

  it('are refused in Chinese, with the names of the fields, when a fixed one is changed in another way', async () => {
    const { sitePath, device } = await settings({ deliver: signed })
    const next = readFileSync(sitePath, 'utf8').replace('guangdong', 'zhejiang')
    expect(sealChange(sitePath, next, device, 'T001', AT)).toEqual({
      ok: false,
      error: '此项由省级签发，不能在现场修改：province。请点“放弃改动”，需要修改请联系签发单位',
    })
    writeFileSync(`${sitePath}.sig`, 'damaged')
    expect(sealChange(sitePath, next, device, 'T001', AT)).toMatchObject({
      error: expect.stringMatching(/^站点文件的签名文件已损坏/) as unknown,
    })
  })
})

describe('the site settings of a site that is not signed', () => {
  it('fix nothing', async () => {
    const opened = await settings()
    expect(fieldsOf(opened).filter(({ fixed }) => fixed)).toEqual([])
    types(opened, 'centre.url', 'https://elsewhere.example')
    expect(opened.view('S99').changes).toMatchObject([{ path: 'centre.url' }])
  })

  it('say below its field in Chinese what is wrong, and what the dry run finds with the name of the field', async () => {
    const scanner = { driver: 'serial', transport: { kind: 'serial', path: '/dev/nowhere-7' } }
    const opened = await settings({ devices: { scanner } })
    types(opened, 'site.areaCode', '44')
    const problem = fieldsOf(opened).find(({ path }) => path === 'site.areaCode')?.problem
    expect([problem, opened.view('S99').problems]).toEqual(['写法不对，应为六位数字，照 GB/T 2260', []])
    types(opened, 'site.areaCode', '440301')
    opened.console.receive({ type: 'CONSOLE_DRY_RUN' })
    while (opened.view('S99').stage === 'EDIT') await new Promise((resolve) => setImmediate(resolve))
    expect(opened.view('S99')).toMatchObject({
      tried: false,
      problems: [
        '扫码器 串口或打印口的路径（devices.scanner.transport.path）：现在没有 /dev/nowhere-7，请插好设备，或改填实际的口',
      ],
    })
  })
})
