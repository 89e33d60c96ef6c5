import type { Snapshot, View } from '../../ipc/snapshot.ts'
import { text, type TextRef } from '../../ipc/text.ts'
import type { TextKey } from './texts.ts'

const t = (key: TextKey, params?: Readonly<Record<string, string | number>>): TextRef => text(key, params)

/**
 * What is said aloud of a snapshot: every state has a spoken text (domain 10). Today the screen reader's live region
 * says it; the voice guide will take the same sentences from here.
 */
export function spokenTexts(snapshot: Snapshot): TextRef[] {
  if (snapshot.staffCalled) return [t('staff.title'), t('staff.note')]
  const { problem } = snapshot
  if (problem !== null) return [problem.what, ...(problem.assurance === null ? [] : [problem.assurance]), problem.todo]
  return ofView(snapshot.view)
}

function ofView(view: View): TextRef[] {
  switch (view.screen) {
    case 'S00':
      return [t('home.ask')]
    case 'S01':
      return view.stage === 'NOTICE' ? [t('notice.title'), t('notice.lead')] : [t('consent.title'), t('consent.lead')]
    case 'S02':
      if (view.remark !== null) return [view.remark]
      return {
        WAITING: [t('card.title'), t('card.where')],
        READING: [t('card.reading')],
        IDENTIFYING: [t('card.identifying')],
      }[view.stage]
    case 'S03':
      return view.method === 'FACE' ? ofFace(view) : ofCode(view)
    case 'S04':
      if (view.stage === 'LOADING') return [t('vehicles.loadingTitle')]
      if (view.publicStatus !== null) return [view.publicStatus.remark]
      return [t(view.vehicles.length === 0 ? 'vehicles.emptyTitle' : 'vehicles.title')]
    case 'S05':
      if (view.stage === 'CHECKING') return [t('review.checkingTitle')]
      if (view.stage === 'SUBMITTING') return [t('review.submittingTitle')]
      return view.verdict === null
        ? [t('review.checkingTitle')]
        : [view.verdict.title, ...(view.verdict.detail === null ? [] : [view.verdict.detail])]
    case 'S06':
      return [t('lock.title')]
    case 'S07':
      return [t('confirm.title'), t('confirm.warning')]
    case 'S08':
      return [t(`print.stage.${view.stage}.title`), t(`print.stage.${view.stage}.todo`)]
    case 'S09':
      return [t('take.title'), view.receiptProblem ?? t('take.items')]
    case 'S10':
      return view.stars === null ? [t('rating.title'), t('rating.lead')] : [t('rating.thanks')]
    case 'OUT':
      return [t('out.title'), view.reason, t('out.todo')]
    case 'S90':
      return [t('console.title.S90'), ...(view.remark === null ? [] : [view.remark])]
    case 'S91':
    case 'S92':
    case 'S93':
    case 'S94':
    case 'S95':
    case 'S96':
    case 'S97':
    case 'S98':
    case 'S99':
      return [t(`console.title.${view.screen}`)]
  }
}

function ofFace(view: Extract<View, { screen: 'S03'; method: 'FACE' }>): TextRef[] {
  switch (view.stage) {
    case 'PREPARING':
      return [t('face.title'), t('face.stage.PREPARING')]
    case 'LOOKING':
      return [t(`face.guidance.${view.guidance}`)]
    case 'PASSED':
      return [t('face.stage.PASSED'), t('face.passedNote')]
    case 'TRY_AGAIN':
      return [t('face.stage.TRY_AGAIN'), t('face.tryAgainNote')]
  }
}

function ofCode(view: Extract<View, { screen: 'S03'; method: 'CODE' }>): TextRef[] {
  if (view.remark !== null) return [view.remark]
  return {
    CERTIFICATE: [t('code.certificateTitle'), t('code.certificateHint')],
    SENDING: [t('code.sendingTitle')],
    SMS: [t('code.smsTitle')],
    CHECKING: [t('code.checkingTitle')],
  }[view.stage]
}
