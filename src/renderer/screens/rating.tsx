import type { ReactElement } from 'react'
import type { View } from '../../ipc/snapshot.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Press } from '../parts/press.tsx'
import { Stage } from '../parts/stage.tsx'
import { FaceIcon } from '../pictures/face-icon.tsx'
import { Landscape } from '../pictures/landscape.tsx'
import { useSay } from '../text/say.ts'

type RatingView = Extract<View, { screen: 'S10' }>

const moods = [1, 2, 3, 4, 5] as const

/** S10: five faces, then thanks. Nobody has to. */
export function Rating({ view }: { readonly view: RatingView }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  if (view.stars !== null) return <Thanks />
  return (
    <Stage
      stage="ASK"
      work="controls"
      title={say('rating.title')}
      guide={say('rating.lead')}
      lead={<Landscape />}
      actions={[{ label: say('action.SKIP_RATING'), kind: 'quiet', onPress: () => send({ type: 'LEAVE' }) }]}
    >
      <div className="moods">
        {moods.map((mood) => (
          <Press key={mood} kind="choice" className="mood-button" onPress={() => send({ type: 'RATE', stars: mood })}>
            <FaceIcon mood={mood} />
            <span>{say(`rating.${mood}`)}</span>
          </Press>
        ))}
      </div>
    </Stage>
  )
}

function Thanks(): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  return (
    <Stage
      stage="THANKS"
      title={say('rating.thanks')}
      guide={say('rating.thanksNote')}
      lead={<Landscape />}
      actions={[{ label: say('action.HOME'), kind: 'main', onPress: () => send({ type: 'LEAVE' }) }]}
    />
  )
}
