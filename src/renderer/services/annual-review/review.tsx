import { useState, type ReactElement } from 'react'
import type { View } from '../../../ipc/snapshot.ts'
import { useKiosk } from '../../link/kiosk-context.tsx'
import { Pages } from '../../parts/pages.tsx'
import { Plate } from '../../parts/plate.tsx'
import { Stage, type Action } from '../../parts/stage.tsx'
import { Steps } from '../../parts/steps.tsx'
import { ToneIcon } from '../../parts/tone.tsx'
import { QrCode } from '../../pictures/qr-code.tsx'
import { useSay } from '../../text/say.ts'
import { CheckItem, PassedItems } from './check-item.tsx'
import { groupItems } from './group-items.ts'

type ReviewView = Extract<View, { screen: 'S05' }>

/** S05: the check items of the annual review, what failed or is open first, with its evidence. */
export function Review({ view }: { readonly view: ReviewView }): ReactElement {
  return view.stage === 'DONE' ? <Result view={view} /> : <Checking view={view} stage={view.stage} />
}

function Checking({
  view,
  stage,
}: {
  readonly view: ReviewView
  readonly stage: 'CHECKING' | 'SUBMITTING'
}): ReactElement {
  const say = useSay()
  const done = view.steps.filter(({ state }) => state === 'done').length
  const now = Math.min(done + 1, view.steps.length)
  return (
    <Stage
      stage={stage}
      title={say(stage === 'CHECKING' ? 'review.checkingTitle' : 'review.submittingTitle')}
      guide={
        stage === 'CHECKING' && view.steps.length > 0
          ? say('review.progress', { done: now, total: view.steps.length })
          : say('review.submittingProgress')
      }
      lead={<Plate vehicle={view.vehicle} size="large" />}
    >
      <Steps steps={view.steps} layout="rows" />
      <p className="aside">{say('review.keepCard')}</p>
    </Stage>
  )
}

function Result({ view }: { readonly view: ReviewView }): ReactElement {
  const say = useSay()
  const actions = useActions(view)
  const [unfolded, setUnfolded] = useState(false)
  const { failed, open, passed, notApplicable } = groupItems(view.items)
  const rows: ReactElement[] = [
    ...failed.map((item) => <CheckItem key={item.ruleId} item={item} />),
    ...open.map((item) => <CheckItem key={item.ruleId} item={item} />),
    ...PassedItems({ say, passed, notApplicable, unfolded, onUnfold: () => setUnfolded(true) }),
  ]
  const link = view.verdict?.detail?.params?.['url']
  const list = view.list === 'NONE' || view.list === 'OFFERED' ? null : say(`review.list.${view.list}`)
  return (
    <Stage
      stage="DONE"
      title={view.verdict === null ? say('review.checkingTitle') : say(view.verdict.title)}
      lead={
        <div className="verdict">
          <Plate vehicle={view.vehicle} />
          {view.verdict !== null && (
            <div className={`verdict__card tone--${view.verdict.tone}`}>
              <ToneIcon tone={view.verdict.tone} />
              <p>
                {say(`tone.${view.verdict.tone}`)}
                {view.verdict.detail !== null && <span>{say(view.verdict.detail)}</span>}
              </p>
            </div>
          )}
        </div>
      }
      actions={actions}
    >
      {list !== null && (
        <p className="list-state" role="status">
          {list}
        </p>
      )}
      {typeof link === 'string' && (
        <div className="verdict__link">
          <QrCode value={link} label={say('review.qr')} />
          <p>{say('review.scan')}</p>
        </div>
      )}
      <Pages className="items">{rows}</Pages>
    </Stage>
  )
}

function useActions(view: ReviewView): Action[] {
  const { send } = useKiosk()
  const say = useSay()
  const actions: Action[] = [
    { label: say('action.LEAVE'), kind: 'quiet', onPress: () => send({ type: 'LEAVE' }) },
    { label: say('action.BACK'), onPress: () => send({ type: 'BACK' }) },
  ]
  if (view.list !== 'NONE') {
    actions.push({
      label: say('action.PRINT_LIST'),
      kind: view.canContinue ? 'plain' : 'main',
      disabled: view.list === 'PRINTING' || view.list === 'PRINTED',
      onPress: () => send({ type: 'PRINT_LIST' }),
    })
  }
  if (view.canContinue)
    actions.push({ label: say('action.CONTINUE'), kind: 'main', onPress: () => send({ type: 'CONTINUE' }) })
  return actions
}
