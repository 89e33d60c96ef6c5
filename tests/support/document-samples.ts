import type { DocumentDataOf } from '../../src/kiosk/documents/kinds.ts'

/** Documents as a day brings them; every name and number is synthetic. */
export const notPassedSample: DocumentDataOf<'p03-review-not-passed'> = {
  stationName: '杭州市道路运输服务中心（演示）',
  kioskId: 'K-330100-001',
  specimen: '样张',
  printedAt: '2026年11月23日 18:30:00',
  plateNo: '浙A00000',
  plateColor: '黄色',
  certificateNo: '3301000****1',
  checkedAt: '2026年11月23日 18:29:41',
  validUntil: '2026年11月30日',
  items: [
    {
      name: '车辆检验检测合格',
      evidence: '检验报告有效期至 2026年11月22日，已过期；<b>检测站</b>：示例检测站 & "一站"',
      source: '检验检测机构',
      remedy: '请先到检验检测机构办理检验，报告上传后再来任意一台终端办理',
    },
    {
      name: '卫星定位接入',
      evidence: '近 30 日无定位数据',
      source: '联网联控平台',
      remedy: '请联系平台服务商恢复数据上传',
    },
    {
      name: '违章未处理',
      evidence: '1 件未结案，决定书 9900010001',
      source: '执法系统',
      remedy: '缴款结案后 60 秒内自动解锁',
    },
  ],
  contactName: '道路运输服务窗口',
  contactPhone: '0571-00000000',
  queryUrl: 'https://query.example.invalid/v/3301000000001?code=ABCD1234',
  queryCode: 'ABCD 1234',
  hotline: '12328',
}

export const readinessSample: DocumentDataOf<'readiness-report'> = {
  stationName: '杭州市道路运输服务中心（演示）',
  kioskId: 'K-330100-001',
  kioskName: '1 号机',
  reportNo: 'R20261123-0001',
  softwareVersion: '0.1.0',
  specimen: '',
  printedAt: '2026年11月23日 18:30:00',
  checkedAt: '2026年11月23日 18:29:41',
  comparedWith: '2026年10月12日 09:12:00',
  verdict: '可以使用，有 1 项需要关注',
  staff: '示例员（工号 T0007）',
  items: Array.from({ length: 42 }, (_, index) => ({
    name: `检查项目 ${index + 1}`,
    state: index === 6 ? '需要关注' : '正常',
    detail: index === 6 ? '碳粉剩余 8%，请准备更换' : '测试页清晰，用时 1.2 秒',
    before: '正常',
  })),
}
