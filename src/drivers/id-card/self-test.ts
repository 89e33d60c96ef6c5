import type { Clock } from '../../lib/clock.ts'
import { reveal } from '../../lib/log.ts'
import { err, ok, type Result } from '../../lib/result.ts'
import type { SelfTest, SelfTestFailure } from '../self-test.ts'
import type { CardReader, IdCardError } from './device.ts'
import { describeIdCardError } from './errors.ts'

const ANSWER_MS = 5000
/** Time to fetch a test card and put it down, milliseconds. */
const CARD_MS = 60_000
const LIFT_MS = 30_000

/**
 * The reader's self-tests, in the order a technician runs them. Reading the test card keeps nothing: only the kind of
 * card, the time and the length of the portrait leave this function.
 */
export function idCardSelfTests(reader: CardReader, clock: Clock): readonly SelfTest[] {
  return [
    {
      id: 'module-answers',
      run: async ({ signal }) => {
        const began = clock.monotonic()
        const status = await reader.status(signal, ANSWER_MS)
        const answerMs = elapsed(clock, began)
        if (status.state === 'ready') {
          const { lineSpeed } = reader
          return ok({ measured: { answerMs, ...(lineSpeed !== undefined && { baud: lineSpeed }) } })
        }
        if (status.state === 'out-of-service') return failure('moduleDefective', `SW3 ${status.sw3}`)
        if (status.state === 'unplugged') return failure('portUnusable', status.cause.detail)
        return failure('readerSilent', describeIdCardError({ code: 'NO_ANSWER' }))
      },
    },
    {
      id: 'module-identity',
      run: async ({ signal }) => {
        const began = clock.monotonic()
        const id = await reader.samId(signal, ANSWER_MS)
        if (id.ok) return ok({ measured: { samId: id.value.text, answerMs: elapsed(clock, began) } })
        // A wrapped module keeps its identity to itself; that is no defect.
        if (id.error.code === 'NOT_OFFERED') return ok({ measured: { samId: 'not offered' } })
        return inWords(id.error)
      },
    },
    {
      id: 'read-card',
      run: async (call) => {
        const { signal } = call
        call.say('putTestCard')
        let foundAt = clock.monotonic()
        const read = await reader.waitForCard(signal, CARD_MS, () => (foundAt = clock.monotonic()))
        if (!read.ok) return inWords(read.error)
        const readMs = elapsed(clock, foundAt)
        const { card, portrait, portraitBytes } = read.value
        const { kind } = reveal(card)
        reveal(portrait).fill(0)
        call.say('takeTestCard')
        const taken = await reader.waitForRemoval(signal, LIFT_MS)
        if (!taken.ok) return inWords(taken.error, 'testCardNotTaken')
        return ok({ measured: { kind, readMs, portraitBytes } })
      },
    },
  ]
}

function elapsed(clock: Clock, since: number): number {
  return Math.round(clock.monotonic() - since)
}

function inWords(error: IdCardError, whenTimedOut = 'readerSilent'): Result<never, SelfTestFailure> {
  const detail = describeIdCardError(error)
  switch (error.code) {
    case 'NO_CARD':
      return failure('noTestCard', detail)
    case 'PORT':
      return failure('portUnusable', detail)
    case 'OUT_OF_SERVICE':
      return failure('moduleDefective', detail)
    case 'NO_ANSWER':
      return failure('readerSilent', detail)
    case 'TIMED_OUT':
      return failure(whenTimedOut, detail)
    case 'CANCELLED':
      return failure('cancelled', detail)
    default:
      return failure('cardUnreadable', detail)
  }
}

function failure(key: string, detail: string): Result<never, SelfTestFailure> {
  return err({ key, detail })
}
