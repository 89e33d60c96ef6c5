import { idNumberCheckDigit } from '../../../domain/id-number.ts'

/** The people of the demo. Area code 990001 does not exist, so none of them can be anybody. */
export interface DemoPerson {
  readonly idNo: string
  readonly name: string
  /** A prefix no operator has. */
  readonly phone: string | null
}

function person(digits17: string, name: string, phone: string | null): DemoPerson {
  return { idNo: digits17 + idNumberCheckDigit(digits17), name, phone }
}

export const DEMO_PEOPLE = {
  /** Owner of trucks of every badge: the demo's story is hers. */
  owner: person('99000119880616302', '陈海燕', '10000005678'),
  /** Legal representative of the demo company. */
  representative: person('99000119780101999', '王建国', '10000002345'),
  /** Recorded agent (经办人) of the same company. */
  agent: person('99000120000229456', '李雪', '10000003456'),
  /** A name with a character outside the basic plane's common fonts. */
  rareName: person('99000119851231123', '刘䶮', null),
  /** Known to the centre, but with no vehicle. */
  stranger: person('99000119900307001', '赵一凡', '10000004567'),
} as const satisfies Record<string, DemoPerson>

export type DemoPersonName = keyof typeof DEMO_PEOPLE
