import { expect, test } from 'vitest'
import type { CheckItemView } from '../../../ipc/snapshot.ts'
import { groupItems } from './group-items.ts'

const item = (ruleId: string, result: CheckItemView['result']): CheckItemView => ({
  ...{ ruleId, result, title: ruleId, evidence: '', sourceSystem: '运政系统', checkedAt: 0 },
})

test('what failed comes first, what is open next, and a source that is down is never among the passed', () => {
  const groups = groupItems([
    item('R01', 'PASS'),
    item('R08', 'UNAVAILABLE'),
    item('R04', 'FAIL'),
    item('R06', 'MANUAL'),
    item('R09', 'NOT_APPLICABLE'),
    item('R02', 'PASS'),
  ])
  expect(groups.failed.map(({ ruleId }) => ruleId)).toEqual(['R04'])
  expect(groups.open.map(({ ruleId }) => ruleId)).toEqual(['R08', 'R06'])
  expect(groups.passed.map(({ ruleId }) => ruleId)).toEqual(['R01', 'R02'])
  expect(groups.notApplicable.map(({ ruleId }) => ruleId)).toEqual(['R09'])
})
