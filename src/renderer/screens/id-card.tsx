import type { ReactElement } from 'react'
import type { ProgressStep, View } from '../../ipc/snapshot.ts'
import { text } from '../../ipc/text.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Remark } from '../parts/remark.tsx'
import { Stage } from '../parts/stage.tsx'
import { Steps } from '../parts/steps.tsx'
import { KioskPicture } from '../pictures/kiosk-picture.tsx'
import { useSay } from '../text/say.ts'

type CardView = Extract<View, { screen: 'S02' }>

const order = ['WAITING', 'READING', 'IDENTIFYING'] as const
const titles = { WAITING: 'card.title', READING: 'card.reading', IDENTIFYING: 'card.identifying' } as const
const guides = { WAITING: 'card.where', READING: 'card.keep', IDENTIFYING: 'card.next' } as const

/** S02: the identity card on the reader. */
export function IdCardScreen({ view }: { readonly view: CardView }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  return (
    <Stage
      stage={view.stage}
      title={say(titles[view.stage])}
      guide={view.remark === null ? say(guides[view.stage]) : <Remark remark={view.remark} />}
      lead={<KioskPicture lit="card" way={view.stage === 'WAITING' ? 'in' : 'still'} />}
      actions={[
        { label: say('action.LEAVE'), kind: 'quiet', onPress: () => send({ type: 'LEAVE' }) },
        { label: say('action.BACK'), onPress: () => send({ type: 'BACK' }) },
      ]}
    >
      <Steps steps={stepsOf(view.stage)} />
      <p className="aside">{say('card.time')}</p>
    </Stage>
  )
}

function stepsOf(stage: CardView['stage']): ProgressStep[] {
  const now = order.indexOf(stage)
  return (['place', 'read', 'identify'] as const).map((step, index) => ({
    label: text(`card.step.${step}`),
    state: index < now ? 'done' : index === now ? 'now' : 'todo',
  }))
}
