import { localDate } from '../../src/domain/local-date.ts'
import { hide } from '../../src/lib/log.ts'
import { ok, type Result } from '../../src/lib/result.ts'
import type { House, VisitEvent } from '../../src/kiosk/visit/events.ts'
import type { VisitActors } from '../../src/kiosk/visit/machine.ts'
import type {
  Authorized,
  CheckedReview,
  Identified,
  ListedVehicle,
  PresentedCard,
} from '../../src/kiosk/visit/model.ts'
import type { Trouble } from '../../src/kiosk/visit/trouble.ts'

/** Hands that do what a test tells them: promises answer well unless replaced, watchers are spoken for by `tell`. */
export interface ScriptedHands {
  readonly hands: VisitActors
  /** Calls in order, with their inputs. */
  readonly calls: { readonly hand: keyof VisitActors; readonly input: unknown }[]
  /** Speaks as the watcher that was started last. */
  tell(event: VisitEvent): void
  /** Names of the watchers that are running now. */
  watching(): string[]
}

export const openHouse: House = { closed: {}, faceUnavailable: null, out: null }

export const card: PresentedCard = {
  idNumber: hide('990001198512311235'),
  name: hide('张样例'),
  kind: 'resident',
  chipPortrait: hide(new Uint8Array(4)),
}

export const identified: Identified = {
  identificationId: 'ident-1',
  personMasked: '张**',
  phoneMasked: '138****5678',
  portrait: hide(new Uint8Array(8)),
}

export const listed: ListedVehicle = {
  view: { id: '2-粤B12345', plateNo: '粤B12345', plateColor: '2', plateColorName: '黄色' },
  reviewValidUntil: '2026-12-31',
  badge: { tone: 'good', label: { key: 'badge.ENDORSABLE' } },
  note: null,
}

export const reviewToEndorse: CheckedReview = {
  reviewId: 'review-1',
  vehicle: listed.view,
  items: [],
  verdict: { tone: 'good', title: { key: 'verdict.READY.title' }, detail: null },
  next: {
    kind: 'ENDORSE',
    offer: {
      certificateMasked: '粤交运管深字4403****0001号',
      currentValidUntil: '2026-12-31',
      newValidUntil: '2027-12-31',
      authorityName: '深圳市交通运输局',
      preview: null,
    },
  },
  slip: null,
}

export const authorized: Authorized = {
  endorsementId: 'K1:V1:review-1',
  endorsementNo: '4403002026000000012',
  validUntil: localDate('2027-12-31'),
  attempt: 1,
}

type Overrides = Partial<{ [K in keyof VisitActors]: VisitActors[K] }>

export function scriptedHands(overrides: Overrides = {}): ScriptedHands {
  const calls: { hand: keyof VisitActors; input: unknown }[] = []
  const running: { name: string; tell: (event: VisitEvent) => void }[] = []
  const answers =
    <T>(value: T): (() => Promise<Result<T, Trouble>>) =>
    () =>
      Promise.resolve(ok(value))
  const watch =
    (name: string) =>
    (_: unknown, tell: (event: VisitEvent) => void, signal: AbortSignal): void => {
      const entry = { name, tell }
      running.push(entry)
      signal.addEventListener('abort', () => running.splice(running.indexOf(entry), 1))
    }
  const plain: VisitActors = {
    readCard: watch('readCard'),
    identify: answers(identified),
    prepareFace: answers(undefined),
    watchFace: watch('watchFace'),
    reportFace: answers(undefined),
    watchScanner: watch('watchScanner'),
    sendSms: answers({ challengeId: 'c1', phoneMasked: '138****5678', resendFrom: 0, triesLeft: 5 }),
    checkSms: answers({ right: true }),
    listVehicles: answers([listed]),
    queryPlate: answers({ vehicle: listed.view, found: false, rows: [], remark: { key: 'publicStatus.notFound' } }),
    checkReview: answers(reviewToEndorse),
    submitReview: answers(reviewToEndorse),
    printList: answers(undefined),
    authorize: answers(authorized),
    reauthorize: answers({ ...authorized, attempt: 2 }),
    awaitCertificate: watch('awaitCertificate'),
    printEndorsement: () => Promise.resolve({ outcome: 'PRINTED' }),
    release: () => Promise.resolve(),
    printReceipt: answers(undefined),
    watchTaking: watch('watchTaking'),
    rate: () => Promise.resolve(),
    endVisit: () => Promise.resolve(),
  }
  const merged = { ...plain, ...overrides }
  const recorded = Object.fromEntries(
    Object.entries(merged).map(([hand, act]) => [
      hand,
      (...args: readonly unknown[]): unknown => {
        calls.push({ hand: hand as keyof VisitActors, input: args[0] })
        return (act as (...all: readonly unknown[]) => unknown)(...args)
      },
    ]),
  ) as unknown as VisitActors
  return {
    hands: recorded,
    calls,
    tell(event) {
      const last = running.at(-1)
      if (last === undefined) throw new Error(`nobody is watching, so nobody can say ${event.type}`)
      last.tell(event)
    },
    watching: () => running.map(({ name }) => name),
  }
}
