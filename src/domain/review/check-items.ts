import type { SourceSystem } from '../codes.ts'
import type { ProvinceProfile } from '../province.ts'
import { vehicleClassOf, type ReviewFacts, type VehicleFacts } from './facts.ts'
import type { Rule } from './finding.ts'
import { CONDUCT_RULES } from './rules/conduct.ts'
import { CYCLE_RULES } from './rules/cycle.ts'
import { INSPECTION_RULES } from './rules/inspection.ts'
import { OPERATION_RULES } from './rules/operation.ts'
import { POLICE_RULES } from './rules/police.ts'
import { REGISTRY_RULES } from './rules/registry.ts'
import { VEHICLE_CLASSES, type ItemResult, type RuleAction, type RuleId } from './vocabulary.ts'

/** One line of S05. */
export interface CheckedItem {
  readonly ruleId: RuleId
  readonly title: string
  readonly result: ItemResult
  readonly action: RuleAction
  readonly evidence: string
  readonly sourceSystem: SourceSystem
  /** Milliseconds since the epoch. */
  readonly checkedAt: number
}

const RULES: readonly Rule[] = [
  ...REGISTRY_RULES,
  ...INSPECTION_RULES,
  ...POLICE_RULES,
  ...OPERATION_RULES,
  ...CONDUCT_RULES,
  ...CYCLE_RULES,
].sort((a, b) => a.id.localeCompare(b.id))

/** Asks every rule, in order, as the province's matrix says for the vehicle's class. */
export function checkItems(facts: ReviewFacts, profile: ProvinceProfile): CheckedItem[] {
  return RULES.map((rule) => checkItem(rule, facts, profile))
}

function checkItem(rule: Rule, facts: ReviewFacts, profile: ProvinceProfile): CheckedItem {
  const { id: ruleId, title, sourceSystem } = rule
  const { action } = profile.rules[ruleId]
  const base = { ruleId, title, sourceSystem, action, checkedAt: facts.checkedAt }
  if (!applies(ruleId, facts.vehicle, profile)) {
    return {
      ...base,
      result: 'NOT_APPLICABLE',
      evidence: `${VEHICLE_CLASSES[vehicleClassOf(facts.vehicle)]}不适用此项`,
    }
  }
  const finding = rule.check(facts, profile)
  // A failure that the province only wants looked at is a matter for a person.
  const result = finding.result === 'FAIL' && action === 'MANUAL' ? 'MANUAL' : finding.result
  return {
    ...base,
    ...finding,
    result,
    action: finding.action ?? action,
    checkedAt: finding.checkedAt ?? facts.checkedAt,
  }
}

function applies(ruleId: RuleId, vehicle: VehicleFacts, profile: ProvinceProfile): boolean {
  switch (profile.rules[ruleId].applies[vehicleClassOf(vehicle)]) {
    case 'ALWAYS':
      return true
    case 'NEVER':
      return false
    case 'HEAVY_ONLY':
      return vehicle.vehicleTypeCode === '36' || vehicle.totalMassKg >= profile.heavyFromKg
    case 'TANK_ONLY':
      return vehicle.hasTank
  }
}
