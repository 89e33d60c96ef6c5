import type { SnapshotFrom } from 'xstate'
import type { Problem, ProgressStep, View } from '../../ipc/snapshot.ts'
import { text } from '../../ipc/text.ts'
import { tilesOf } from '../services/catalogue.ts'
import type { PrintStep } from './events.ts'
import type { VisitContext, VisitMachine } from './machine.ts'
import { problemOf } from './trouble.ts'

type VisitState = SnapshotFrom<VisitMachine>
type StateValue = VisitState['value']

/** The part of a snapshot that is a function of the visit alone. */
export interface Projection {
  /** Changes exactly when the task on the screen changes; taps meant for another one are dropped. */
  readonly task: string
  readonly view: View
  readonly problem: Problem | null
  /** Whether the visit may end by itself now. */
  readonly held: boolean
  readonly visiting: boolean
}

/** What the person sees, as a pure function of the statechart's state. */
export function project(state: VisitState, cameraLabel: string | null): Projection {
  const { context } = state
  return {
    task: `${context.visitId}/${JSON.stringify(state.value)}`,
    view: viewOf(state.value, context, cameraLabel),
    problem: state.hasTag('stuck') && context.trouble !== null ? problemOf(context.trouble) : null,
    held: state.hasTag('held'),
    visiting: state.hasTag('visiting'),
  }
}

/** `within('verify', 'face')` reads the nested state's own value: its name, or null where the path does not lead. */
function child(value: StateValue, ...path: readonly string[]): string | null {
  let current: unknown = value
  for (const name of path) {
    if (typeof current !== 'object' || current === null || !(name in current)) return null
    current = (current as Record<string, unknown>)[name]
  }
  if (typeof current === 'string') return current
  return typeof current === 'object' && current !== null ? (Object.keys(current)[0] ?? null) : null
}

function viewOf(value: StateValue, context: VisitContext, cameraLabel: string | null): View {
  if (context.house.out !== null && value === 'home') return { screen: 'OUT', ...context.house.out }
  switch (child(value)) {
    case 'consent':
      return {
        screen: 'S01',
        stage: child(value, 'consent') === 'face' ? 'FACE_CONSENT' : 'NOTICE',
        faceUnavailable: context.house.faceUnavailable,
      }
    case 'card':
      return {
        screen: 'S02',
        stage: cardStage(value),
        remark: context.remark,
      }
    case 'verify':
      return child(value, 'verify') === 'code' ? codeView(value, context) : faceView(value, context, cameraLabel)
    case 'vehicles':
      return {
        screen: 'S04',
        stage: child(value, 'vehicles') === 'loading' ? 'LOADING' : 'CHOOSE',
        personMasked: context.identified?.personMasked ?? '',
        vehicles: context.vehicles.map(({ view, ...rest }) => ({ ...view, ...rest })),
        publicStatus:
          context.publicStatus === null ? null : { ...context.publicStatus, rows: [...context.publicStatus.rows] },
      }
    case 'review':
      return reviewView(value, context)
    case 'locked':
      return {
        screen: 'S06',
        vehicle: selectedVehicle(context),
        locks: context.review?.next.kind === 'LOCKED' ? [...context.review.next.locks] : [],
        list: context.list,
      }
    case 'confirm':
      return confirmView(context)
    case 'endorse':
      return {
        screen: 'S08',
        stage: printStage(child(value, 'endorse'), context.certificateUnseen),
        vehicle: selectedVehicle(context),
        steps: printSteps(child(value, 'endorse'), context.printSteps),
        attempt: context.authorized?.attempt ?? 1,
      }
    case 'take':
      return takeView(context)
    case 'rating':
    case 'ending':
      return { screen: 'S10', stars: context.stars }
    default:
      return { screen: 'S00', tiles: tilesOf(context.house) }
  }
}

function cardStage(value: StateValue): Extract<View, { screen: 'S02' }>['stage'] {
  switch (child(value, 'card')) {
    case 'presenting':
      return child(value, 'card', 'presenting') === 'reading' ? 'READING' : 'WAITING'
    case 'stuck':
      return 'WAITING'
    default:
      return 'IDENTIFYING'
  }
}

function faceView(value: StateValue, context: VisitContext, cameraLabel: string | null): View {
  const stages: Record<string, Extract<View, { method: 'FACE' }>['stage']> = {
    preparing: 'PREPARING',
    looking: 'LOOKING',
    reporting: context.face.decision?.result === 'PASS' ? 'PASSED' : 'PREPARING',
    unreported: 'PASSED',
    again: 'TRY_AGAIN',
    stuck: 'TRY_AGAIN',
  }
  return {
    screen: 'S03',
    method: 'FACE',
    stage: stages[child(value, 'verify', 'face') ?? 'preparing'] ?? 'PREPARING',
    guidance: context.face.guidance,
    box: context.face.box,
    progress: context.face.progress,
    attemptsLeft: context.face.attemptsLeft,
    cameraLabel,
  }
}

function codeView(value: StateValue, context: VisitContext): View {
  const stages: Record<string, Extract<View, { method: 'CODE' }>['stage']> = {
    certificate: 'CERTIFICATE',
    sending: 'SENDING',
    sms: 'SMS',
    checking: 'CHECKING',
    stuck: context.code.challenge === null ? 'CERTIFICATE' : 'SMS',
  }
  return {
    screen: 'S03',
    method: 'CODE',
    stage: stages[child(value, 'verify', 'code') ?? 'certificate'] ?? 'CERTIFICATE',
    phoneMasked: context.code.challenge?.phoneMasked ?? context.identified?.phoneMasked ?? null,
    resendFrom: context.code.challenge?.resendFrom ?? null,
    triesLeft: context.code.challenge?.triesLeft ?? null,
    remark: context.remark,
  }
}

function reviewView(value: StateValue, context: VisitContext): View {
  const state = child(value, 'review')
  const review = context.review
  const checking = state === 'checking'
  const submitting = state === 'submitting' || state === 'submitStuck'
  return {
    screen: 'S05',
    stage: checking ? 'CHECKING' : submitting ? 'SUBMITTING' : 'DONE',
    vehicle: selectedVehicle(context),
    steps: checking
      ? steps(['VEHICLE', 'CENTRE', 'RESULT'], 1)
      : submitting
        ? steps(['SUBMIT', 'CHECKING', 'RESULT'], 1)
        : [],
    items: review === null ? [] : [...review.items],
    verdict: review?.verdict ?? null,
    canContinue: !checking && !submitting && (review?.next.kind === 'ENDORSE' || review?.next.kind === 'SUBMIT'),
    list: context.list,
  }
}

function confirmView(context: VisitContext): View {
  const next = context.review?.next
  if (next?.kind !== 'ENDORSE') throw new Error('confirm without an offer')
  return { screen: 'S07', vehicle: selectedVehicle(context), ...next.offer }
}

function printStage(state: string | null, unseen: boolean): Extract<View, { screen: 'S08' }>['stage'] {
  switch (state) {
    case 'inserting':
      return unseen ? 'PLACE_CERTIFICATE' : 'INSERT_CERTIFICATE'
    case 'notInserted':
      return 'INSERT_CERTIFICATE'
    case 'printing':
      return 'PRINTING'
    case 'receipt':
      return 'RECEIPT'
    case 'failed':
      return 'FAILED'
    case 'unknown':
      return 'UNKNOWN'
    case 'voided':
      return 'VOIDED'
    default:
      return 'AUTHORIZING'
  }
}

const printOrder = ['AUTHORIZE', 'INSERT', 'PRINT', 'PROVE', 'RECEIPT'] as const

function printSteps(state: string | null, done: readonly PrintStep[]): ProgressStep[] {
  const inPrinter = done.includes('INKED') ? 3 : 2
  if (state === 'failed' || state === 'unknown' || state === 'voided') {
    return steps(printOrder, inPrinter).map((step) => (step.state === 'now' ? { ...step, state: 'failed' } : step))
  }
  const at = { authorizing: 0, renewing: 0, unauthorized: 0, inserting: 1, notInserted: 1, receipt: 4 }[state ?? '']
  return steps(printOrder, at ?? inPrinter)
}

function steps(names: readonly string[], current: number): ProgressStep[] {
  return names.map((name, index) => ({
    label: text(`step.${name}`),
    state: index < current ? 'done' : index === current ? 'now' : 'todo',
  }))
}

function takeView(context: VisitContext): View {
  const { authorized } = context
  if (authorized === null) throw new Error('take without an endorsement')
  const items = (['CERTIFICATE', 'ID_CARD', 'RECEIPT'] as const).filter(
    (item) => item !== 'RECEIPT' || context.receiptProblem === null,
  )
  return {
    screen: 'S09',
    vehicle: selectedVehicle(context),
    newValidUntil: authorized.validUntil,
    endorsementNo: authorized.endorsementNo,
    // Nothing senses the slip: it falls into an open tray.
    items: items.map((item) => ({ item, taken: item === 'RECEIPT' ? null : context.taken.includes(item) })),
    receiptProblem: context.receiptProblem,
  }
}

function selectedVehicle(context: VisitContext): Extract<View, { screen: 'S07' }>['vehicle'] {
  if (context.selected === null) throw new Error('no vehicle selected')
  return context.selected.view
}
