import type { Brand } from './brand.ts'
import { err, ok, type Result } from '../lib/result.ts'

/**
 * A calendar day in China, `YYYY-MM-DD`, proleptic Gregorian. It has no time and no zone; days compare as strings.
 * All validity dates of the product are of this kind, so a server in another zone cannot move an expiry by a day.
 */
export type LocalDate = Brand<string, 'LocalDate'>

/** China Standard Time is UTC+8 all year (no daylight saving since 1991). */
const SHANGHAI_OFFSET_MS = 8 * 3_600_000
const DAY_MS = 86_400_000
const PATTERN = /^(\d{4})-(\d{2})-(\d{2})$/

interface Civil {
  readonly year: number
  readonly month: number
  readonly day: number
}

export interface NotADate {
  readonly code: 'NOT_A_DATE'
}

/** Reads `YYYY-MM-DD`; a day that does not exist (2026-02-30) is refused. */
export function parseLocalDate(text: string): Result<LocalDate, NotADate> {
  return isLocalDate(text) ? ok(text) : err({ code: 'NOT_A_DATE' })
}

export function isLocalDate(text: string): text is LocalDate {
  const match = PATTERN.exec(text)
  if (match === null) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
}

/** A date written in our own code or data; throws when it is not one (our bug). */
export function localDate(text: string): LocalDate {
  if (!isLocalDate(text)) throw new Error(`not a date: ${text}`)
  return text
}

/** Reads `YYYYMMDD`, the form of the ministry's query interface and of the ID card. */
export function parseCompactDate(text: string): Result<LocalDate, NotADate> {
  if (!/^\d{8}$/.test(text)) return err({ code: 'NOT_A_DATE' })
  return parseLocalDate(`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}`)
}

/** The day in China at `epochMs`. */
export function dateInShanghai(epochMs: number): LocalDate {
  return localDate(new Date(epochMs + SHANGHAI_OFFSET_MS).toISOString().slice(0, 10))
}

/** `2026年11月23日 15:04`: the minute in China at `epochMs`, as it stands on paper. */
export function formatChineseTime(epochMs: number): string {
  return `${formatChinese(dateInShanghai(epochMs))} ${new Date(epochMs + SHANGHAI_OFFSET_MS).toISOString().slice(11, 16)}`
}

/** The first instant of `date` in China, milliseconds since the epoch. */
export function startOfDayInShanghai(date: LocalDate): number {
  return dayNumber(date) * DAY_MS - SHANGHAI_OFFSET_MS
}

/**
 * Adds whole months (may be negative); the day is clamped to the end of the month:
 * 2026-01-31 + 1 = 2026-02-28, 2024-02-29 + 12 = 2025-02-28.
 */
export function addMonths(date: LocalDate, months: number): LocalDate {
  const { year, month, day } = civil(date)
  const index = year * 12 + (month - 1) + months
  const target = { year: Math.floor(index / 12), month: (((index % 12) + 12) % 12) + 1 }
  return format({ ...target, day: Math.min(day, daysInMonth(target.year, target.month)) })
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return fromDayNumber(dayNumber(date) + days)
}

/** Days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return dayNumber(to) - dayNumber(from)
}

export function lastDayOfMonth(date: LocalDate): LocalDate {
  const { year, month } = civil(date)
  return format({ year, month, day: daysInMonth(year, month) })
}

export function endOfYear(year: number): LocalDate {
  return format({ year, month: 12, day: 31 })
}

export function yearOf(date: LocalDate): number {
  return civil(date).year
}

export function earliest(first: LocalDate, ...others: readonly LocalDate[]): LocalDate {
  return others.reduce((least, date) => (date < least ? date : least), first)
}

/** As screens and paper show it: 2027年12月31日. */
export function formatChinese(date: LocalDate): string {
  const { year, month, day } = civil(date)
  return `${pad(year, 4)}年${pad(month, 2)}月${pad(day, 2)}日`
}

function civil(date: LocalDate): Civil {
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), day: Number(date.slice(8, 10)) }
}

function format({ year, month, day }: Civil): LocalDate {
  return localDate(`${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`)
}

function dayNumber(date: LocalDate): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS
}

function fromDayNumber(days: number): LocalDate {
  return localDate(new Date(days * DAY_MS).toISOString().slice(0, 10))
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0')
}
