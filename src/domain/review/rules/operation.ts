import { daysBetween, formatChinese } from '../../local-date.ts'
import { vehicleClassOf } from '../facts.ts'
import { fail, fromSource, manual, pass, type Rule } from '../finding.ts'

/** Rules about how the vehicle is run: positioning, maintenance, insurance, tank and equipment. */
export const OPERATION_RULES: readonly Rule[] = [
  {
    id: 'R08',
    title: '卫星定位装置入网在线',
    sourceSystem: 'GNSS',
    check: (facts, profile) =>
      fromSource('GNSS', facts.gnss, (device) => {
        if (device === null) return fail('未查到卫星定位装置安装记录')
        if (!device.networked) return fail('卫星定位装置未接入联网联控系统，请联系服务商入网')
        if (device.lastOnlineOn === null) return fail('卫星定位装置入网后从未上线，请联系服务商检修')
        const days = daysBetween(device.lastOnlineOn, facts.today)
        const last = `最近上线${formatChinese(device.lastOnlineOn)}`
        if (days > profile.gnssOfflineDays) return fail(`卫星定位装置已离线${days}天（${last}），请恢复上线后再办理`)
        return pass(`卫星定位装置已入网，${last}`)
      }),
  },
  {
    id: 'R09',
    title: '二级维护',
    sourceSystem: 'MAINTENANCE',
    check: (facts) =>
      fromSource('MAINTENANCE', facts.maintenance, (record) => {
        if (record === null) return fail('未查到二级维护记录，请按计划维护车辆')
        if (record.validUntil < facts.today)
          return fail(`二级维护有效期至${formatChinese(record.validUntil)}，请及时维护`)
        return pass(`二级维护有效期至${formatChinese(record.validUntil)}`)
      }),
  },
  {
    id: 'R10',
    title: '承运人责任险',
    sourceSystem: 'INSURANCE',
    check: (facts) =>
      fromSource('INSURANCE', facts.insurance, (policy) => {
        if (policy === null) return fail('未查到承运人责任险保单')
        const until = `承运人责任险（${policy.insurer}）有效期至${formatChinese(policy.validUntil)}`
        return policy.validUntil < facts.today ? fail(`${until}，已过期`) : pass(until)
      }),
  },
  {
    id: 'R13',
    title: '罐体检测与应急器材',
    sourceSystem: 'SHARED',
    check: (facts) =>
      fromSource('SHARED', facts.tank, (record) => {
        if (facts.vehicle.hasTank) {
          const until = record?.tankValidUntil ?? null
          if (until === null) return fail('未查到罐体检测报告')
          if (until < facts.today) return fail(`罐体检测有效期至${formatChinese(until)}，已过期`)
        }
        if (vehicleClassOf(facts.vehicle) !== 'DANGEROUS') return pass('罐体检测在有效期内')
        if (record?.equipmentConfirmed !== true) return manual('应急处理器材和安全防护设施尚未确认，需人工复核')
        return pass(facts.vehicle.hasTank ? '罐体检测在有效期内，应急器材已确认' : '应急器材已确认')
      }),
  },
]
