import { mod1110 } from './mod-11-10.ts'

/**
 * The second net under everything that is written down: logs and the store take nothing personal by their types, and what still looks
 * like it is blanked before a line or a row is written, and again before a log leaves the machine. Blanking too much costs a
 * technician little; too little would cost a citizen. Plates stay in the kiosk's own log (they are data of vehicles and
 * what a technician searches by) and go when a log leaves.
 */

/** What a blanked text is replaced by. */
const MASK = '[personal]'

/** 公民身份号码 (GB 11643): 17 digits and a check character. Wrong ones too: a misread number is still somebody's. */
const ID_NUMBER = /(?<![0-9A-Za-z])[1-9]\d{16}[\dXx](?![0-9A-Za-z])/g
/** 15 digits of the first generation: area, birth date with a month and a day that exist, sequence. */
const OLD_ID_NUMBER = /(?<!\d)[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)/g
/** Mainland mobile numbers, also grouped or with +86. */
const MOBILE = /(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)/g
/** Bank cards: 16 to 19 digits, also in groups of four; only where the check digit holds (ISO/IEC 7812-1, annex B). */
const CARD = /(?<!\d)\d{4}(?:[- ]?\d{4}){3}(?:[- ]?\d{1,3})?(?!\d)/g
/** Names of people stand beside such words in JSON. */
const NAMED = /(?<="(?:name|xm|personName|owner|ownerName|driver|driverName)"\s*:\s*")[^"]+/g
/** Anything long enough to be a portrait or a feature. */
const BLOB = /[A-Za-z0-9+/]{200,}={0,2}/g

/**
 * Ids and hashes of our own are nobody's number, although a run of their digits may look like one; blanked, a row could
 * not be found again. A UUID, that of a visit (`V` and 32 hex digits), SHA-256 and SM3.
 */
const OWN =
  /(?<![0-9A-Za-z])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|V?[0-9a-f]{32}|[0-9a-f]{64})(?![0-9A-Za-z])/g
/** 签注编号: six digits of area, a year, nine digits of which the last is the check digit. */
const ENDORSEMENT = /^\d{6}20[2-9]\d{10}$/

/** Blanks what looks like a person's number, phone, bank card or picture, and a name beside its word. */
export function redact(text: string): string {
  // Most lines hold nothing of the kind; one look tells.
  if (!/\d{4}|"/.test(text) && text.length < 200) return text
  const kept = text.match(OWN) ?? []
  return text
    .split(OWN)
    .map((part, index) => blank(part) + (kept[index] ?? ''))
    .join('')
}

/** `redact` over the texts of a flat record. */
export function redactFields<T extends Readonly<Record<string, unknown>>>(fields: T): T {
  const clean = Object.entries(fields).map(([key, value]) => [key, typeof value === 'string' ? redact(value) : value])
  return Object.fromEntries(clean) as T
}

function blank(text: string): string {
  return text
    .replace(ID_NUMBER, MASK)
    .replace(CARD, (found) => (isCard(found) ? MASK : found))
    .replace(OLD_ID_NUMBER, MASK)
    .replace(MOBILE, MASK)
    .replace(NAMED, MASK)
    .replace(BLOB, MASK)
}

/** 号牌: province letter, area letter, five or six characters. */
const PLATE =
  /[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳]/g

/** `redact`, and plates: for what leaves the machine. */
export function redactForExport(text: string): string {
  return redact(text).replace(PLATE, MASK)
}

/** One endorsement number in ten happens to have the check digit of a bank card, too. */
function isCard(number: string): boolean {
  if (ENDORSEMENT.test(number) && mod1110(number.slice(0, 18)) === number[18]) return false
  return holdsLuhn(number)
}

/** The check digit of bank cards: every second digit from the right doubled, the digits' sum divisible by ten. */
function holdsLuhn(number: string): boolean {
  const digits = Array.from(number.replaceAll(/\D/g, ''), Number).reverse()
  const sum = digits.reduce((total, digit, index) => {
    const doubled = index % 2 === 1 ? digit * 2 : digit
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return sum % 10 === 0
}
