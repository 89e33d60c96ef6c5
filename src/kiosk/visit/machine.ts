import { assign, fromCallback, fromPromise, setup, type EventObject } from 'xstate'
import type { View } from '../../ipc/snapshot.ts'
import { text, type TextRef } from '../../ipc/text.ts'
import type { Result } from '../../lib/result.ts'
import type { FaceBox, FaceDecision, House, PrintStep, VisitEvent } from './events.ts'
import type {
  Authorized,
  CheckedReview,
  Identified,
  ListedVehicle,
  PresentedCard,
  PrintOutcome,
  PublicStatus,
} from './model.ts'
import type { Trouble } from './trouble.ts'

/** Attempts at the face in one visit; the law and scenario 20 allow no fourth. */
const FACE_ATTEMPTS = 3

/** How long S09 waits for things to be taken, and S10 for a rating, in milliseconds. */
const TAKE_MS = 30_000
const RATING_MS = 12_000
const FAREWELL_MS = 2_500

type TakenItem = 'CERTIFICATE' | 'ID_CARD' | 'RECEIPT'
type ListState = Extract<View, { screen: 'S05' }>['list']

/** Everything a visit knows. It is replaced as a whole when the visit ends: nothing of a citizen outlives it. */
export interface VisitContext {
  readonly house: House
  readonly visitId: string
  readonly method: 'FACE' | 'CODE'
  readonly remark: TextRef | null
  readonly trouble: Trouble | null
  readonly card: PresentedCard | null
  readonly identified: Identified | null
  readonly face: {
    readonly attemptsLeft: number
    readonly guidance: Extract<View, { method: 'FACE' }>['guidance']
    readonly box: FaceBox
    readonly progress: number
    readonly decision: FaceDecision | null
  }
  readonly code: {
    readonly certificateCode: string | null
    readonly challenge: SmsChallenge | null
    readonly sms: string | null
  }
  readonly vehicles: readonly ListedVehicle[]
  readonly publicStatus: PublicStatus | null
  readonly plateQuery: { readonly plateNo: string; readonly plateColor: string } | null
  readonly selected: ListedVehicle | null
  readonly printSteps: readonly PrintStep[]
  /** The printer cannot tell whether the certificate is in: the person is asked. */
  readonly certificateUnseen: boolean
  readonly review: CheckedReview | null
  readonly list: ListState
  readonly authorized: Authorized | null
  readonly taken: readonly TakenItem[]
  readonly receiptProblem: TextRef | null
  readonly stars: number | null
  readonly outcome: VisitOutcome
}

/** How a visit ended, for the record without a person. */
export type VisitOutcome =
  'ENDORSED' | 'LEFT' | 'EXPIRED_IDLE' | 'EXPIRED_TOTAL' | 'PRINT_UNKNOWN' | 'VOIDED' | 'INFORMED'

export interface SmsChallenge {
  readonly challengeId: string
  readonly phoneMasked: string
  readonly resendFrom: number
  readonly triesLeft: number
}

/** What the statechart asks of the hands; `services/annual-review` gives the real ones, tests give scripted ones. */
export interface VisitActors {
  /** The citizen has chosen her way: `FACE` is her consent to the camera. */
  readonly readCard: CallbackHand<{ visitId: string; method: 'FACE' | 'CODE' }>
  readonly identify: Hand<{ visitId: string; card: PresentedCard }, Identified>
  readonly prepareFace: Hand<{ identified: Identified }, void>
  readonly watchFace: CallbackHand<{ attempt: number }>
  readonly reportFace: Hand<{ visitId: string; identified: Identified; decision: FaceDecision; attempt: number }, void>
  readonly watchScanner: CallbackHand<undefined>
  readonly sendSms: Hand<{ identified: Identified; certificateCode: string }, SmsChallenge>
  readonly checkSms: Hand<{ identified: Identified; challenge: SmsChallenge; sms: string }, SmsAnswer>
  readonly listVehicles: Hand<{ identified: Identified }, readonly ListedVehicle[]>
  readonly queryPlate: Hand<{ plateNo: string; plateColor: string }, PublicStatus>
  readonly checkReview: Hand<{ visitId: string; identified: Identified; vehicle: ListedVehicle }, CheckedReview>
  readonly submitReview: Hand<{ visitId: string; identified: Identified; review: CheckedReview }, CheckedReview>
  readonly printList: Hand<{ visitId: string; review: CheckedReview; slip: 'FAILURES' | 'ACCEPTANCE' }, void>
  readonly authorize: Hand<{ visitId: string; identified: Identified; review: CheckedReview }, Authorized>
  readonly reauthorize: Hand<{ authorized: Authorized; review: CheckedReview }, Authorized>
  readonly awaitCertificate: CallbackHand<{ authorized: Authorized }>
  readonly printEndorsement: PlainHand<{ visitId: string; authorized: Authorized }, PrintOutcome>
  readonly release: PlainHand<{ authorized: Authorized }, void>
  readonly printReceipt: Hand<{ visitId: string; authorized: Authorized; review: CheckedReview }, void>
  readonly watchTaking: CallbackHand<undefined>
  readonly rate: PlainHand<{ visitId: string; stars: number }, void>
  readonly endVisit: PlainHand<{ visitId: string; outcome: VisitOutcome; method: 'FACE' | 'CODE' }, void>
}

export type SmsAnswer =
  { readonly right: true } | { readonly right: false; readonly triesLeft: number; readonly remark: TextRef }

type Hand<Input, Output> = (input: Input, signal: AbortSignal) => Promise<Result<Output, Trouble>>
type PlainHand<Input, Output> = (input: Input, signal: AbortSignal) => Promise<Output>
/** Reports through `tell` until `signal` is aborted. */
type CallbackHand<Input> = (input: Input, tell: (event: VisitEvent) => void, signal: AbortSignal) => void

function promised<Input, Output>(hand: PlainHand<Input, Output>) {
  return fromPromise<Output, Input>(({ input, signal }) => hand(input, signal))
}

function watching<Input>(hand: CallbackHand<Input>) {
  return fromCallback<EventObject, Input>(({ input, sendBack }) => {
    const abort = new AbortController()
    hand(input, sendBack, abort.signal)
    return () => {
      abort.abort()
    }
  })
}

function blank(house: House, visitId: string): VisitContext {
  return {
    house,
    visitId,
    method: 'FACE',
    remark: null,
    trouble: null,
    card: null,
    identified: null,
    face: { attemptsLeft: FACE_ATTEMPTS, guidance: 'STARTING', box: null, progress: 0, decision: null },
    code: { certificateCode: null, challenge: null, sms: null },
    vehicles: [],
    publicStatus: null,
    plateQuery: null,
    selected: null,
    printSteps: [],
    certificateUnseen: false,
    review: null,
    list: 'NONE',
    authorized: null,
    taken: [],
    receiptProblem: null,
    stars: null,
    outcome: 'LEFT',
  }
}

/** What must be there in a state because no path leads into it otherwise. */
function need<T>(value: T | null, what: string): T {
  if (value === null) throw new Error(`visit without ${what}`)
  return value
}

const lookingAfresh = { guidance: 'STARTING', box: null, progress: 0, decision: null } as const

/**
 * One citizen's visit. States that are tagged `held` are never interrupted by a tap on 退出 or by the countdown: a card
 * is in the field or ink is on its way. A state named `stuck` shows `trouble` over the view of its parent.
 */
export function createVisitMachine(actors: VisitActors, newVisitId: () => string) {
  return setup({
    types: {
      context: {} as VisitContext,
      events: {} as VisitEvent,
      input: {} as { house: House },
      tags: {} as 'held' | 'stuck' | 'visiting',
    },
    actors: {
      readCard: watching(actors.readCard),
      identify: promised(actors.identify),
      prepareFace: promised(actors.prepareFace),
      watchFace: watching(actors.watchFace),
      reportFace: promised(actors.reportFace),
      watchScanner: watching(actors.watchScanner),
      sendSms: promised(actors.sendSms),
      checkSms: promised(actors.checkSms),
      listVehicles: promised(actors.listVehicles),
      queryPlate: promised(actors.queryPlate),
      checkReview: promised(actors.checkReview),
      submitReview: promised(actors.submitReview),
      printList: promised(actors.printList),
      authorize: promised(actors.authorize),
      reauthorize: promised(actors.reauthorize),
      awaitCertificate: watching(actors.awaitCertificate),
      printEndorsement: promised(actors.printEndorsement),
      release: promised(actors.release),
      printReceipt: promised(actors.printReceipt),
      watchTaking: watching(actors.watchTaking),
      rate: promised(actors.rate),
      endVisit: promised(actors.endVisit),
    },
    actions: {
      clearTrouble: assign({ trouble: null, remark: null }),
      troubled: assign({ trouble: (_, trouble: Trouble) => trouble }),
    },
  }).createMachine({
    id: 'visit',
    context: ({ input }) => blank(input.house, ''),
    initial: 'home',
    on: { HOUSE: { actions: assign({ house: ({ event }) => event.house }) } },
    states: {
      home: {
        entry: assign(({ context }) => blank(context.house, '')),
        on: {
          START_SERVICE: {
            guard: ({ context, event }) =>
              event.service === 'annual-review' &&
              context.house.out === null &&
              context.house.closed[event.service] === undefined,
            actions: assign({ visitId: newVisitId }),
            target: 'consent',
          },
        },
      },
      consent: {
        tags: 'visiting',
        initial: 'notice',
        on: leaving(),
        states: {
          notice: { on: { AGREE_NOTICE: 'face' } },
          face: {
            on: {
              BACK: 'notice',
              CONSENT_FACE: [
                {
                  guard: ({ context, event }) => event.agree && context.house.faceUnavailable === null,
                  actions: assign({ method: 'FACE' }),
                  target: '#visit.card',
                },
                { guard: ({ event }) => !event.agree, actions: assign({ method: 'CODE' }), target: '#visit.card' },
              ],
            },
          },
        },
      },
      card: {
        tags: 'visiting',
        initial: 'presenting',
        states: {
          presenting: {
            initial: 'waiting',
            invoke: { src: 'readCard', input: ({ context: { visitId, method } }) => ({ visitId, method }) },
            on: {
              CARD_REMARK: { target: '.waiting', actions: assign({ remark: ({ event }) => event.remark }) },
              CARD_READ: { target: 'identifying', actions: assign({ card: ({ event }) => event.card, remark: null }) },
              CARD_FAILED: { target: 'stuck', actions: { type: 'troubled', params: ({ event }) => event.trouble } },
            },
            states: {
              waiting: { on: { CARD_IN_FIELD: 'reading', ...leaving() } },
              /** Held for as long as one reading takes: seconds. Each of the four ends of a reading leads out of it. */
              reading: { tags: 'held', on: { CARD_GONE: 'waiting' } },
            },
          },
          identifying: {
            on: leaving(),
            invoke: {
              src: 'identify',
              input: ({ context }) => ({ visitId: context.visitId, card: need(context.card, 'card') }),
              onDone: [
                failing('stuck'),
                {
                  guard: ({ context, event }) =>
                    context.method === 'FACE' && event.output.ok && event.output.value.portrait === null,
                  actions: [
                    assign({ identified: ({ event }) => (event.output.ok ? event.output.value : null) }),
                    { type: 'troubled', params: { code: 'NO_PORTRAIT' } },
                  ],
                  target: 'noPortrait',
                },
                {
                  actions: assign({ identified: ({ event }) => (event.output.ok ? event.output.value : null) }),
                  target: '#visit.verify',
                },
              ],
            },
          },
          noPortrait: {
            tags: 'stuck',
            on: {
              ...leaving(),
              USE_OTHER_METHOD: { target: '#visit.verify', actions: ['clearTrouble', assign({ method: 'CODE' })] },
            },
          },
          stuck: {
            tags: 'stuck',
            on: {
              ...leaving(),
              RETRY: [
                { guard: ({ context }) => context.card !== null, target: 'identifying', actions: 'clearTrouble' },
                { target: 'presenting', actions: 'clearTrouble' },
              ],
            },
          },
        },
      },
      verify: {
        tags: 'visiting',
        initial: 'choosing',
        on: leaving(),
        states: {
          choosing: {
            always: [{ guard: ({ context }) => context.method === 'FACE', target: 'face' }, { target: 'code' }],
          },
          face: {
            initial: 'preparing',
            on: {
              USE_OTHER_METHOD: { target: 'code', actions: ['clearTrouble', assign({ method: 'CODE' })] },
            },
            states: {
              preparing: {
                entry: assign({ face: ({ context }) => ({ ...context.face, ...lookingAfresh }) }),
                invoke: {
                  src: 'prepareFace',
                  input: ({ context }) => ({ identified: need(context.identified, 'person') }),
                  onDone: [failing('stuck'), { target: 'looking' }],
                },
              },
              looking: {
                entry: assign({ face: ({ context }) => ({ ...context.face, ...lookingAfresh }) }),
                invoke: {
                  src: 'watchFace',
                  input: ({ context }) => ({ attempt: FACE_ATTEMPTS - context.face.attemptsLeft + 1 }),
                },
                on: {
                  FACE_SEEN: {
                    actions: assign({
                      face: ({ context, event }) => ({
                        ...context.face,
                        guidance: event.guidance,
                        box: event.box,
                        progress: event.progress,
                      }),
                    }),
                  },
                  FACE_DECIDED: {
                    target: 'reporting',
                    actions: assign({
                      face: ({ context, event }) => ({
                        ...context.face,
                        decision: event.decision,
                        attemptsLeft: context.face.attemptsLeft - (event.decision.result === 'PASS' ? 0 : 1),
                      }),
                    }),
                  },
                  FACE_GONE: { target: 'stuck', actions: { type: 'troubled', params: ({ event }) => event.trouble } },
                  CAMERA: {
                    guard: ({ event }) => event.state !== 'OPEN' && event.state !== 'CLOSED',
                    target: 'stuck',
                    actions: { type: 'troubled', params: { code: 'NO_CAMERA' } },
                  },
                },
              },
              reporting: {
                invoke: {
                  src: 'reportFace',
                  input: ({ context }) => ({
                    visitId: context.visitId,
                    identified: need(context.identified, 'person'),
                    decision: need(context.face.decision, 'decision'),
                    attempt: FACE_ATTEMPTS - context.face.attemptsLeft + 1,
                  }),
                  onDone: [
                    failing('unreported'),
                    { guard: ({ context }) => context.face.decision?.result === 'PASS', target: '#visit.vehicles' },
                    { guard: ({ context }) => context.face.attemptsLeft > 0, target: 'again' },
                    { target: 'stuck', actions: { type: 'troubled', params: { code: 'FACE_FAILED' } } },
                  ],
                },
              },
              /** The centre did not take the result: the face need not be shown again, the result is sent again. */
              unreported: { tags: 'stuck', on: { RETRY: { target: 'reporting', actions: 'clearTrouble' } } },
              again: { on: { RETRY: 'looking' } },
              stuck: {
                tags: 'stuck',
                on: {
                  RETRY: {
                    guard: ({ context }) => context.face.attemptsLeft > 0,
                    target: 'preparing',
                    actions: 'clearTrouble',
                  },
                },
              },
            },
          },
          code: {
            initial: 'certificate',
            states: {
              certificate: {
                invoke: { src: 'watchScanner' },
                on: {
                  CERTIFICATE_CODE: {
                    target: 'sending',
                    actions: assign(({ event }) => withCertificateCode(event.code)),
                  },
                  SCANNED: { target: 'sending', actions: assign(({ event }) => withCertificateCode(event.code)) },
                },
              },
              sending: {
                invoke: {
                  src: 'sendSms',
                  input: ({ context }) => ({
                    identified: need(context.identified, 'person'),
                    certificateCode: need(context.code.certificateCode, 'certificate code'),
                  }),
                  onDone: [
                    {
                      guard: ({ event }) => !event.output.ok && event.output.error.code === 'WRONG_CERTIFICATE',
                      actions: assign({ remark: text('remark.CERTIFICATE_MISMATCH') }),
                      target: 'certificate',
                    },
                    failing('stuck'),
                    {
                      actions: assign({
                        remark: null,
                        code: ({ context, event }) => ({
                          ...context.code,
                          challenge: event.output.ok ? event.output.value : null,
                        }),
                      }),
                      target: 'sms',
                    },
                  ],
                },
              },
              sms: {
                on: {
                  BACK: { target: 'certificate', actions: assign({ remark: null }) },
                  RESEND_SMS: 'sending',
                  SMS_CODE: {
                    target: 'checking',
                    actions: assign({ code: ({ context, event }) => ({ ...context.code, sms: event.code }) }),
                  },
                },
              },
              checking: {
                invoke: {
                  src: 'checkSms',
                  input: ({ context }) => ({
                    identified: need(context.identified, 'person'),
                    challenge: need(context.code.challenge, 'message'),
                    sms: need(context.code.sms, 'message code'),
                  }),
                  onDone: [
                    failing('stuck'),
                    {
                      guard: ({ event }) => event.output.ok && !event.output.value.right,
                      actions: assign(({ context, event }) => wrongSms(context, event.output)),
                      target: 'sms',
                    },
                    { actions: assign({ remark: null }), target: '#visit.vehicles' },
                  ],
                },
              },
              stuck: {
                tags: 'stuck',
                on: {
                  RETRY: [
                    { guard: ({ context }) => context.code.sms !== null, target: 'checking', actions: 'clearTrouble' },
                    { target: 'sending', actions: 'clearTrouble' },
                  ],
                },
              },
            },
          },
        },
      },
      vehicles: {
        tags: 'visiting',
        initial: 'loading',
        on: leaving(),
        states: {
          loading: {
            entry: 'clearTrouble',
            invoke: {
              src: 'listVehicles',
              input: ({ context }) => ({ identified: need(context.identified, 'person') }),
              onDone: [
                failing('stuck'),
                {
                  actions: assign({ vehicles: ({ event }) => (event.output.ok ? event.output.value : []) }),
                  target: 'choosing',
                },
              ],
            },
          },
          choosing: {
            on: {
              SELECT_VEHICLE: {
                guard: ({ context, event }) => context.vehicles.some((vehicle) => vehicle.view.id === event.vehicleId),
                actions: assign({
                  selected: ({ context, event }) =>
                    context.vehicles.find((vehicle) => vehicle.view.id === event.vehicleId) ?? null,
                  publicStatus: null,
                }),
                target: '#visit.review',
              },
              QUERY_PLATE: {
                actions: assign({
                  plateQuery: ({ event }) => ({ plateNo: event.plateNo, plateColor: event.plateColor }),
                }),
                target: 'querying',
              },
              BACK: { actions: assign({ publicStatus: null }) },
            },
          },
          querying: {
            invoke: {
              src: 'queryPlate',
              input: ({ context }) => need(context.plateQuery, 'plate'),
              onDone: [
                failing('queryStuck'),
                {
                  actions: assign({ publicStatus: ({ event }) => (event.output.ok ? event.output.value : null) }),
                  target: 'choosing',
                },
              ],
            },
          },
          queryStuck: {
            tags: 'stuck',
            on: {
              RETRY: { target: 'querying', actions: 'clearTrouble' },
              BACK: { target: 'choosing', actions: 'clearTrouble' },
            },
          },
          stuck: { tags: 'stuck', on: { RETRY: 'loading' } },
        },
      },
      review: {
        tags: 'visiting',
        initial: 'checking',
        on: leaving(),
        states: {
          checking: {
            entry: assign({ review: null, list: 'NONE' }),
            invoke: {
              src: 'checkReview',
              input: ({ context }) => ({
                visitId: context.visitId,
                identified: need(context.identified, 'person'),
                vehicle: need(context.selected, 'vehicle'),
              }),
              onDone: [failing('stuck'), { actions: assign(({ event }) => reviewed(event.output)), target: 'done' }],
            },
          },
          done: {
            always: {
              guard: ({ context }) => context.review?.next.kind === 'LOCKED',
              target: '#visit.locked',
            },
            on: {
              BACK: '#visit.vehicles',
              CONTINUE: [
                { guard: ({ context }) => context.review?.next.kind === 'ENDORSE', target: '#visit.confirm' },
                { guard: ({ context }) => context.review?.next.kind === 'SUBMIT', target: 'submitting' },
              ],
              PRINT_LIST: { guard: ({ context }) => context.list === 'OFFERED', target: 'listing' },
            },
          },
          submitting: {
            invoke: {
              src: 'submitReview',
              input: ({ context }) => ({
                visitId: context.visitId,
                identified: need(context.identified, 'person'),
                review: need(context.review, 'review'),
              }),
              onDone: [
                failing('submitStuck'),
                { actions: assign(({ event }) => reviewed(event.output)), target: 'done' },
              ],
            },
          },
          submitStuck: {
            tags: 'stuck',
            on: { RETRY: { target: 'submitting', actions: 'clearTrouble' } },
          },
          listing: listing('done'),
          stuck: {
            tags: 'stuck',
            on: {
              RETRY: { target: 'checking', actions: 'clearTrouble' },
              BACK: { target: '#visit.vehicles', actions: 'clearTrouble' },
            },
          },
        },
      },
      locked: {
        tags: 'visiting',
        initial: 'shown',
        on: leaving(),
        states: {
          shown: {
            on: {
              BACK: '#visit.vehicles',
              /** Asks the centre again, for somebody who has just paid. */
              RETRY: '#visit.review',
              PRINT_LIST: { guard: ({ context }) => context.list === 'OFFERED', target: 'listing' },
            },
          },
          listing: listing('shown'),
        },
      },
      confirm: {
        tags: 'visiting',
        on: { ...leaving(), BACK: '#visit.review.done', CONFIRM: 'endorse' },
      },
      endorse: {
        tags: 'visiting',
        initial: 'authorizing',
        states: {
          authorizing: {
            tags: 'held',
            invoke: {
              src: 'authorize',
              input: ({ context }) => ({
                visitId: context.visitId,
                identified: need(context.identified, 'person'),
                review: need(context.review, 'review'),
              }),
              onDone: [
                failing('unauthorized'),
                { actions: assign(({ event }) => authorized(event.output)), target: 'inserting' },
              ],
            },
          },
          unauthorized: {
            tags: 'stuck',
            on: {
              ...leaving(),
              RETRY: { target: 'authorizing', actions: 'clearTrouble' },
              BACK: { target: '#visit.review', actions: 'clearTrouble' },
            },
          },
          inserting: {
            entry: assign({ certificateUnseen: false }),
            invoke: {
              src: 'awaitCertificate',
              input: ({ context }) => ({ authorized: need(context.authorized, 'authorization') }),
            },
            on: {
              CERTIFICATE_IN: 'printing',
              CERTIFICATE_UNSEEN: { actions: assign({ certificateUnseen: true }) },
              CONTINUE: { guard: ({ context }) => context.certificateUnseen, target: 'printing' },
              CERTIFICATE_FAILED: {
                target: 'notInserted',
                actions: { type: 'troubled', params: ({ event }) => event.trouble },
              },
              LEAVE: 'releasing',
              EXPIRED: { target: 'releasing', actions: assign({ outcome: expiry }) },
            },
          },
          notInserted: {
            tags: 'stuck',
            on: {
              RETRY: { target: 'renewing', actions: 'clearTrouble' },
              LEAVE: 'releasing',
              EXPIRED: { target: 'releasing', actions: assign({ outcome: expiry }) },
            },
          },
          printing: {
            tags: 'held',
            entry: assign({ printSteps: [] }),
            on: {
              PRINT_STEP: {
                actions: assign({ printSteps: ({ context, event }) => [...context.printSteps, event.step] }),
              },
            },
            invoke: {
              src: 'printEndorsement',
              input: ({ context }) => ({
                visitId: context.visitId,
                authorized: need(context.authorized, 'authorization'),
              }),
              onDone: [
                {
                  guard: ({ event }) => event.output.outcome === 'PRINTED',
                  actions: assign({ outcome: 'ENDORSED' }),
                  target: 'receipt',
                },
                {
                  guard: ({ event }) => event.output.outcome === 'REFUSED',
                  actions: { type: 'troubled', params: ({ event }) => printTrouble('PRINT_FAILED', event.output) },
                  target: 'failed',
                },
                {
                  guard: ({ event }) => event.output.outcome === 'UNKNOWN',
                  actions: [
                    assign({ outcome: 'PRINT_UNKNOWN' }),
                    { type: 'troubled', params: ({ event }) => printTrouble('PRINT_UNKNOWN', event.output) },
                  ],
                  target: 'unknown',
                },
                {
                  guard: ({ event }) => event.output.outcome === 'FAILED' && event.output.mayRetry,
                  actions: { type: 'troubled', params: ({ event }) => printTrouble('PRINT_FAILED', event.output) },
                  target: 'failed',
                },
                {
                  actions: [
                    assign({ outcome: 'VOIDED' }),
                    { type: 'troubled', params: ({ event }) => printTrouble('VOIDED', event.output) },
                  ],
                  target: 'voided',
                },
              ],
            },
          },
          failed: {
            tags: 'stuck',
            on: {
              RETRY: { target: 'renewing', actions: 'clearTrouble' },
              LEAVE: 'releasing',
              EXPIRED: { target: 'releasing', actions: assign({ outcome: expiry }) },
            },
          },
          renewing: {
            tags: 'held',
            invoke: {
              src: 'reauthorize',
              input: ({ context }) => ({
                authorized: need(context.authorized, 'authorization'),
                review: need(context.review, 'review'),
              }),
              onDone: [
                failing('failed'),
                { actions: assign(({ event }) => authorized(event.output)), target: 'inserting' },
              ],
            },
          },
          unknown: { tags: 'stuck', on: leaving() },
          voided: { tags: 'stuck', on: leaving() },
          /** Somebody left with an authorization in hand that no ink was spent on: it is given back before the end. */
          releasing: {
            tags: 'held',
            invoke: {
              src: 'release',
              input: ({ context }) => ({ authorized: need(context.authorized, 'authorization') }),
              onDone: '#visit.ending',
            },
          },
          receipt: {
            tags: 'held',
            invoke: {
              src: 'printReceipt',
              input: ({ context }) => ({
                visitId: context.visitId,
                authorized: need(context.authorized, 'authorization'),
                review: need(context.review, 'review'),
              }),
              onDone: {
                actions: assign({
                  receiptProblem: ({ event }) =>
                    event.output.ok ? null : text(`problem.${event.output.error.code}.what`, event.output.error.params),
                }),
                target: '#visit.take',
              },
            },
          },
        },
      },
      take: {
        tags: 'visiting',
        invoke: { src: 'watchTaking' },
        after: { [TAKE_MS]: 'rating' },
        always: { guard: ({ context }) => allTaken(context), target: 'rating' },
        on: {
          ITEM_TAKEN: { actions: assign({ taken: ({ context, event }) => [...context.taken, event.item] }) },
          TAKEN: 'rating',
          EXPIRED: 'rating',
        },
      },
      rating: {
        tags: 'visiting',
        initial: 'asking',
        on: { LEAVE: 'ending', EXPIRED: 'ending' },
        states: {
          asking: {
            after: { [RATING_MS]: '#visit.ending' },
            on: { RATE: { actions: assign({ stars: ({ event }) => event.stars }), target: 'thanking' } },
          },
          thanking: {
            after: { [FAREWELL_MS]: '#visit.ending' },
            invoke: {
              src: 'rate',
              input: ({ context }) => ({ visitId: context.visitId, stars: need(context.stars, 'rating') }),
            },
          },
        },
      },
      ending: {
        tags: 'held',
        entry: assign(({ context }) => ({
          ...blank(context.house, context.visitId),
          outcome: context.outcome,
          method: context.method,
        })),
        invoke: {
          src: 'endVisit',
          input: ({ context }) => ({ visitId: context.visitId, outcome: context.outcome, method: context.method }),
          onDone: 'home',
        },
      },
    },
  })
}

export type VisitMachine = ReturnType<typeof createVisitMachine>

/** The two ways out that every interruptible state has. */
function leaving() {
  return {
    LEAVE: { target: '#visit.ending' },
    EXPIRED: {
      target: '#visit.ending',
      actions: assign<VisitContext, { type: 'EXPIRED'; why: 'IDLE' | 'TOTAL' }, undefined, VisitEvent, never>({
        outcome: expiry,
      }),
    },
  } as const
}

function expiry({ event }: { event: { why: 'IDLE' | 'TOTAL' } }): VisitOutcome {
  return event.why === 'IDLE' ? 'EXPIRED_IDLE' : 'EXPIRED_TOTAL'
}

type Failable = { output: Result<unknown, Trouble> }

/** First candidate of an `onDone`: takes a failed Result to the state that shows its trouble. */
function failing<Target extends string>(target: Target) {
  return {
    guard: ({ event }: { event: Failable }) => !event.output.ok,
    actions: {
      type: 'troubled' as const,
      params: ({ event }: { event: Failable }): Trouble =>
        event.output.ok ? { code: 'UNEXPECTED' } : event.output.error,
    },
    target,
  }
}

function withCertificateCode(code: string): Partial<VisitContext> {
  return { remark: null, code: { certificateCode: code, challenge: null, sms: null } }
}

function wrongSms(context: VisitContext, output: Result<SmsAnswer, Trouble>): Partial<VisitContext> {
  if (!output.ok || output.value.right || context.code.challenge === null) return {}
  const { triesLeft, remark } = output.value
  return { remark, code: { ...context.code, sms: null, challenge: { ...context.code.challenge, triesLeft } } }
}

function reviewed(output: Result<CheckedReview, Trouble>): Partial<VisitContext> {
  if (!output.ok) return {}
  const review = output.value
  return { review, outcome: 'INFORMED', list: review.slip === null ? 'NONE' : 'OFFERED' }
}

function authorized(output: Result<Authorized, Trouble>): Partial<VisitContext> {
  return output.ok ? { authorized: output.value } : {}
}

function printTrouble(code: 'PRINT_UNKNOWN' | 'PRINT_FAILED' | 'VOIDED', output: PrintOutcome): Trouble {
  switch (output.outcome) {
    case 'PRINTED':
      return { code }
    case 'REFUSED':
      return output.trouble
    case 'FAILED':
    case 'UNKNOWN':
      return { code, detail: output.detail }
  }
}

function allTaken(context: VisitContext): boolean {
  return (['CERTIFICATE', 'ID_CARD', 'RECEIPT'] as const).every(
    (item) => context.taken.includes(item) || (item === 'RECEIPT' && context.receiptProblem !== null),
  )
}

/** Printing the list of failures (P03) or the acceptance slip (P04); its failure is shown on the button, not as a panel. */
function listing<Target extends string>(target: Target) {
  return {
    tags: 'held' as const,
    entry: assign<VisitContext, VisitEvent, undefined, VisitEvent, never>({ list: 'PRINTING' }),
    invoke: {
      src: 'printList' as const,
      input: ({ context }: { context: VisitContext }) => {
        const review = need(context.review, 'review')
        return { visitId: context.visitId, review, slip: need(review.slip, 'slip') }
      },
      onDone: {
        target,
        actions: assign<VisitContext, { type: string; output: Result<void, Trouble> }, undefined, VisitEvent, never>({
          list: ({ event }) => (event.output.ok ? 'PRINTED' : 'FAILED'),
        }),
      },
    },
  }
}
