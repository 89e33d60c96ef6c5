import type { TransportError } from '../transport/transport.ts'
import type { Answer } from './codec/command.ts'
import { describeSw3, sw3Hex, type Sw3Failure } from './codec/sw3.ts'
import type { ReaderFault } from './driver.ts'

/** Everything that can stand between a citizen and a read card. `describeIdCardError` says it in words. */
export type IdCardError =
  /** The reader refused with a status; `sw3` is its two hexadecimal digits, or the four of a PC/SC reader's status word. */
  | { readonly code: Sw3Failure; readonly sw3: string }
  /** The answer broke off or the reader fell silent while the card was being read. */
  | { readonly code: 'CARD_LIFTED' }
  /** The card's data does not have the form of any known card. */
  | { readonly code: 'UNREADABLE_CARD'; readonly detail: string }
  | { readonly code: 'PORT'; readonly cause: TransportError }
  | { readonly code: 'NO_ANSWER' }
  /** Readers of this protocol have no such command. */
  | { readonly code: 'NOT_OFFERED' }
  | { readonly code: 'GARBLED' }
  /** The time given was over in the middle of the conversation. */
  | { readonly code: 'TIMED_OUT' }
  | { readonly code: 'CANCELLED' }

/** What happened and what helps, for the technician's eyes (citizens read the kiosk's own Chinese texts). */
const WORDS: Readonly<Record<Exclude<IdCardError['code'], 'PORT' | 'UNREADABLE_CARD'>, string>> = {
  NO_CARD: 'No card was found. Put the card flat on the reader; a card already read must be lifted first.',
  SELECT_FAILED: 'A card is there but could not be selected. Lay it still and flat on the reader.',
  READ_FAILED: 'Reading the card failed. Take the card away, put it down again and keep it still.',
  CARD_LIFTED: 'The card was taken away while it was being read. Put it down again and keep it still.',
  NOT_AN_ID_CARD: 'This is not an identity card.',
  CARD_REJECTS_READER:
    'The card does not accept the reader. Put the card down again; if many cards do this, the security module has expired.',
  CARD_NOT_GENUINE: 'The reader does not accept the card: it may be defective or forged.',
  CARD_NOT_VERIFIED: 'The signature over the card’s data is wrong: the card counts as not verified.',
  ITEM_ABSENT: 'The card does not hold what was asked for.',
  CABLE_FAULT: 'The reader receives damaged commands, also when repeated. Check cable, plug and baud rate.',
  COMMAND_REFUSED: 'The reader refused the command. It may be of another model than configured.',
  READER_CONFUSED: 'The reader reports an internal error, also after a reset. Switch it off and on.',
  OUT_OF_SERVICE: 'The security module is defective or not authorised. Call the maker of the reader.',
  UNKNOWN_STATUS: 'The reader gave a status that is not in the standard. See sw3 and the manual of the model.',
  NOT_OFFERED: 'Readers of this protocol have no such command.',
  NO_ANSWER: 'The reader does not answer. Check power, cable, port and baud rate.',
  GARBLED: 'The reader’s answers arrive damaged, also when repeated. Check cable, plug and baud rate.',
  TIMED_OUT: 'The time given was over before the reader had answered.',
  CANCELLED: 'Cancelled.',
}

/** An error in English words with its remedy. Contains no personal data. */
export function describeIdCardError(error: IdCardError): string {
  if (error.code === 'PORT') return `The port cannot be used: ${error.cause.detail}`
  if (error.code === 'UNREADABLE_CARD') return `The card’s data has no known form: ${error.detail}`
  return WORDS[error.code]
}

/** Nobody came yet: wait on. */
export function isNobody(error: IdCardError): boolean {
  return error.code === 'NO_CARD' || error.code === 'TIMED_OUT'
}

export function refusal(answer: Answer): Extract<IdCardError, { code: Sw3Failure }> | undefined {
  const { outcome } = describeSw3(answer.sw3)
  return outcome === 'OK' ? undefined : { code: outcome, sw3: sw3Hex(answer.sw3) }
}

export function fault(cause: ReaderFault): IdCardError {
  switch (cause.code) {
    case 'PORT':
      return cause
    case 'NO_ANSWER':
    case 'COMMAND_UNANSWERED':
      return { code: 'NO_ANSWER' }
    case 'GARBLED':
      return { code: 'GARBLED' }
    case 'CANCELLED':
    case 'NOT_OFFERED':
      return cause
    case 'OUT_OF_TIME':
      return { code: cause.heard === 'nothing' ? 'TIMED_OUT' : 'GARBLED' }
  }
}

/** While the card is being read, an answer that breaks off or never comes means the card has left the field. */
export function readFault(cause: ReaderFault): IdCardError {
  const lifted =
    cause.code === 'COMMAND_UNANSWERED' ||
    (cause.code === 'GARBLED' && cause.brokenOff) ||
    (cause.code === 'OUT_OF_TIME' && cause.heard === 'broken-off')
  return lifted ? { code: 'CARD_LIFTED' } : fault(cause)
}
