import type { Problem } from '../../contract/problem.ts'
import { checkParcel, readParcel, type LetterReceipt, type Parcel, type ParcelProblem } from '../../contract/parcel.ts'
import { err, ok, type Result } from '../../../lib/result.ts'
import type { Handlers } from '../http/handlers.ts'
import type { Kiosk } from '../store/kiosks.ts'
import { now, type Centre } from './centre.ts'

export type ParcelRefusal = ParcelProblem | { readonly code: 'PARCEL_OF_UNKNOWN_KIOSK' | 'PARCEL_OF_REVOKED_KIOSK' }

/** What the counter is told: every letter of the parcel with its outcome, in its order. */
export interface ParcelReceipt {
  readonly kioskId: string
  readonly letters: readonly LetterReceipt[]
}

/**
 * Takes the letters of a parcel that somebody carried here as if its kiosk had sent them: the same services, the same
 * rules. Handing it in twice, or after the network has delivered, changes nothing. Behind a refused letter the others of
 * its aggregate wait for a person, as they do on the kiosk.
 */
export async function takeParcel(
  centre: Centre,
  handlers: Handlers,
  json: unknown,
): Promise<Result<ParcelReceipt, ParcelRefusal>> {
  const read = readParcel(json)
  if (!read.ok) return read
  const parcel = read.value
  const kiosk = centre.kiosks.byKey(parcel.keyId, now(centre))
  if (kiosk?.kioskId !== parcel.kioskId) return err({ code: 'PARCEL_OF_UNKNOWN_KIOSK' })
  if (kiosk.revoked) return err({ code: 'PARCEL_OF_REVOKED_KIOSK' })
  const genuine = checkParcel(parcel, kiosk.key)
  if (!genuine.ok) return genuine
  const letters: LetterReceipt[] = []
  const stuck = new Set<string>()
  for (const packed of parcel.letters) {
    const { aggregate, idempotencyKey } = packed
    const outcome = stuck.has(aggregate)
      ? err({ code: 'BEHIND_A_REFUSED_LETTER' })
      : await take(handlers, kiosk, packed)
    if (outcome.ok) letters.push({ idempotencyKey, outcome: outcome.value ? 'DUPLICATE' : 'ACCEPTED', problem: null })
    else {
      stuck.add(aggregate)
      letters.push({ idempotencyKey, outcome: 'REFUSED', problem: outcome.error.code })
    }
  }
  return ok({ kioskId: kiosk.kioskId, letters })
}

/** True when the centre knew it already. */
async function take(
  handlers: Handlers,
  kiosk: Kiosk,
  { letter }: Parcel['letters'][number],
): Promise<Result<boolean, Pick<Problem, 'code'>>> {
  const from = { kiosk, idempotencyKey: '', params: undefined, query: undefined } as const
  switch (letter.kind) {
    case 'print-result':
      return known(
        await handlers.reportPrint({ ...from, params: { endorsementNo: letter.endorsementNo }, body: letter.report }),
      )
    case 'withdraw-request':
      return known(await handlers.withdraw({ ...from, body: { key: letter.key, at: letter.at } }))
    case 'event':
      return known(await handlers.reportEvent({ ...from, body: letter.report }))
    case 'rating':
      return known(await handlers.rate({ ...from, body: letter.rating }))
  }
}

function known(answer: Result<{ readonly duplicate: boolean }, Problem>): Result<boolean, Pick<Problem, 'code'>> {
  return answer.ok ? ok(answer.value.duplicate) : answer
}
