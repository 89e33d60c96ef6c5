import type { ProvinceProfile } from '../province.ts'
import type { ReviewFacts, Sourced } from './facts.ts'
import type { ItemResult, RuleAction, RuleId } from './vocabulary.ts'
import { SOURCE_SYSTEMS, type SourceSystem } from '../codes.ts'

/** What one rule found, before the province's matrix says what follows from it. */
export interface Finding {
  readonly result: Exclude<ItemResult, 'NOT_APPLICABLE'>
  /** One Chinese sentence a citizen can understand. */
  readonly evidence: string
  /** Milliseconds since the epoch of the answer this rests on; the registry's when absent. */
  readonly checkedAt?: number
  /** For findings that lead elsewhere than the matrix says for a plain failure. */
  readonly action?: RuleAction
}

export interface Rule {
  readonly id: RuleId
  readonly title: string
  readonly sourceSystem: SourceSystem
  readonly check: (facts: ReviewFacts, profile: ProvinceProfile) => Finding
}

export const pass = (evidence: string): Finding => ({ result: 'PASS', evidence })
export const fail = (evidence: string): Finding => ({ result: 'FAIL', evidence })
/** A doubt only a person may settle. */
export const manual = (evidence: string): Finding => ({ result: 'MANUAL', evidence, action: 'MANUAL' })

/** Applies `judge` to a source's answer; a source that gave none is neither passed nor failed. */
export function fromSource<T>(system: SourceSystem, sourced: Sourced<T>, judge: (value: T) => Finding): Finding {
  const { checkedAt } = sourced
  if (sourced.state === 'DOWN') {
    return { result: 'UNAVAILABLE', evidence: `暂时无法连接${SOURCE_SYSTEMS[system]}，未能核验此项`, checkedAt }
  }
  return { ...judge(sourced.value), checkedAt }
}
