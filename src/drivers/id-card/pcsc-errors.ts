import type { PcscFault } from '../pcsc/client.ts'
import type { SlotFault } from '../pcsc/slot.ts'
import type { TransportError } from '../transport/transport.ts'
import type { IdCardError } from './errors.ts'
import type { PcscReadingError } from './pcsc-reading.ts'
import type { IdCardReaderStatus } from './reader-report.ts'

/** What went wrong between pcscd, reader and card, in the words that all ID card readers share. */
export function idCardErrorOf(cause: SlotFault | PcscReadingError<PcscFault>): IdCardError {
  switch (cause.code) {
    case 'CHANNEL':
      return idCardErrorOf(cause.cause)
    case 'BLOCK_REFUSED':
      return refusedBlock(cause)
    case 'CARD_REMOVED':
      return { code: 'CARD_LIFTED' }
    // A card that cannot be powered: bent, at the edge of the field, or none of the kind.
    case 'CARD_MUTE':
      return { code: 'SELECT_FAILED', sw3: '81' }
    case 'FAILED':
      return { code: 'READ_FAILED', sw3: '41' }
    // pcscd did not answer: a card alone would have given a fault of its own.
    case 'TIMED_OUT':
      return { code: 'NO_ANSWER' }
    case 'VERSION':
      return port('REFUSED', `pcscd speaks protocol ${cause.version}: install pcscd 1.8.24 to 2.x`)
    case 'NO_READER':
      return port('NOT_FOUND', 'pcscd runs but knows no such reader')
    case 'READER_GONE':
      return port('LOST', 'the reader was unplugged from pcscd')
    case 'IN_USE':
      return port('IN_USE', 'another program holds the card')
    case 'NO_PERMISSION':
      return port('NO_PERMISSION', 'pcscd does not let the kiosk’s user in: give it access (polkit rule)')
    case 'NO_SERVICE':
      return port('LOST', 'pcscd has stopped')
    default:
      return cause
  }
}

/** How a reader is that could not be looked at. */
export function statusOf(cause: SlotFault): IdCardReaderStatus {
  const error = idCardErrorOf(cause)
  return error.code === 'PORT' ? { state: 'unplugged', cause: error.cause } : { state: 'silent' }
}

/** First bytes of status words that say "not for this card" (ISO 7816-4: not allowed, wrong parameters, no such command). */
const NOT_FOR_THIS_CARD = ['69', '6A', '6D', '6E']

/** The text refused so is another kind of card; anything else is a reading that failed. `sw3` is the status word. */
function refusedBlock({ block, status }: { readonly block: number; readonly status: string }): IdCardError {
  const other = block === 0 && NOT_FOR_THIS_CARD.includes(status.slice(0, 2))
  return { code: other ? 'NOT_AN_ID_CARD' : 'READ_FAILED', sw3: status }
}

function port(code: TransportError['code'], detail: string): IdCardError {
  return { code: 'PORT', cause: { code, detail } }
}
