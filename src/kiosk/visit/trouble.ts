import { text, type TextRef } from '../../ipc/text.ts'
import type { Problem } from '../../ipc/snapshot.ts'

/**
 * Everything that can stop a visit, as the citizen meets it. `detail` is a line for the technician and never holds
 * personal data; `params` fill the citizen's sentences.
 */
export interface Trouble {
  readonly code: TroubleCode
  readonly detail?: string
  readonly params?: Readonly<Record<string, string | number>>
}

type Action = Problem['actions'][number]

interface Sheet {
  readonly tone: Problem['tone']
  readonly actions: readonly Action[]
  /** Says that nothing is lost; absent where nothing could have been. */
  readonly assured: boolean
}

const again = (tone: Problem['tone'] = 'warning'): Sheet => ({ tone, actions: ['RETRY', 'LEAVE'], assured: true })
const ended = (tone: Problem['tone'] = 'warning'): Sheet => ({ tone, actions: ['BACK', 'LEAVE'], assured: true })
const staff = (tone: Problem['tone'] = 'bad'): Sheet => ({ tone, actions: ['CALL_STAFF', 'LEAVE'], assured: true })
const otherWay = (retry: boolean): Sheet => ({
  tone: 'warning',
  actions: retry ? ['USE_OTHER_METHOD', 'RETRY', 'LEAVE'] : ['USE_OTHER_METHOD', 'CALL_STAFF', 'LEAVE'],
  assured: true,
})

/**
 * One row for every trouble: how grave, and what the person may do, the main way first. The words are in the text file
 * under `problem.<CODE>.what|assurance|todo`.
 */
const sheets = {
  CENTRE_UNREACHABLE: again(),
  CENTRE_DOWN: again(),
  CENTRE_SLOW: again(),
  CENTRE_NONSENSE: staff(),
  CENTRE_REFUSED: staff(),
  NOT_ENROLLED: staff(),
  CLOCK_SKEW: staff(),
  CARD_READER_FAULT: { tone: 'bad', actions: ['RETRY', 'CALL_STAFF', 'LEAVE'], assured: true },
  CARD_NOT_ID: again(),
  CARD_EXPIRED: staff('warning'),
  CARD_NOT_VERIFIED: staff(),
  PERSON_UNKNOWN: staff('warning'),
  NO_PORTRAIT: { tone: 'info', actions: ['USE_OTHER_METHOD', 'LEAVE'], assured: true },
  NO_CAMERA: otherWay(true),
  FACE_UNAVAILABLE: otherWay(true),
  FACE_FAILED: otherWay(false),
  NO_PHONE: staff('warning'),
  SMS_TOO_MANY: staff('warning'),
  IDENTIFICATION_EXPIRED: { tone: 'info', actions: ['LEAVE'], assured: true },
  POWER_ON_UPS: { tone: 'warning', actions: ['LEAVE'], assured: true },
  RECEIPT_PRINTER_FAULT: staff(),
  CERTIFICATE_PRINTER_FAULT: staff(),
  GLYPH_MISSING: staff(),
  ALREADY_ENDORSED: { tone: 'info', actions: ['LEAVE'], assured: false },
  AUTHORIZED_ELSEWHERE: staff('warning'),
  REVIEW_CHANGED: { tone: 'info', actions: ['BACK', 'LEAVE'], assured: true },
  AUTHORIZATION_TAMPERED: staff(),
  AUTHORIZATION_EXPIRED: again(),
  CERTIFICATE_NOT_INSERTED: again('info'),
  WRONG_CERTIFICATE: again(),
  WRONG_DOCUMENT: again(),
  RECORD_PAGE_FULL: staff('warning'),
  PRINT_FAILED: { tone: 'bad', actions: ['RETRY', 'CALL_STAFF', 'LEAVE'], assured: true },
  PRINT_UNKNOWN: staff(),
  VOIDED: staff(),
  STORE_FAULT: staff(),
  PLATE_QUERY_LIMITED: ended('info'),
  UNEXPECTED: staff(),
} satisfies Record<string, Sheet>

export type TroubleCode = keyof typeof sheets
export const troubleCodes = Object.keys(sheets) as readonly TroubleCode[]

/** The panel shown for a trouble. */
export function problemOf(trouble: Trouble): Problem {
  const sheet: Sheet = sheets[trouble.code]
  const line = (part: string): TextRef => text(`problem.${trouble.code}.${part}`, trouble.params)
  return {
    code: trouble.code,
    tone: sheet.tone,
    what: line('what'),
    assurance: sheet.assured ? line('assurance') : null,
    todo: line('todo'),
    actions: [...sheet.actions],
  }
}
