import { err, ok, type Result } from '../../lib/result.ts'

/**
 * How a number is written, as a province's data say it: characters as they stand, and in braces what varies.
 *
 * | part           | stands for                                   |
 * | -------------- | -------------------------------------------- |
 * | `{digits:6}`   | six digits; `{digits:1-8}` one to eight      |
 * | `{letters:2}`  | capital letters                              |
 * | `{alnum:1-32}` | digits, capital letters and hyphens          |
 * | `{han:0-6}`    | Chinese characters                           |
 * | `{year}`       | a year from 2000 to 2099                     |
 * | `{date}`       | a day of those years, yyyymmdd               |
 *
 * Not regular expressions: what a province writes here can be wrong, but never slow.
 */
export interface CodeForm {
  readonly parts: readonly Part[]
}

type Part =
  { readonly kind: 'literal'; readonly text: string } | ({ readonly kind: 'class'; readonly name: ClassName } & Counts)
interface Counts {
  readonly min: number
  readonly max: number
}

type ClassName = 'digits' | 'letters' | 'alnum' | 'han' | 'year' | 'date'

const isDigit = (char: string): boolean => char >= '0' && char <= '9'
const isLetter = (char: string): boolean => char >= 'A' && char <= 'Z'
const isHan = (char: string): boolean => /^\p{Script=Han}$/u.test(char)

const CLASSES: Readonly<Record<Exclude<ClassName, 'year' | 'date'>, (char: string) => boolean>> = {
  digits: isDigit,
  letters: isLetter,
  alnum: (char) => isDigit(char) || isLetter(char) || char === '-',
  han: isHan,
}

/** Longest run of one class, and most parts of one form: a form is checked in time that these bound. */
const MAX_RUN = 64
const MAX_PARTS = 24

export interface BadForm {
  readonly code: 'BAD_FORM'
  readonly part: string
}

/** Reads a form; the error names the part that means nothing. */
export function parseCodeForm(text: string): Result<CodeForm, BadForm> {
  const parts: Part[] = []
  for (const piece of text.split(/(\{[^{}]*\})/u).filter((part) => part !== '')) {
    const part = partOf(piece)
    if (part === undefined || parts.length === MAX_PARTS) return err({ code: 'BAD_FORM', part: piece })
    parts.push(part)
  }
  return parts.length === 0 ? err({ code: 'BAD_FORM', part: text }) : ok({ parts })
}

function partOf(piece: string): Part | undefined {
  if (!piece.startsWith('{')) return /[{}]/.test(piece) ? undefined : { kind: 'literal', text: piece }
  if (piece === '{year}') return { kind: 'class', name: 'year', min: 4, max: 4 }
  if (piece === '{date}') return { kind: 'class', name: 'date', min: 8, max: 8 }
  const [, name = '', low = '', high = low] = /^\{(\w+):(\d{1,2})(?:-(\d{1,2}))?\}$/.exec(piece) ?? []
  const [min, max] = [Number(low), Number(high)]
  if (!Object.hasOwn(CLASSES, name) || max < 1 || max < min || max > MAX_RUN) return undefined
  return { kind: 'class', name: name as keyof typeof CLASSES, min, max }
}

/**
 * Whether `text` is written so, from its first character to its last. All ways of reading it are followed side by side, so
 * the work is at most characters × parts × 64.
 */
export function isWrittenAs(form: CodeForm, text: string): boolean {
  const chars = Array.from(text)
  let reached: ReadonlySet<number> = new Set([0])
  for (const part of form.parts) {
    const next = new Set<number>()
    for (const at of reached) for (const end of endsOf(part, chars, at)) next.add(end)
    if (next.size === 0) return false
    reached = next
  }
  return reached.has(chars.length)
}

function endsOf(part: Part, chars: readonly string[], at: number): readonly number[] {
  if (part.kind === 'literal') {
    const wanted = Array.from(part.text)
    return wanted.every((char, offset) => chars[at + offset] === char) ? [at + wanted.length] : []
  }
  const { name, min, max } = part
  if (name === 'year' || name === 'date') return isCalendar(chars.slice(at, at + max), name) ? [at + max] : []
  const fits = CLASSES[name]
  let length = 0
  while (length < max && at + length < chars.length && fits(chars[at + length] ?? '')) length++
  return Array.from({ length: Math.max(0, length - min + 1) }, (_, more) => at + min + more)
}

function isCalendar(chars: readonly string[], name: 'year' | 'date'): boolean {
  const digits = chars.join('')
  if (!/^20\d{2}(\d{4})?$/.test(digits) || digits.length !== (name === 'year' ? 4 : 8)) return false
  if (name === 'year') return true
  const [year, month, day] = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)].map(Number)
  const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day))
  return date.getUTCMonth() === (month ?? 0) - 1 && date.getUTCDate() === day
}
