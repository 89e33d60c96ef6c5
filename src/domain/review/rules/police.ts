import { formatChinese } from '../../local-date.ts'
import { fail, fromSource, manual, pass, type Rule } from '../finding.ts'

/** Rules the traffic police's register answers (行驶证, 报废). */
export const POLICE_RULES: readonly Rule[] = [
  {
    id: 'R07',
    title: '行驶证与车辆信息一致',
    sourceSystem: 'POLICE',
    check: (facts) =>
      fromSource('POLICE', facts.police, (record) => {
        if (record === null) return fail('公安交管系统未查到该车辆')
        if (record.inspectionValidUntil < facts.today) {
          return fail(`行驶证检验有效期至${formatChinese(record.inspectionValidUntil)}，已过期`)
        }
        if (record.vin !== facts.vehicle.vin) return fail('车辆识别代号与行驶证登记不一致')
        if (record.ownerName !== facts.operator.name) return manual('行驶证所有人与经营业户不一致，需人工复核')
        return pass(`行驶证检验有效期至${formatChinese(record.inspectionValidUntil)}，车辆信息一致`)
      }),
  },
  {
    id: 'R15',
    title: '未达到强制报废期',
    sourceSystem: 'POLICE',
    check: (facts) =>
      fromSource('POLICE', facts.police, (record) => {
        if (record === null) return fail('公安交管系统未查到该车辆')
        if (record.scrapped) return fail('该车辆已登记报废')
        if (record.scrapOn === null) return pass('该车辆无强制报废期限')
        if (record.scrapOn < facts.today) return fail(`该车辆已于${formatChinese(record.scrapOn)}达到强制报废期`)
        return pass(`强制报废期至${formatChinese(record.scrapOn)}`)
      }),
  },
]
