import { z } from 'zod'
import { parseCertificateNo, type CertificateNo } from '../../domain/certificate-no.ts'
import { BUSINESS_TYPES, PLATE_COLORS, SOURCE_SYSTEMS, TRADES, VEHICLE_TYPES } from '../../domain/codes.ts'
import { parseEndorsementNo, type EndorsementNo } from '../../domain/endorsement-no.ts'
import type { Brand } from '../../domain/brand.ts'
import { isLocalDate, type LocalDate } from '../../domain/local-date.ts'
import type { Cents } from '../../domain/money.ts'
import { parsePlateNo, type PlateNo } from '../../domain/plate.ts'

/** The fields that messages share. Each checks what its branded type promises. */

export type KioskId = Brand<string, 'KioskId'>
export type VisitId = Brand<string, 'VisitId'>
export type IdentificationId = Brand<string, 'IdentificationId'>
export type ReviewId = Brand<string, 'ReviewId'>
export type AuthorizationId = Brand<string, 'AuthorizationId'>
export type ChallengeId = Brand<string, 'ChallengeId'>

/** A string schema whose output is a branded type: `check` must be as strict as the type's own parser. */
function branded<T extends string>(schema: z.ZodType<string>): z.ZodType<T, T> {
  return schema as unknown as z.ZodType<T, T>
}

const opaqueId = (description: string) =>
  z
    .string()
    .regex(/^[A-Za-z0-9_-]{6,64}$/)
    .describe(description)

export const kioskId = branded<KioskId>(opaqueId('终端编号, given at enrolment'))
export const visitId = branded<VisitId>(opaqueId('Chosen by the kiosk, one per citizen visit'))
export const identificationId = branded<IdentificationId>(opaqueId('One identified person at one kiosk in one visit'))
export const reviewId = branded<ReviewId>(opaqueId('One annual review of one vehicle in one cycle'))
export const authorizationId = branded<AuthorizationId>(opaqueId('`jti` of one authorization'))
export const challengeId = branded<ChallengeId>(opaqueId('One SMS code'))

export const localDate = branded<LocalDate>(
  z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .refine((text) => isLocalDate(text))
    .describe('Calendar day in Asia/Shanghai'),
)
export const instant = z.int().min(0).max(253_402_300_799_000).describe('Milliseconds since the epoch, UTC')
export const plateNo = branded<PlateNo>(
  z
    .string()
    .min(7)
    .max(8)
    .refine((text) => isExactly(parsePlateNo(text), text))
    .describe('号牌 without separators'),
)
export const plateColor = z.enum(keysOf(PLATE_COLORS)).describe('车牌颜色代码')
export const certificateNo = branded<CertificateNo>(
  z
    .string()
    .regex(/^\d{9,12}$/)
    .refine((text) => isExactly(parseCertificateNo(text), text))
    .describe('道路运输证号'),
)
export const endorsementNo = branded<EndorsementNo>(
  z
    .string()
    .regex(/^\d{19}$/)
    .refine((text) => isExactly(parseEndorsementNo(text), text))
    .describe('签注编号 {area6}{yyyy}{seq8}{check1}'),
)
export const cents = z.int().min(0).describe('分, 1/100 yuan') as unknown as z.ZodType<Cents, Cents>
export const tradeCode = z.enum(keysOf(TRADES)).describe('行业类别')
export const vehicleTypeCode = z.enum(keysOf(VEHICLE_TYPES)).describe('车型')
export const businessType = z.enum(keysOf(BUSINESS_TYPES)).describe('业务类型')
export const sourceSystem = z.enum(keysOf(SOURCE_SYSTEMS)).describe('数据来源系统')
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/)
/** Text for people: one line, no control characters. */
export const label = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\u0000-\u001f\u007f]*$/)

export const vehicleKey = z.strictObject({ plateNo, plateColor })

/** The keys of a code table as the tuple `z.enum` wants. */
export function keysOf<T extends Readonly<Record<string, unknown>>>(
  table: T,
): [keyof T & string, ...(keyof T & string)[]] {
  return Object.keys(table) as [keyof T & string, ...(keyof T & string)[]]
}

function isExactly(parsed: { readonly ok: boolean; readonly value?: unknown }, text: string): boolean {
  return parsed.ok && parsed.value === text
}
