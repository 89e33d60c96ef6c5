import type { IdCardError } from './device.ts'

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
