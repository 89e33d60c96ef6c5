import { err, ok, type Result } from '../../../lib/result.ts'
import { parseCompactDate, type LocalDate } from '../../../domain/local-date.ts'
import { idNumberHolds, type CardKind, type EveryCard, type IdCard, type Sex } from '../card.ts'
import { ethnicityCode, ethnicityName } from './ethnicity.ts'
import { TEXT_BYTES } from './payload.ts'

/** A field of the text: first byte and length in bytes. */
type Field = readonly [offset: number, bytes: number]
type Layout = Readonly<Record<string, Field>>

/** 居民身份证: flag ' ' */
const RESIDENT = {
  name: [0, 30],
  sex: [30, 2],
  ethnicity: [32, 4],
  birthDate: [36, 16],
  address: [52, 70],
  idNumber: [122, 36],
  issuer: [158, 30],
  validFrom: [188, 16],
  validUntil: [204, 16],
} as const satisfies Layout

/** 港澳台居民居住证: flag 'J' */
const PERMIT = {
  name: [0, 30],
  sex: [30, 2],
  birthDate: [36, 16],
  address: [52, 70],
  idNumber: [122, 36],
  issuer: [158, 30],
  validFrom: [188, 16],
  validUntil: [204, 16],
  passNumber: [220, 18],
  issueCount: [238, 4],
} as const satisfies Layout

/** 外国人永久居留身份证 of 2017: flag 'I' */
const FOREIGNER_2017 = {
  englishName: [0, 120],
  sex: [120, 2],
  idNumber: [122, 30],
  nationality: [152, 6],
  name: [158, 30],
  validFrom: [188, 16],
  validUntil: [204, 16],
  birthDate: [220, 16],
  version: [236, 4],
  issuer: [240, 8],
} as const satisfies Layout

/** 外国人永久居留身份证 of 2023: flag 'Y'. The English name continues behind the dates. */
const FOREIGNER_2023 = {
  name: [0, 30],
  sex: [30, 2],
  issueCount: [32, 4],
  birthDate: [36, 16],
  englishName: [52, 70],
  idNumber: [122, 36],
  validFrom: [188, 16],
  validUntil: [204, 16],
  englishNameRest: [220, 22],
  nationality: [242, 6],
  formerNumberLink: [250, 6],
} as const satisfies Layout

/** The UTF-16 unit here tells the four kinds of card apart. */
const FLAG_OFFSET = 248
const FLAGS: Readonly<Record<string, CardKind | undefined>> = {
  ' ': 'resident',
  '\0': 'resident',
  J: 'residence-permit',
  I: 'foreigner-2017',
  Y: 'foreigner-2023',
}
const FLAG_OF: Readonly<Record<CardKind, string>> = {
  resident: ' ',
  'residence-permit': 'J',
  'foreigner-2017': 'I',
  'foreigner-2023': 'Y',
}

const SEXES: Readonly<Record<string, Sex | undefined>> = {
  '0': 'unknown',
  '1': 'male',
  '2': 'female',
  '9': 'unspecified',
}
const SEX_CODES: Readonly<Record<Sex, string>> = { unknown: '0', male: '1', female: '2', unspecified: '9' }
const LONG_TERM = '长期'

export interface UnknownCardKind {
  readonly code: 'UNKNOWN_CARD_KIND'
  readonly detail: string
}

/** Reads the 256 bytes of text of any of the four kinds of card. A malformed field is left out; it does not fail the card. */
export function decodeCardText(text: Uint8Array): Result<IdCard, UnknownCardKind> {
  const flag = String.fromCharCode((text[FLAG_OFFSET] ?? 0) | ((text[FLAG_OFFSET + 1] ?? 0) << 8))
  const kind = FLAGS[flag]
  switch (kind) {
    case 'resident': {
      const read = reader(text, RESIDENT)
      return ok({ kind, ...basics(kind, read), ...withAddress(read), ethnicity: ethnicityName(read('ethnicity')) })
    }
    case 'residence-permit': {
      const read = reader(text, PERMIT)
      const issue = { passNumber: read('passNumber'), issueCount: read('issueCount') }
      return ok({ kind, ...basics(kind, read), ...withAddress(read), ...issue })
    }
    case 'foreigner-2017': {
      const read = reader(text, FOREIGNER_2017)
      const issue = { version: read('version'), issuer: read('issuer') }
      return ok({
        kind,
        ...basics(kind, read),
        englishName: read('englishName'),
        nationality: read('nationality'),
        ...issue,
      })
    }
    case 'foreigner-2023': {
      const read = reader(text, FOREIGNER_2023)
      const [offset, bytes] = FOREIGNER_2023.englishName
      // Joined before trimming: a blank may fall on the seam.
      const englishName = trimEnd(utf16(text, offset, bytes) + read('englishNameRest'))
      const issue = { issueCount: read('issueCount'), formerNumberLink: read('formerNumberLink') }
      return ok({ kind, ...basics(kind, read), englishName, nationality: read('nationality'), ...issue })
    }
    case undefined:
      return err({ code: 'UNKNOWN_CARD_KIND', detail: `the card has the unknown type flag ${JSON.stringify(flag)}` })
  }
}

/** Writes the text of a card (for simulators and tests). A value longer than its field is our bug. */
export function encodeCardText(card: IdCard): Uint8Array {
  const text = new Uint8Array(TEXT_BYTES)
  for (let at = 0; at < TEXT_BYTES; at += 2) text[at] = 0x20
  const put = (field: Field, value: string): void => writeUtf16(text, field, value)
  const values = fieldTexts(card)
  for (const [name, field] of Object.entries<Field>(LAYOUTS[card.kind])) put(field, values[name] ?? '')
  put([FLAG_OFFSET, 2], FLAG_OF[card.kind])
  return text
}

/** The data of a 30 03 answer: the address appended last, 35 characters. */
export function decodeAddress(data: Uint8Array): string {
  return trimEnd(utf16(data, 0, data.length - (data.length % 2)))
}

/** The 70 bytes of an appended address (for simulators and tests). */
export function encodeAddress(address: string): Uint8Array {
  const data = new Uint8Array(70)
  for (let at = 0; at < data.length; at += 2) data[at] = 0x20
  writeUtf16(data, [0, 70], address)
  return data
}

const LAYOUTS = {
  resident: RESIDENT,
  'residence-permit': PERMIT,
  'foreigner-2017': FOREIGNER_2017,
  'foreigner-2023': FOREIGNER_2023,
} as const

type Read<L extends Layout> = (field: keyof L & string) => string
type BasicField = 'name' | 'sex' | 'birthDate' | 'idNumber' | 'validFrom' | 'validUntil'

function reader<L extends Layout>(text: Uint8Array, layout: L): Read<L> {
  return (field) => {
    const [offset, bytes] = layout[field] ?? [0, 0]
    return trimEnd(utf16(text, offset, bytes))
  }
}

function basics(kind: CardKind, read: (field: BasicField) => string): EveryCard {
  const idNumber = read('idNumber').toUpperCase()
  const birthDate = isoDate(read('birthDate'))
  const validFrom = isoDate(read('validFrom'))
  const until = read('validUntil')
  const validUntil = until.trim() === LONG_TERM ? 'long-term' : isoDate(until)
  return {
    name: read('name'),
    sex: SEXES[read('sex')] ?? 'unknown',
    ...(birthDate !== undefined && { birthDate }),
    idNumber,
    idNumberValid: idNumberHolds(kind, idNumber),
    ...(validFrom !== undefined && { validFrom }),
    ...(validUntil !== undefined && { validUntil }),
  }
}

function withAddress(read: (field: 'address' | 'issuer') => string) {
  return { address: read('address'), issuer: read('issuer') }
}

/** The field texts of a card, by the names of the layouts. */
function fieldTexts(card: IdCard): Readonly<Record<string, string | undefined>> {
  const compact = (date: string | undefined): string =>
    date === 'long-term' ? LONG_TERM : (date ?? '').replaceAll('-', '')
  const [, seam] = FOREIGNER_2023.englishName
  const split = card.kind === 'foreigner-2023'
  return {
    ...card,
    idNumberValid: undefined,
    sex: SEX_CODES[card.sex],
    birthDate: compact(card.birthDate),
    validFrom: compact(card.validFrom),
    validUntil: compact(card.validUntil),
    ...(card.kind === 'resident' && { ethnicity: ethnicityCode(card.ethnicity) }),
    ...(split && {
      englishName: card.englishName.slice(0, seam / 2),
      englishNameRest: card.englishName.slice(seam / 2),
    }),
  }
}

function isoDate(compact: string): LocalDate | undefined {
  const date = parseCompactDate(compact)
  return date.ok ? date.value : undefined
}

/** UTF-16, not UCS-2: surrogate pairs (CJK Extension B and later) and private-use characters of old cards stay as they are. */
function utf16(bytes: Uint8Array, offset: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + offset, length).toString('utf16le')
}

/** Fields are padded with blanks; some makers pad with NUL or the ideographic blank. Blanks inside a name stay. */
function trimEnd(text: string): string {
  return text.replace(/[\u0020\u0000\u3000]+$/u, '')
}

function writeUtf16(text: Uint8Array, [offset, length]: Field, value: string): void {
  const bytes = Buffer.from(value, 'utf16le')
  if (bytes.length > length) throw new RangeError(`${value} is longer than its ${length} bytes`)
  text.set(bytes, offset)
}
