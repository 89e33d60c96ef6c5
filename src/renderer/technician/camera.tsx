import { useState, type ReactElement } from 'react'
import type { ConsoleView } from '../../ipc/console.ts'
import { useCamera } from '../camera/use-camera.ts'
import { Pages } from '../parts/pages.tsx'
import type { Tone } from '../parts/tone.tsx'
import { useSay } from '../text/say.ts'
import { FactRow } from './fact-list.tsx'
import { ConsoleStage } from './frame.tsx'
import { StateChip } from './state.tsx'

type CameraView = Extract<ConsoleView, { screen: 'S95' }>

/** The picture as the face engine gets it. */
const PICTURE = { width: 640, height: 480 } as const

const tones: Readonly<Record<CameraView['state'], Tone>> = {
  STARTING: 'info',
  LOOKING: 'good',
  MISSING: 'bad',
  DENIED: 'bad',
  LOST: 'bad',
  ENGINE_AWAY: 'warning',
}

/** S95: what the camera sees and what the face engine makes of it. Not mirrored: left is left. */
export function CameraCheck({ view }: { readonly view: CameraView }): ReactElement {
  const say = useSay()
  const [opened, setOpened] = useState(1)
  const broken = view.state === 'MISSING' || view.state === 'DENIED' || view.state === 'LOST'
  return (
    <ConsoleStage
      stage={view.state}
      title={say('console.title.S95')}
      guide={say('console.guide.S95')}
      columns="two"
      actions={[
        {
          label: say('console.camera.reopen'),
          kind: broken ? 'main' : 'plain',
          onPress: () => setOpened((times) => times + 1),
        },
      ]}
    >
      <div className="console-column">
        <Live key={opened} view={view} />
        <div className="camera-state">
          <StateChip tone={tones[view.state]}>{say(`console.camera.state.${view.state}`)}</StateChip>
          <p>{say(`console.camera.todo.${view.state}`)}</p>
          {view.cameraLabel !== null && <p>{say('console.camera.label', { label: view.cameraLabel })}</p>}
        </div>
      </div>
      <Pages className="camera-facts">
        {view.facts.map((fact, index) => (
          <FactRow key={index} fact={fact} />
        ))}
      </Pages>
    </ConsoleStage>
  )
}

function Live({ view }: { readonly view: CameraView }): ReactElement {
  const say = useSay()
  const video = useCamera(view.cameraLabel, view.state === 'STARTING' || view.state === 'LOOKING')
  return (
    <div className="live">
      <video className="live__video" ref={video} muted playsInline aria-label={say('console.camera.picture')} />
      <svg className="live__boxes" viewBox={`0 0 ${PICTURE.width} ${PICTURE.height}`} aria-hidden>
        {view.faces.map((face, index) => (
          <FaceBox key={index} face={face} />
        ))}
      </svg>
    </div>
  )
}

function FaceBox({ face }: { readonly face: CameraView['faces'][number] }): ReactElement {
  const x = face.x * PICTURE.width
  const y = face.y * PICTURE.height
  const height = face.height * PICTURE.height
  // Above the box where there is room, inside of it where there is none.
  const labelY = y >= 34 ? y - 34 : y
  return (
    <g>
      <rect className="live__box" x={x} y={y} width={face.width * PICTURE.width} height={height} rx="4" />
      <rect className="live__tag" x={x} y={labelY} width="74" height="32" rx="4" />
      <text className="live__score" x={x + 37} y={labelY + 24} textAnchor="middle">
        {face.score.toFixed(2)}
      </text>
    </g>
  )
}
