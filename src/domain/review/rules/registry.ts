import { OPERATION_STATUSES, OPERATOR_STATUSES, TRADES } from '../../codes.ts'
import { formatChinese } from '../../local-date.ts'
import { fail, pass, type Rule } from '../finding.ts'

/** Rules the 运政 registry answers by itself. */
export const REGISTRY_RULES: readonly Rule[] = [
  {
    id: 'R01',
    title: '道路运输证有效',
    sourceSystem: 'TRANSPORT',
    check({ certificate, today }) {
      if (certificate === null) return fail('未查到该车辆的道路运输证')
      if (certificate.status === 'INVALID') return fail(`道路运输证${certificate.displayNo}的状态为无效`)
      if (certificate.validUntil < today)
        return fail(`道路运输证有效期至${formatChinese(certificate.validUntil)}，已过期`)
      return pass(`道路运输证有效，有效期至${formatChinese(certificate.validUntil)}`)
    },
  },
  {
    id: 'R02',
    title: '车辆营运状态',
    sourceSystem: 'TRANSPORT',
    check({ vehicle }) {
      const state = OPERATION_STATUSES[vehicle.operationStatus]
      if (vehicle.operationStatus === '10') return pass('车辆营运状态为营运')
      return fail(`车辆营运状态为${state}，请到窗口办理恢复营运后再审验`)
    },
  },
  {
    id: 'R03',
    title: '经营许可证与经营范围',
    sourceSystem: 'TRANSPORT',
    check({ operator, vehicle, today }) {
      if (operator.status !== '1') return fail(`经营业户状态为${OPERATOR_STATUSES[operator.status]}`)
      if (operator.permitValidUntil === null) return fail('未查到经营业户的道路运输经营许可证')
      if (operator.permitValidUntil < today) {
        return fail(`道路运输经营许可证有效期至${formatChinese(operator.permitValidUntil)}，已过期`)
      }
      const covered = operator.scopes.some((scope) => scope === vehicle.tradeCode || isWider(scope, vehicle.tradeCode))
      if (!covered) return fail(`许可的经营范围不包含${TRADES[vehicle.tradeCode]}`)
      return pass(`经营许可证有效，经营范围包含${TRADES[vehicle.tradeCode]}`)
    },
  },
  {
    id: 'R12',
    title: '客车类型等级评定',
    sourceSystem: 'TRANSPORT',
    check({ coachGradeValidUntil, today }) {
      if (coachGradeValidUntil === null) return fail('未查到客车类型等级评定记录')
      if (coachGradeValidUntil < today)
        return fail(`客车类型等级评定有效期至${formatChinese(coachGradeValidUntil)}，已过期`)
      return pass(`客车类型等级评定有效期至${formatChinese(coachGradeValidUntil)}`)
    },
  },
]

/** 020 covers 021, 022 and 023. */
function isWider(scope: string, trade: string): boolean {
  return scope.endsWith('0') && trade.startsWith(scope.slice(0, 2))
}
