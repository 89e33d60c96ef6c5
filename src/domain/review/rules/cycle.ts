import { addDays, formatChinese } from '../../local-date.ts'
import { daysOverdue, formatLimit, isBeyondLimit } from '../../overdue.ts'
import { fail, pass, type Rule } from '../finding.ts'

/** Rules computed from the dates of the cycle itself. */
export const CYCLE_RULES: readonly Rule[] = [
  {
    id: 'R16',
    title: '逾期未超限',
    sourceSystem: 'COMPUTED',
    check({ certificate, today }, profile) {
      const until = certificate?.reviewValidUntil ?? null
      if (until === null) return pass('没有上一次审验有效期')
      const days = daysOverdue(until, today)
      const limit = formatLimit(profile.overdueLimit)
      if (isBeyondLimit(until, today, profile.overdueLimit)) {
        return fail(`审验有效期至${formatChinese(until)}，已逾期${days}天，超过${limit}，须到窗口办理`)
      }
      return days === 0 ? pass('未逾期') : pass(`已逾期${days}天，未超过${limit}`)
    },
  },
  {
    id: 'R17',
    title: '已到审验期',
    sourceSystem: 'COMPUTED',
    check({ certificate, today }, profile) {
      const until = certificate?.reviewValidUntil ?? null
      if (until === null) return pass('首次审验')
      const from = addDays(until, -profile.windowDays)
      if (today < from) return fail(`审验有效期至${formatChinese(until)}，可于${formatChinese(from)}起办理`)
      return pass(`审验有效期至${formatChinese(until)}，已到审验期`)
    },
  },
  {
    id: 'R18',
    title: '本期尚未签注',
    sourceSystem: 'TRANSPORT',
    check({ endorsedThisCycle }) {
      if (endorsedThisCycle === null) return pass('本期尚未签注')
      return fail(
        `本期已在${endorsedThisCycle.kioskName}签注，审验有效期至${formatChinese(endorsedThisCycle.validUntil)}`,
      )
    },
  },
]
