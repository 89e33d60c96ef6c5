import { z } from 'zod'
import type { CentralClient, NotEnrolledReason } from '../central/client/central-client.ts'
import { enrolment as enrolmentAnswer, type Enrolment } from '../central/contract/station.ts'
import type { CancelTimer, Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { mustRead, mustWrite } from '../store/must.ts'
import type { Store, StoreWriter } from '../store/store.ts'
import { forgetKeyPins } from './centre-keys.ts'

const SETTING = 'enrolment'
const stored = z.object({
  keyId: z.string(),
  /** The key that is about to take over (`key-rotation.ts`); the enrolment is this kiosk's under both. */
  nextKeyId: z.string().optional(),
  answer: enrolmentAnswer,
  /** Of the site file it was enrolled with. */
  site: z.object({ province: z.string(), kioskId: z.string() }).optional(),
})
type Stored = z.infer<typeof stored>

/** Which machine under which rules a site file is for: `kiosk.kioskId` and `province`. */
export interface SiteIdentity {
  readonly province: string
  readonly kioskId: string
}

export interface EnrolmentWish {
  readonly code: string | undefined
  readonly stationCode: string
  readonly kioskName: string
  readonly keyId: string
  readonly site: SiteIdentity
}

export type EnrolmentState =
  | { readonly state: 'ENROLLED'; readonly enrolment: Enrolment }
  | { readonly state: 'UNREACHABLE' }
  /** No code in the site file, or a code the centre does not take: only a technician can help. */
  | { readonly state: 'REFUSED'; readonly detail: string }

/** Known from an earlier start, for this very device key; a replaced key has to enrol anew. */
export function storedEnrolment(store: Store, keyId: string): Enrolment | null {
  const known = remembered(store)
  return known !== null && (known.keyId === keyId || known.nextKeyId === keyId) ? known.answer : null
}

/**
 * Whether the site file is that of the kiosk that was enrolled. A file that is signed as it should be, but for another
 * province or another machine, would print one kiosk's endorsements under another's name and rules.
 * @returns in words, what is wrong; null where nothing is, or where this key was never enrolled
 */
export function strangerSite(store: Store, keyId: string, site: SiteIdentity): string | null {
  const known = remembered(store)
  if (known?.site === undefined || (known.keyId !== keyId && known.nextKeyId !== keyId)) return null
  const { province, kioskId } = known.site
  if (province === site.province && kioskId === site.kioskId) return null
  return `The site file is for kiosk ${site.kioskId} in ${site.province}, and this one was enrolled (as ${known.answer.kioskId}) as ${kioskId} in ${province}. Put its own site file back; to make another kiosk of it, remove device.key and enrol it anew.`
}

/** Before the centre hears of a new key: whichever of both is there after a crash is this kiosk's. */
export function expectKey(tx: StoreWriter, nextKeyId: string): void {
  const known = stored.safeParse(tx.settings.get(SETTING))
  if (known.success) tx.settings.set(SETTING, { ...known.data, nextKeyId })
}

/** The new key has taken over. */
export function confirmKey(tx: StoreWriter, keyId: string): void {
  const known = stored.safeParse(tx.settings.get(SETTING))
  if (known.success)
    tx.settings.set(SETTING, { ...known.data, nextKeyId: undefined, keyId, answer: { ...known.data.answer, keyId } })
}

function remembered(store: Store): Stored | null {
  const value = mustRead(store, (view) => view.settings.get(SETTING))
  const known = stored.safeParse(value)
  return known.success ? known.data : null
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
    switch (answer.error.code) {
      case 'REFUSED':
        return { state: 'REFUSED', detail: answer.error.problem.code }
      case 'NOT_ENROLLED':
        return { state: 'REFUSED', detail: answer.error.reason }
      default:
        return { state: 'UNREACHABLE' }
    }
  }
  const { kioskId } = answer.value
  mustWrite(store, (tx) => {
    tx.settings.set(SETTING, { keyId: wish.keyId, answer: answer.value, site: wish.site })
    forgetKeyPins(tx)
    tx.audit.append({ actor: 'kiosk', action: 'kiosk.enrolled', target: kioskId, result: 'OK' })
  })
  log.info('enrolment.done', { kioskId })
  return { state: 'ENROLLED', enrolment: answer.value }
}

/** How often an enrolled kiosk asks whether it still is, in milliseconds. */
const STANDING_MS = 60_000

export interface StandingParts {
  readonly store: Store
  readonly centre: CentralClient
  readonly clock: Clock
  readonly log: Log
  /** `NOT_ENROLLED` greys out what needs the centre; null opens it again. */
  readonly report: (closing: 'NOT_ENROLLED' | null) => void
}

/**
 * Notices that the centre has revoked this kiosk (or lost it) before a citizen does: by any signed call that is refused
 * for it, and by a question of its own each minute, which also notices that it was taken back.
 */
export class StandingWatch {
  private readonly parts: StandingParts
  private refused: NotEnrolledReason | null = null
  private cancel: CancelTimer = () => undefined
  private stopped = false

  constructor(parts: StandingParts) {
    this.parts = parts
    parts.centre.onNotEnrolled((reason) => this.changed(reason))
  }

  /** After the enrolment. */
  start(): void {
    void this.ask()
  }

  stop(): void {
    this.stopped = true
    this.cancel()
  }

  private async ask(): Promise<void> {
    const { centre, clock } = this.parts
    const standing = await centre.standing()
    if (this.stopped) return
    // A refusal was heard by the listener; a centre that is away says nothing about the key.
    if (standing.ok) this.changed(null)
    this.cancel = clock.setTimer(STANDING_MS, () => void this.ask())
  }

  private changed(reason: NotEnrolledReason | null): void {
    if (this.stopped || reason === this.refused) return
    this.refused = reason
    const { store, log, report } = this.parts
    const written = store.transaction((tx) =>
      tx.audit.append({
        actor: 'centre',
        action: 'kiosk.standing',
        target: 'kiosk',
        result: reason === null ? 'OK' : 'REFUSED',
        detail: { reason },
      }),
    )
    if (!written.ok) log.error('standing.not-written', { code: written.error.code })
    log.warn('standing.changed', { reason })
    report(reason === null ? null : 'NOT_ENROLLED')
  }
}
