import type { Problem } from '../../contract/problem.ts'
import type { ListedVehicle, PublicVehicle, PublicVehicleQuery, VehicleList } from '../../contract/vehicle.ts'
import { OPERATION_STATUSES } from '../../../domain/codes.ts'
import { maskCertificateNo } from '../../../domain/mask.ts'
import { badgeOf } from '../../../domain/review/badge.ts'
import { BADGE_KINDS } from '../../../domain/review/vocabulary.ts'
import { statusByDate } from '../../../domain/review/standing.ts'
import { err, ok, type Result } from '../../../lib/result.ts'
import { reviewLocksOf } from '../store/locks.ts'
import type { RegisteredVehicle, Relation } from '../store/registry.ts'
import { now, today, type Centre } from './centre.ts'
import { endorsedThisCycle } from './review-facts.ts'
import { registeredVehicle } from './reviewing.ts'

/** S04: every vehicle the person may act for, with what can be said of it before the rules are asked. */
export async function listVehicles(centre: Centre, idNo: string | null): Promise<Result<VehicleList, Problem>> {
  const { sources, records } = centre
  const answer = await sources.ask('TRANSPORT', () => (idNo === null ? [] : centre.registry.vehiclesOf(idNo)))
  if (answer.state === 'DOWN') return err({ code: 'SOURCE_UNAVAILABLE', sourceSystem: 'TRANSPORT' })
  const vehicles = answer.value
  const cases = await sources.ask('ENFORCEMENT', () =>
    vehicles.map((vehicle) => records.openCases(vehicle.facts.key, vehicle.operatorId).length > 0),
  )
  const listed = vehicles.map((vehicle, index) =>
    listedVehicle(centre, vehicle, cases.state === 'UP' ? cases.value[index] === true : null),
  )
  return ok({
    today: today(centre),
    vehicles: listed.sort((a, b) => BADGE_ORDER.indexOf(a.badge.kind) - BADGE_ORDER.indexOf(b.badge.kind)),
  })
}

/** What can be done now comes first; vehicles of one badge stay in the order of their plates. */
const BADGE_ORDER = Object.keys(BADGE_KINDS)

function listedVehicle(
  centre: Centre,
  vehicle: RegisteredVehicle & { relation: Relation },
  openCase: boolean | null,
): ListedVehicle {
  const { facts, certificate, operator, relation } = vehicle
  const { province } = centre.settings
  const reviewValidUntil = certificate?.reviewValidUntil ?? null
  const stored = centre.reviews.ofCycle(facts.key, reviewValidUntil)
  const locked = reviewLocksOf(centre.database, facts.key, vehicle.operatorId).length > 0 ? true : openCase
  const badge = badgeOf(
    {
      today: today(centre),
      vehicle: facts,
      reviewValidUntil,
      status: stored?.status ?? statusByDate(reviewValidUntil, today(centre), province),
      locked,
      endorsedThisCycle: endorsedThisCycle(centre, vehicle) !== null,
    },
    province,
  )
  return {
    vehicle: facts.key,
    vehicleTypeCode: facts.vehicleTypeCode,
    tradeCode: facts.tradeCode,
    operatorName: operator.name,
    relation,
    certificateNoMasked: certificate === null ? null : maskCertificateNo(certificate.displayNo),
    reviewValidUntil,
    badge,
    note: noteOf(badge.kind, vehicle, stored?.acceptanceNo ?? null),
  }
}

function noteOf(
  kind: ListedVehicle['badge']['kind'],
  { facts }: RegisteredVehicle,
  acceptanceNo: string | null,
): string | null {
  if (kind === 'NOT_OPERATING') return `营运状态：${OPERATION_STATUSES[facts.operationStatus]}`
  return kind === 'IN_REVIEW' && acceptanceNo !== null ? `受理号：${acceptanceNo}` : null
}

/** Scenario 18 and 30: of a vehicle that is not one's own, only what is public. */
export async function publicVehicle(
  centre: Centre,
  query: PublicVehicleQuery,
): Promise<Result<PublicVehicle, Problem>> {
  const found = await registeredVehicle(centre, query)
  if (!found.ok) return found
  const { facts, operator, certificate, scopeText } = found.value
  if (certificate === null) return err({ code: 'VEHICLE_NOT_FOUND' })
  return ok({
    vehicle: facts.key,
    operatorName: operator.name,
    operationStatus: facts.operationStatus,
    scopeText,
    certificateValidUntil: certificate.validUntil,
    reviewValidUntil: certificate.reviewValidUntil,
    checkedAt: now(centre),
  })
}
