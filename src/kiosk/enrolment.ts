import { z } from 'zod'
import type { CentralClient } from '../central/client/central-client.ts'
import { enrolment as enrolmentAnswer, type Enrolment } from '../central/contract/station.ts'
import type { Log } from '../lib/log.ts'
import { expectOk } from '../lib/result.ts'
import type { Store } from '../store/store.ts'

const SETTING = 'enrolment'
const stored = z.object({ keyId: z.string(), answer: enrolmentAnswer })

export interface EnrolmentWish {
  readonly code: string | undefined
  readonly stationCode: string
  readonly kioskName: string
  readonly keyId: string
}

export type EnrolmentState =
  | { readonly state: 'ENROLLED'; readonly enrolment: Enrolment }
  | { readonly state: 'UNREACHABLE' }
  /** No code in the site file, or a code the centre does not take: only a technician can help. */
  | { readonly state: 'REFUSED'; readonly detail: string }

/** Known from an earlier start, for this very device key; a replaced key has to enrol anew. */
export function storedEnrolment(store: Store, keyId: string): Enrolment | null {
  const value = expectOk(
    store.read((view) => view.settings.get(SETTING)),
    'store unreadable',
  )
  const known = stored.safeParse(value)
  return known.success && known.data.keyId === keyId ? known.data.answer : null
}

/** Registers this kiosk's key with the one-time code of the site file, and remembers the answer. */
export async function enrol(
  store: Store,
  centre: CentralClient,
  wish: EnrolmentWish,
  log: Log,
): Promise<EnrolmentState> {
  const known = storedEnrolment(store, wish.keyId)
  if (known !== null) return { state: 'ENROLLED', enrolment: known }
  if (wish.code === undefined) return { state: 'REFUSED', detail: 'centre.enrolmentCode is missing in the site file' }
  const { stationCode, kioskName } = wish
  const answer = await centre.enrol({ enrolmentCode: wish.code, stationCode, kioskName })
  if (!answer.ok) {
    log.warn('enrolment.failed', { code: answer.error.code })
    return answer.error.code === 'REFUSED'
      ? { state: 'REFUSED', detail: answer.error.problem.code }
      : { state: 'UNREACHABLE' }
  }
  const { kioskId } = answer.value
  expectOk(
    store.transaction((tx) => {
      tx.settings.set(SETTING, { keyId: wish.keyId, answer: answer.value })
      tx.audit.append({ actor: 'kiosk', action: 'kiosk.enrolled', target: kioskId, result: 'OK' })
    }),
    'store cannot be written',
  )
  log.info('enrolment.done', { kioskId })
  return { state: 'ENROLLED', enrolment: answer.value }
}
