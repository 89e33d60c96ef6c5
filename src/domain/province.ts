import { z } from 'zod'
import { RULE_ACTIONS, RULE_IDS, VEHICLE_CLASSES, type RuleId, type VehicleClass } from './review/vocabulary.ts'
import { scannedCodeForms } from './scanned/forms.ts'
import { VALIDITY_POLICIES } from './validity.ts'

/**
 * What a province decides for itself. It is data (`assets/provinces/<id>.json`), validated at start; no rule below this
 * line may hold a number that belongs here.
 */

/** When a rule is asked of a vehicle class. */
const applicability = z.enum(['ALWAYS', 'NEVER', 'HEAVY_ONLY', 'TANK_ONLY'])

const ruleProfile = z.strictObject({
  applies: z.strictObject({
    FREIGHT: applicability,
    TRAILER: applicability,
    DANGEROUS: applicability,
    PASSENGER: applicability,
  } satisfies Record<VehicleClass, unknown>),
  /** What a plain failure leads to. */
  action: z.enum(Object.keys(RULE_ACTIONS) as [keyof typeof RULE_ACTIONS]),
})

const inspectionPeriod = z.strictObject({
  ageMonths: z.int().min(1),
  youngMonths: z.int().min(1),
  oldMonths: z.int().min(1),
})

const techGrade = z.enum(['1', '2', '3'])

/** An authority (审验机关) and the area it is responsible for. */
const authority = z.strictObject({
  /** Start of the GB/T 2260 codes of its area: 4403 for Shenzhen, 44 for the province. */
  areaPrefix: z.string().regex(/^\d{2,6}$/),
  name: z.string().min(1).max(60),
  sealText: z.string().min(1).max(60),
  /** 证字 of its certificates: 粤交运管深. */
  certificateWord: z.string().min(1).max(12),
  contact: z.string().min(1).max(60),
})

export const provinceProfile = z.strictObject({
  $schema: z.string().optional(),
  id: z.string().regex(/^[a-z-]+$/),
  name: z.string().min(1).max(20),
  /** Its character on plates: 粤. */
  plateCharacter: z.string().length(1),
  areaPrefix: z.string().regex(/^\d{2}$/),
  /** How kiosks and centre sign: `sm2-sm3` where 国密 is demanded. */
  signature: z.enum(['ed25519', 'sm2-sm3']).default('ed25519'),
  validity: z.strictObject({
    policy: z.enum(VALIDITY_POLICIES),
    /** Whether the new date may not pass the end of the inspection report. */
    capByInspection: z.boolean(),
  }),
  overdueLimit: z.discriminatedUnion('unit', [
    z.strictObject({ unit: z.literal('DAYS'), count: z.int().min(1) }),
    z.strictObject({ unit: z.literal('MONTHS'), count: z.int().min(1) }),
  ]),
  /** A review may be done this many days before 审验有效期. */
  windowDays: z.int().min(1).max(366),
  /** From this many days before the end the list says 即将到期. */
  dueSoonDays: z.int().min(0).max(366),
  /** Ordinary freight vehicles up to this total mass need no certificate. */
  lightTruckUpToKg: z.int().min(0),
  /** From this total mass a freight vehicle is heavy and must be watched by satellite; tractors always. */
  heavyFromKg: z.int().min(0),
  gnssOfflineDays: z.int().min(1),
  inspectionPeriods: z.record(z.enum(Object.keys(VEHICLE_CLASSES) as [VehicleClass]), inspectionPeriod),
  /** The worst 技术等级 that passes; null where the class is not graded. */
  requiredTechGrade: z.record(z.enum(Object.keys(VEHICLE_CLASSES) as [VehicleClass]), techGrade.nullable()),
  requiredTechGradeLongDistanceCoach: techGrade,
  tolerance: z.strictObject({ dimensionMm: z.int().min(0), curbKg: z.int().min(0) }),
  /** 补打次数上限: failed prints that may follow the first. */
  reprintLimit: z.int().min(0).max(10),
  /** Rows of the 审验记录 page of the certificate. */
  recordRows: z.int().min(1).max(40),
  media: z.array(z.enum(['SHEET', 'OVERPRINT', 'STICKER', 'IC_CARD'])).min(1),
  /** Where owners of vehicles of other provinces are sent (a QR code on the screen). */
  otherProvinceUrl: z.url(),
  /** How the numbers on its slips and decisions are written. */
  scannedCodes: scannedCodeForms,
  /** The most specific prefix wins; one of them covers the whole province. */
  authorities: z.array(authority).min(1),
  rules: z.strictObject(
    Object.fromEntries(RULE_IDS.map((id) => [id, ruleProfile])) as Record<RuleId, typeof ruleProfile>,
  ),
})

export type ProvinceProfile = z.infer<typeof provinceProfile>
export type Authority = z.infer<typeof authority>

/** The authority responsible for `areaCode`; throws when the profile covers no such area (checked for its own province at start). */
export function authorityOf(profile: ProvinceProfile, areaCode: string): Authority {
  const responsible = profile.authorities
    .filter((candidate) => areaCode.startsWith(candidate.areaPrefix))
    .sort((a, b) => b.areaPrefix.length - a.areaPrefix.length)[0]
  if (responsible === undefined) throw new Error(`no authority for area ${areaCode}`)
  return responsible
}
