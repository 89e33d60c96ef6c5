import { readFileSync } from 'node:fs'
import type { SimulatedClock } from '../../src/lib/clock.ts'
import { assetPath } from '../../src/lib/assets.ts'
import { CertificatePrinterProfile } from '../../src/drivers/certificate-printer/profile.ts'
import { RowTemplate } from '../../src/drivers/certificate-printer/row-template.ts'
import { ReceiptPrinterProfile } from '../../src/drivers/receipt-printer/profile.ts'
import { ReceiptTemplate } from '../../src/drivers/receipt-printer/template.ts'

const shipped = (folder: string, name: string): unknown =>
  JSON.parse(readFileSync(assetPath(folder, `${name}.json`), 'utf8'))

export function receiptProfile(name: string, change: Partial<ReceiptPrinterProfile> = {}): ReceiptPrinterProfile {
  return { ...ReceiptPrinterProfile.parse(shipped('printers', name)), ...change }
}

export function certificateProfile(
  name: string,
  change: Partial<CertificatePrinterProfile> = {},
): CertificatePrinterProfile {
  return { ...CertificatePrinterProfile.parse(shipped('printers', name)), ...change }
}

export function receiptTemplate(name: string): ReceiptTemplate {
  return ReceiptTemplate.parse(shipped('templates', name))
}

export function endorsementRow(): RowTemplate {
  return RowTemplate.parse(shipped('templates', 'endorsement-row'))
}

/** Lets simulated time pass until `work` is done; fails when it is not done within `limitMs` of that time. */
export async function passTime<T>(clock: SimulatedClock, work: Promise<T>, limitMs = 120_000): Promise<T> {
  let done = false
  void work.then(
    () => (done = true),
    () => (done = true),
  )
  for (let passed = 0; !done; passed += 50) {
    if (passed > limitMs) throw new Error(`not done after ${String(limitMs)} ms`)
    await clock.advance(50)
  }
  return work
}

/** Synthetic values for every token of the shipped templates. */
export const SAMPLE_VALUES = {
  specimen: '1',
  stationName: '广州市机动车检测站（白云站）',
  businessName: '道路运输证年度审验签注',
  acceptanceNo: 'SL2026112300018',
  handledAt: '2026年11月23日 10:24',
  checkedAt: '2026年11月23日 10:24',
  plateNo: '粤B12345',
  plateColor: '黄色',
  certificateNo: '粤交运管穗字440100165715号',
  operatorName: '深圳市远途运输有限公司第三分公司',
  reviewResult: '合格',
  techGrade: '一级',
  reviewDate: '2026年11月23日',
  validUntil: '2027年12月31日',
  authorityName: '深圳市交通运输局',
  sealText: '电子印章',
  endorsementNo: 'QZ440300202611230007',
  checkCode: '7F3A-92C1',
  queryUrl: 'https://kiosk.example.cn/q/7F3A92C1',
  queryCode: '7F3A92C1',
  printedAt: '2026-11-23 10:25:07',
  kioskName: '白云站一号机',
  kioskId: 'GZ-BY-003',
  hotline: '020-12328',
  contactName: '深圳市交通运输局业务窗口',
  contactPhone: '0755-12328',
} as const

/** The sample values without one of them. */
export function without(token: keyof typeof SAMPLE_VALUES): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(SAMPLE_VALUES).filter(([name]) => name !== token))
}

export const SAMPLE_ITEMS = [
  {
    name: '检验检测报告',
    evidence: '报告已于2026年11月22日到期，检测机构：广州市某某机动车检测有限公司（白云一站）',
    source: '检验检测系统',
    remedy: '请到检测机构重新检测后再办理',
  },
  { name: '卫星定位', evidence: '最近在线 2026-11-03，离线20天', source: '联网联控平台', remedy: '恢复终端在线' },
] as const
