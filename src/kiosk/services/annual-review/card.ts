import type { CardRead, CardReader, IdCardError } from '../../../drivers/id-card/device.ts'
import type { IdCard } from '../../../drivers/id-card/card.ts'
import { dateInShanghai } from '../../../domain/local-date.ts'
import { text } from '../../../ipc/text.ts'
import { isAborted } from '../../../lib/aborted.ts'
import type { Clock } from '../../../lib/clock.ts'
import { hide, reveal, type Log } from '../../../lib/log.ts'
import { err, ok, type Result } from '../../../lib/result.ts'
import type { VisitEvent } from '../../visit/events.ts'
import type { PresentedCard } from '../../visit/model.ts'
import type { Trouble } from '../../visit/trouble.ts'

/** One wait for a card; the next follows at once, so it only bounds how long a dead line goes unnoticed. */
const WAIT_MS = 30_000
/** After a read error the card must have left before it is tried again. */
const LIFT_MS = 20_000

export interface CardRules {
  /** Test area codes 99xxxx are for demonstration only. */
  readonly allowTestAreas: boolean
}

/**
 * Waits for an ID card until `signal` is aborted. What the person can mend is a remark and the wait goes on; what she
 * cannot ends it. Every `CARD_IN_FIELD` is followed by exactly one of `CARD_READ`, `CARD_REMARK`, `CARD_FAILED` and
 * `CARD_GONE`, within the time one reading takes; only an abort may keep it back.
 */
export async function watchForCard(
  reader: CardReader,
  clock: Clock,
  log: Log,
  rules: CardRules,
  tell: (event: VisitEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    let inField = false
    const read = await reader.waitForCard(signal, WAIT_MS, () => {
      inField = true
      tell({ type: 'CARD_IN_FIELD' })
    })
    if (isAborted(signal)) return
    if (read.ok) {
      const card = presentCard(read.value, dateInShanghai(clock.now()), rules)
      tell(card.ok ? { type: 'CARD_READ', card: card.value } : { type: 'CARD_FAILED', trouble: card.error })
      return
    }
    const answer = answerTo(read.error)
    if (answer === null) {
      if (wasFound(inField)) tell({ type: 'CARD_GONE' })
      continue
    }
    if ('code' in answer) {
      tell({ type: 'CARD_FAILED', trouble: answer })
      return
    }
    log.info('card.again', { code: read.error.code, remark: answer.remark })
    tell({ type: 'CARD_REMARK', remark: text(`remark.${answer.remark}`) })
    const lifted = await reader.waitForRemoval(signal, LIFT_MS)
    if (!lifted.ok && lifted.error.code === 'PORT') {
      tell({ type: 'CARD_FAILED', trouble: { code: 'CARD_READER_FAULT', detail: lifted.error.cause.code } })
      return
    }
  }
}

/** Likewise: the compiler does not see the callback that sets it. */
function wasFound(inField: boolean): boolean {
  return inField
}

/** `null`: nobody came, wait on. */
function answerTo(error: IdCardError): Trouble | { readonly remark: string } | null {
  switch (error.code) {
    case 'NO_CARD':
    case 'TIMED_OUT':
    case 'CANCELLED':
      return null
    case 'READ_FAILED':
    case 'SELECT_FAILED':
    case 'UNREADABLE_CARD':
    case 'CARD_REJECTS_READER':
    case 'GARBLED':
      return { remark: 'CARD_AGAIN' }
    case 'CARD_LIFTED':
      return { remark: 'CARD_LIFTED' }
    case 'NOT_AN_ID_CARD':
      return { remark: 'CARD_NOT_ID' }
    case 'CARD_NOT_GENUINE':
    case 'CARD_NOT_VERIFIED':
      return { code: 'CARD_NOT_VERIFIED', detail: `sw3 ${error.sw3}` }
    case 'PORT':
      return { code: 'CARD_READER_FAULT', detail: error.cause.code }
    case 'NO_ANSWER':
    case 'NOT_OFFERED':
      return { code: 'CARD_READER_FAULT', detail: error.code }
    case 'OUT_OF_SERVICE':
    case 'CABLE_FAULT':
    case 'COMMAND_REFUSED':
    case 'READER_CONFUSED':
    case 'ITEM_ABSENT':
    case 'UNKNOWN_STATUS':
      return { code: 'CARD_READER_FAULT', detail: `${error.code} sw3 ${error.sw3}` }
  }
}

/** `today` in China. A card that has run out, or whose number cannot be true, proves nobody. */
function presentCard(read: CardRead, today: string, rules: CardRules): Result<PresentedCard, Trouble> {
  const card: IdCard = reveal(read.card)
  if (!card.idNumberValid) return err({ code: 'CARD_NOT_VERIFIED', detail: 'number does not hold' })
  if (!rules.allowTestAreas && card.idNumber.startsWith('99') && card.kind === 'resident') {
    return err({ code: 'CARD_NOT_VERIFIED', detail: 'test area code' })
  }
  if (card.validUntil !== undefined && card.validUntil !== 'long-term' && card.validUntil < today) {
    return err({ code: 'CARD_EXPIRED' })
  }
  const englishName = 'englishName' in card ? card.englishName : ''
  return ok({
    idNumber: hide(card.idNumber),
    name: hide(card.name === '' ? englishName : card.name),
    kind: card.kind,
    chipPortrait: read.portrait,
  })
}
