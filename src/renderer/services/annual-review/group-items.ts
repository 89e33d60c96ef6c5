import type { CheckItemView } from '../../../ipc/snapshot.ts'

type Result = CheckItemView['result']
export type ItemGroup = 'failed' | 'open' | 'passed' | 'notApplicable'

const groupOf: Readonly<Record<Result, ItemGroup>> = {
  FAIL: 'failed',
  MANUAL: 'open',
  UNAVAILABLE: 'open',
  WARN: 'open',
  INFO: 'open',
  PASS: 'passed',
  NOT_APPLICABLE: 'notApplicable',
}

/** Sorts check items for reading: what must be dealt with first, what is in order last; the order within is kept. */
export function groupItems(items: readonly CheckItemView[]): Readonly<Record<ItemGroup, readonly CheckItemView[]>> {
  const groups: Record<ItemGroup, CheckItemView[]> = { failed: [], open: [], passed: [], notApplicable: [] }
  for (const item of items) groups[groupOf[item.result]].push(item)
  return groups
}
