import { maskCaseNo } from '../../mask.ts'
import { fail, fromSource, pass, type Rule } from '../finding.ts'

/** Rules about what the vehicle and its operator have done: open cases, locks, credit. */
export const CONDUCT_RULES: readonly Rule[] = [
  {
    id: 'R11',
    title: '无未处理的违法案件',
    sourceSystem: 'ENFORCEMENT',
    check(facts) {
      const [lock] = facts.locks
      // A lock in the registry is known whether the enforcement system answers or not.
      if (lock !== undefined) return fail(`${lock.authority}已锁定该车辆的年度审验业务：${lock.reason}`)
      return fromSource('ENFORCEMENT', facts.openCases, (cases) => {
        const [first] = cases
        if (first === undefined) return pass('没有未结案的违法案件')
        const others = cases.length > 1 ? `等${cases.length}件` : ''
        return fail(`${first.authority}有未结案的案件${maskCaseNo(first.caseNo)}${others}`)
      })
    },
  },
  {
    id: 'R14',
    title: '信用状况',
    sourceSystem: 'CREDIT',
    check: (facts) =>
      fromSource('CREDIT', facts.credit, ({ blackList, queryId }) =>
        blackList === null
          ? pass(`未列入失信联合惩戒名单（查询编号${queryId}）`)
          : fail(`经营业户被${blackList.source}列入失信名单：${blackList.reason}（查询编号${queryId}）`),
      ),
  },
]
