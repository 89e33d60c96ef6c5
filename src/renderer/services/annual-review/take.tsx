import { Check, CircleAlert } from 'lucide-react'
import type { ReactElement } from 'react'
import type { View } from '../../../ipc/snapshot.ts'
import { useKiosk } from '../../link/kiosk-context.tsx'
import { Plate } from '../../parts/plate.tsx'
import { Stage } from '../../parts/stage.tsx'
import { CardDrawing, RecordPageDrawing, SlipDrawing } from '../../pictures/things.tsx'
import { useSay } from '../../text/say.ts'
import { writtenDate } from '../../text/written.ts'

type TakeView = Extract<View, { screen: 'S09' }>
type Item = TakeView['items'][number]

/** S09: what to take, as pictures that tick off when the machine senses that it is gone. */
export function Take({ view }: { readonly view: TakeView }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  return (
    <Stage
      stage="TAKE"
      title={say('take.title')}
      guide={view.receiptProblem === null ? say('take.items') : say(view.receiptProblem)}
      lead={
        <div className="done">
          <Plate vehicle={view.vehicle} />
          <dl className="done__facts">
            <dt>{say('take.newDate')}</dt>
            <dd className="done__date">{writtenDate(view.newValidUntil)}</dd>
            <dt>{say('take.endorsementNo')}</dt>
            <dd>{view.endorsementNo}</dd>
          </dl>
        </div>
      }
      actions={[{ label: say('action.TAKEN'), kind: 'main', onPress: () => send({ type: 'TAKEN' }) }]}
    >
      <ul className="takes" data-count={view.items.length}>
        {view.items.map((item) => (
          <Thing key={item.item} {...item} />
        ))}
      </ul>
    </Stage>
  )
}

const drawings: Readonly<Record<Item['item'], ReactElement>> = {
  CERTIFICATE: (
    <g transform="scale(0.56)">
      <RecordPageDrawing marked />
    </g>
  ),
  ID_CARD: (
    <g transform="scale(0.72)">
      <CardDrawing />
    </g>
  ),
  RECEIPT: (
    <g transform="scale(0.74)">
      <SlipDrawing />
    </g>
  ),
}

function Thing({ item, taken }: Item): ReactElement {
  const say = useSay()
  const state = taken === null ? 'check' : taken ? 'taken' : 'waiting'
  return (
    <li className="take" data-state={state}>
      <svg className="take__picture" viewBox="-135 -125 270 250" role="img" aria-label={say(`take.${item}`)}>
        {drawings[item]}
      </svg>
      <strong className="take__name">{say(`take.${item}`)}</strong>
      <span className="take__where">{say(`take.where.${item}`)}</span>
      <span className="take__state">
        {state === 'taken' ? <Check aria-hidden strokeWidth={3} /> : <CircleAlert aria-hidden strokeWidth={2.2} />}
        {say(`take.${state}`)}
      </span>
    </li>
  )
}
