/** What can go wrong between the kiosk and a card. */
export type CardFault =
  | 'CARD_REMOVED'
  | 'CARD_MUTE'
  | 'READER_GONE'
  /** Another program holds the card. */
  | 'IN_USE'
  | 'NO_PERMISSION'
  /** pcscd has stopped or forgotten us; the context is made anew. */
  | 'NO_SERVICE'
  | 'FAILED'

const FAULTS: Readonly<Record<number, CardFault | undefined>> = {
  0x80100003: 'NO_SERVICE', // handle unknown: pcscd was started anew
  0x80100009: 'READER_GONE',
  0x8010000b: 'IN_USE',
  0x8010000c: 'CARD_REMOVED',
  0x80100017: 'READER_GONE',
  0x8010001d: 'NO_SERVICE',
  0x8010001e: 'NO_SERVICE',
  0x8010002e: 'READER_GONE',
  0x80100066: 'CARD_MUTE',
  0x80100067: 'CARD_MUTE',
  0x80100068: 'CARD_REMOVED', // somebody reset it: its state is lost, as if it had been taken out
  0x80100069: 'CARD_REMOVED',
  0x8010006a: 'NO_PERMISSION',
}

/** The fault behind a return value of PC/SC other than 0. */
export function faultOf(value: number): CardFault {
  return FAULTS[value] ?? 'FAILED'
}
