import { randomUUID } from 'node:crypto'
import { addDays, addMonths, dateInShanghai } from '../../../domain/local-date.ts'
import type { EndorsedFacts, ReviewFacts, Sourced } from '../../../domain/review/facts.ts'
import type { OpenCase } from '../sources/shared-records.ts'
import { reviewLocksOf, type RegistryLock } from '../store/locks.ts'
import type { RegisteredVehicle } from '../store/registry.ts'
import { now, today, type Centre } from './centre.ts'

/** The facts of a check, and the locks in the words S06 needs. */
export interface GatheredFacts {
  readonly facts: ReviewFacts
  readonly locks: readonly RegistryLock[]
  readonly openCases: Sourced<readonly OpenCase[]>
}

/** Asks all sources at once; none can hold the answer longer than its own deadline. Nothing is cached (domain 9). */
export async function gatherFacts(centre: Centre, vehicle: RegisteredVehicle): Promise<GatheredFacts> {
  const { sources, records } = centre
  const { key } = vehicle.facts
  const [inspection, police, gnss, maintenance, insurance, openCases, tank, credit] = await Promise.all([
    sources.ask('STATION', () => records.inspection(key)),
    sources.ask('POLICE', () => records.police(key)),
    sources.ask('GNSS', () => records.gnss(key)),
    sources.ask('MAINTENANCE', () => records.maintenance(key)),
    sources.ask('INSURANCE', () => records.insurance(key)),
    sources.ask('ENFORCEMENT', () => records.openCases(key, vehicle.operatorId)),
    sources.ask('SHARED', () => records.tank(key)),
    sources.ask('CREDIT', () => records.credit(vehicle.operatorId, creditQueryId())),
  ])
  const locks = reviewLocksOf(centre.database, key, vehicle.operatorId)
  const facts: ReviewFacts = {
    today: today(centre),
    checkedAt: now(centre),
    vehicle: vehicle.facts,
    certificate: vehicle.certificate,
    operator: vehicle.operator,
    coachGradeValidUntil: vehicle.coachGradeValidUntil,
    endorsedThisCycle: endorsedThisCycle(centre, vehicle),
    locks,
    ...{ inspection, police, gnss, maintenance, insurance, openCases, tank, credit },
  }
  return { facts, locks, openCases }
}

/**
 * The endorsement that settled the present cycle. It counts until the next one opens: `windowDays` before the new date,
 * and never sooner than `windowDays` before a year has passed, so that a date cut short by the certificate's end does not
 * invite a second endorsement at once.
 */
export function endorsedThisCycle(centre: Centre, vehicle: RegisteredVehicle): EndorsedFacts | null {
  const last = centre.endorsements.lastConfirmed(vehicle.facts.key, now(centre))
  if (last === null || last.confirmedAt === null) return null
  const { validUntil, kioskName, endorsementNo } = last.claims
  if (vehicle.certificate?.reviewValidUntil !== validUntil) return null
  const { windowDays } = centre.settings.province
  const day = today(centre)
  const yearLater = addMonths(dateInShanghai(last.confirmedAt), 12)
  const closed = day < addDays(validUntil, -windowDays) || day < addDays(yearLater, -windowDays)
  return closed ? { endorsementNo, kioskName, at: last.confirmedAt, validUntil } : null
}

function creditQueryId(): string {
  return `XY${randomUUID().replaceAll('-', '').slice(0, 12).toUpperCase()}`
}
