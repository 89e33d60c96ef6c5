import { Check } from 'lucide-react'
import type { ReactElement } from 'react'
import type { View } from '../../ipc/snapshot.ts'
import { useCamera } from '../camera/use-camera.ts'
import { useKiosk } from '../link/kiosk-context.tsx'
import { Ring } from '../parts/ring.tsx'
import { Stage, type Action } from '../parts/stage.tsx'
import { useSay } from '../text/say.ts'

type FaceView = Extract<View, { screen: 'S03'; method: 'FACE' }>

/** S03, face: look into the circle. The camera is open only while this is shown and undecided. */
export function Face({ view }: { readonly view: FaceView }): ReactElement {
  const { send } = useKiosk()
  const say = useSay()
  const again: Action[] =
    view.stage === 'TRY_AGAIN' && view.attemptsLeft > 0
      ? [{ label: say('action.RETRY'), kind: 'main', onPress: () => send({ type: 'RETRY' }) }]
      : []
  const passed = view.stage === 'PASSED'
  return (
    <Stage
      stage={view.stage}
      title={passed ? say('face.stage.PASSED') : say('face.title')}
      guide={passed ? say('face.passedNote') : say(`face.stage.${view.stage}`)}
      lead={<div className="mirror-room">{passed ? <Passed /> : <Preview view={view} />}</div>}
      actions={
        passed
          ? []
          : [
              { label: say('action.LEAVE'), kind: 'quiet', onPress: () => send({ type: 'LEAVE' }) },
              { label: say('face.otherWay'), onPress: () => send({ type: 'USE_OTHER_METHOD' }) },
              ...again,
            ]
      }
    >
      <p className="face__guidance" role="status" data-guidance={view.guidance}>
        {passed
          ? say('face.next')
          : view.stage === 'TRY_AGAIN'
            ? say('face.tryAgainNote')
            : say(`face.guidance.${view.guidance}`)}
      </p>
      {!passed && <p className="aside">{say('face.attempts', { n: view.attemptsLeft })}</p>}
    </Stage>
  )
}

function Preview({ view }: { readonly view: FaceView }): ReactElement {
  const say = useSay()
  const looking = view.stage === 'PREPARING' || view.stage === 'LOOKING'
  const video = useCamera(view.cameraLabel, looking)
  const good = view.guidance === 'GOOD' || view.guidance === 'HOLD_STILL'
  return (
    <div className="mirror" data-good={good}>
      <div className="mirror__glass">
        <video className="mirror__video" ref={video} muted playsInline aria-label={say('face.preview')} />
        {looking && view.box !== null && <FaceBox box={view.box} />}
      </div>
      <Ring className="ring--mirror" value={view.progress} />
    </div>
  )
}

/** The face as it was found, in the mirrored picture of which the circle shows the middle square (640 × 480 → 480 × 480). */
function FaceBox({ box }: { readonly box: NonNullable<FaceView['box']> }): ReactElement {
  return (
    <svg className="mirror__box" viewBox="0 0 640 480" preserveAspectRatio="xMidYMid slice" aria-hidden>
      <rect
        x={(1 - box.x - box.width) * 640}
        y={box.y * 480}
        width={box.width * 640}
        height={box.height * 480}
        rx="28"
      />
    </svg>
  )
}

function Passed(): ReactElement {
  return (
    <div className="mirror mirror--passed">
      <div className="mirror__glass">
        <Check aria-hidden strokeWidth={2.4} />
      </div>
      <Ring className="ring--mirror" value={1} />
    </div>
  )
}
