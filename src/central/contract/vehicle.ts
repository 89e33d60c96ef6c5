import { z } from 'zod'
import { OPERATION_STATUSES } from '../../domain/codes.ts'
import { BADGE_KINDS } from '../../domain/review/vocabulary.ts'
import {
  instant,
  keysOf,
  label,
  localDate,
  plateColor,
  plateNo,
  tradeCode,
  vehicleKey,
  vehicleTypeCode,
} from './fields.ts'

const badge = z.object({
  kind: z.enum(keysOf(BADGE_KINDS)),
  /** Days past the expiry for OVERDUE and OVERDUE_LIMIT, days to it for DUE_SOON, else null. */
  days: z.int().min(0).nullable(),
})

const listedVehicle = z.object({
  vehicle: vehicleKey,
  vehicleTypeCode,
  tradeCode,
  operatorName: label(120),
  /** In what capacity the person may act for it. */
  relation: z.enum(['OWNER', 'LEGAL_REPRESENTATIVE', 'AGENT']),
  certificateNoMasked: label(60).nullable(),
  reviewValidUntil: localDate.nullable(),
  badge,
  /** One more Chinese sentence where the badge is not enough, else null. */
  note: label(120).nullable(),
})
export type ListedVehicle = z.infer<typeof listedVehicle>

export const vehicleList = z.object({ today: localDate, vehicles: z.array(listedVehicle).max(500) })
export type VehicleList = z.infer<typeof vehicleList>

export const publicVehicleQuery = z.strictObject({ plateNo, plateColor })
export type PublicVehicleQuery = z.infer<typeof publicVehicleQuery>

/** What anybody may know (scenario 30): no owner's person, no phone, no address, no case. */
export const publicVehicle = z.object({
  vehicle: vehicleKey,
  operatorName: label(120),
  operationStatus: z.enum(keysOf(OPERATION_STATUSES)),
  scopeText: label(200),
  certificateValidUntil: localDate,
  reviewValidUntil: localDate.nullable(),
  checkedAt: instant,
})
export type PublicVehicle = z.infer<typeof publicVehicle>
