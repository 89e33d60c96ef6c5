import { describe, expect, it } from 'vitest'
import { SimulatedClock } from '../../lib/clock.ts'
import { err, ok } from '../../lib/result.ts'
import type { Documents } from '../documents/documents.ts'
import { DOCUMENTS } from '../documents/kinds.ts'
import { siteSchema } from '../site/schema.ts'
import { printReportSheet } from './report-sheet.ts'
import type { PrintableReport } from './rooms.ts'

const site = siteSchema.parse({
  mode: 'demo',
  site: {
    stationCode: 'ST-1',
    stationName: '样例检测站',
    stationKind: 'INSPECTION_STATION',
    areaCode: '990001',
    helpPhone: '12328',
  },
  kiosk: { kioskId: 'kiosk-1', name: '大厅1号机' },
  province: 'guangdong',
  centre: { url: 'http://127.0.0.1:1' },
})
const report: PrintableReport = {
  ...{ at: 1_795_000_000_000, durationMs: 61_000, verdict: 'WARNINGS', staff: 'T001', items: [] },
  lines: [
    { title: { key: 'console.readiness.disk' }, state: 'PASS', detail: '74984 MB', before: null },
    { title: { key: 'device.name.scanner' }, state: 'WARN', detail: null, before: 'PASS' },
  ],
  comparedWith: null,
}

function sheet(documents: Pick<Documents, 'print'>): ReturnType<typeof printReportSheet> {
  const parts = { documents: documents as Documents, site, kioskId: 'K1', clock: new SimulatedClock(report.at) }
  return printReportSheet(parts, report)
}

describe('the readiness report on A4', () => {
  it('names every item in words, with what it was before, and is what its template asks for', async () => {
    const printed: unknown[] = []
    const outcome = await sheet({
      print: (_kind, data) => {
        printed.push(data)
        return Promise.resolve(ok({ provedBy: 'PRINTER', sheets: 1, tookMs: 1 }))
      },
    })
    expect(outcome.ok).toBe(true)
    const data = DOCUMENTS['readiness-report'].parse(printed[0])
    expect(data).toMatchObject({ verdict: '可以使用，有提示项', specimen: '样张', comparedWith: '', staff: 'T001' })
    expect(data.items).toEqual([
      { name: '磁盘空间', state: '通过', detail: '74984 MB', before: '' },
      { name: '扫码器', state: '提示', detail: '', before: '通过' },
    ])
  })

  it('says so when the sheet did not come out', async () => {
    const print = () => Promise.resolve(err({ code: 'NO_PRINTER' as const }))
    expect(await sheet({ print })).toEqual({ ok: false, error: { code: 'NO_PRINTER' } })
  })
})
