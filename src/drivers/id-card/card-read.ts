import { hide, type Sensitive } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { IdCard } from './card.ts'
import type { CardPayload } from './codec/payload.ts'
import { decodeCardText } from './codec/text.ts'
import type { IdCardError } from './errors.ts'

/** A card as the reader gave it. Personal: it lives in the visit and is never logged. */
export interface CardRead {
  readonly card: Sensitive<IdCard>
  /** WLT-compressed portrait, opaque without a vendor's decoder; may be empty. */
  readonly portrait: Sensitive<Uint8Array>
  readonly portraitBytes: number
}

/** Makes a card of the parts a reader gave, whichever way they came. A fingerprint among them is dropped here. */
export function cardReadOf(payload: Pick<CardPayload, 'text' | 'portrait'>): Result<CardRead, IdCardError> {
  const card = decodeCardText(payload.text)
  if (!card.ok) return err({ code: 'UNREADABLE_CARD', detail: card.error.detail })
  const { portrait } = payload
  return ok({ card: hide(card.value), portrait: hide(portrait), portraitBytes: portrait.length })
}
